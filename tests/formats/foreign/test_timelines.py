"""Every shape of a timeline: where the time stands, how it is written, and what it means."""

from __future__ import annotations

import pytest

from kintsugi.formats.foreign.read import Imported, read_foreign
from tests.formats.foreign.generated import lost


def read(body: str, title: str = "Checkout down on 2024-06-03", zone: str = "") -> Imported:
    text = f"# {title}\n\n{body}\n"
    imported = read_foreign(text, zone=zone)
    assert not lost(text, imported.postmortem)
    return imported


def found(
    body: str, title: str = "Checkout down on 2024-06-03", zone: str = ""
) -> list[tuple[str, str]]:
    return [(event.moment.written(), event.text) for event in read(body, title, zone).events]


@pytest.mark.parametrize(
    ("entry", "written"),
    [
        ("- 14:35 UTC - pages", "2024-06-03T14:35:00Z"),
        ("- **14:35 UTC**: pages", "2024-06-03T14:35:00Z"),
        ("- `14:35 UTC` pages", "2024-06-03T14:35:00Z"),
        ("* [14:35 UTC] pages", "2024-06-03T14:35:00Z"),
        ("1. 14:35 UTC pages", "2024-06-03T14:35:00Z"),
        ("14:35 UTC: pages", "2024-06-03T14:35:00Z"),
        ("**14:35 UTC** pages", "2024-06-03T14:35:00Z"),
        ("### 14:35 UTC\n\npages", "2024-06-03T14:35:00Z"),
        ("### 14:35 UTC - pages", "2024-06-03T14:35:00Z"),
        ("### 2024-06-04 9:05 UTC\n\npages", "2024-06-04T09:05:00Z"),
        ("14:35 UTC\n\npages", "2024-06-03T14:35:00Z"),
        ("- 2:35 PM EDT pages", "2024-06-03T18:35:00Z"),
        ("- 2.35 pm BST pages", "2024-06-03T13:35:00Z"),
        ("- 14:35 CEST, pages", "2024-06-03T12:35:00Z"),
        ("- 13:55 PM PST: pages", "2024-06-03T21:55:00Z"),
        ("- 14:35:10 +02:00 pages", "2024-06-03T12:35:10Z"),
        ("- 1435 UTC pages", "2024-06-03T14:35:00Z"),
        ("- 14h35 UTC: pages", "2024-06-03T14:35:00Z"),
        ("- ~14:35 UTC: pages", "2024-06-03T14:35:00Z"),
        ("- around 14:35 UTC, pages", "2024-06-03T14:35:00Z"),
        ("- 14:35 - 15:10 UTC: pages", "2024-06-03T14:35:00Z"),
        ("- 14:35–15:10 UTC pages", "2024-06-03T14:35:00Z"),
        ("- 2024-06-04T14:35:00Z pages", "2024-06-04T14:35:00Z"),
        ("- June 4th, 2:35 PM UTC: pages", "2024-06-04T14:35:00Z"),
        ("- 2:35 PM UTC Tuesday June 4th: pages", "2024-06-04T14:35:00Z"),
        ("- 4 June 2024 at 14:35 UTC - pages", "2024-06-04T14:35:00Z"),
        ("- 22:30 UTC (Jun 4): pages", "2024-06-04T22:30:00Z"),
        ("On June 4th at 14:35 UTC, pages", "2024-06-04T14:35:00Z"),
        ("- 06-04 14:35 UTC pages", "2024-06-04T14:35:00Z"),
        ("- 6/14/24 14:35 UTC pages", "2024-06-14T14:35:00Z"),
        ("- 14.06.2024 14:35 UTC pages", "2024-06-14T14:35:00Z"),
        ("- 2024-06-04: pages", "2024-06-04"),
        ("June 4th, 2024\npages", "2024-06-04"),
        ("- 2024-06-?? HH:mm pages", ""),
        ("- [???] pages", ""),
        ("- 11/03/202 - pages", ""),
    ],
)
def test_an_entry_is_read_however_its_time_is_written(entry: str, written: str) -> None:
    assert found(f"## Timeline\n\n{entry}") == [(written, "pages")]


