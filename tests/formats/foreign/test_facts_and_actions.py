"""What a foreign document says of itself, and its action items in every shape."""

from __future__ import annotations

from datetime import date

import pytest

from kintsugi.core.actions.item import ActionItem, ActionStatus, Horizon, Priority
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.errors import InputError
from kintsugi.formats.foreign.read import Imported, read_foreign
from tests.formats.foreign.generated import lost


def read(text: str, file: str = "") -> Imported:
    imported = read_foreign(text, file=file)
    assert not lost(text, imported.postmortem)
    return imported


def actions(body: str) -> list[ActionItem]:
    return list(read(f"# T\n\n{body}\n").postmortem.action_items)


@pytest.mark.parametrize(
    ("text", "file", "title"),
    [
        ("# Checkout down\n\nText", "x.md", "Checkout down"),
        ("Checkout down\n=====\n\nText", "x.md", "Checkout down"),
        ("# Post-Mortem: the wrapper\n", "x.md", "Post-Mortem: the wrapper"),
        (
            "## Incident report for the pool\n## Date: 2024-01-02\n",
            "x.md",
            "Incident report for the pool",
        ),
        ("---\ntitle: Checkout down\nlayout: post\n---\nText", "x.md", "Checkout down"),
        ("## Summary\n\nText", "posts/003-checkout_down.md", "Checkout down"),
        ("# Postmortem\n\nText", "checkout-down.md", "Checkout down"),
        ("# Title: \n\nText", "checkout-down.md", "Checkout down"),
        ("Checkout was down.\n", "", "Checkout was down."),
        ("---", "", "Postmortem"),
    ],
)
def test_every_document_has_a_title(text: str, file: str, title: str) -> None:
    assert read(text, file).postmortem.title == title


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("**Severity:** Critical", Severity.SEV_1),
        ("- **Severity**: SEV-2 (degraded)", Severity.SEV_2),
        ("| Severity | sev3 |", Severity.SEV_3),
        ("Severity Level: 4", Severity.SEV_4),
        ("Severity: to be decided", None),
        ("It was a major outage.", None),
    ],
)
def test_a_severity_is_read_where_one_is_stated(line: str, severity: Severity | None) -> None:
    assert read(f"# T\n\n{line}\n\n## Summary\n\nX").postmortem.severity is severity


@pytest.mark.parametrize(
    ("body", "began", "ended"),
    [
        ("On June 3, 2024, it was down from 16:58 to 18:46 UTC.", "2024-06-03T16:58:00Z", "2024-06-03T18:46:00Z"),
        (
            "**Duration:** 22:30 UTC on June 3, 2024 to 05:39 UTC on June 4, 2024",
            "2024-06-03T22:30:00Z", "2024-06-04T05:39:00Z",
        ),
        ("Date: June 3, 2024\nTime: 23:30 - 00:30 UTC", "2024-06-03T23:30:00Z", "2024-06-04T00:30:00Z"),
        ("## Date\nStart: Wednesday, 2018-08-22\nEnd: Thursday, 2018-08-23", "2018-08-22", "2018-08-23"),
        (
            "- Started: 2024-06-03 14:00 CEST\n- Resolved: 2024-06-03 15:30 CEST",
            "2024-06-03T12:00:00Z", "2024-06-03T13:30:00Z",
        ),
        (
            "## Timeline (UTC)\n\n- 2024-06-03 14:00 a\n- 2024-06-04: b\n- 2024-06-03 13:00 c",
            "2024-06-03T14:00:00Z", "2024-06-03T13:00:00Z",
        ),
        ("Nothing is known.", None, None),
    ],
)  # fmt: skip
def test_when_it_began_and_ended(body: str, began: str | None, ended: str | None) -> None:
    imported = read(f"# T\n\n{body}\n")
    assert (imported.started and imported.started.written()) == began
    assert (imported.ended and imported.ended.written()) == ended


@pytest.mark.parametrize(
    "heading",
    ["## Action Items", "## Follow-ups", "### Next steps", "## Remediation",
    "## Corrective and Preventative Measure", "Action Items",
     "**Action items:**", "## TODO", "## 6. Actions", "## How are we preventing it from happening again?",
     "# Long term solution"],
)  # fmt: skip
def test_actions_are_known_by_their_heading(heading: str) -> None:
    assert [one.description for one in actions(f"{heading}\n- Add a limit\n- Alert on it")] == [
        "Add a limit",
        "Alert on it",
    ]


