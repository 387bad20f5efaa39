"""Services and teams: how often each is hurt, how badly, for how long, and how long it runs between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.analytics.measures import impact_totals, minutes_of, severity_mix
from kintsugi.core.analytics.reliability import Reliability, reliability
from kintsugi.core.analytics.slices import NOT_NAMED, Dimension, sliced
from kintsugi.core.analytics.wording import number, percent
from kintsugi.core.shared.text import plural
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.study import Study
from kintsugi.server.analytics.sheet import (
    COUNT_MEANS,
    MEDIAN_MEANS,
    NOTHING,
    Cell,
    Chart,
    Point,
    Sheet,
    count,
    lasting,
    minutes,
    rate_cells,
    summary_cells,
    words,
)

MOST_DRAWN = 20


def sheets(_work: UnitOfWork, study: Study) -> tuple[Sheet, ...]:
    """Every figure of the page of services but that of alerts."""
    return (
        _by(study, Dimension.SERVICE, "services", "Services", "service"),
        _by(study, Dimension.TEAM, "teams", "Teams", "team"),
        _by(study, Dimension.TAG, "tags", "Tags", "tag"),
    )


HEADS = (
    "Incidents", "In 30 days", "From", "To", "Median duration", "Its from", "Its to",
    "Minutes of impact", "SEV-1 and SEV-2", "Between failures", "Without impact",
)  # fmt: skip
MEANS = (
    ("In 30 days", "Incidents that began in the period, for 30 days of it."),
    *COUNT_MEANS,
    MEDIAN_MEANS[0],
    ("Between failures", "Hours without impact divided by incidents."),
    (
        "Without impact",
        "The share of the period in which none of its incidents had impact; overlapping ones count once.",
    ),
    (
        "No ranking",
        "More incidents can say that more was found and written down. No service or team is better or worse by this.",
    ),
)


def _by(study: Study, by: Dimension, key: str, title: str, name: str) -> Sheet:
    inside = sliced(study.inside, by)
    every = dict(sliced(study.facts, by).groups)
    groups = sorted(inside.groups, key=lambda one: (one[0] == NOT_NAMED, -len(one[1]), one[0]))
    runs = {
        label: reliability(every.get(label, ()), study.period, study.now) for label, _ in groups
    }
    says: tuple[str, ...] = ()
    if inside.overlapping:
        many = plural(inside.overlapping, "incident")
        says = (f"{many} stand under several names, so the rows add up to more than {inside.n}.",)
    return Sheet(
        key, title, inside.n, (title[:-1], *HEADS),
        tuple(_row(label, facts, runs[label], name) for label, facts in groups), MEANS, says=says,
        chart=Chart.BARS, points=tuple(_points(runs))[:MOST_DRAWN],
    )  # fmt: skip


def _row(
    label: str, facts: tuple[IncidentFact, ...], runs: Reliability, name: str
) -> tuple[Cell, ...]:
    narrowed = {"behind": f"unnamed:{name}"} if label == NOT_NAMED else {name: label}
    return (
        words(label if label != NOT_NAMED else f"No {name} named"), count(len(facts), **narrowed),
        *rate_cells(runs.failures), *summary_cells(minutes_of(facts))[1:4], _impact(facts),
        _high(facts), _mtbf(runs.mtbf_hours), _availability(runs.availability),
    )  # fmt: skip


def _points(runs: Mapping[str, Reliability]) -> Iterator[Point]:
    for label, one in runs.items():
        per, found = one.failures.per_30_days, one.failures.per_30_days_interval
        if per is not None and found is not None:
            yield Point(label, per, f"{number(per)} in 30 days", found.low, found.high)


def _impact(facts: tuple[IncidentFact, ...]) -> Cell:
    found = impact_totals(facts)
    return Cell(found.minutes, lasting(found.minutes))


def _high(facts: tuple[IncidentFact, ...]) -> Cell:
    found = severity_mix(facts).high
    if found.value is None:
        return Cell(None, f"{found.count} of {found.n}")
    return Cell(found.value, percent(found.value))


def _mtbf(hours: float | None) -> Cell:
    return NOTHING if hours is None else minutes(hours * 60)


def _availability(share: float | None) -> Cell:
    return NOTHING if share is None else Cell(share, f"{share:.3%}")
