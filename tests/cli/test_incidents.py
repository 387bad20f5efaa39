"""`kintsugi incident` in a process of its own, against the real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kintsugi.cli import remote
from kintsugi.client import Client
from tests.cli.command import Answer, kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:  # noqa: F811 - the fixture of that name
    """The server, with bob at the command line."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    return live


def incident(*words: str | Path, stdin: str = "") -> Answer:
    return kintsugi("incident", *words, stdin=stdin)


@pytest.mark.long
def test_from_declared_to_resolved(server: Live) -> None:
    made = incident(
        "declare", "Checkout fails", "--severity", "2", "--service", "api", "--service", "web",
        "--summary", "Cards are refused", "--detection", "customer", "--external-id", "OPS-1",
        "--tag", "cards",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert made.out == (
        f"INC-1  SEV-2  investigating  Checkout fails\n{server.url}/incidents/INC-1\n"
    )
    assert incident("note", "INC-1", "rolled back", "--important", "--kind", "rollback").code == 0
    assert incident("severity", "inc-1", "sev1", "--reason", "all users").out.startswith(
        "INC-1  SEV-1  investigating"
    )
    assert "identified" in incident("status", "OPS-1", "identified").out
    done = incident("resolve", "INC-1", "--reason", "the rollback holds", "--json")
    assert (done.code, done.data["status"]) == (0, "resolved")

    shown = incident("show", "INC-1")
    assert shown.code == 0
    for said in (
        "INC-1  Checkout fails", "resolved", "SEV-1", "Cards are refused", "api, web", "cards", "customer",
        "OPS-1", "Bob: rolled back", "the rollback holds", "all users", " UTC", "●",
    ):  # fmt: skip
        assert said in shown.out, (said, shown.out)
    assert "\x1b[" not in shown.out


@pytest.mark.long
def test_the_impact_is_said_in_words_and_numbers(server: Live) -> None:
    assert server.url
    made = incident(
        "declare", "Checkout fails", "--hurts", "Orders fail", "--affected-users", "12400",
        "--affected-percent", "8.5",
    )  # fmt: skip
    assert made.code == 0, made.err
    shown = incident("show", "INC-1")
    assert re.search(r"Impact +Orders fail", shown.out)
    assert re.search(r"Users affected +12,400", shown.out)
    data = incident("show", "INC-1", "--json").data["incident"]
    assert data["impactDetails"] == {"affectedUsers": 12_400, "affectedPercent": 8.5}
    assert incident("declare", "X", "--affected-percent", "130").code == 2


@pytest.mark.long
@pytest.mark.usefixtures("server")
def test_list_and_show_as_json_are_what_the_api_says() -> None:
    for number in range(3):
        incident("declare", f"X {number}", "--service", "ab"[number % 2])
    assert [one["reference"] for one in incident("list", "--json").data] == [
        "INC-3",
        "INC-2",
        "INC-1",
    ]
    assert [one["title"] for one in incident("list", "--service", "b", "--json").data] == ["X 1"]
    assert len(incident("list", "--limit", "2", "--json").data) == 2
    table = incident("list", "--status", "open").out.splitlines()
    assert table[0].split() == ["Incident", "Severity", "Status", "Title", "Services", "Declared"]
    assert [line.split()[0] for line in table[1:]] == ["INC-3", "INC-2", "INC-1"]
    nothing = incident("list", "--status", "closed")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "No incident matches.\n")
    assert incident("list", "--status", "closed", "--json").data == []
    incident("note", "INC-1", "-", stdin="from a pipe")
    both = incident("show", "INC-1", "--entries", "1", "--json").data
    assert both["incident"]["reference"] == "INC-1"
    assert [entry["text"] for entry in both["timeline"]] == ["from a pipe"]
    assert incident("show", "INC-1", "--entries", "0", "--json").data["timeline"] == []


@pytest.mark.long
@pytest.mark.usefixtures("server")
def test_declare_calculates_marks_and_refuses_what_it_cannot_use() -> None:
    made = incident(
        "declare", "X", "--impact", "user_impact=majority", "--private", "--drill", "--json"
    )
    assert (made.data["severity"], made.data["private"], made.data["drill"]) == (
        "SEV-2",
        True,
        True,
    )
    assert "X (private, drill)" in incident("list").out
    for words in (
        ("--impact", "nonsense"), ("--impact", "user_impact=everyone"), ("--severity", "enormous"),
        ("--severity", "1", "--impact", "user_impact=majority"), ("--detection", "luck"),
        ("--impact", "user_impact=majority", "--impact", "user_impact=individual"),
    ):  # fmt: skip
        refused = incident("declare", "X", *words)
        assert (refused.code, refused.out) == (2, ""), words
        assert refused.err.startswith("kintsugi: ")
    assert len(incident("list", "--json").data) == 1


