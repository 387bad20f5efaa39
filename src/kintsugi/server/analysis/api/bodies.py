"""What the API takes and gives of fault trees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from kintsugi.core.analysis.faulttree.advice import paths_of, recommendations_of
from kintsugi.core.analysis.faulttree.solution import (
    CutSets,
    Importance,
    Solution,
    Uncertainty,
    countable,
)
from kintsugi.core.analysis.what_if import Left
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.asked import Paged, Searched
from kintsugi.kernel.http import Body
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis import service as analysis

INFINITE = "infinite"
MOST_ROWS = 500
"""Rows of importance that an answer holds."""


class Filters(Paged):
    incident_id: Searched = ""
    text: Searched = ""


class LinkBody(Body):
    event: str
    service: str = Field("", description="The service whose incidents give the event's rate.")
    factor: str = Field("", description="Or the factor category, of published postmortems.")


class MeasureBody(Body):
    event: str
    action: str = Field(description="The id or reference of the action.")
    share: float | None = Field(None, description="What it leaves of the event's probability; or:")
    probability: float | None = Field(None, description="The probability it leaves.")


class AddBody(Body):
    title: str
    text: str = Field(
        description="The tree in any form of its files; the short text form is the usual."
    )
    incident_id: str = Field("", description="The id or reference of the incident it is about.")
    exposure_days: int = Field(
        analysis.USUAL_EXPOSURE, description="For how many days rates become probabilities."
    )
    links: tuple[LinkBody, ...] = ()
    measures: tuple[MeasureBody, ...] = ()


class ChangeBody(Body):
    title: str | None = None
    text: str | None = None
    exposure_days: int | None = None
    links: tuple[LinkBody, ...] | None = None
    measures: tuple[MeasureBody, ...] | None = None
    happened: tuple[str, ...] | None = Field(
        None, description="The minimal cut set that happened in its incident; empty: not known."
    )


class SolveBody(Body):
    text: str


class PriorBody(Body):
    shape: float
    exposure: float


class RateBody(LinkBody):
    count: int | None = Field(description="The incidents that began in the time.")
    days: float | None
    since: datetime | None
    prior: PriorBody | None = Field(description="Gamma: so many happenings in so many days.")
    per_day: float | None = Field(description="The mean of the rate; null where there is none.")
    low: float | None
    high: float | None
    level: float | None
    probability: float | None = Field(description="Within the exposure, at the mean.")
    probability_low: float | None
    probability_high: float | None
    why_not: str = Field(description="Why the tree's own probability stands.")


class BoughtBody(Body):
    action: str
    events: list[str]
    before: float | None
    after: float | None
    worth: float | None = Field(description="By how much the top event's probability falls.")
    why_not: str = Field(description="Which of its events change nothing, and why.")


class CutSetBody(Body):
    order: int
    probability: float
    events: list[str]


class CutSetsBody(Body):
    count: int | str | None = Field(
        description="Over some 300 digits: a text such as `about 10^596`."
    )
    min_order: int | None
    max_order: int | None
    sum_of_probabilities: float | None = Field(
        description="null when not known, or larger than any number."
    )
    limit: int
    complete: bool
    items: list[CutSetBody]


class ImportanceBody(Body):
    event: str
    probability: float
    birnbaum: float
    criticality: float | None
    fussell_vesely: float | None
    fussell_vesely_is_exact: bool
    dif: float | None
    raw: float | str | None = Field(
        description="`infinite` where only with the event anything happens."
    )
    rrw: float | str | None = Field(
        description="`infinite` where without the event nothing happens."
    )
    halved_falls_by: float | None


class UncertaintyBody(Body):
    samples: int
    seed: int
    uncertain_events: int
    mean: float
    deviation: float
    p5: float
    median: float
    p95: float


class SolutionBody(Body):
    top_event: str
    probability: float | None = Field(description="null when only the two bounds are known.")
    probability_low: float
    probability_high: float
    method: dict[str, str]
    coherent: bool
    cut_sets: CutSetsBody
    single_point_count: int | None = Field(
        description="How many events alone cause it, listed or not; null when not known."
    )
    single_points_of_failure: list[str]
    path_count: int
    paths: list[list[str]]
    recommendations: list[str]
    importance: list[ImportanceBody] | None
    uncertainty: UncertaintyBody | None = Field(
        description="Monte Carlo; null where no event of the tree has a spread."
    )
    warnings: list[str]
    notes: list[str] = Field(description="What the budget did not reach.")
    seconds: float
    peak_nodes: int


class RowBody(Body):
    id: str
    reference: str
    title: str
    form: str
    incident_id: str | None
    created_at: datetime
    updated_at: datetime
    version: int


class TreePage(Body):
    items: list[RowBody]
    next_cursor: str | None


class TreeBody(RowBody):
    text: str
    exposure_days: int
    links: list[LinkBody]
    measures: list[MeasureBody]
    happened: list[str]
    rates: list[RateBody]
    rates_low: float | None = Field(
        description="The top event with every rate at the lower end of its interval."
    )
    rates_high: float | None = Field(description="And at the upper end.")
    bought: list[BoughtBody]
    solution: SolutionBody


def row_body(tree: analysis.StoredTree) -> RowBody:
    """A tree as lists have it."""
    return RowBody.model_validate(tree, from_attributes=True, extra="ignore")


def links_of(found: Sequence[LinkBody]) -> tuple[analysis.Link, ...]:
    """Links as the service takes them. Raises InvalidValue for one that names neither or both."""
    made = []
    for place, one in enumerate(found):
        if bool(one.service) == bool(one.factor):
            raise InvalidValue(
                "names both or neither", path=("links", place), expected="a service or a factor"
            )
        kind = analysis.Kind.SERVICE if one.service else analysis.Kind.FACTOR
        made.append(analysis.Link(one.event, kind, one.service or one.factor))
    return tuple(made)


def measures_of(found: Sequence[MeasureBody]) -> tuple[analysis.Measure, ...]:
    """Measures as the service takes them. Raises InvalidValue for one that leaves nothing that can be."""
    made = []
    for place, one in enumerate(found):
        try:
            left = Left(one.share, one.probability)
        except InvalidValue as error:
            raise error.under("measures", place) from error
        made.append(analysis.Measure(one.event, one.action, left))
    return tuple(made)


def tree_body(work: UnitOfWork, tree: analysis.StoredTree, held: analysis.Held) -> TreeBody:
    """A tree with its answers. Actions that the viewer does not see are not in it."""
    seen = actions.of_ids(work, (one.action_id for one in tree.measures))
    return TreeBody(
        **row_body(tree).model_dump(), text=tree.text, exposure_days=tree.exposure_days,
        links=[LinkBody(event=one.event, **_named(one)) for one in tree.links],
        measures=[
            MeasureBody(
                event=one.event, action=seen[one.action_id].reference, share=one.left.share,
                probability=one.left.probability,
            )
            for one in tree.measures
            if one.action_id in seen
        ],
        happened=list(tree.happened),
        rates=[_rate(one, held.exposure_days) for one in held.estimates],
        bought=[
            BoughtBody(
                action=seen[one.action_id].reference, events=list(one.events), before=one.before,
                after=one.after, worth=one.worth, why_not=one.why,
            )
            for one in held.bought
            if one.action_id in seen
        ],
        rates_low=held.ends[0] if held.ends else None,
        rates_high=held.ends[1] if held.ends else None,
        solution=solution_body(held.solved),
    )  # fmt: skip


def _named(link: analysis.Link) -> dict[str, str]:
    return {link.kind.value: link.name}


def _rate(found: analysis.Estimate, days: int) -> RateBody:
    rate = found.rate
    ends = rate.interval if rate else None
    chances = rate.chances(days) if rate else None
    return RateBody(
        event=found.link.event, **_named(found.link), count=rate.count if rate else None,
        days=rate.exposure if rate else None, since=found.since,
        prior=PriorBody(shape=rate.prior.shape, exposure=rate.prior.exposure) if rate else None,
        per_day=rate.mean if rate else None, low=ends.low if ends else None,
        high=ends.high if ends else None, level=ends.level if ends else None,
        probability=rate.chance(days) if rate else None,
        probability_low=chances.low if chances else None,
        probability_high=chances.high if chances else None, why_not=found.why,
    )  # fmt: skip


def solution_body(solved: analysis.Solved) -> SolutionBody:
    """The answers, in the words of `kintsugi faulttree solve --json`."""
    found = solved.solution
    known, paths = found.probability, paths_of(solved.tree, found.top)
    rows = found.importance
    return SolutionBody(
        top_event=found.top, probability=known.value, probability_low=known.low,
        probability_high=known.high, method=_methods(found), coherent=found.is_coherent,
        cut_sets=_cut_sets(found.cut_sets),
        single_point_count=found.cut_sets.single_count,
        single_points_of_failure=[one.events[0] for one in found.cut_sets.single_points],
        path_count=paths.count, paths=[list(path) for path in paths.items],
        recommendations=recommendations_of(found),
        importance=[_importance(row) for row in rows[:MOST_ROWS]] if rows is not None else None,
        uncertainty=_uncertainty(found.uncertainty),
        warnings=list(solved.warnings), notes=list(found.notes), seconds=round(solved.seconds, 4),
        peak_nodes=found.peak_nodes,
    )  # fmt: skip


def _uncertainty(found: Uncertainty | None) -> UncertaintyBody | None:
    if found is None:
        return None
    return UncertaintyBody(
        samples=found.samples, seed=analysis.SEED, uncertain_events=found.uncertain_events,
        mean=found.mean, deviation=found.deviation, p5=found.low, median=found.median, p95=found.high,
    )  # fmt: skip


def _methods(found: Solution) -> dict[str, str]:
    methods = {"probability": found.probability.method, "cutSets": found.cut_sets.method}
    if found.importance is not None:
        is_exact = all(row.fussell_vesely_is_exact for row in found.importance)
        methods["importance"] = "exact"
        methods["fussellVesely"] = "exact" if is_exact else "at most: rare-event sum"
    if found.uncertainty is not None:
        methods["uncertainty"] = f"Monte Carlo, seed {analysis.SEED}"
    return methods


def _cut_sets(found: CutSets) -> CutSetsBody:
    items = [
        CutSetBody(order=one.order, probability=one.probability, events=list(one.events))
        for one in found.items
    ]
    return CutSetsBody(
        count=None if found.count is None else countable(found.count),
        min_order=found.least_order, max_order=found.most_order,
        sum_of_probabilities=None if found.weight == math.inf else found.weight,
        limit=found.limit, complete=found.is_whole, items=items,
    )  # fmt: skip


def _importance(row: Importance) -> ImportanceBody:
    return ImportanceBody(
        event=row.event, probability=row.probability, birnbaum=row.birnbaum,
        criticality=row.criticality, fussell_vesely=row.fussell_vesely,
        fussell_vesely_is_exact=row.fussell_vesely_is_exact, dif=row.dif,
        raw=INFINITE if row.raw == math.inf else row.raw,
        rrw=INFINITE if row.rrw == math.inf else row.rrw, halved_falls_by=row.halved,
    )  # fmt: skip
