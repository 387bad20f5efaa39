"""Incidents as statistics count them, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from kintsugi.core.analytics.facts import IncidentFact, Period
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 60
WHOLE = Period(START, START + timedelta(days=DAYS))
NOW = WHOLE.until
NAMES = ("checkout", "search", "login")


def at(days: float = 0, minutes: float = 0) -> datetime:
    return START + timedelta(days=days, minutes=minutes)


def fact(
    name: str = "INC-1", days: float = 0, minutes: float | None = 30, **more: object
) -> IncidentFact:
    """An incident that began so many days in and lasted so many minutes."""
    resolved = None if minutes is None else at(days, minutes)
    return IncidentFact(name, impact_start=at(days), resolved=resolved, **more)  # type: ignore[arg-type]


_moments = st.integers(0, DAYS * 1440 - 1).map(lambda minute: at(minutes=minute))
_names = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple)


@st.composite
def facts(draw: st.DrawFn) -> IncidentFact:
    """Any incident: times missing, running backwards or still open, of several services or none."""
    maybe = st.none() | _moments
    return IncidentFact(
        f"INC-{draw(st.integers(1, 10**9))}",
        severity=draw(st.none() | st.sampled_from(Severity)),
        services=draw(_names),
        tags=draw(_names),
        classes=draw(_names),
        detection=draw(st.none() | st.sampled_from(DetectionMethod)),
        impact_start=draw(maybe),
        detected=draw(maybe),
        declared=draw(maybe),
        recovered=draw(maybe),
        resolved=draw(maybe),
        duration=draw(st.none() | st.integers(0, 5000).map(lambda count: timedelta(minutes=count))),
        revenue=draw(
            st.none()
            | st.builds(Money, st.integers(0, 9999).map(Decimal), st.sampled_from(["USD", "EUR"]))
        ),
        is_drill=draw(st.booleans()),
        is_open=draw(st.booleans()),
        is_postmortem_required=draw(st.none() | st.booleans()),
        postmortem_at=draw(maybe),
    )


lists_of_facts = st.lists(facts(), max_size=30, unique_by=lambda one: one.id)