@pytest.mark.parametrize(
    "heading",
    ["## Timeline", "Timeline\n--------", "**Timeline:**", "### Incident Timeline (UTC)", "# Events/Timeline:",
    "## ⏱ Timeline",
     "## 4. Timeline of events", "## Chronology"],
)  # fmt: skip
def test_a_timeline_is_known_by_its_heading(heading: str) -> None:
    assert found(f"{heading}\n\n- 14:35 UTC - pages") == [("2024-06-03T14:35:00Z", "pages")]


def test_a_line_right_over_a_list_is_a_heading() -> None:
    assert found("Timeline:\n- 14:35 UTC - pages") == [("2024-06-03T14:35:00Z", "pages")]


def test_tables_of_two_three_and_more_columns() -> None:
    two = "## Timeline\n\n| Time (UTC) | Event |\n|---|---|\n| 14:35 | pages |"
    assert found(two) == [("2024-06-03T14:35:00Z", "pages")]
    three = "## Timeline\n\n| Time (UTC) | Event | Actions Taken |\n|---|---|---|\n| 14:35 | pages | call |"
    (event,) = read(three).events
    assert (event.text, event.action_taken) == ("pages", "call")
    day = (
        "## Timeline\n\n| Day | Date (2023) | Time (PT) | Event | Source"
        "\n|--|--|--|--|--\n| Mon | Jun 5 | 14:35 | pages | bot"
    )
    (event,) = read(day).events
    assert (event.moment.written(), event.text, event.actor) == (
        "2023-06-05T21:35:00Z",
        "pages",
        "bot",
    )
    wide = "## Timeline\n\n| When | What | Where | Who |\n|--|--|--|--|\n| 2024-06-04 14:35 | a `x|y` | b | Eve |"
    (event,) = read(wide).events
    assert (event.text, event.actor) == ("a `x|y`\nWhere: b", "Eve")


def test_a_zone_said_once_is_that_of_all_times() -> None:
    for said in (
        "All times in CEST.",
        "*(All times Europe/Berlin, 24-hour clock.)*",
        "Time zone: CEST",
    ):
        assert found(f"## Timeline\n\n{said}\n\n- 14:35 pages")[0][0] == "2024-06-03T12:35:00Z"
    assert found("## Timeline (all times CEST)\n\n- 14:35 pages")[0][0] == "2024-06-03T12:35:00Z"
    assert (
        found("## Timeline\n\n| When (CEST) | What |\n|--|--|\n| 14:35 | pages |")[0][0]
        == "2024-06-03T12:35:00Z"
    )
    assert (
        found("Down until 15:00 CEST.\n\n## Timeline\n\n- 14:35 pages")[0][0]
        == "2024-06-03T12:35:00Z"
    )


def test_a_day_and_a_clock_without_a_zone_are_taken_as_utc_and_said_to_be() -> None:
    imported = read("## Timeline\n\n- 2024-06-04 14:35 pages\n- 2024-06-04 14:36 more")
    assert imported.events[0].moment.written() == "2024-06-04T14:35:00Z"
    assert imported.notes == ("2 times without a zone are taken as UTC",)
    given = read("## Timeline\n\n- 2024-06-04 14:35 pages", zone="Europe/Berlin")
    assert given.events[0].moment.written() == "2024-06-04T12:35:00Z"