@pytest.mark.parametrize(
    ("item", "owner", "text"),
    [
        ("- [ ] [Alice] Add a limit", "Alice", "Add a limit"),
        ("- @alice: Add a limit", "alice", "Add a limit"),
        ("- Add a limit (@alice)", "alice", "Add a limit (@alice)"),
        (
            "- Add a limit - alice@example.com",
            "alice@example.com",
            "Add a limit - alice@example.com",
        ),
        ("- Add a limit, owner: Alice", "Alice", "Add a limit, owner: Alice"),
        (
            "- Add a limit\n  - **Owner**: Alice Doe",
            "Alice Doe",
            "Add a limit\n- **Owner**: Alice Doe",
        ),
        ("- [Add a limit](https://x.y) soon", "", "[Add a limit](https://x.y) soon"),
        ("- **Limits**: Add one", "", "**Limits**: Add one"),
    ],
)
def test_an_owner_is_read_as_people_write_it(item: str, owner: str, text: str) -> None:
    (action,) = actions(f"## Action Items\n\n{item}")
    assert (action.owner, action.description) == (owner, text)


@pytest.mark.parametrize(
    ("item", "done"),
    [
        ("- [ ] Add", False), ("- [x] Add", True), ("- [X] Add", True), ("- [] Add", False), ("- ✅ Add", True),
        ("- Add. **(Done during this incident)**", True), ("- ~~Add~~", True), ("- Add (not done)", False),
    ],
)  # fmt: skip
def test_what_is_done_is_seen(item: str, done: bool) -> None:
    (action,) = actions(f"## Action Items\n\n{item}")
    assert action.status.is_done is done


def test_headings_over_actions_say_when_and_whether_they_are_done() -> None:
    found = actions(
        "## Remediation\n\n### Immediate Actions (Completed)\n\n- A\n\n### Long-term\n\n- B\n\n## Notes\n\n- C"
    )
    assert [(one.description, one.horizon, one.status.is_done) for one in found] == [
        ("A", Horizon.IMMEDIATE, True), ("B", Horizon.LONG, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "ticket"),
    [
        ("- Add ([#4](https://github.com/a/b/issues/4))", "https://github.com/a/b/issues/4"),
        ("- Add ([#294][issue-294])", "https://github.com/a/b/issues/294"),
        (
            "- Add [OPS-12](https://jira.example/browse/OPS-12)",
            "https://jira.example/browse/OPS-12",
        ),
        ("- Add, see OPS-12", "OPS-12"),
        ("- Add for SEV-1 and UTF-8", ""),
    ],
)
def test_a_link_to_a_tracker_is_kept_as_the_ticket(item: str, ticket: str) -> None:
    (action,) = actions(f"## Actions\n\n{item}\n\n[issue-294]: https://github.com/a/b/issues/294")
    assert action.ticket == ticket


def test_a_table_of_actions() -> None:
    table = (
        "## Action Items\n\n| # | Action | Owner | Priority | Due | Status | Ticket | Team |\n|-|-|-|-|-|-|-|-|\n"
        "| 1 | Add a limit | [Alice] | P1 | 2024-07-01 | In progress"
        " | OPS-1 | infra |\n| 2 | Alert | TBD | soon | ? | Done | | |"
    )
    first, second = actions(table)
    assert first == ActionItem(
        "Add a limit\nTeam: infra", id="1", owner="Alice", priority=Priority.HIGH, status=ActionStatus.IN_PROGRESS,
        due=date(2024, 7, 1), ticket="OPS-1",
    )  # fmt: skip
    assert (second.description, second.owner, second.status.is_done) == (
        "Alert\nPriority: soon\nDue: ?",
        "",
        True,
    )


def test_lists_in_groups_and_numbered_lines_with_details() -> None:
    grouped = actions("## Actions\n\n- Short term:\n  - A\n  - B\n- **Later**:\n  - C")
    assert [one.description for one in grouped] == ["A", "B", "C"]
    nested = actions("## Actions\n\n- Improve probes\n  - Ask the teams\n- Alert")
    assert [one.description for one in nested] == ["Improve probes\n- Ask the teams", "Alert"]
    titled = actions(
        "## Remediation\n\n1. **Split the pool**\nWe do it with:\n\n- care\n- tests\n\n2. **Alert**\n\n- soon"
    )
    assert [one.description for one in titled] == ["**Split the pool** We do it with:", "**Alert**"]


