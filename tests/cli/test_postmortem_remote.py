"""`kintsugi postmortem list|pull|push|publish` in a process of its own, against the real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Answer, kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name

NEW = """---
schema: kintsugi/postmortem/1
title: The pool was too small
incident_id: inc_123
contributors: [alice@example.com]
what_went_well:
- The alert came within a minute
---

## Summary

Checkout was down for 15 minutes.
"""


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Live:  # noqa: F811 - the fixture of that name
    """The server with an incident, and bob at the command line in an empty folder."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    monkeypatch.chdir(tmp_path)
    kintsugi("incident", "declare", "Checkout is down", "--external-id", "inc_123")
    return live


def as_(person: str, server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINTSUGI_TOKEN", server.tokens[person])


def postmortem(*words: str | Path) -> Answer:
    return kintsugi("postmortem", *words)


def begun() -> Path:
    file = Path("new.md")
    file.write_text(NEW)
    made = postmortem("push", file)
    assert made.code == 0, made.err
    assert made.out == "PM-1  DRAFT  version 1  (everything)\n"
    return file


@pytest.mark.long
@pytest.mark.usefixtures("server")
def test_a_new_file_becomes_a_draft_and_knows_its_number() -> None:
    file = begun()
    assert "id: PM-1\n" in file.read_text()
    assert "version: 1\n" in file.read_text()
    assert "PM-1" in postmortem("list").out
    assert postmortem("push", file).out == "PM-1  DRAFT  version 1  (nothing changed)\n"


@pytest.mark.long
@pytest.mark.usefixtures("server")
def test_what_was_pulled_and_not_changed_changes_nothing() -> None:
    begun()
    assert postmortem("pull", "pm-1").code == 0
    assert postmortem("push", "PM-1.md").out == "PM-1  DRAFT  version 1  (nothing changed)\n"


@pytest.mark.long
def test_others_sections_stay_theirs(server: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    begun()
    postmortem("pull", "PM-1", "-o", "mine.md")
    as_("alice", server, monkeypatch)
    theirs = Path("theirs.md")
    postmortem("pull", "PM-1", "-o", theirs)
    theirs.write_text(theirs.read_text().replace("for 15 minutes", "for 17 minutes"))
    assert "(summary)" in postmortem("push", theirs).out
    as_("bob", server, monkeypatch)
    mine = Path("mine.md")
    mine.write_text(mine.read_text().replace("within a minute", "within 40 s"))
    assert "(what went well)" in postmortem("push", mine).out
    postmortem("pull", "PM-1", "-o", "both.md")
    both = Path("both.md").read_text()
    assert "for 17 minutes" in both
    assert "within 40 s" in both


@pytest.mark.long
def test_of_two_who_changed_one_section_the_later_is_told(
    server: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun()
    for name in ("mine.md", "theirs.md"):
        postmortem("pull", "PM-1", "-o", name)
        file = Path(name)
        file.write_text(file.read_text().replace("for 15 minutes", f"for as long as {name} says"))
    as_("alice", server, monkeypatch)
    assert postmortem("push", "theirs.md").code == 0
    as_("bob", server, monkeypatch)
    before = Path("mine.md").read_text()
    late = postmortem("push", "mine.md")
    assert late.code == 1
    assert "somebody changed summary of PM-1 first" in late.err
    assert Path("mine.md").read_text() == before


@pytest.mark.usefixtures("server")
def test_publishing_says_what_stands_in_the_way() -> None:
    begun()
    refused = postmortem("publish", "PM-1")
    assert refused.code == 1
    assert "from here it can go to IN_REVIEW" in refused.err


@pytest.mark.long
@pytest.mark.usefixtures("server")
def test_bad_input_is_told_and_nothing_is_sent() -> None:
    assert postmortem("pull", "PM-9").code == 2
    Path("bad.md").write_text("---\ntitle: x\nversion: soon\n---\n")
    assert postmortem("push", "bad.md").code == 2
    Path("none.md").write_text(NEW.replace("incident_id: inc_123\n", ""))
    assert "needs its incident" in postmortem("push", "none.md").err
    begun()
    Path("PM-1.md").write_text("mine")
    assert postmortem("pull", "PM-1").code == 2
    assert Path("PM-1.md").read_text() == "mine"
