"""`kintsugi postmortem new`, `kintsugi template`, `kintsugi demo`, and the command as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

import kintsugi as library
from kintsugi.formats.files import read_record
from kintsugi.formats.markdown.templating import SHIPPED
from tests.cli.command import kintsugi

ANSWERS = "\n".join([
    "Checkout down", "sev2", "2024-03-15",
    "No card could be charged for 45 minutes.", "A deploy.", "A pool limit of 10.", "5,000 users",
    "09:10 Deploy begins", "nonsense", "09:15 Errors begin", "09:45 Rolled back", "",
    "No limit alert", "", "Fast rollback", "", "Slow diagnosis", "",
    "Alert on pool use over 80%", "alice", "",
])  # fmt: skip


def test_new_asks_for_what_is_missing() -> None:
    answer = kintsugi("postmortem", "new", "--zone", "Europe/Berlin", stdin=ANSWERS)
    assert answer.code == 0
    postmortem = read_record(answer.out).postmortem
    assert postmortem.title == "Checkout down"
    assert len(postmortem.timeline) == 3
    assert postmortem.timeline[0].time is not None
    assert str(postmortem.timeline[0].time) == "2024-03-15 08:10:00+00:00", (
        "a clock time in Berlin is dated"
    )
    assert postmortem.action_items[0].owner == "alice"
    assert "this has no time at its beginning" in answer.err
    assert "Completeness 100 of 100" in answer.err


def test_new_keeps_what_was_said_when_the_questions_are_ended() -> None:
    answer = kintsugi("postmortem", "new", stdin="Checkout down\nsev2\n")
    assert answer.code == 0
    postmortem = read_record(answer.out).postmortem
    assert (postmortem.title, postmortem.severity) == ("Checkout down", library.Severity.SEV_2)


def test_new_without_questions_leaves_them_in_the_text() -> None:
    words = [
        "postmortem",
        "new",
        "--non-interactive",
        "--title",
        "T",
        "--scenario",
        "database-outage",
    ]
    answer = kintsugi(*words)
    assert answer.code == 0
    assert "<!-- prompt: " in answer.out
    assert "Common here:" in answer.out
    assert "missing: root_cause" in answer.err
    assert read_record(answer.out).postmortem == library.Postmortem("T", scenario="database-outage")


def test_new_asks_for_the_owner_of_an_action_that_has_none(tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    record.write_text(
        "title: T\nseverity: 2\ndate: 2024-01-01\nsummary: s\ntrigger: t\nroot_cause: r\nimpact: i\n"
        "timeline: [10:00 a, 10:01 b, 10:02 c]\ncontributing_factors: [f]\nwhat_went_well: [w]\n"
        "what_went_poorly: [p]\nactions: [Add an alert]\n"
    )
    answer = kintsugi("postmortem", "new", record, stdin="bob\n")
    assert "Owner of: Add an alert" in answer.err
    assert read_record(answer.out).postmortem.action_items[0].owner == "bob"


def test_templates_are_listed_shown_and_checked(tmp_path: Path) -> None:
    listed = {entry["name"]: entry["kind"] for entry in kintsugi("template", "list", "--json").data}
    assert set(SHIPPED) <= set(listed)
    assert sum(kind == "scenario" for kind in listed.values()) == 5
    for name in ("standard", "security-incident"):
        copy = tmp_path / f"{name}.md"
        copy.write_text(kintsugi("template", "show", name).out)
        assert kintsugi("template", "check", copy).out == f"{copy}: ok\n"
    copy = tmp_path / "bad.md"
    copy.write_text("---\nname: x\n---\n\n{{ section('timline') }}\n")
    answer = kintsugi("template", "check", copy)
    assert answer.code == 2
    assert f"{copy}:5: there is no section named 'timline'" in answer.err


def test_demo_writes_six_sample_sets_and_says_where(tmp_path: Path) -> None:
    answer = kintsugi("demo", "--files", "samples", cwd=tmp_path)
    assert answer.code == 0
    folders = sorted((tmp_path / "samples").iterdir())
    assert len(folders) == 6
    for folder in folders:
        names = {path.name for path in folder.iterdir()}
        assert names == {
            "record.yaml", "postmortem.json", "postmortem.md", "postmortem.html", "postmortem.pdf",
            "for-customers.html",
        }  # fmt: skip
        assert folder.name in answer.out


def test_the_version_is_answered_before_anything_is_loaded() -> None:
    assert kintsugi("--version").out == f"kintsugi {library.__version__}\n"


@pytest.mark.long
def test_help_names_every_command() -> None:
    out = kintsugi("--help").out
    for word in ("postmortem", "severity", "template", "demo"):
        assert word in out
    assert "generate" in kintsugi("postmortem", "--help").out
