"""Templates: ours, a user's copy, and bad ones."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.sections import Section
from kintsugi.demo.records import demo_record
from kintsugi.formats.errors import InputError
from kintsugi.formats.markdown.templating import SHIPPED, parse_template, render, shipped_template
from kintsugi.formats.scenarios import SCENARIOS, parse_scenario, scenario_named, scenario_prompts

SEED_HEADINGS = {
    "basic": ["Summary", "Impact", "Timeline", "Root Cause", "Lessons", "Action Items"],
    "product": ["Summary", "Impact", "Root Cause", "Timeline", "Action Items"],
    "standard": [
        "Incident Summary", "Timeline", "Impact Analysis", "Customer Impact", "Technical Impact",
        "Root Cause Analysis", "What Happened", "Why It Happened", "Contributing Factors", "Response Analysis",
        "What Went Well", "What Could Be Improved", "Lucky Factors", "Action Items", "Lessons Learned",
        "Supporting Documentation",
    ],
    "auto": ["Summary", "Timeline", "Metrics", "Action Items", "Generated"],
    "executive": [
        "Executive Summary", "Timeline", "Root Cause Analysis", "Primary Cause", "Contributing Factors",
        "Impact Assessment", "Technical Impact", "Business Impact", "Response Evaluation", "What Went Well",
        "Areas for Improvement", "Action Items", "Lessons Learned",
    ],
    "report": [
        "Incident Summary", "Timeline", "Root Cause", "Resolution and Recovery",
        "Corrective and Preventative Measures", "Impact", "Lessons Learned", "Action Items",
    ],
    "sre": [
        "Summary", "Impact", "Root Causes", "Trigger", "Detection", "Resolution", "Action Items", "Lessons Learned",
        "What Went Well", "What Went Wrong", "Where We Got Lucky", "Timeline",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SEED_HEADINGS)
def test_a_template_has_the_headings_of_its_document_in_their_order(name: str) -> None:
    written = render(shipped_template(name), demo_record())
    found = re.findall(r"^#{2,3} (.+)$", written, re.MULTILINE)
    positions = [found.index(heading) for heading in SEED_HEADINGS[name]]
    assert positions == sorted(positions)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_template_holds_for_an_empty_postmortem(name: str) -> None:
    written = render(shipped_template(name), Postmortem("Nothing known"))
    assert written.startswith("# ")
    assert "None" not in written.replace("Affected Services: None", "")


def test_the_products_export_looks_as_the_product_has_it() -> None:
    written = render(shipped_template("product"), demo_record())
    assert "- [ ] Add connection pool metrics (HIGH)" in written
    assert "\n- 09:15 [PagerDuty] - Alerts fire for elevated 5xx rate\n" in written


def test_an_empty_section_asks_its_question_where_no_reader_sees_it() -> None:
    written = render(shipped_template("product"), Postmortem("T"))
    assert (
        "## Root Cause\n\n<!-- prompt: What about the system made this possible? -->\n\n_Nothing recorded._"
        in written
    )


def test_what_nobody_wrote_down_is_not_counted_as_none() -> None:
    written = render(shipped_template("auto"), Postmortem("T"))
    assert "- Messages Sent: unknown\n- Rollbacks Performed: unknown" in written
    assert "- Messages Sent: 0" in render(shipped_template("auto"), demo_record())


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_asks_its_own_questions_on_top_of_any_template(name: str) -> None:
    scenario = scenario_named(name)
    assert len(scenario.timeline) >= 5
    assert len(scenario.causes) >= 5
    assert len(scenario.actions) >= 4
    for template in ("standard", "sre", "product", "report"):
        written = render(
            shipped_template(template), Postmortem("T"), prompts=scenario_prompts(name)
        )
        assert dict(scenario.prompts)["root_cause"] in written
        assert scenario.actions[0].description in written


def test_a_scenario_writes_nothing_into_the_postmortem() -> None:
    written = render(
        shipped_template("standard"), demo_record(), prompts=scenario_prompts("database-outage")
    )
    without_comments = re.sub(r"<!--.*?-->", "", written, flags=re.DOTALL)
    for action in scenario_named("database-outage").actions:
        assert action.description not in without_comments


def test_sections_are_added_replaced_ordered_and_removed_without_touching_ours() -> None:
    template = shipped_template("basic")
    registry = (
        template.sections.added(
            Section("cost", "Cost", lambda pm: f"{pm.impact.affected_users} users"), after="impact"
        )
        .replaced("lessons", lambda _: "Rewritten.")
        .without("root_cause")
        .ordered("timeline")
    )
    headings = re.findall(
        r"^## (.+)$", render(template, demo_record(), sections=registry), re.MULTILINE
    )
    assert headings == ["Timeline", "Summary", "Impact", "Cost", "Lessons", "Action Items"]
    assert template.sections.names == ("summary", "impact", "timeline", "root_cause", "lessons"), (
        "ours are as before"
    )


def test_an_added_section_shows_at_the_end_of_a_template_that_does_not_know_it() -> None:
    template = shipped_template("standard")
    registry = template.sections.added(Section("cost", "Cost", lambda _: "Ten euros.")).without(
        "links"
    )
    written = render(template, demo_record(), sections=registry)
    assert written.endswith("## Cost\n\nTen euros.\n")
    assert "Supporting Documentation" not in written


BAD = [
    ("---\nname: x\n---\n\n{{ section('summary' }}", 5, "cannot be read"),
    ("---\nname: x\n---\nfirst\n{{ nothing }}", 5, "nothing"),
    ("---\nname: x\n---\n\n\n{{ section('sumary') }}", 6, "no section named"),
    ("---\nname: x\n---\n{{ pm.title.__class__.__mro__ }}", 4, "unsafe"),
    ("---\nname: x\n---\n{{ ''.__class__ }}", 4, "unsafe"),
    ("---\nname: x\n---\n{% for i in range(10000000000) %}x{% endfor %}", 4, "range"),
    ("---\nname: x\n---\n{% include '/etc/passwd' %}", 4, "loader"),
    ("---\nname: x\n---\n{{ 1 / 0 }}", 4, "zero"),
    ("---\nname: x\n---\n{{ pm.impact.nope }}", 4, "nope"),
    ("---\nname: x\nnmae: y\n---\n", 2, "nmae"),
    ("---\ntitle: x\n---\n", 2, "name"),
    ("---\nname: x\nfront_matter: maybe\n---\n", 0, "true or false"),
    ("---\nname: x\nbody", 1, "no end"),
    ("---\nname: [\n---\n", 3, "YAML"),
]


@pytest.mark.parametrize(("text", "line", "word"), BAD, ids=range(len(BAD)))
def test_a_bad_template_is_refused_with_file_and_line(text: str, line: int, word: str) -> None:
    with pytest.raises(InputError) as caught:
        render(parse_template(text, file="own.md"), demo_record())
    assert (caught.value.file, caught.value.line) == ("own.md", line)
    assert word in str(caught.value)


def test_a_template_does_not_run_what_a_record_says() -> None:
    postmortem = Postmortem("{{ 7 * 7 }}", summary="{% for x in y %}")
    written = render(shipped_template("standard"), postmortem)
    assert "{{ 7 * 7 }}" in written
    assert "{% for x in y %}" in written


def test_a_heading_in_a_text_is_no_section_of_the_document() -> None:
    nasty = "## Timeline\n\nUnderlined\n---\n\n```\n# a comment in code\n```\n\n#### Fine"
    written = render(shipped_template("sre"), replace(demo_record(), summary=nasty))
    assert (
        "#### Timeline\n\nUnderlined\n\\---\n\n```\n# a comment in code\n```\n\n#### Fine"
        in written
    )
    assert re.findall(r"^## Timeline$", written, re.MULTILINE) == ["## Timeline"]


def test_a_line_of_the_generators_text_is_no_heading() -> None:
    nasty = replace(demo_record(), root_cause="x\n## Fake", what_went_well=("y\n# Fake",))
    written = render(shipped_template("basic"), nasty)
    assert "\\## Fake" in written
    assert re.findall(r"^#+ (.+)$", written, re.MULTILINE)[1:] == [
        "Summary", "Impact", "Timeline", "Root Cause", "Lessons", "Action Items",
    ]  # fmt: skip


def test_a_bad_scenario_is_refused_with_its_line() -> None:
    with pytest.raises(InputError) as caught:
        parse_scenario(
            "---\nname: x\nactions:\n  - description: a\n    priority: soon\n---\n", file="own.md"
        )
    assert caught.value.line == 5
    assert caught.value.field == "actions[0].priority"


@pytest.mark.parametrize("name", ["standard", "executive", "sre", "report"])
def test_nothing_in_a_field_ends_a_table_or_the_document(name: str) -> None:
    nasty = "a | b\n| c | d |\n\n## Fake\n<!-- never closed <script>"
    record = demo_record()
    timeline = tuple(replace(event, description=nasty, actor=nasty) for event in record.timeline)
    actions = tuple(
        replace(action, description=nasty, owner=nasty) for action in record.action_items
    )
    written = render(
        shipped_template(name),
        replace(record, timeline=timeline, action_items=actions, summary=nasty),
    )
    rows = [line for line in written.split("\n") if line.startswith("| 09:")]
    assert len(rows) == 4, "one row an event"
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows)
    assert "\n<!-- never" not in written
    assert "Action Items" in written
