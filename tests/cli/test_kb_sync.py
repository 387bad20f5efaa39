"""`kintsugi kb sync`: a base and a real server, both ways; what both changed is named, and nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.command import Answer, kintsugi
from tests.client.live import Live, live  # noqa: F401 - a fixture is found by name
from tests.server.cast import sqlite_template  # noqa: F401 - a fixture is found by name

NEW = """---
schema: kintsugi/postmortem/1
title: The pool was too small
date: 2026-03-02
incident_id: inc_123
contributors: [alice@example.com]
---

## Summary

Checkout was down for 15 minutes.

## Lessons Learned

- Pools are sized by hand
"""
FILE = Path("kb/2026/01-the-pool-was-too-small/postmortem.md")


@pytest.fixture(autouse=True)
def server(live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Live:  # noqa: F811 - the fixture of that name
    """The server with an incident, a base beside it, and bob at the command line."""
    monkeypatch.setenv("KINTSUGI_URL", live.url)
    monkeypatch.setenv("KINTSUGI_TOKEN", live.tokens["bob"])
    monkeypatch.chdir(tmp_path)
    kintsugi("incident", "declare", "Checkout is down", "--external-id", "inc_123")
    assert kintsugi("kb", "init", "kb").code == 0
    return live


def sync(*words: str) -> Answer:
    return kintsugi("kb", "sync", "kb", *words)


def begun() -> None:
    """A postmortem of the base that the server knows as PM-1."""
    Path("new.md").write_text(NEW)
    assert kintsugi("kb", "add", "kb", "new.md").code == 0
    made = sync()
    assert (made.code, made.out) == (0, "PM-1  begun there (2026/01-the-pool-was-too-small)\n"), (
        made.err
    )


def change(old: str, new: str) -> None:
    text = FILE.read_text()
    assert old in text
    FILE.write_text(text.replace(old, new))


def change_there(old: str, new: str) -> None:
    assert kintsugi("postmortem", "pull", "PM-1", "-o", "there.md", "--force").code == 0
    text = Path("there.md").read_text()
    assert old in text
    Path("there.md").write_text(text.replace(old, new))
    pushed = kintsugi("postmortem", "push", "there.md")
    assert pushed.code == 0, pushed.err


@pytest.mark.long
def test_what_only_the_base_has_becomes_a_draft_and_a_second_sync_does_nothing() -> None:
    begun()
    assert "id: PM-1\n" in FILE.read_text()
    before = FILE.read_bytes()
    again = sync()
    assert (again.code, again.out, FILE.read_bytes()) == (0, "", before)


@pytest.mark.long
def test_what_was_changed_here_goes_there_and_what_was_changed_there_comes_here() -> None:
    begun()
    change("down for 15 minutes", "down for 16 minutes")
    change_there("Pools are sized by hand", "Pools are sized by nobody")
    both = sync()
    assert both.code == 0, both.err
    assert "sent summary; brought to version" in both.out
    text = FILE.read_text()
    assert "down for 16 minutes" in text
    assert "sized by nobody" in text
    kintsugi("postmortem", "pull", "PM-1", "-o", "there.md", "--force")
    assert "down for 16 minutes" in Path("there.md").read_text()
    assert sync().out == ""


@pytest.mark.long
def test_a_section_that_both_changed_is_named_and_stays_on_both_sides() -> None:
    begun()
    change("down for 15 minutes", "down for 16 minutes")
    change_there("down for 15 minutes", "down for 17 minutes")
    mine = FILE.read_bytes()
    lost = sync()
    assert lost.code == 1
    assert "PM-1  conflict in summary" in lost.out
    assert "nothing of it was sent or overwritten" in lost.err
    assert FILE.read_bytes() == mine
    kintsugi("postmortem", "pull", "PM-1", "-o", "there.md", "--force")
    assert "down for 17 minutes" in Path("there.md").read_text()


@pytest.mark.long
def test_another_base_gets_what_is_published_and_drafts_when_it_asks() -> None:
    begun()
    assert kintsugi("kb", "init", "other").code == 0
    assert kintsugi("kb", "sync", "other").out == ""
    taken = kintsugi("kb", "sync", "other", "--drafts")
    assert taken.out == "PM-1  added as 2026/01-the-pool-was-too-small\n"
    assert "PM-1" not in kintsugi("kb", "check", "other").out
    text = (Path("other") / FILE.relative_to("kb")).read_text()
    assert "id: PM-1\n" in text
    assert "down for 15 minutes" in text


def test_what_names_no_incident_or_cannot_be_read_stays_and_is_said() -> None:
    Path("new.md").write_text(NEW.replace("incident_id: inc_123\n", ""))
    kintsugi("kb", "add", "kb", "new.md")
    told = sync()
    assert (told.code, told.out) == (0, "")
    assert "names no incident_id" in told.err
    FILE.write_text("---\ntitle: [\n---\n")
    broken = sync()
    assert (broken.code, "postmortem.md" in broken.err) == (2, True)


def test_an_unknown_incident_and_one_gone_from_sight_are_said() -> None:
    Path("new.md").write_text(NEW.replace("inc_123", "inc_999"))
    kintsugi("kb", "add", "kb", "new.md")
    refused = sync()
    assert (refused.code, "inc_999" in refused.err) == (1, True)
    FILE.write_text(FILE.read_text().replace("---\n", "---\nid: PM-77\nversion: 3\n", 1))
    assert "no PM-77 that you can see" in sync().err


@pytest.mark.long
def test_what_is_private_is_put_into_no_folder() -> None:
    kintsugi("incident", "declare", "Leak", "--external-id", "inc_secret", "--private")
    Path("new.md").write_text(NEW.replace("inc_123", "inc_secret"))
    assert kintsugi("postmortem", "push", "new.md").code == 0
    told = sync("--drafts")
    assert (told.out, "is private" in told.err) == ("", True)
    assert list(Path("kb").glob("2026/*")) == []


def test_a_file_that_does_not_say_its_version_is_left_alone() -> None:
    begun()
    FILE.write_text(re.sub("version: [0-9]+\n", "", FILE.read_text()))
    told = sync()
    assert (told.code, "of which version is not said" in told.err) == (1, True)
    assert "PM-2" not in kintsugi("postmortem", "list").out
