"""A knowledge base on disk: its layout, adding to it, its index."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.shared.severity import Severity
from kintsugi.formats.errors import InputError
from kintsugi.formats.files import read_record
from kintsugi.formats.folder.base import DIFFERS, KnowledgeBase
from kintsugi.formats.folder.readme import BEGIN, END, with_index
from kintsugi.formats.timeline_json import read_timeline_json
from tests.formats.folder.making import TODAY, assert_whole, files_of, made, new, postmortem


def test_a_new_base_has_the_layout_of_the_practices(tmp_path: Path) -> None:
    KnowledgeBase(tmp_path / "kb").init()
    assert set(files_of(tmp_path / "kb")) == {
        "README.md",
        "patterns/.gitkeep",
        "templates/incident-response-checklist.md",
        "templates/postmortem-template.md",
    }
    template = (tmp_path / "kb/templates/postmortem-template.md").read_text()
    assert read_record(template).postmortem.title == "[Service] What happened - [Date]"
    assert "<!-- prompt:" in template


def test_a_postmortem_stands_in_its_year_with_its_timeline_and_artifacts(tmp_path: Path) -> None:
    base = made(tmp_path)
    (added,) = base.add([new(postmortem(), ("notes.md", b"# Notes\xff"))], TODAY)
    assert (added.folder, added.outcome) == ("2024/01-checkout-down", "added")
    folder = tmp_path / added.folder
    assert read_record((folder / "postmortem.md").read_text()).postmortem == postmortem()
    assert read_timeline_json((folder / "timeline.json").read_text()) == postmortem().timeline
    assert (folder / "artifacts/notes.md").read_bytes() == b"# Notes\xff"
    assert json.loads((folder / "timeline.json").read_text())["date"] == "2024-06-03"


def test_numbers_follow_the_days_of_a_year_and_go_on_after_the_highest(tmp_path: Path) -> None:
    base = made(
        tmp_path, postmortem("Second", date(2024, 5, 2)), postmortem("First", date(2024, 5, 1))
    )
    (tmp_path / "2024/07-by-hand").mkdir()
    done = base.add(
        [
            new(postmortem("Third")),
            new(postmortem("Other year", date(2023, 1, 1))),
            new(postmortem("None", None)),
        ],
        TODAY,
    )
    assert [one.folder for one in done] == ["2023/01-other-year", "2024/08-third", "2024/09-none"]
    assert {"01-first", "02-second"} < {folder.name for folder in (tmp_path / "2024").iterdir()}


def test_doing_it_twice_changes_nothing(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem())
    before = files_of(tmp_path)
    times = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.md")}
    assert base.init() == []
    assert base.add([new(postmortem())], TODAY)[0].outcome == "there already"
    assert base.index() == ([], [])
    assert files_of(tmp_path) == before
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.md")} == times


def test_what_is_there_is_kept_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem())
    changed = replace(postmortem(), severity=Severity.SEV_1)
    assert base.add([new(changed)], TODAY)[0].outcome == DIFFERS
    file = tmp_path / "2024/01-checkout-down/postmortem.md"
    assert read_record(file.read_text()).postmortem == postmortem()
    assert base.add([new(changed)], TODAY, replace=True)[0].outcome == "replaced"
    assert read_record(file.read_text()).postmortem == changed
    assert len(assert_whole(tmp_path)) == 1


def test_a_file_given_twice_in_one_call_is_added_once(tmp_path: Path) -> None:
    done = made(tmp_path).add([new(postmortem()), new(postmortem())], TODAY)
    assert [one.outcome for one in done] == ["added", "there already"]


def test_two_files_of_one_call_that_differ_are_two_postmortems_however_they_are_called(
    tmp_path: Path,
) -> None:
    base, other = made(tmp_path), replace(postmortem(), summary="Another one.")
    assert [one.outcome for one in base.add([new(postmortem()), new(other)], TODAY)] == [
        "added",
        "added",
    ]
    again = base.add([new(other), new(postmortem())], TODAY)
    assert [(one.folder, one.outcome) for one in again] == [
        ("2024/02-checkout-down", "there already"), ("2024/01-checkout-down", "there already"),
    ]  # fmt: skip


def test_an_import_that_was_edited_since_is_there_already(tmp_path: Path) -> None:
    base, imported = made(tmp_path), new(postmortem(), ("old.md", b"# Old"))
    (added,) = base.add([imported], TODAY)
    file = tmp_path / added.folder / "postmortem.md"
    file.write_text(file.read_text().replace("| 14:30 |", "| 14:29 |"))
    assert base.add([imported], TODAY)[0].outcome == "there already"
    assert "| 14:29 |" in file.read_text()


def test_one_incident_may_have_several_postmortems(tmp_path: Path) -> None:
    internal = replace(postmortem("Checkout down"), incident_id="INC-1")
    made(tmp_path, internal, replace(internal, title="Checkout down, for customers"))
    assert len(assert_whole(tmp_path)) == 2


def test_the_index_lists_services_factors_open_actions_and_patterns(tmp_path: Path) -> None:
    base = made(
        tmp_path,
        postmortem("Pool [again] | empty"),
        replace(postmortem("Old", date(2023, 1, 1)), action_items=()),
    )
    (tmp_path / "patterns/database-issues.md").write_text("Text\n\n# Database issues #\n")
    assert base.index() == (["README.md"], [])
    readme = (tmp_path / "README.md").read_text()
    link = "[Pool \\[again\\] \\| empty](2024/01-pool-again-empty/postmortem.md)"
    assert f"| 2024-06-03 | {link} |  | checkout | 1 |\n| 2023-01-01 | [Old]" in readme
    assert f"### checkout\n\n- 2024-06-03 {link}\n- 2023-01-01 [Old]" in readme
    assert f"### Inadequate monitoring\n\n- 2024-06-03 {link}" in readme
    assert f"| 2024-07-01 | Alert on the pool | alice | {link} |" in readme
    assert "- [Database issues](patterns/database-issues.md)" in readme


def test_the_index_mends_a_timeline_that_was_left_behind(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem())
    file = tmp_path / "2024/01-checkout-down/postmortem.md"
    file.write_text(file.read_text().replace("| 14:30 |", "| 14:29 |"))
    assert base.index()[0] == ["2024/01-checkout-down/timeline.json"]
    assert '"14:29"' in (tmp_path / "2024/01-checkout-down/timeline.json").read_text()


def test_what_cannot_be_read_is_named_and_the_rest_is_indexed(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem(), postmortem("Other"))
    (tmp_path / "2024/01-checkout-down/postmortem.md").write_text(
        "---\nschema: kintsugi/postmortem/1\nseverity: 9\n---\n"
    )
    changed, (problem,) = base.index()
    assert changed == ["README.md"]
    assert str(problem).startswith(
        "2024/01-checkout-down/postmortem.md:3: severity: 9 is not a severity"
    )
    assert "[Other]" in (tmp_path / "README.md").read_text()


def test_a_readme_of_ones_own_keeps_every_word(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Ours\n\nRead this first.")
    base = KnowledgeBase(tmp_path)
    assert "README.md" not in base.init()
    base.index()
    (tmp_path / "README.md").write_text((tmp_path / "README.md").read_text() + "\nAnd this.\n")
    base.add([new(postmortem())], TODAY)
    readme = (tmp_path / "README.md").read_text()
    assert readme.startswith("# Ours\n\nRead this first.\n\n" + BEGIN)
    assert readme.endswith(END + "\n\nAnd this.\n")


@given(st.text(), st.text(), st.text(), st.text())
def test_an_index_never_touches_what_stands_around_it(
    before: str, after: str, first: str, second: str
) -> None:
    marks = (BEGIN, END)
    if any(mark in text for mark in marks for text in (before, after, first, second)):
        return
    readme = f"{before}{BEGIN}\n\n{first}\n\n{END}{after}"
    assert with_index(readme, first) == readme
    assert with_index(readme, second) == f"{before}{BEGIN}\n\n{second}\n\n{END}{after}"


def test_only_a_base_is_taken_for_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no knowledge base"):
        KnowledgeBase.at(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        KnowledgeBase.at(tmp_path / "none")
