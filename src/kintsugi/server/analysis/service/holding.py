"""A tree held against what has happened and what could be done: rates from the history, and what actions buy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.rates import Rate, rate_of
from kintsugi.core.analysis.what_if import Left, after, at_rates, bound_together
from kintsugi.core.shared.text import plural
from kintsugi.formats.faulttree.tree_file import TreeFile
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis.events import FactorAsked
from kintsugi.server.analysis.service import solving
from kintsugi.server.analysis.stored import Kind, Link, Measure, Model
from kintsugi.server.incidents import service as incidents

LEAST_RECORD = timedelta(days=30)
"""A record that is shorter gives no rate: one incident in a week is no 52 a year."""
DAY = timedelta(days=1)
BUYING = 2.0
"""Seconds for what all actions of one tree buy together."""
GONE = "is not in the tree"
LATE = "was not worked out in the time there is"
BOUND = "shares one probability with others by a common cause"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An event's rate per day as the history gives it; else `why` not, and the tree's own probability stands."""

    link: Link
    rate: Rate | None
    since: datetime | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """What an action buys: the top event's probability before and after it, None where it is not known exactly."""

    action_id: str
    events: tuple[str, ...]
    before: float | None
    after: float | None
    why: str = ""
    """Which of its events change nothing, and why; or that it was not worked out."""

    @property
    def worth(self) -> float | None:
        """By how much the top event's probability falls."""
        if self.before is None or self.after is None or not self.events:
            return None
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Held:
    """The answers about a tree at the rates of its history, and what each action buys."""

    solved: solving.Solved
    exposure_days: int
    estimates: tuple[Estimate, ...] = ()
    bought: tuple[Bought, ...] = ()
    ends: tuple[float, float] | None = None
    """The top event's probability with all rates at the lower, and at the upper, ends of their intervals."""


def answered(work: UnitOfWork, model: Model) -> Held:
    """The answers. Raises InvalidValue at `text` for a tree that cannot be solved."""
    found, rates, estimates, tree = _at_rates(work, model)
    solved = solving.solved(tree, solving.warnings_of(found))
    before = solved.solution.probability.value
    until = solving.Time(BUYING)
    bought = _bought(tree, model.measures, before, until)
    ends = None
    if rates and before is not None and solved.solution.is_coherent:
        # Without NOT and XOR a higher rate never lowers the top event.
        low, high = (
            solving.chance(at_rates(found.tree, rates, model.exposure_days, end), until)
            for end in (lambda rate: rate.interval.low, lambda rate: rate.interval.high)
        )
        ends = (low, high) if low is not None and high is not None else None
    return Held(solved, model.exposure_days, estimates, bought, ends)


def buying(work: UnitOfWork, model: Model, until: solving.Time) -> tuple[Bought, ...]:
    """What the actions of a tree buy, and none of its other answers. Raises InvalidValue."""
    _, _, _, tree = _at_rates(work, model)
    return _bought(tree, model.measures, solving.chance(tree, until), until)


def _at_rates(
    work: UnitOfWork, model: Model
) -> tuple[TreeFile, Mapping[str, Rate], tuple[Estimate, ...], FaultTree]:
    """A text as it was read, the rates that its history gives, and the tree at these."""
    found = solving.parsed(model.text)
    estimates = tuple(_estimate(work, found.tree, one) for one in model.links)
    rates = {one.link.event: one.rate for one in estimates if one.rate is not None}
    return found, rates, estimates, at_rates(found.tree, rates, model.exposure_days)


def _estimate(work: UnitOfWork, tree: FaultTree, link: Link) -> Estimate:
    why = _unchangeable(tree, link.event)
    if why:
        return Estimate(link, None, None, why)
    found = _history(work, link)
    if found is None:
        return Estimate(link, None, None, "no incident is recorded")
    if found.length < LEAST_RECORD:
        told = f"the record is {plural(found.length // DAY, 'day')} long, {LEAST_RECORD // DAY} are needed"
        return Estimate(link, None, found.since, told)
    return Estimate(link, rate_of(found.count, found.length / DAY), found.since)


def _history(work: UnitOfWork, link: Link) -> incidents.History | None:
    match link.kind:
        case Kind.SERVICE:
            return incidents.history(work, service=link.name)
        case Kind.FACTOR:
            asked = FactorAsked(link.name)
            work.publish(asked)
            return incidents.history(work, ids=asked.incident_ids)
        case _:
            assert_never(link.kind)


def _unchangeable(tree: FaultTree, event: str) -> str:
    if all(one.name != event for one in tree.events):
        return GONE
    return BOUND if event in bound_together(tree) else ""


def _bought(
    tree: FaultTree, measures: Iterable[Measure], before: float | None, until: solving.Time
) -> tuple[Bought, ...]:
    by_action: dict[str, dict[str, Left]] = {}
    for one in measures:
        by_action.setdefault(one.action_id, {})[one.event] = one.left
    return tuple(_buys(tree, name, left, before, until) for name, left in by_action.items())


def _buys(
    tree: FaultTree, name: str, left: Mapping[str, Left], before: float | None, until: solving.Time
) -> Bought:
    why = {event: _unchangeable(tree, event) for event in left}
    used = {event: one for event, one in left.items() if not why[event]}
    told = [f"{event} {reason}" for event, reason in why.items() if reason]
    left_over = solving.chance(after(tree, used), until) if before is not None else None
    if used and left_over is None:
        told.insert(0, f"What it buys {LATE}")
    return Bought(name, tuple(used), before, left_over, "; ".join(told))
