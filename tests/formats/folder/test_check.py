"""What `kb check` finds in a base."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem, ActionStatus, Horizon
from kintsugi.core.knowledge.index import (
    IndexedPostmortem,
    by_factor,
    by_service,
    open_actions,
    overdue,
)
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.folder.base import KnowledgeBase
from kintsugi.formats.folder.checks import check
from kintsugi.formats.folder.links import links_in
from kintsugi.formats.timeline_json import timeline_schema, write_timeline_json
from tests.core.full_record import FULL
from tests.formats.folder.making import TODAY, made, new, postmortem

FOLDER = "2024/01-checkout-down"


def findings(root: Path, today: date = TODAY) -> list[str]:
    return [one.text() for one in check(KnowledgeBase.at(root), today)]


def test_a_base_as_it_was_made_has_no_findings(tmp_path: Path) -> None:
    made(tmp_path, postmortem(), postmortem("Other", None))
    assert findings(tmp_path) == []


def test_an_action_past_its_day_is_overdue(tmp_path: Path) -> None:
    made(tmp_path, postmortem())
    assert findings(tmp_path, date(2024, 7, 1)) == []
    assert findings(tmp_path, date(2024, 7, 2)) == [
        f"{FOLDER}/postmortem.md: overdue: 'Alert on the pool' was due on 2024-07-01, alice"
    ]


def test_two_of_one_number_and_two_of_one_incident_are_found(tmp_path: Path) -> None:
    base = made(tmp_path, replace(postmortem(), id="pm_1"))
    shutil.copytree(tmp_path / FOLDER, tmp_path / "2024/01-copied")
    base.index()
    assert findings(tmp_path) == [
        "2024/01-copied: number: 2024/01-checkout-down has this number too",
        "2024/01-copied/postmortem.md: number: 2024/01-checkout-down tells of pm_1 under this title too",
    ]


def test_files_that_are_missing_wrong_or_of_another_year_are_found(tmp_path: Path) -> None:
    made(tmp_path, postmortem("A"), postmortem("B"), postmortem("C"), postmortem("D"))
    year = tmp_path / "2024"
    (year / "01-a/timeline.json").unlink()
    (year / "02-b/timeline.json").write_text(
        '{"schema": "kintsugi/timeline/1", "title": "B", "events": [{"time": "25:00"}]}'
    )
    (year / "03-c/postmortem.md").write_text("# C\n")
    (year / "04-d").rename(year / "4-d")
    (tmp_path / "2023").mkdir()
    shutil.copytree(year / "02-b", tmp_path / "2023/01-b")
    (tmp_path / "2023/01-b/timeline.json").write_text(
        write_timeline_json(replace(postmortem(), timeline=()))
    )
    found = [one for one in findings(tmp_path) if not one.startswith(("README.md:", "patterns/"))]
    assert [one.split(": ")[:2] for one in found] == [
        ["2023/01-b/postmortem.md", "schema"],
        ["2023/01-b/timeline.json", "schema"],
        ["2024/01-a/timeline.json", "schema"],
        ["2024/02-b/timeline.json", "schema"],
        ["2024/03-c/postmortem.md:1", "schema"],
        ["2024/4-d", "layout"],
    ]
    assert "2024-06-03, which is not in 2023" in found[0]
    assert "`kb index` writes it anew" in found[1]
    assert "events[0].time" in found[3]
    assert (
        "README.md: index: it does not say what the base holds; `kb index` writes it anew"
        in findings(tmp_path)
    )


def test_links_that_lead_nowhere_or_out_are_found_with_their_line(tmp_path: Path) -> None:
    made(tmp_path, postmortem())
    (tmp_path / "secret").symlink_to("/etc")
    (tmp_path / "patterns/database-issues.md").write_text(
        "# Database\n[a](../2024/01-checkout-down/postmortem.md#timeline) [b](none.md) ![c](<../a b.png>)\n"
        "[d](../../out.md) [e](/README.md) [f](/secret/passwd) [g](https://x.y/z) [h](#here) `[i](none.md)`\n"
        "```\n[j](none.md)\n```\n[k]: ../2024/01-checkout%2Ddown\n[l]: missing.md 'title'\n"
    )
    KnowledgeBase(tmp_path).index()
    assert findings(tmp_path) == [
        "patterns/database-issues.md:2: link: '../a b.png' is not in the base",
        "patterns/database-issues.md:2: link: 'none.md' is not in the base",
        "patterns/database-issues.md:3: link: '../../out.md' leads out of the base",
        "patterns/database-issues.md:3: link: '/secret/passwd' leads over a link, and links are not followed",
        "patterns/database-issues.md:8: link: 'missing.md' is not in the base",
    ]


@pytest.mark.parametrize("name", [FOLDER, f"{FOLDER}/postmortem.md", f"{FOLDER}/timeline.json"])
def test_a_link_in_place_of_a_folder_or_file_is_found(name: str, tmp_path: Path) -> None:
    made(tmp_path / "kb", postmortem())
    (tmp_path / "kb" / name).rename(tmp_path / "away")
    (tmp_path / "kb" / name).symlink_to(tmp_path / "away")
    assert any("links are not followed" in one for one in findings(tmp_path / "kb"))


@given(st.text(alphabet="[]()<>!`\\# ab./:\n"))
def test_links_of_any_text_are_found_without_an_error(text: str) -> None:
    for line, target in links_in(text):
        assert target
        assert line <= text.count("\n") + 1


def test_timeline_json_keeps_to_its_published_schema() -> None:
    for value in (postmortem(), FULL):
        jsonschema.validate(json.loads(write_timeline_json(value)), timeline_schema())


def test_when_an_action_is_due() -> None:
    day = date(2024, 6, 3)
    dated = replace(postmortem(day=day), action_items=(
        ActionItem("typed", due=date(2024, 6, 20)),
        ActionItem("horizon", horizon=Horizon.IMMEDIATE),
        ActionItem("nothing says it"),
        ActionItem("risk", status=ActionStatus.ACCEPTED_RISK, expires=date(2024, 6, 15)),
        ActionItem("done", due=date(2024, 6, 1), status=ActionStatus.DONE),
    ))  # fmt: skip
    found = open_actions([IndexedPostmortem("2024/01-x", dated)])
    assert [(one.action.description, one.due) for one in found] == [
        ("horizon", date(2024, 6, 10)), ("risk", date(2024, 6, 15)), ("typed", date(2024, 6, 20)),
        ("nothing says it", None),
    ]  # fmt: skip
    assert [one.action.description for one in overdue(found, date(2024, 6, 16))] == [
        "horizon",
        "risk",
    ]
    severe = open_actions([IndexedPostmortem("2024/01-x", replace(dated, severity=Severity.SEV_1))])
    assert severe[-1].due == date(2024, 6, 20)
    assert {one.due for one in severe if one.action.description == "nothing says it"} == {
        date(2024, 6, 18)
    }


def test_groups_are_by_name_without_regard_to_case() -> None:
    entries = [
        IndexedPostmortem(f"2024/0{n}-x", postmortem(f"T{n}", date(2024, 1, n))) for n in (1, 2)
    ]
    ((name, group),) = by_service(entries)
    assert (name, [one.folder for one in group]) == ("checkout", ["2024/02-x", "2024/01-x"])
    assert [name for name, _ in by_factor(entries)] == ["Inadequate monitoring"]


def test_adding_after_a_check_needs_nothing_else(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem())
    assert findings(tmp_path) == []
    base.add([new(postmortem("Next"))], TODAY)
    assert findings(tmp_path) == []
