"""Lists of incidents in files: every way to write them, and nothing of them lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.analytics.report import incident_report
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.errors import InputError
from kintsugi.formats.incidents.listing import IncidentList, facts_of_api, read_incidents

TEN = datetime(2025, 1, 15, 10, tzinfo=UTC)
ROW = {
    "timestamp": "2025-01-15T10:00:00Z", "duration_minutes": 45, "service": "checkout", "severity": 2,
    "root_cause": "Disk full",
}  # fmt: skip
FACT = IncidentFact(
    "row 1", impact_start=TEN, duration=timedelta(minutes=45), services=("checkout",),
    severity=Severity.SEV_2, root_cause="Disk full",
)  # fmt: skip


def read(content: str | bytes | object, **more: str) -> IncidentList:
    if not isinstance(content, str | bytes):
        content = json.dumps(content, indent=1)
    raw = content.encode() if isinstance(content, str) else content
    return read_incidents(raw, file="incidents.json", **more)


def said(found: IncidentList) -> list[str]:
    return [str(problem) for problem in found.problems]


CSV = "timestamp,duration_minutes,service,severity,root_cause\n2025-01-15T10:00:00Z,45,checkout,2,Disk full\n"


@pytest.mark.parametrize(
    "content",
    [
        [ROW],
        {"incidents": [ROW]},
        ROW,
        json.dumps(ROW) + "\n\n" + json.dumps(ROW),
        CSV,
        CSV.replace(",", ";").replace("\n", "\r\n"),
        CSV.replace("severity,", "Severity,").replace(",2,", ",2.0,"),
    ],
)
def test_the_guides_incidents_are_read_however_they_are_written(content: object) -> None:
    found = read(content)
    assert found.facts[0] == FACT
    assert (found.problems, found.lost, found.notes) == ([], 0, [])


def test_the_guides_report_of_a_file_is_the_one_of_its_code() -> None:
    fixture = Path(__file__).parents[1] / "fixtures" / "incident_reports.json"
    made = json.loads(fixture.read_text("utf-8"))["many"]
    found = read(made["incidents"])
    ours: Any = incident_report(found.facts, period="30 days").as_guide()
    guide = made["report"]
    assert ours["recommendations"] == guide["recommendations"]
    assert ours["summary"]["mttr_minutes"] == pytest.approx(guide["summary"]["mttr_minutes"])
    assert ours["patterns"]["by_service"] == guide["patterns"]["by_service"]
    durations = [row["duration_minutes"] for row in made["incidents"]]
    assert len(found.problems) == durations.count("soon")


def test_our_own_fields_are_read_in_either_case() -> None:
    row = {
        "reference": "INC-7", "title": "Payments fail", "services": ["a", "b"], "team": "core", "tags": "x; y",
        "detection": "customer", "milestones": {
            "impactStart": "2025-01-15T10:00:00Z", "detected": "2025-01-15T10:07:00Z", "acknowledged": None,
            "resolved": "2025-01-15T11:00:00Z",
        },
        "impactDetails": {"revenue": {"amount": "10.50", "currency": "EUR"}}, "status": "resolved",
        "postmortemRequired": True,
    }  # fmt: skip
    assert read([row]).facts == [
        IncidentFact(
            "INC-7", title="Payments fail", services=("a", "b"), teams=("core",), tags=("x", "y"),
            detection=DetectionMethod.CUSTOMER, impact_start=TEN, detected=TEN + timedelta(minutes=7),
            resolved=TEN + timedelta(hours=1), revenue=Money(Decimal("10.50"), "EUR"), is_postmortem_required=True,
        )
    ]  # fmt: skip


def test_a_field_that_cannot_be_read_is_named_and_its_row_counts_without_it() -> None:
    found = read([ROW, {**ROW, "duration_minutes": "soon", "severity": 9}])
    length, severity = said(found)
    assert length == (
        "incidents.json:11: [1].duration_minutes: 'soon' is not a duration; "
        "expected minutes as a number, or such as 45 minutes, 1 h 30 min, PT45M"
    )
    assert severity.startswith(
        "incidents.json:13: [1].severity: 9 is not a severity; expected SEV-1"
    )
    assert (found.rows, len(found.facts), found.lost) == (2, 2, 0)
    assert (found.facts[1].duration, found.facts[1].severity) == (None, None)


def test_a_row_that_is_no_incident_is_counted_and_named_by_its_line() -> None:
    lines = f"{json.dumps(ROW)}\n{{broken\n7\n{{}}\n{json.dumps(ROW)}\n"
    found = read(lines)
    assert (found.rows, len(found.facts), found.lost) == (5, 2, 3)
    assert [problem.line for problem in found.problems] == [2, 3, 4]
    table = read(CSV + "a,b,c,d,e,f\n")
    assert (table.lost, table.problems[0].line) == (1, 3)


def test_times_without_a_zone_are_utc_or_the_zone_given_and_are_pointed_out_once() -> None:
    rows = [
        {"timestamp": "2025-01-15T10:00:00", "duration": 5},
        {"timestamp": "2025-01-15 11:00", "duration": 5},
    ]
    assert read(rows).notes == ["2 times without a zone are taken as UTC"]
    berlin = read(rows, zone="Europe/Berlin")
    assert berlin.notes == ["2 times without a zone are taken as Europe/Berlin"]
    assert berlin.facts[0].impact_start == TEN - timedelta(hours=1)


def test_mixed_zones_are_put_in_order() -> None:
    rows = [
        {"timestamp": at, "duration": 1}
        for at in ("2025-01-15T10:00:00Z", "2025-01-15T10:00:00+05:00")
    ]
    first, second = (fact.impact_start for fact in read(rows).facts)
    assert first is not None
    assert second == first - timedelta(hours=5)


def test_a_day_alone_has_no_hour_and_nothing_is_measured_from_it() -> None:
    found = read([{"timestamp": "2025-01-15", "resolved": "2025-01-15T12:00:00Z"}])
    (fact,) = found.facts
    assert (fact.is_day_only, fact.lasted) == (True, None)
    report = incident_report(found.facts)
    assert (report.total, sum(report.hours), sum(report.days), report.peak_hour) == (1, 0, 1, None)


def test_a_field_that_is_not_known_is_noted_with_a_guess() -> None:
    assert read([{**ROW, "duraton_minutes": 3}]).notes == [
        "the field 'duraton_minutes' is not read (did you mean duration_minutes?)"
    ]


# --- status pages ---------------------------------------------------------------------------------


STATUSPAGE = {
    "page": {"id": "x", "name": "Example"},
    "incidents": [
        {
            "id": "p1", "name": "API errors", "status": "postmortem", "impact": "major",
            "created_at": "2025-01-15T10:05:00.000Z", "started_at": "2025-01-15T10:00:00.000Z",
            "monitoring_at": "2025-01-15T10:40:00.000Z", "resolved_at": "2025-01-15T11:00:00.000Z",
            "components": [{"id": "c", "name": "API"}], "incident_updates": [], "shortlink": "https://example.com",
            "postmortem_published_at": "2025-01-17T11:00:00.000Z",
        },
        {
            "id": "p2", "name": "Upgrade", "status": "completed", "impact": "maintenance",
            "created_at": "2025-01-15T10:05:00.000Z", "incident_updates": [],
        },
    ],
}  # fmt: skip


def test_a_statuspage_is_read_without_its_maintenance() -> None:
    found = read(STATUSPAGE)
    assert found.facts == [
        IncidentFact(
            "p1", title="API errors", severity=Severity.SEV_2, services=("API",), impact_start=TEN,
            declared=TEN + timedelta(minutes=5), mitigated=TEN + timedelta(minutes=40),
            resolved=TEN + timedelta(hours=1), postmortem_at=TEN + timedelta(days=2, hours=1),
        )
    ]  # fmt: skip
    assert (found.rows, found.maintenance, found.problems) == (2, 1, [])
    assert found.notes == ["1 planned maintenance left out"]


def test_google_clouds_list_is_read() -> None:
    row = {
        "id": "abc", "number": "123", "begin": "2025-01-15T10:00:00+00:00", "created": "2025-01-15T10:20:00+00:00",
        "end": "2025-01-15T12:00:00+00:00", "external_desc": "**Elevated errors**\nMore.", "severity": "medium",
        "service_name": "Multiple Products", "affected_products": [{"title": "Cloud SQL", "id": "x"}],
        "most_recent_update": {}, "status_impact": "SERVICE_DISRUPTION", "uri": "incidents/abc",
    }  # fmt: skip
    assert read([row]).facts == [
        IncidentFact(
            "123", title="Elevated errors", severity=Severity.SEV_3, services=("Cloud SQL",), impact_start=TEN,
            declared=TEN + timedelta(minutes=20), resolved=TEN + timedelta(hours=2),
        )
    ]  # fmt: skip
    (open_one,) = read([{**row, "end": None}]).facts
    assert open_one.is_open


# --- postmortems and the API ----------------------------------------------------------------------


def test_a_postmortem_in_anybodys_markdown_is_one_incident() -> None:
    text = (
        "# Checkout down\n\nDate: 2025-01-15\n\n## Timeline\n\n"
        "- 2025-01-15 10:00 UTC: errors rise\n- 2025-01-15 10:45 UTC: rolled back\n"
    )
    found = read_incidents(text.encode(), file="checkout.md")
    (fact,) = found.facts
    assert (fact.id, fact.began, fact.lasted) == ("checkout", TEN, timedelta(minutes=45))
    assert "begins with the first event of its timeline" in found.notes


def test_what_the_api_tells_is_read_without_notes_on_its_other_fields() -> None:
    row = {
        "id": "inc_1", "reference": "INC-1", "title": "x", "status": "investigating", "severity": "SEV-1",
        "drill": False, "detection": None, "services": [], "tags": [], "version": 3, "createdBy": "u",
        "createdAt": "2025-01-15T10:00:00Z", "updatedAt": "2025-01-15T10:00:00Z", "durations": [],
        "impactDetails": {}, "milestones": {"impactStart": None, "declared": "2025-01-15T10:00:00Z"},
    }  # fmt: skip
    found = facts_of_api([row])
    assert (found.notes, found.problems) == ([], [])
    (fact,) = found.facts
    assert (fact.id, fact.declared, fact.is_open) == ("INC-1", TEN, True)


# --- whatever the file ----------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "  \n", "just words", '"text"', "[1"])
def test_a_file_of_another_kind_is_refused_by_name(content: str) -> None:
    with pytest.raises(InputError, match=r"incidents\.json"):
        read(content)


values = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
)
keys = st.sampled_from([*ROW, "id", "resolved", "tags", "status", "milestones", "drill", "x"])
rows = st.dictionaries(keys, values | st.lists(values, max_size=3), max_size=6)


@given(st.lists(rows | values, max_size=6))
def test_every_row_of_any_list_is_counted_and_nothing_crashes(listed: list[object]) -> None:
    try:
        found = read(json.dumps(listed))
    except DomainError:
        return
    assert found.rows == len(listed)
    assert len(found.facts) + found.lost + found.maintenance == found.rows


def test_a_year_that_other_zones_do_not_have_is_refused_by_its_field() -> None:
    found = read(
        [
            {"timestamp": "0001-01-01T00:00:00Z", "duration": 5},
            {**ROW, "resolved": "9999-12-31T23:59:59Z"},
        ]
    )
    assert [problem.field for problem in found.problems] == ["[0].timestamp", "[1].resolved"]
    assert [fact.began for fact in found.facts] == [None, TEN]
