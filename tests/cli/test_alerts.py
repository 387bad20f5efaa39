"""`kintsugi alert`, `source` and `change` in processes of their own, against the real server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kintsugi.client import Connection
from tests.cli.command import Answer, kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name

ALERT = {
    "version": "4", "groupKey": "g", "receiver": "kintsugi", "status": "firing",
    "alerts": [
        {
            "status": "firing", "startsAt": "2026-03-01T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
            "labels": {"alertname": "DiskFull", "severity": "critical", "service": "db"},
            "annotations": {"summary": "Disk of db1 is full"},
        }
    ],
}  # fmt: skip


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:  # noqa: F811
    """The server, with alice's token in the environment."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["alice"])
    return live


@pytest.fixture
def key(server: Live, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001 - it is running
    """The key of a source of scripts, in the environment."""
    made = kintsugi("source", "add", "Scripts", "--format", "pagerduty")
    assert made.code == 0, made.err
    monkeypatch.setenv("KINTSUGI_SOURCE_KEY", made.out.strip())
    return made.out.strip()


def ended_well(*words: str | Path, stdin: str = "") -> Answer:
    done = kintsugi(*words, stdin=stdin)
    assert done.code == 0, done.err
    return done


def listed(*options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ended_well("alert", "list", *options, "--json").data
    return found


def seen(look: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is looked for
    """What is there once intake and the dispatcher have done their work."""
    until = time.monotonic() + 120
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


@pytest.mark.usefixtures("server")
def test_a_source_is_made_and_its_key_alone_is_printed() -> None:
    made = ended_well("source", "add", "Prometheus", "--format", "alertmanager", "--service", "db")
    key = made.out.strip()
    assert len(key) == 32
    assert key not in made.err
    assert "/ingest/alertmanager/KEY" in made.err
    assert "nothing yet" in ended_well("source", "list").out
    newer = ended_well("source", "rotate", "Prometheus", "--overlap", "1").out.strip()
    assert (len(newer), newer == key) == (32, False)
    source = ended_well("source", "list", "--json").data[0]
    assert (source["service"], len(source["keys"])) == ("db", 2)
    wrong = kintsugi("source", "add", "X", "--format", "nagios")
    assert (wrong.code, "nagios" in wrong.err) == (2, True)


@pytest.mark.long
@pytest.mark.usefixtures("key")
def test_an_alert_is_told_of_looked_at_judged_and_ended() -> None:
    told = ended_well(
        "alert", "send", "Backup of db1 failed", "--key", "backup-db1", "--severity", "warning",
        "--service", "warehouse", "--rule", "backup", "--label", "region=eu", "--runbook",
        "https://handbook.example/backup", "--description", "No backup for 26 hours",
    )  # fmt: skip
    assert told.out == "backup-db1\n"
    one = seen(listed)[0]
    assert (one["title"], one["severity"], one["service"], one["rule"], one["source"]) == (
        "Backup of db1 failed", "SEV-3", "warehouse", "backup", "Scripts",
    )  # fmt: skip
    assert one["labels"]["region"] == "eu"
    assert one["runbookUrl"] == "https://handbook.example/backup"
    assert [each["id"] for each in listed("--label", "region=eu", "--severity", "SEV-3")] == [
        one["id"]
    ]
    assert listed("--label", "region=us") == []
    assert "warehouse  " in ended_well("alert", "list").out
    ended_well("alert", "send", "--acknowledge", "--key", "backup-db1")
    seen(lambda: listed("--state", "acknowledged"))
    assert ended_well("alert", "ack", one["id"]).out == "0 alerts acknowledged, 1 as before\n"
    assert ended_well("alert", "verdict", "noise", one["id"]).out == "1 alert judged\n"
    shown = ended_well("alert", "show", one["id"]).out
    assert "No backup for 26 hours" in shown
    assert "noise" in shown
    ended_well("alert", "send", "--resolve", "--key", "backup-db1")
    seen(lambda: listed("--state", "resolved"))
    assert kintsugi("alert", "list").err == "No alert matches.\n"


@pytest.mark.usefixtures("key")
def test_told_again_it_is_one_alert_and_a_person_ends_it() -> None:
    keys = {ended_well("alert", "send", "Queue grows", "--service", "search").out for _ in range(2)}
    assert len(keys) == 1
    one = seen(listed)[0]
    assert ended_well("alert", "resolve", one["id"], "--reason", "It was a test").out == (
        "1 alert resolved\n"
    )
    assert len(listed("--state", "all")) == 1


def test_the_key_comes_from_a_file_and_a_wrong_one_is_named(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KINTSUGI_SOURCE_KEY")
    file = tmp_path / "key"
    file.write_text(f"{key}\n")
    ended_well("alert", "send", "Disk full", "--key-file", file)
    file.write_text("0" * 32)
    wrong = kintsugi("alert", "send", "Disk full", "--key-file", file)
    assert (wrong.code, f"--key-file {file} holds no key" in wrong.err) == (2, True)
    monkeypatch.setenv("KINTSUGI_SOURCE_KEY", "0" * 32)
    assert "KINTSUGI_SOURCE_KEY holds no key" in kintsugi("alert", "send", "Disk full").err
    monkeypatch.delenv("KINTSUGI_SOURCE_KEY")
    missing = kintsugi("alert", "send", "Disk full")
    assert (missing.code, "kintsugi source add" in missing.err) == (2, True)


@pytest.mark.usefixtures("key")
def test_what_makes_no_sense_is_refused() -> None:
    assert kintsugi("alert", "send").code == 2
    assert kintsugi("alert", "send", "--resolve").code == 2
    assert kintsugi("alert", "send", "--resolve", "--acknowledge", "--key", "k").code == 2
    assert kintsugi("alert", "send", "X", "--label", "region").code == 2
    for at in ("yesterday", "10:00"):
        refused = kintsugi("change", "send", "X", "--at", at)
        assert (refused.code, refused.err.startswith("kintsugi: --at")) == (2, True)
    assert kintsugi("alert", "show", "nothing").code == 2
    assert kintsugi("alert", "verdict", "splendid", "nothing").code == 2


@pytest.mark.usefixtures("server")
def test_a_message_is_explained_before_it_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "alert.json"
    file.write_text(json.dumps(ALERT))
    told = ended_well("alert", "explain", file, "--format", "alertmanager").out
    assert "Disk of db1 is full" in told
    assert "SEV-1" in told
    same = ended_well(
        "alert", "explain", "-", "--format", "alertmanager", "--json", stdin=json.dumps(ALERT)
    )
    assert same.data["events"][0]["does"] == "open"
    broken = kintsugi("alert", "explain", "-", "--format", "alertmanager", stdin="{")
    assert (broken.code, "cannot be read as alertmanager" in broken.out) == (1, True)
    assert kintsugi("alert", "explain", file).code == 2
    assert listed("--state", "all") == []


def test_a_change_is_told_with_a_sources_key_or_with_a_token(
    key: str, server: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key
    ended_well(
        "change", "send", "checkout 4.18", "--service", "checkout", "--service", "payments",
        "--origin", "CI", "--link", "https://ci.example/7", "--detail", "revision=4f2c",
    )  # fmt: skip
    monkeypatch.delenv("KINTSUGI_SOURCE_KEY")
    made = ended_well(
        "change", "send", "Flag new-cart on", "--at", "2026-03-01T10:00:00Z", "--json"
    ).data
    assert (made["summary"], made["source"]) == ("Flag new-cart on", "")
    with Connection(server.url, server.tokens["bob"]) as connection:
        there = seen(lambda: two(connection.get("/api/changes").data["items"]))
    first = next(one for one in there if one["source"] == "Scripts")
    assert (first["summary"], first["services"], first["origin"]) == (
        "checkout 4.18", ["checkout", "payments"], "CI",
    )  # fmt: skip
    assert first["details"]["revision"] == "4f2c"


def two(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return items if len(items) == 2 else []