def test_a_timeline_goes_past_midnight() -> None:
    entries = "## Timeline\n\n- 23:50 UTC a\n- 23:40 UTC noted late\n- 00:10 UTC b\n- 09:00 UTC c\n- 01:00 UTC d"
    days = [at for at, _ in found(entries)]
    assert days == [
        "2024-06-03T23:50:00Z", "2024-06-03T23:40:00Z", "2024-06-04T00:10:00Z", "2024-06-04T09:00:00Z",
        "2024-06-05T01:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "day", ["2024-06-05", "_6/5/24_", "**June 5th**", "### Wednesday, June 5", "-6/5/24_"]
)
def test_a_day_alone_is_that_of_the_entries_under_it(day: str) -> None:
    body = f"## Timeline (UTC)\n\n2024-06-04\n\n- 14:35 a\n\n{day}\n\n- 09:00 b\n- 10:00 c\n\nDates: 12/25/2023"
    assert [at for at, _ in found(body)] == [
        "2024-06-04T14:35:00Z",
        "2024-06-05T09:00:00Z",
        "2024-06-05T10:00:00Z",
    ]


def test_days_with_entries_nested_under_them() -> None:
    body = "## Timeline (UTC)\n\n- 2024-06-04\n  - 14:35 a\n  - 14:36 b\n- June 5\n  - 09:00 c"
    assert [at for at, _ in found(body)] == [
        "2024-06-04T14:35:00Z",
        "2024-06-04T14:36:00Z",
        "2024-06-05T09:00:00Z",
    ]


def test_a_day_without_a_year_is_the_nearest() -> None:
    body = "## Timeline (UTC)\n\n- [12-30 16:21] a\n- [01-02 09:00] b"
    assert [at for at, _ in found(body, "January 3rd, 2024: down")] == [
        "2023-12-30T16:21:00Z",
        "2024-01-02T09:00:00Z",
    ]


def test_numbers_of_which_either_may_be_the_month_are_read_as_the_document_does() -> None:
    body = "## Timeline (UTC)\n\n- 03/06/2024 09:00 a\n- 25/06/2024 09:00 b"
    assert found(body)[0][0] == "2024-06-03T09:00:00Z"
    assert found("## Timeline (PST)\n\n- 03/06/2024 09:00 a")[0][0] == "2024-03-06T17:00:00Z"
    assert found("## Timeline (CET)\n\n- 03/06/2024: a", "T") == [("", "a")]


def test_an_entry_of_several_lines_is_one() -> None:
    body = "## Timeline (UTC)\n\n- 14:35 pages,\n  and calls\n    - nobody\n- 14:40 b"
    assert [text for _, text in found(body)] == ["pages, and calls\n  - nobody", "b"]


def test_what_is_no_entry_stays_where_it_stood() -> None:
    body = (
        "## Timeline (UTC)\n\nBlocks 100 to 200.\n\n- 14:35 a"
        "\n- **Note:** nobody wrote\n\n![graph](g.png)\n\n## Impact\n\nAll."
    )
    imported = read(body)
    (notes,) = imported.postmortem.sections
    assert notes.heading == "Notes on the timeline"
    assert notes.text.startswith("Timeline (UTC)\n\nBlocks 100 to 200.")
    assert "- **Note:** nobody wrote\n\n![graph](g.png)" in notes.text
    assert imported.postmortem.impact.text == "All."


def test_prose_with_times_chat_logs_and_other_tables_are_no_timeline() -> None:
    body = (
        "## What happened\n\nAt 3:28 PM UTC on June 3rd we saw it.\n\nAt 3:43 PM again.\n\n> alice [1:46 PM]\nhello\n\n"
        "| Owner | Amount | Time |\n|--|--|--|\n| x | 1 | 2024-06-03 14:00 |"
    )
    assert found(body) == []


def test_a_list_of_times_is_a_timeline_without_a_heading() -> None:
    body = "## What we did\n\n- 14:35 UTC a\n- 14:36 UTC b\n- 14:37 UTC c"
    assert len(found(body)) == 3


def test_times_of_two_incidents_stand_on_their_days() -> None:
    body = (
        "## Timeline\n\n### June 3, 2024 - Redis\n\n- **21:45 UTC** - a\n"
        "\n### June 5, 2024 - Limits\n\n- **18:00 UTC** - b"
    )
    assert [at for at, _ in found(body)] == ["2024-06-03T21:45:00Z", "2024-06-05T18:00:00Z"]
