"""What we write reads back to the same value: JSON, YAML, and Markdown by every template."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from kintsugi.core.postmortems.document import ExtraSection, Postmortem
from kintsugi.demo.records import demo_record, samples
from kintsugi.formats.files import read_record
from kintsugi.formats.markdown.templating import SHIPPED, Template, parse_template, shipped_template
from kintsugi.formats.markdown.write import write_markdown
from kintsugi.formats.own_json import write_json, write_yaml
from tests.strategies import postmortems


@given(postmortems())
def test_our_json_reads_back_to_the_same_value(postmortem: Postmortem) -> None:
    assert read_record(write_json(postmortem)).postmortem == postmortem


@given(postmortems())
def test_our_yaml_reads_back_to_the_same_value(postmortem: Postmortem) -> None:
    assert read_record(write_yaml(postmortem)).postmortem == postmortem


@pytest.mark.parametrize("name", SHIPPED)
@given(postmortem=postmortems())
def test_our_markdown_reads_back_to_the_same_value(name: str, postmortem: Postmortem) -> None:
    written = write_markdown(postmortem, shipped_template(name), front_matter=True)
    assert read_record(written).postmortem == postmortem


OWN = """---
name: own
---
Nothing of it but {{ title }}

{{ section("summary", "# Odd level") }}
## Summary
{{ pm.trigger }}
"""


@given(postmortem=postmortems())
def test_a_template_of_ones_own_loses_nothing_whatever_it_shows(postmortem: Postmortem) -> None:
    template: Template = parse_template(OWN, file="own.md")
    written = write_markdown(postmortem, template, front_matter=True)
    assert read_record(written).postmortem == postmortem


def _front_matter(written: str) -> str:
    return written.split("\n---\n", 1)[0]


def test_prose_stands_in_the_body_alone_where_people_edit_it() -> None:
    postmortem = replace(demo_record(), lead_up="A campaign was planned for 9 am.")
    written = write_markdown(postmortem, shipped_template("sre"))
    for field in (
        "summary:",
        "root_cause:",
        "trigger:",
        "timeline:",
        "what_went_well:",
        "action_items:",
        "lead_up:",
    ):
        assert f"\n{field}" not in _front_matter(written)
    edited = written.replace(
        "Connection leak in retry logic", "A connection leak in the retry logic"
    )
    assert read_record(edited).postmortem.root_cause.startswith(
        "A connection leak in the retry logic"
    )


def test_an_edited_table_is_what_is_read_back() -> None:
    written = write_markdown(demo_record(), shipped_template("standard"))
    edited = written.replace(
        "| 10:00 | All clear confirmed |", "| 10:05 | All clear confirmed by the load test |"
    )
    edited = edited.replace(
        "| A1 | Add connection pool metrics | alice |",
        "| A1 | Add connection pool metrics | dana |",
    )
    read = read_record(edited).postmortem
    assert str(read.timeline[-1].time) == "10:05"
    assert read.timeline[-1].description == "All clear confirmed by the load test"
    assert read.action_items[0].owner == "dana"


def test_the_samples_keep_their_prose_and_timeline_in_the_body() -> None:
    for sample in samples():
        written = write_markdown(sample.postmortem, shipped_template("standard"))
        front = _front_matter(written)
        assert "\nsummary:" not in front, sample.name
        assert "\ntimeline:" not in front, sample.name
        assert read_record(written).postmortem == sample.postmortem


def test_a_change_to_what_is_made_from_numbers_is_not_read_and_that_is_said() -> None:
    written = write_markdown(demo_record(), shipped_template("standard"))
    assert read_record(written).notes == ()
    record = read_record(
        written.replace("- **Affected users**: 5,000", "- **Affected users**: 6,000")
    )
    assert record.postmortem == demo_record()
    assert len(record.notes) == 1
    assert "'Customer Impact'" in record.notes[0]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_we_wrote_and_nobody_changed_needs_no_note(name: str) -> None:
    for sample in samples():
        written = write_markdown(sample.postmortem, shipped_template(name), front_matter=True)
        assert read_record(written).notes == ()


@pytest.mark.parametrize("name", [*SHIPPED, "own"])
def test_a_section_somebody_adds_by_hand_is_kept(name: str) -> None:
    template = (
        parse_template(OWN_HEADINGS, file="own.md") if name == "own" else shipped_template(name)
    )
    written = write_markdown(demo_record(), template, front_matter=True)
    assert read_record(written).postmortem == demo_record()
    added = written + "\n## What it cost\n\nTen euros.\n\n### In detail\n\nTwo times five.\n"
    read = read_record(added).postmortem
    assert read.sections == (
        ExtraSection("What it cost", "Ten euros.\n\n#### In detail\n\nTwo times five."),
    )
    again = write_markdown(read, template, front_matter=True)
    assert read_record(again).postmortem == read


OWN_HEADINGS = """---
name: own
---
# {{ title }}

## The cost of it

{{ pm.impact.affected_users }} users

{{ section("summary", "## In short") -}}
"""


def test_a_due_date_nobody_typed_follows_from_horizon_or_severity_and_is_not_read_back() -> None:
    written = write_markdown(demo_record(), shipped_template("standard"))
    assert "| alice | P1 | (2024-04-14) |" in written
    assert "Dates in brackets follow from the horizon or the severity." in written
    assert read_record(written).postmortem.action_items[0].due is None


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    written = write_markdown(demo_record(), shipped_template("standard"))
    raw = b"\xef\xbb\xbf" + written.replace("\n", "\r\n").encode()
    assert read_record(raw).postmortem == demo_record()
