"""The seeds' own shapes of a postmortem are read completely; facts as theirs, words our own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kintsugi.core.actions.item import Horizon, Priority
from kintsugi.formats.foreign.read import Imported, read_foreign
from tests.formats.foreign.generated import lost

REPORT = """\
### Incident Summary

On August 1st, 2024, from 10:00 AM to 11:30 AM UTC, the shop was out because of a wrong replication setting.

### Timeline

- **09:50 AM**: A change of the replication goes out.
- **10:00 AM**: Reads disagree.
- **10:15 AM**: We decide to go back.
- **10:30 AM**: The shop answers again.
- **11:00 AM**: The logs are replayed.
- **11:30 AM**: Resolved.

### Root Cause

The setting made replicas lag.

### Resolution and Recovery

Back to the old setting, and a replay.

### Corrective and Preventative Measures

- Implemented a review of such changes.
- Scheduled a day on replication.

### Impact

- **Downtime**: 1.5 hours.

### Lessons Learned

- Such changes need a test.

### Action Items

- [ ] Implement the review of changes.
- [ ] Set up an alert on lag.
- [x] Hold the day on replication.
"""

LINES = """\
## Incident Timeline

**2024-02-06 14:23 UTC** - The first alert: answers take >2s
**2024-02-06 14:25 UTC** - On call looks
**2024-02-06 14:45 UTC** - Fast again
**2024-02-06 16:00 UTC** - The fix is out
"""

EXECUTIVE = """\
# Postmortem: Checkout Outage - 2024-02-06

## Executive Summary
- **Incident Duration:** 14:23 UTC - 16:00 UTC (1 h 37 min)
- **Services Affected:** checkout, payments

## Timeline
| Time (UTC) | Event | Actions Taken |
|------------|-------|---------------|
| 14:23 | Alert rings | On call is paged |
| 14:25 | We look | Logs are read |
| 16:00 | Found | The pool grows |

## Root Cause Analysis

### Primary Cause
Connections leak.

### Contributing Factors
- No alert on the pool

## Action Items

### Immediate (Complete within 1 week)
- [ ] [Alice] Close the leak

### Short-term (Complete within 1 month)
- [ ] [Bob] Alert on the pool

### Long-term (Complete within 1 quarter)
- [x] [Carol] Split the pool
"""

PRODUCT = """\
# [Database] Production Outage - Jan 15, 2025

## Summary
The service was down for 15 minutes...

## Impact
- 1,200 users affected
- Duration: 15 minutes

## Timeline
- 14:35 - Three times the traffic
- 14:38 - Errors begin
...

## Action Items
- [ ] Implement an alert on connections (HIGH)
- [ ] Add auto-scaling (HIGH)
...
"""

GUIDE = """\
# Incident Postmortem: INC-7

## Incident Summary
- **Date**: 2024-03-15
- **Duration**: 1 hours 5 minutes
- **Severity**: SEV-2
- **Services Affected**: api
- **Incident Commander**: Dana

## Timeline
| Time (UTC) | Event |
|------------|-------|
| 09:15 | Alert |
| HH:MM | Declared |
| 10:20 | Resolved |

## Root Cause Analysis

### Contributing Factors
- [x] Recent deployment
- [ ] Traffic spike
- [ ] Other: none

## Action Items
| Action | Owner | Priority | Due Date |
|--------|-------|----------|----------|
| Add a limit | Dana | P1 | 2024-04-01 |

## Lessons Learned
1. Limits
2. Alerts
"""

PASTED = """\
# Outage

### Timeline

```
14:35 - Traffic spikes
14:38 - Errors begin
15:30 - We meet
```
"""


def read(text: str) -> Imported:
    imported = read_foreign(text, file="inc.md")
    assert not lost(text, imported.postmortem)
    return imported


def times(imported: Imported) -> list[str]:
    return [event.moment.written() for event in imported.events]


def test_the_report_with_clock_times_and_a_range_in_prose() -> None:
    imported = read(REPORT)
    assert times(imported) == [
        f"2024-08-01T{clock}:00Z"
        for clock in ("09:50", "10:00", "10:15", "10:30", "11:00", "11:30")
    ]
    assert imported.started is not None
    assert imported.ended is not None
    assert imported.started.written() == "2024-08-01T10:00:00Z"
    assert imported.ended.written() == "2024-08-01T11:30:00Z"
    actions = imported.postmortem.action_items
    assert [(one.is_measure, one.status.is_done) for one in actions] == [
        (True, True), (True, True), (False, False), (False, False), (False, True),
    ]  # fmt: skip
    assert imported.postmortem.root_cause == "The setting made replicas lag."
    assert imported.postmortem.lessons == ("Such changes need a test.",)


def test_the_lines_with_bold_dates() -> None:
    imported = read(LINES)
    assert times(imported)[0] == "2024-02-06T14:23:00Z"
    assert [event.text for event in imported.events][1:] == [
        "On call looks",
        "Fast again",
        "The fix is out",
    ]


def test_the_executive_template_with_three_columns_and_horizons() -> None:
    imported = read(EXECUTIVE)
    assert times(imported)[-1] == "2024-02-06T16:00:00Z"
    assert imported.events[0].action_taken == "On call is paged"
    actions = imported.postmortem.action_items
    assert [(one.owner, one.description, one.horizon) for one in actions] == [
        ("Alice", "Close the leak", Horizon.IMMEDIATE),
        ("Bob", "Alert on the pool", Horizon.SHORT),
        ("Carol", "Split the pool", Horizon.LONG),
    ]
    assert imported.postmortem.impact.affected_services == ("checkout", "payments")
    assert [factor.text for factor in imported.postmortem.contributing_factors] == [
        "No alert on the pool"
    ]


def test_the_product_example_keeps_clock_times_until_a_zone_is_known() -> None:
    imported = read(PRODUCT)
    assert times(imported) == ["14:35", "14:38"]
    assert imported.postmortem.date == date(2025, 1, 15)
    assert [event.text for event in imported.events] == ["Three times the traffic", "Errors begin"]
    assert {one.priority for one in imported.postmortem.action_items} == {Priority.HIGH}
    assert "--zone" in imported.notes[0]
    dated = read_foreign(PRODUCT, zone="Europe/Berlin")
    assert times(dated) == ["2025-01-15T13:35:00Z", "2025-01-15T13:38:00Z"]


def test_the_guides_template_filled_in() -> None:
    imported = read(GUIDE)
    postmortem = imported.postmortem
    assert times(imported) == ["2024-03-15T09:15:00Z", "", "2024-03-15T10:20:00Z"]
    assert postmortem.severity is not None
    assert postmortem.severity.label == "SEV-2"
    assert postmortem.commander == "Dana"
    assert postmortem.impact.duration == timedelta(minutes=65)
    assert [factor.category for factor in postmortem.contributing_factors] == ["recent_deployment"]
    (action,) = postmortem.action_items
    assert (action.owner, action.priority, action.due) == ("Dana", Priority.HIGH, date(2024, 4, 1))
    assert postmortem.lessons == ("Limits", "Alerts")


def test_a_timeline_pasted_as_code() -> None:
    assert times(read(PASTED)) == ["14:35", "14:38", "15:30"]


@pytest.mark.parametrize("text", [REPORT, LINES, EXECUTIVE, PRODUCT, GUIDE, PASTED])
@pytest.mark.parametrize("template", ["basic", "product", "auto", "executive", "report", "sre"])
def test_nothing_is_lost_in_any_template(text: str, template: str) -> None:
    assert not lost(text, read_foreign(text, file="inc.md").postmortem, template)
