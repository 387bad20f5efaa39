"""What the routes of patterns answer with, as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from kintsugi.core.analytics.patterns import CommonTerm, Improvement, Pair
from kintsugi.core.analytics.recurrence import FixHeld, Recurred, Recurrence, Span
from kintsugi.core.analytics.wording import fix_said
from kintsugi.core.knowledge.classes import Suggestion
from kintsugi.core.shared.distributions import Interval
from kintsugi.kernel.http import Body
from kintsugi.server.actions.action import Action
from kintsugi.server.analytics import service as analytics


class IntervalBody(Body):
    low: float
    high: Annotated[float | None, Field(description="null: there is no upper end.")]
    level: float


class TermBody(Body):
    term: str
    field: str


class SuggestionBody(Body):
    key: str
    title: str
    named: Annotated[bool, Field(description="A factor of the postmortem has this category.")]
    terms: list[TermBody]


class ClassBody(Body):
    key: str
    title: str
    description: str
    terms: list[str]
    retired: bool
    version: int


class CaseBody(Body):
    id: str
    reference: str
    title: str
    severity: str | None
    began_at: datetime
    services: list[str]
    postmortems: Annotated[list[str], Field(description="References of those published.")]


class ClassRowBody(ClassBody):
    incidents: Annotated[int, Field(description="Confirmed incidents of the period.")]
    waiting: Annotated[int, Field(description="Incidents it is suggested for, not yet decided.")]
    last_at: datetime | None


class RecurredBody(Body):
    incident: CaseBody
    class_key: str
    before: CaseBody
    after_days: float
    open_actions: list[str]


class RecurrenceBody(Body):
    n: Annotated[int, Field(description="Incidents of the period with a confirmed class.")]
    count: int
    unclassed: int
    share: float | None
    interval: IntervalBody | None
    with_open_actions: int
    recurred: list[RecurredBody]


class PairBody(Body):
    first: str
    second: str
    both: int
    first_count: int
    second_count: int
    n: int
    expected: float
    chance: Annotated[float, Field(description="Fisher's exact test, after Holm's correction.")]
    more_than_chance: bool


class CommonTermBody(Body):
    term: str
    count: int
    n: int
    incidents: Annotated[list[CaseBody], Field(description="The last 25 of them.")]


class ActionBody(Body):
    id: str
    reference: str
    description: str
    status: str
    owner: str
    due_on: date
    incident_id: str


class GapBody(Body):
    incident: CaseBody
    reasons: list[str]
    seconds_to_detect: float | None
    target_seconds: float | None
    gap: str
    proposed: list[ActionBody]


class ImprovementBody(Body):
    incident: CaseBody
    question: str
    text: str


class WaitsBody(Body):
    incident: CaseBody
    suggested: list[SuggestionBody]


class PatternsBody(Body):
    n: Annotated[int, Field(description="Incidents looked at.")]
    with_postmortem: int
    classes: list[ClassRowBody]
    recurrence: RecurrenceBody
    factors_together: list[PairBody]
    common_terms: list[CommonTermBody]
    detection_gap_count: int
    improvement_count: int
    waiting_count: int
    detection_gaps: Annotated[list[GapBody], Field(description="The newest 25.")]
    response_improvements: Annotated[list[ImprovementBody], Field(description="The first 25.")]
    waiting: Annotated[list[WaitsBody], Field(description="The newest 25.")]


class SpanBody(Body):
    count: int
    days: float
    per_year: float | None
    interval: IntervalBody | None


class PointBody(Body):
    at: datetime
    count: int


class ExpectedBody(Body):
    at: datetime
    low: float
    high: float


class FixBody(Body):
    action: ActionBody
    verified_at: datetime
    verdict: str
    says: str
    before: SpanBody
    after: SpanBody
    chance: float | None
    quiet_chance: float | None
    ratio: IntervalBody | None
    curve: list[PointBody]
    expected: list[ExpectedBody]
    came_again: list[str]


class PatternBody(ClassBody):
    says: Annotated[list[str], Field(description="What its figures say, in sentences.")]
    incidents: list[CaseBody]
    recurrence: RecurrenceBody
    fixes: list[FixBody]
    open_actions: list[ActionBody]
    common_terms: list[CommonTermBody]
    waiting: list[WaitsBody]


def interval_body(found: Interval | None) -> IntervalBody | None:
    """An interval; without an upper end where that is no number."""
    if found is None:
        return None
    high = found.high if math.isfinite(found.high) else None
    return IntervalBody(low=found.low, high=high, level=found.level)


def class_fields(kept: analytics.KeptClass) -> dict[str, object]:
    """The fields that every answer about a class has."""
    cause = kept.cause
    return {
        "key": cause.key, "title": cause.title, "description": cause.description,
        "terms": list(cause.terms), "retired": kept.is_retired, "version": kept.version,
    }  # fmt: skip


def class_body(kept: analytics.KeptClass) -> ClassBody:
    """A class."""
    return ClassBody.model_validate(class_fields(kept))


def case_body(case: analytics.Case) -> CaseBody:
    """An incident, as lists of analytics show it."""
    one = case.incident
    return CaseBody(
        id=one.id, reference=one.reference, title=one.title,
        severity=one.severity.label if one.severity else None, began_at=case.at,
        services=list(one.services), postmortems=[each.reference for each in case.lessons],
    )  # fmt: skip


def suggestions_body(found: Iterable[Suggestion], titles: dict[str, str]) -> list[SuggestionBody]:
    """Classes that are suggested, with the reason."""
    return [
        SuggestionBody(
            key=one.key, title=titles.get(one.key, one.key), named=one.is_named,
            terms=[TermBody(term=each.term, field=each.field) for each in one.terms],
        )
        for one in found
    ]  # fmt: skip


def recurrence_body(
    found: Recurrence, cases: Mapping[str, analytics.Case], most: int | None = None
) -> RecurrenceBody:
    """The share that came again, and what did; no more than the last so many of these."""
    shown = found.recurred if most is None else found.recurred[-most:]
    return RecurrenceBody(
        n=found.n, count=found.count, unclassed=found.unclassed, share=found.share,
        interval=interval_body(found.interval), with_open_actions=found.with_open_actions,
        recurred=[
            recurred_body(one, cases) for one in shown
        ],
    )  # fmt: skip


def recurred_body(one: Recurred, cases: Mapping[str, analytics.Case]) -> RecurredBody:
    """An incident that came again, and what it repeats."""
    return RecurredBody(
        incident=case_body(cases[one.id]), class_key=one.class_key,
        before=case_body(cases[one.before_id]), after_days=one.after.total_seconds() / 86_400,
        open_actions=list(one.open_actions),
    )  # fmt: skip


def improvement_body(one: Improvement, cases: Mapping[str, analytics.Case]) -> ImprovementBody:
    """What would have helped the response to an incident."""
    return ImprovementBody(
        incident=case_body(cases[one.incident_id]), question=one.kind, text=one.text
    )


def gap_body(one: analytics.Gap) -> GapBody:
    """A gap of detection, and what was proposed for it."""
    late = one.late
    return GapBody(
        incident=case_body(one.case), reasons=list(late.reasons),
        seconds_to_detect=late.took.total_seconds() if late.took is not None else None,
        target_seconds=late.target.total_seconds() if late.target is not None else None,
        gap=one.text, proposed=[action_body(each) for each in one.proposed],
    )  # fmt: skip


def pair_body(one: Pair) -> PairBody:
    """Two factors, and how often they stand together."""
    return PairBody(
        first=one.first, second=one.second, both=one.both, first_count=one.first_count,
        second_count=one.second_count, n=one.n, expected=one.expected, chance=one.chance,
        more_than_chance=one.is_more_than_chance,
    )  # fmt: skip


def term_body(one: CommonTerm, cases: dict[str, analytics.Case]) -> CommonTermBody:
    """A term, and the last of the incidents that use it."""
    listed = [case_body(cases[each]) for each in one.ids[-analytics.SHOWN :]]
    return CommonTermBody(term=one.term, count=one.count, n=one.n, incidents=listed)


def action_body(one: Action) -> ActionBody:
    """An action, as lists of analytics show it."""
    return ActionBody(
        id=one.id, reference=one.reference, description=one.item.description,
        status=one.item.status.value, owner=one.item.owner, due_on=one.due_on, incident_id=one.source.incident_id,
    )  # fmt: skip


def waits_body(one: analytics.Waits, titles: dict[str, str]) -> WaitsBody:
    """An incident that waits for somebody's word."""
    return WaitsBody(
        incident=case_body(one.case), suggested=suggestions_body(one.suggestions, titles)
    )


def _span(one: Span) -> SpanBody:
    days = one.length.total_seconds() / 86_400
    return SpanBody(
        count=one.count, days=days, per_year=one.rate, interval=interval_body(one.interval)
    )


def fix_body(action: Action, held: FixHeld) -> FixBody:
    """Whether a fix held, with the curve."""
    return FixBody(
        action=action_body(action), verified_at=held.verified_at, verdict=held.verdict.value,
        says=fix_said(held), before=_span(held.before), after=_span(held.after), chance=held.chance,
        quiet_chance=held.quiet_chance, ratio=interval_body(held.ratio),
        curve=[PointBody(at=one.at, count=one.count) for one in held.curve],
        expected=[ExpectedBody(at=one.at, low=one.low, high=one.high) for one in held.expected],
        came_again=list(held.came_again),
    )  # fmt: skip
