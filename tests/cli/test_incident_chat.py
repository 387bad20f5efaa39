"""`kintsugi incident chat`, against the real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name

LOG = "2026-01-05 08:41 Mina: pool is full\n08:43 Bob: restarting it\n08:50 Mina: errors fall\n"


@pytest.fixture
def incident(live: Live, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    return str(kintsugi("incident", "declare", "Checkout fails", "--json").data["reference"])


def test_messages_are_shown_by_number_then_taken(incident: str, tmp_path: Path) -> None:
    file = tmp_path / "chat.txt"
    file.write_text(LOG)
    shown = kintsugi("incident", "chat", incident, str(file), "--zone", "Europe/Berlin")
    assert "2" in shown.out
    assert "restarting it" in shown.out
    words = ("incident", "chat", incident, str(file), "--zone", "Europe/Berlin", "--only", "2-3")
    taken = kintsugi(*words, "--key", "2", "--kind", "2=action", "--json")
    assert [(one["happenedAt"], one["kind"], one["important"], one["actor"]) for one in taken.data] == [
        ("2026-01-05T07:43:00Z", "action", True, "Bob"), ("2026-01-05T07:50:00Z", "note", False, "Mina"),
    ]  # fmt: skip
    assert "in the timeline" in kintsugi(*words[:6]).out
    again = kintsugi(*words[:6], "--all")
    assert again.out == "1 message entered the timeline.\n"
    assert "Bob: restarting it" in kintsugi("incident", "show", incident).out


@pytest.mark.long
def test_what_cannot_be_read_or_chosen_ends_with_2(incident: str, tmp_path: Path) -> None:
    file = tmp_path / "chat.txt"
    file.write_text("08:41 a: b\n25:00 c: d\n")
    wrong = kintsugi("incident", "chat", incident, str(file))
    assert wrong.code == 2
    assert "chat.txt:2: '25:00' is no time of day" in wrong.err
    file.write_text(LOG)
    for words in ("--only x", "--only 9", "--all --only 1", "--key 1", "--all --kind x"):
        answer = kintsugi("incident", "chat", incident, str(file), *words.split())
        assert answer.code == 2, words
