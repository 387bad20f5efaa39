"""What people write into our Markdown is kept, named in a note, or refused with its line; never lost."""

from __future__ import annotations

from dataclasses import fields

import pytest

from kintsugi.core.postmortems.document import ExtraSection, Postmortem
from kintsugi.demo.records import demo_record, samples
from kintsugi.formats.errors import InputError
from kintsugi.formats.files import read_record
from kintsugi.formats.markdown.templating import SHIPPED, Template, parse_template, shipped_template
from kintsugi.formats.markdown.write import write_markdown
from kintsugi.formats.own_json import write_json
from kintsugi.formats.records import Record

HEAD = "---\nschema: kintsugi/postmortem/1\ntemplate: standard\ntitle: T\ndate: '2026-09-17'\n---\n\n# T\n\n"
EVENTS = "## Timeline\n\n| Time (UTC) | Event | Who | Kind |\n|---|---|---|---|\n| 09:50 | Errors begin | bob | |\n"
ACTIONS = (
    "## Action Items\n\n| Action | Owner | Priority | Due Date | Status |\n|---|---|---|---|---|\n"
)


def read(body: str) -> Record:
    return read_record(HEAD + body)


def canonical(record: Record) -> str:
    return write_json(record.postmortem)


@pytest.mark.parametrize(
    "row",
    [
        "| 09:52 | CANARY |",
        "| ~09:52 | CANARY | bob | |",
        "| 09:52 UTC | CANARY | bob | |",
        "| 9:52 AM | CANARY | bob | |",
        "| **09:52** | CANARY | bob | |",
        "| `09:52` | CANARY | bob | Deploy |",
        "| 09:52 | CANARY `a | b` | bob | deploy |",
        "| 09:52      | CANARY         |        |        |",
        "09:52 | CANARY | bob | deploy",
    ],
)
def test_an_imperfect_row_is_kept(row: str) -> None:
    events = read(EVENTS + row + "\n").postmortem.timeline
    assert len(events) == 2
    assert "CANARY" in events[1].description
    assert events[1].time is not None
    assert "09:52" in str(events[1].time)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("| 09:52 | a | b | c | d | e |", "cells"),
        ("| soon | a | b | |", "not a time"),
        ("| 09:52 | a | b | Deploy! |", "kind of event"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_line(row: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        read(EVENTS + row + "\n")
    assert error.value.line == (HEAD + EVENTS).count("\n") + 1


@pytest.mark.parametrize("around", ["CANARY above", "CANARY: times are UTC."])
def test_text_around_a_table_is_kept_as_a_section_and_said(around: str) -> None:
    for body in (EVENTS + f"\n{around}\n", EVENTS.replace("\n\n| T", f"\n\n{around}\n\n| T")):
        record = read(body)
        assert len(record.postmortem.timeline) == 1
        assert record.postmortem.sections == (ExtraSection("Timeline", around),)
        assert "'Timeline'" in record.notes[0]


@pytest.mark.parametrize("separator", ["| :--- | --- | :-: | ---: |", "|----|:---|---|---|"])
def test_any_separator_row_will_do(separator: str) -> None:
    assert read(EVENTS.replace("|---|---|---|---|", separator)) == read(EVENTS)


@pytest.mark.parametrize(
    ("row", "due"),
    [
        ("| CANARY | bob | high | Oct 10 | open |", "2026-10-10"),
        ("| CANARY | bob | P1 | 3 March | done |", "2027-03-03"),
        ("| CANARY | bob | p1 | TBD | To Do |", "None"),
        ("| CANARY | bob |", "None"),
    ],
)
def test_an_action_is_read_as_people_write_it(row: str, due: str) -> None:
    for head in (ACTIONS, ACTIONS.replace("Due Date", "Due")):
        action = read(head + row + "\n").postmortem.action_items[0]
        assert (action.description, action.owner, str(action.due)) == ("CANARY", "bob", due)


@pytest.mark.parametrize(
    "row", ["| a | b | asap | | |", "| a | b | P1 | sometime | |", "| a | b | P1 | | Blocked |"]
)
def test_an_action_that_cannot_be_read_is_refused_with_its_line(row: str) -> None:
    with pytest.raises(InputError) as error:
        read(ACTIONS + row + "\n")
    assert error.value.line == (HEAD + ACTIONS).count("\n") + 1


@pytest.mark.parametrize(
    "item",
    [
        "- [ ] Add X - bob", "- [ ] [bob] Add X", "- [ ] Add X, owner: bob", "- [ ] Add X, owner: @bob",
        "- Add X - bob", "* [ ] Add X - bob",
    ],
)  # fmt: skip
def test_a_checklist_is_read_in_every_template(item: str) -> None:
    action = read(f"## Action Items\n\n_Nothing recorded._\n\n{item}\n").postmortem.action_items[0]
    assert (action.description, action.owner) == ("Add X", "bob")


@pytest.mark.parametrize(
    "item",
    [
        "- 14:35 Errors begin", "- 14:35 - Errors begin", "- **14:35**: Errors begin", "- 14:35: Errors begin",
        "* 02:35 PM Errors begin",
    ],
)  # fmt: skip
def test_an_empty_timeline_is_filled_with_a_list(item: str) -> None:
    event = read(f"## Timeline\n\n_Nothing recorded._\n\n{item}\n").postmortem.timeline[0]
    assert (str(event.time), event.description) == ("14:35", "Errors begin")


@pytest.mark.parametrize(
    "item",
    ["- [foo](https://x.example/a)", "- <https://x.example/a>", "- https://x.example/a",
     "- [foo](<https://x.example/a>) (splunk)"],
)  # fmt: skip
def test_links_are_read_as_people_write_them(item: str) -> None:
    link = read(f"## Supporting Documentation\n\n{item}\n").postmortem.links[0]
    assert link.url == "https://x.example/a"
    assert ("foo" in link.title) == ("foo" in item)
    assert ("(splunk)" in link.title) == ("splunk" in item)


def test_whys_without_bold_and_on_several_lines_are_read() -> None:
    body = "### Why It Happened\n\n- **Why A?** Since B\n  and C.\n  - Why C? Since D.\n"
    why = read(body).postmortem.whys[0]
    assert (why.question, why.answer) == ("Why A?", "Since B and C.")
    assert (why.whys[0].question, why.whys[0].answer) == ("Why C?", "Since D.")


@pytest.mark.parametrize("heading", ["Metrics", "People", "Root Cause Analysis", "Appendix"])
def test_text_under_a_heading_nobody_reads_is_kept(heading: str) -> None:
    assert read(f"## {heading}\n\nCANARY\n").postmortem.sections == (
        ExtraSection(heading, "CANARY"),
    )


def test_text_beside_the_title_is_kept_as_an_introduction() -> None:
    assert read("CANARY\n").postmortem.sections == (ExtraSection("Introduction", "CANARY"),)


@pytest.mark.parametrize("heading", ["Timeline (all times UTC)", "Timeline:", "✅ Timeline"])
def test_a_heading_with_a_note_is_the_heading(heading: str) -> None:
    assert read(EVENTS.replace("Timeline", heading, 1)).postmortem.timeline


def test_a_bullet_above_the_trigger_leaves_the_trigger() -> None:
    record = read("### What Happened\n\nBefore.\n- CANARY\n**Trigger:** a deploy\n").postmortem
    assert (record.lead_up, record.trigger) == ("Before.\n- CANARY", "a deploy")


def test_a_change_in_the_front_matter_alone_needs_no_note() -> None:
    written = write_markdown(demo_record(), shipped_template("standard"))
    title = demo_record().title
    record = read_record(written.replace(f"title: {title}", "title: Another", 1))
    assert (record.postmortem.title, record.notes) == ("Another", ())


OWN = "---\nname: own\n---\n# {{ title }}\n\nMade text.\n\n" + "".join(
    f'{{{{ section("{name}", "## {heading}") -}}}}\n'
    for name, heading in [
        ("summary", "Summary"), ("timeline", "Timeline"), ("metrics", "Numbers of ours"),
        ("action_checklist", "Action Items"), ("links", "Supporting Information"),
    ]
)  # fmt: skip


def _template(name: str) -> Template:
    return parse_template(OWN, file="own.md") if name == "own" else shipped_template(name)


@pytest.mark.parametrize("name", [*SHIPPED, "own"])
@pytest.mark.parametrize("full", [True, False])
def test_a_line_put_anywhere_is_kept_or_said_and_loses_nothing_else(name: str, full: bool) -> None:
    postmortem = (
        max((one.postmortem for one in samples()), key=lambda one: len(write_json(one)))
        if full
        else demo_record()
    )
    written = write_markdown(postmortem, _template(name), front_matter=True)
    head, body = written.split("\n---\n", 1)
    lines = body.split("\n")
    step = max(1, len(lines) // 60)
    for number, at in enumerate(range(1, len(lines), step)):
        added = ["- CANARY new words."] if number % 2 else ["", "CANARY new words.", ""]
        new = "\n".join([*lines[:at], *added, *lines[at:]])
        _check(f"{head}\n---\n{new}", postmortem, f"line {at} of {name}")


def _check(text: str, before: Postmortem, where: str) -> None:
    try:
        record = read_record(text)
    except InputError as error:
        if error.line:
            return
        raise
    assert "CANARY" in canonical(record) or record.notes, where
    after = record.postmortem
    differ = [
        one.name
        for one in fields(before)
        if getattr(before, one.name) != getattr(after, one.name) and one.name != "sections"
    ]
    assert len(differ) <= 1, (where, differ)
    for one in differ:
        if isinstance(was := getattr(before, one), tuple):
            assert len(getattr(after, one)) >= len(was), (where, one)