def test_lines_that_begin_with_a_verb_are_actions_and_prose_is_none() -> None:
    lines = "## Corrective measures\n\nAdd a limit to the pool.\nHire a person for it.\nAlert on the pool."
    assert len(actions(lines)) == 3
    prose = "## Corrective measures\n\nGoing forward we rebuild the site.\nThe best would be a quick way back."
    assert actions(prose) == []


def test_boxes_are_actions_wherever_they_stand_but_for_a_list_of_factors() -> None:
    boxes = (
        "## Notes to the owner\n\n- [x] Push this\n- [] File the issues\n"
        "\n## Contributing Factors\n\n- [ ] Traffic spike"
    )
    assert [(one.description, one.status.is_done) for one in actions(boxes)] == [
        ("Push this", True),
        ("File the issues", False),
    ]


def test_nothing_to_do_is_no_action() -> None:
    assert actions("## Action Items\n\n- None\n- N/A.\n- TBD") == []


def test_what_stands_before_the_first_part_is_the_summary_unless_there_is_one() -> None:
    assert read("# T\n\nIt was down.\n\n## Impact\n\nAll.").postmortem.summary == "It was down."
    both = read("# T\n\nWritten by us.\n\n## Summary\n\nIt was down.").postmortem
    assert both.summary == "It was down."
    assert [(one.heading, one.text) for one in both.sections] == [
        ("Introduction", "Written by us.")
    ]


def test_sections_of_ones_own_stay_in_their_order() -> None:
    text = "# T\n\n## Background\n\nA\n\n### Deep\n\nB\n\n## Root Cause\n\nC\n\n### Why\n\nD\n\n## Q&A\n\n**Why?**\n\nE"
    postmortem = read(text).postmortem
    assert [(one.heading, one.text) for one in postmortem.sections] == [
        ("Background", "A\n\n#### Deep\n\nB"), ("Q&A", "**Why?**\n\nE"),
    ]  # fmt: skip
    assert postmortem.root_cause == "C\n\n#### Why\n\nD"


def test_the_words_that_are_read_into_fields_are_kept_by_line() -> None:
    extra = dict(
        read(
            "# T\n\n## Issue Summary\n\nX\n\n## Timeline\n\n- 2:35 PM EDT, June 3rd 2024: a"
        ).postmortem.extra
    )
    assert (
        extra["as_written"]
        == '{"3":"Issue Summary","7":"Timeline","9":"2:35 PM EDT, June 3rd 2024"}'
    )


@pytest.mark.parametrize(("text", "said"), [(" \n", "is empty"), ("x" * 4_000_001, "characters")])
def test_what_cannot_be_imported_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_foreign(text, file="x.md")


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="Mars"):
        read_foreign("# T", zone="Mars/Base")


def test_the_sre_books_order_with_bold_facts_and_bold_lists() -> None:
    text = (
        "# Search down (incident #465)\n\n**Date:** 2015-10-21\n\n**Summary:** Down for 66 minutes.\n\n"
        "## Action Items\n\n"
        "| Action Item | Type | Owner | Bug |\n|--|--|--|--|\n| Update the playbook | mitigate | jo | n/a **DONE** |\n"
        "| Limit it | prevent | max | Bug 5 **TODO** |\n\n## Lessons Learned\n\n**What went well**\n\n- Alerts rang\n\n"
        "**Where we got lucky**\n\n- A list\n\n## Timeline\n\n"
        "2015-10-21 (*all times UTC*)\n\n- 14:51 News\n- 14:54 **OUTAGE BEGINS**: it melts\n"
    )
    imported = read(text)
    assert [event.moment.written() for event in imported.events] == [
        "2015-10-21T14:51:00Z",
        "2015-10-21T14:54:00Z",
    ]
    postmortem = imported.postmortem
    assert [(one.owner, one.status.is_done) for one in postmortem.action_items] == [
        ("jo", True),
        ("max", False),
    ]
    assert postmortem.what_went_well == ("Alerts rang",)
    assert postmortem.where_we_got_lucky == ("A list",)
