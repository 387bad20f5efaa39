"""A postmortem that meets every rule of profile `full`, to take things away from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kintsugi.core.actions.item import ActionItem, ActionType, Priority
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.incidents.detection import Detection, DetectionMethod
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import (
    Postmortem,
    ResponseEvaluation,
)
from kintsugi.core.shared.severity import Severity


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-03-15T{text}").replace(tzinfo=UTC)


def event(text: str, what: str, who: str = "alice") -> TimelineEvent:
    return TimelineEvent(at(text), what, who, evidence="https://graphs.example/1")


ACTION = ActionItem(
    description="Limit retries to 3 per request",
    id="A1",
    owner="alice",
    priority=Priority.HIGH,
    type=ActionType.PREVENT,
    due=date(2024, 4, 1),
    done_when="A load test with a dead backend shows at most 3 calls a request",
    because="The retry path has no finally block",
)
WHYS = Why(
    "Why did it fail?",
    "The pool was empty",
    whys=(
        Why(
            "Why?",
            "Connections were not returned",
            whys=(Why("Why?", "The retry path has no finally block", is_actionable=True),),
        ),
    ),
)
FULL = Postmortem(
    title="Connection pool exhausted",
    severity=Severity.SEV_2,
    date=date(2024, 3, 15),
    summary="For 45 minutes one request in three failed; 5,000 users saw errors.",
    impact=Impact(
        text="5,000 users saw errors", affected_users=5000, duration=timedelta(minutes=45)
    ),
    trigger="A marketing campaign tripled the traffic.",
    root_cause="The retry path kept connections open.",
    detection=Detection(DetectionMethod.MONITORING),
    resolution="The pool was recycled, then a fix was deployed.",
    milestones=Milestones(
        impact_start=at("09:15"),
        detected=at("09:17"),
        mitigated=at("09:45"),
        recovered=at("10:00"),
        resolved=at("10:00"),
    ),
    timeline=(
        event("09:10", "Campaign mail sent", "marketing bot"),
        event("09:17", "Alert for 5xx"),
        event("09:30", "Cause seen in the pool graph"),
        event("09:44", "Pool recycled", "bob"),
        event("10:00", "All clear"),
    ),
    contributing_factors=(
        ContributingFactor("Retries kept their connection", "poor_error_handling"),
        ContributingFactor("The campaign was not announced", "process_gap"),
    ),
    whys=(WHYS,),
    what_went_well=("Fast detection",),
    what_went_poorly=("The pool size was unknown",),
    where_we_got_lucky=("The campaign ran at a quiet hour",),
    response=ResponseEvaluation(
        halve_detection="Alert on the pool", halve_mitigation="Recycle automatically"
    ),
    action_items=(ACTION,),
    commander="bob",
    owner="alice",
    facilitator="carol",
    known_before="no",
    similar=("none",),
)