@pytest.mark.long
def test_exit_codes_tell_a_bad_word_from_a_refusal(
    server: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident("declare", "X")
    assert incident("show", "INC-9").code == 2
    assert incident("status", "INC-1", "finished").code == 2
    incident("resolve", "INC-1")
    incident("status", "INC-1", "closed")
    refused = incident("status", "INC-1", "monitoring")
    assert refused.code == 1, refused.err
    monkeypatch.setenv("KINTSUGI_TOKEN", server.tokens["charlie"])
    assert incident("declare", "Y").code == 1
    monkeypatch.setenv("KINTSUGI_TOKEN", "kin_nobody")
    stranger = incident("list")
    assert stranger.code == 1
    assert "KINTSUGI_TOKEN holds no token it knows" in stranger.err
    assert "kin_nobody" not in stranger.err


@pytest.mark.long
def test_a_lost_race_says_who_was_quicker(server: Live) -> None:
    incident("declare", "X")

    def alice_first(method: str, _path: str) -> None:
        if method == "PATCH":
            server.before = lambda _method, _path: None
            with Client(server.url, server.tokens["alice"]) as alice:
                alice.change_status(alice.incident("INC-1"), "identified", reason="a bad deploy")

    server.before = alice_first
    lost = incident("status", "INC-1", "monitoring")
    assert (lost.code, lost.out) == (1, "")
    assert "Alice changed INC-1 first; nothing of yours was saved" in lost.err
    assert "a bad deploy" in lost.err
    assert incident("show", "INC-1", "--json").data["incident"]["status"] == "identified"


@pytest.mark.long
def test_times_are_in_the_zone_of_the_user_with_utc(server: Live) -> None:
    incident("declare", "X")
    incident("note", "INC-1", "seen", "--at", "2026-01-10T23:30:00Z")
    assert "2026-01-10 23:30 UTC  ○" in incident("show", "INC-1").out
    with server.works.database.writing() as connection:
        connection.execute(sa.text("UPDATE users SET zone = 'Asia/Tokyo' WHERE name = 'Bob'"))
    assert "2026-01-11 08:30 JST (2026-01-10 23:30 UTC)  ○" in incident("show", "INC-1").out
    again = incident("note", "INC-1", "seen", "--at", "2026-01-10T03:30:00Z")
    assert again.out == "noted at 2026-01-10 12:30 JST (03:30 UTC)\n"


@pytest.mark.long
def test_the_token_may_come_from_a_file(
    server: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(server.tokens["bob"] + "\n")
    monkeypatch.setenv("KINTSUGI_TOKEN_FILE", str(file))
    assert "are both set" in incident("list").err
    monkeypatch.delenv("KINTSUGI_TOKEN")
    assert incident("list").code == 0
    file.unlink()
    gone = incident("list")
    assert (gone.code, "cannot be read" in gone.err) == (2, True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "KINTSUGI_URL is not set"),
        ({"KINTSUGI_URL": "http://127.0.0.1:1"}, "KINTSUGI_TOKEN is not set"),
        (
            {"KINTSUGI_URL": "ftp://x", "KINTSUGI_TOKEN": "kin_s3cret"},
            "KINTSUGI_URL: is no address",
        ),
        (
            {"KINTSUGI_URL": "http://x", "KINTSUGI_TOKEN": "kin_s3cret\né"},
            "KINTSUGI_TOKEN: is empty, or",
        ),
        (
            {"KINTSUGI_URL": "http://127.0.0.1:1", "KINTSUGI_TOKEN": "kin_s3cret"},
            "cannot reach http://127",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_the_token_is_not_printed(
    settings: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KINTSUGI_URL", "KINTSUGI_TOKEN", "KINTSUGI_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    answer = incident("list")
    assert answer.code in (1, 2)
    assert said in answer.err
    assert "s3cret" not in answer.err + answer.out


@pytest.mark.long
def test_no_option_takes_a_token() -> None:
    for command in ("declare", "list", "show", "note", "status", "severity", "resolve"):
        assert "--token" not in incident(command, "--help").out


def test_help_loads_no_server_and_no_client() -> None:
    answer = kintsugi("--help")
    assert "incident" in answer.out
    packages = ("kintsugi.server", "kintsugi.kernel", "kintsugi.client", "httpx2", "fastapi")
    script = f"""
import sys
sys.argv = ["kintsugi", "incident", "--help"]
from kintsugi.cli.app import run
try:
    run()
except SystemExit:
    print("LOADED", *(name for name in sys.modules if name.startswith({packages!r})))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ.copy(),
    )
    assert done.stdout.splitlines()[-1].strip() == "LOADED"


def test_a_time_is_shown_in_its_zone_with_utc() -> None:
    moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert remote.shown(moment, ZoneInfo("UTC")) == "2026-03-02 23:30 UTC"
    assert (
        remote.shown(moment, ZoneInfo("Europe/Berlin"))
        == "2026-03-03 00:30 CET (2026-03-02 23:30 UTC)"
    )
    assert remote.shown(moment, ZoneInfo("America/New_York")) == "2026-03-02 18:30 EST (23:30 UTC)"
