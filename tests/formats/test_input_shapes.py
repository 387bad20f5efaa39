"""Records in the shapes of the seed documents, and what is said about them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml

from kintsugi.core.actions.item import ActionStatus, ActionType, Horizon, Priority
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.severity_score import severity_score
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.severity import Severity
from kintsugi.demo.records import demo_record
from kintsugi.formats.files import read_record
from kintsugi.formats.records import Record

GENERATOR: dict[str, Any] = {
    "incident_id": "INC-2024-042",
    "title": "Database connection pool exhaustion",
    "severity": "sev2",
    "date": "2024-03-15",
    "summary": "Connection pool exhaustion caused API errors for 45 minutes.",
    "root_cause": "Connection leak in retry logic — connections not returned on error path.",
    "trigger": "Traffic spike from marketing campaign.",
    "impact": {
        "affected_users": 5000, "affected_services": ["api", "web-app"], "duration_minutes": 45,
        "revenue_impact_usd": 15000, "data_loss": False,
    },
    "timeline": [
        {"timestamp": "09:15", "description": "Alerts fire for elevated 5xx rate", "actor": "PagerDuty"},
        {"timestamp": "09:18", "description": "On-call engineer acknowledges", "actor": "alice"},
        {"timestamp": "09:30", "description": "Root cause identified", "actor": "alice"},
        {"timestamp": "09:45", "description": "Hotfix deployed", "actor": "bob"},
        {"timestamp": "10:00", "description": "All clear confirmed", "actor": "alice"},
    ],
    "contributing_factors": ["No connection pool monitoring", "Missing circuit breaker"],
    "what_went_well": ["Fast detection", "Clear escalation path"],
    "what_went_poorly": ["No runbook for pool exhaustion", "Slow initial diagnosis"],
    "action_items": [
        {"id": "A1", "description": "Add connection pool metrics", "owner": "alice", "priority": "high",
         "status": "open"},
        {"action_id": "A2", "description": "Implement circuit breaker", "owner": "bob", "priority": "critical"},
        {"id": "A3", "description": "Write runbook for pool issues", "owner": "carol", "priority": "medium",
         "due_date": ""},
    ],
}  # fmt: skip

PRODUCT: dict[str, Any] = {
    "incidentId": "inc_123",
    "title": "Database Connection Pool Exhaustion",
    "summary": "Service experienced 15 minutes of downtime due to database connection pool exhaustion.",
    "impact": "All API endpoints returned 500 errors. Approximately 1,200 users affected.",
    "rootCause": "Connection pool size was insufficient for peak traffic.",
    "timeline": [
        {"time": "14:35", "description": "Traffic spike detected - 3x normal load"},
        {"time": "14:38", "description": "Database connections exhausted, errors begin"},
        {"time": "14:50", "description": "Service fully restored"},
    ],
    "actionItems": [
        {"description": "Implement pool monitoring", "owner": "engineering@example.com", "status": "TODO",
         "priority": "HIGH"},
        {"description": "Review capacity planning", "owner": "architecture@example.com", "status": "TODO",
         "priority": "MEDIUM"},
    ],
    "contributors": ["alice@example.com", "bob@example.com"],
    "status": "DRAFT",
}  # fmt: skip

GUIDE: dict[str, Any] = {
    "severity": 1,
    "duration": 90,
    "affected_services": ["checkout"],
    "incident_commander": "alice",
    "timeline": [
        {"timestamp": "2024-03-15T10:45:00", "event": "Resolved", "important": True},
        {"timestamp": "2024-03-15T09:15:00", "event": "Alert fired", "important": False},
    ],
    "action_items": [{"title": "Create a runbook", "priority": "P1", "category": "documentation"}],
}


def read(data: object, zone: str = "") -> Record:
    return read_record(json.dumps(data), file="record.json", zone=zone)


def test_the_generators_record_is_read_whole() -> None:
    record = read(GENERATOR)
    assert record.postmortem == demo_record()
    assert record.notes == ()


def test_the_products_body_is_read_whole() -> None:
    postmortem = read(PRODUCT).postmortem
    assert postmortem.incident_id == "inc_123"
    assert postmortem.impact.text.startswith("All API endpoints")
    assert postmortem.impact.affected_users is None, "numbers are not made out of words"
    assert [str(event.time) for event in postmortem.timeline] == ["14:35", "14:38", "14:50"]
    assert postmortem.action_items[0].priority is Priority.HIGH
    assert postmortem.contributors == ("alice@example.com", "bob@example.com")
    assert postmortem.status is PostmortemStatus.DRAFT
    assert postmortem.computed_duration == timedelta(minutes=15)


def test_the_guides_dict_is_read_whole() -> None:
    record = read(GUIDE)
    postmortem = record.postmortem
    assert postmortem.severity is Severity.SEV_1
    assert postmortem.impact.affected_services == ("checkout",)
    assert postmortem.impact.duration == timedelta(minutes=90)
    assert postmortem.commander == "alice"
    assert [event.description for event in postmortem.timeline] == ["Alert fired", "Resolved"], (
        "by time"
    )
    assert postmortem.timeline[1].important
    assert postmortem.date == date(2024, 3, 15), "dated by the incident, not by its creation"
    assert postmortem.action_items[0].type is ActionType.DOCUMENT
    assert postmortem.title == "[checkout] Incident - Mar 15, 2024"
    assert "2 times without a zone are taken as UTC" in record.notes


def test_yaml_says_the_same_as_json() -> None:
    assert read_record(yaml.safe_dump(GENERATOR, allow_unicode=True)).postmortem == demo_record()


def test_yaml_clock_times_and_norway_stay_text() -> None:
    text = "title: T\ndate: 2024-03-15\nsummary: no\ntimeline:\n  - time: 14:35\n    description: yes\n"
    postmortem = read_record(text).postmortem
    assert str(postmortem.timeline[0].time) == "14:35"
    assert (postmortem.summary, postmortem.timeline[0].description) == ("no", "yes")


SEVERITIES = [
    (1, 1), ("1", 1), ("sev1", 1), ("SEV1", 1), ("SEV-1", 1), ("critical", 1), ("Sev 2", 2), ("major", 2),
    ("sev-3", 3), ("low", 4), (5, 5),
]  # fmt: skip


@pytest.mark.parametrize(("written", "level"), SEVERITIES)
def test_a_severity_is_read_as_people_write_it(written: str | int, level: int) -> None:
    assert read({"title": "T", "severity": written}).postmortem.severity == Severity(level)


PRIORITIES = [
    ("P0", Priority.CRITICAL), ("p1", Priority.HIGH), ("P2", Priority.MEDIUM), ("P3", Priority.LOW),
    ("critical", Priority.CRITICAL), ("HIGH", Priority.HIGH), ("low", Priority.LOW), ("urgent", Priority.CRITICAL),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), PRIORITIES)
def test_a_priority_is_read_as_people_write_it(written: str, meant: Priority) -> None:
    record = read({"title": "T", "actions": [{"text": "x", "priority": written}]})
    assert record.postmortem.action_items[0].priority is meant


STATUSES = [
    ("open", ActionStatus.TODO), ("todo", ActionStatus.TODO), ("in_progress", ActionStatus.IN_PROGRESS),
    ("In Progress", ActionStatus.IN_PROGRESS), ("completed", ActionStatus.DONE), ("done", ActionStatus.DONE),
    ("closed", ActionStatus.DONE), ("[ ]", ActionStatus.TODO), ("[x]", ActionStatus.DONE),
    ("verified", ActionStatus.VERIFIED),
    ("wont-do", ActionStatus.WONT_DO), ("accepted_risk", ActionStatus.ACCEPTED_RISK),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), STATUSES)
def test_an_action_status_is_read_as_people_write_it(written: str, meant: ActionStatus) -> None:
    record = read({"title": "T", "actions": [{"action": "x", "status": written}]})
    assert record.postmortem.action_items[0].status is meant


TYPES = [
    ("immediate fix", ActionType.PREVENT), ("process improvement", ActionType.PROCESS),
    ("monitoring enhancement", ActionType.DETECT), ("documentation update", ActionType.DOCUMENT),
    ("documentation", ActionType.DOCUMENT), ("monitoring", ActionType.DETECT), ("automation", ActionType.MITIGATE),
    ("corrective", ActionType.MITIGATE), ("preventive", ActionType.PREVENT), ("DETECT", ActionType.DETECT),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), TYPES)
def test_an_action_type_is_read_as_people_write_it(written: str, meant: ActionType) -> None:
    record = read({"title": "T", "actions": [{"title": "x", "category": written}]})
    assert record.postmortem.action_items[0].type is meant


WORDS = [
    ("incident_status", "ACTIVE", IncidentStatus.INVESTIGATING),
    ("incidentStatus", "RESOLVED", IncidentStatus.RESOLVED),
    ("status", "in review", PostmortemStatus.IN_REVIEW),
]


@pytest.mark.parametrize(("key", "written", "meant"), WORDS)
def test_a_status_is_read_as_people_write_it(key: str, written: str, meant: object) -> None:
    postmortem = read({"title": "T", key: written}).postmortem
    assert meant in (postmortem.incident_status, postmortem.status)


def test_a_horizon_and_a_detection_are_read_from_one_word() -> None:
    data = {
        "title": "T",
        "detection": "customer",
        "actions": [{"text": "x", "horizon": "short-term"}],
    }
    postmortem = read(data).postmortem
    assert postmortem.detection.how is DetectionMethod.CUSTOMER
    assert postmortem.action_items[0].horizon is Horizon.SHORT


SYNONYMS = [
    {"timestamp": "09:15", "description": "x", "actor": "a"}, {"time": "09:15", "event": "x", "who": "a"},
    {"at": "09:15", "text": "x", "actor": "a"}, {"time": "9:15 AM", "description": "x", "actor": "a"},
]  # fmt: skip


@pytest.mark.parametrize("event", SYNONYMS)
def test_timeline_synonyms_mean_the_same(event: dict[str, str]) -> None:
    assert read({"title": "T", "timeline": [event]}) == read(
        {"title": "T", "timeline": [SYNONYMS[0]]}
    )


def test_clock_times_with_a_date_and_a_zone_become_moments_across_midnight() -> None:
    data = {
        "title": "T", "date": "2024-03-15", "zone": "Europe/Berlin",
        "timeline": [{"time": "23:50", "text": "a"}, {"time": "00:10", "text": "b"}],
    }  # fmt: skip
    timeline = read(data).postmortem.timeline
    assert [event.time for event in timeline] == [
        datetime(2024, 3, 15, 22, 50, tzinfo=UTC),
        datetime(2024, 3, 15, 23, 10, tzinfo=UTC),
    ]


def test_clock_times_without_a_zone_stay_clock_times_in_the_order_given() -> None:
    data = {"title": "T", "date": "2024-03-15", "timeline": ["23:50 - a", "00:10 - b"]}
    timeline = read(data).postmortem.timeline
    assert [(str(event.time), event.description) for event in timeline] == [
        ("23:50", "a"),
        ("00:10", "b"),
    ]


def test_a_zone_on_the_command_line_serves_records_without_one() -> None:
    data = {"title": "T", "date": "2024-07-01", "timeline": [{"time": "10:00", "text": "a"}]}
    assert read(data, zone="America/New_York").postmortem.timeline[0].time == datetime(
        2024, 7, 1, 14, tzinfo=UTC
    )


def test_a_typed_duration_is_kept_beside_the_computed_one_and_the_difference_is_said() -> None:
    data = {"title": "T", "duration_minutes": 30, "timeline": ["10:00 a", "11:00 b"]}
    record = read(data)
    assert record.postmortem.typed_duration == timedelta(minutes=30)
    assert record.postmortem.computed_duration == timedelta(minutes=60)
    assert any("30 min" in note and "1 h" in note for note in record.notes)


def test_unknown_fields_are_kept_and_named_with_a_guess() -> None:
    record = read({"title": "T", "sumary": "x", "impact": {"mood": 3}})
    assert record.postmortem.extra == (("sumary", '"x"'), ("impact.mood", "3"))
    assert any("did you mean summary?" in note for note in record.notes)


def test_money_in_another_currency_needs_a_rate_to_be_scored() -> None:
    data: dict[str, Any] = {
        "title": "T",
        "impact": {"revenue": {"amount": "20000", "currency": "EUR"}},
    }
    assert severity_score(read(data).postmortem.impact).not_scored[0].rule == "revenue"
    data["impact"]["revenue_usd_rate"] = "1.1"
    assert severity_score(read(data).postmortem.impact).value == 10


def test_a_line_of_a_timeline_may_say_am_or_pm() -> None:
    timeline = read(
        {"title": "T", "timeline": ["1:05 PM: It broke", "1:10 PM - Amended"]}
    ).postmortem.timeline
    assert [(str(event.time), event.description) for event in timeline] == [
        ("13:05", "It broke"),
        ("13:10", "Amended"),
    ]


GUIDE_DETECTION = [
    ("Automated Monitoring", DetectionMethod.MONITORING), ("Customer Reports", DetectionMethod.CUSTOMER),
    ("Internal Discovery", DetectionMethod.INTERNAL), ("Synthetic Monitoring", DetectionMethod.SYNTHETIC),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), GUIDE_DETECTION)
def test_the_guides_names_of_detection_are_read(written: str, meant: DetectionMethod) -> None:
    assert read({"title": "T", "detection": {"how": written}}).postmortem.detection.how is meant
    assert read({"title": "T", "detection": written}).postmortem.detection.how is meant


def test_a_factors_category_may_be_written_as_people_read_it() -> None:
    factors = [
        {"text": "x", "category": "Recent deployment"},
        {"text": "y", "category": "own word"},
    ]
    postmortem = read({"title": "T", "contributing_factors": factors}).postmortem
    assert [factor.category for factor in postmortem.contributing_factors] == [
        "recent_deployment",
        "own word",
    ]
