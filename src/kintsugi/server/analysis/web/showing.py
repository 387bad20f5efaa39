"""What the pages show of a tree's answers, in words and rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.faulttree.advice import recommendations_of
from kintsugi.core.analysis.faulttree.solution import (
    Importance,
    Probability,
    Solution,
    countable,
)
from kintsugi.core.shared.text import plural, shortened
from kintsugi.formats.svg import fault_tree_svg
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis import service as analysis

ROWS = 30
"""Rows of importance that a page shows."""
YEAR = 365.0
NAMES = 8
"""Events of one cut set that a page names."""


@dataclass(frozen=True, slots=True)
class CutSetRow:
    """One minimal cut set: its events by name and in words, and how probable it is."""

    events: tuple[str, ...]
    words: str
    probability: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ImportanceRow:
    """What one event means for the top event; `sentence` says what halving it does."""

    event: str
    label: str
    probability: str
    sentence: str
    criticality: str
    fussell_vesely: str
    raw: str
    rrw: str


@dataclass(frozen=True, slots=True)
class RateRow:
    """An event's rate as the history gives it, or why it gives none."""

    event: str
    source: str
    seen: str
    since: datetime | None
    per_year: str
    probability: str
    why: str


@dataclass(frozen=True, slots=True)
class BoughtRow:
    """What an action buys: `0.044 to 0.019 in 91 days`."""

    reference: str
    description: str
    events: str
    words: str
    falls: str
    why: str
    is_late: bool
    """It was not worked out in the time there is."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answers about a tree as a page shows them."""

    top: str
    glance: tuple[tuple[str, str, str], ...]
    singles: tuple[CutSetRow, ...]
    singles_told: str
    cut_sets: tuple[CutSetRow, ...]
    cut_sets_told: str
    importance: tuple[ImportanceRow, ...]
    importance_told: str
    advice: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    drawing: Markup
    rates: tuple[RateRow, ...]
    bought: tuple[BoughtRow, ...]
    exposure_days: int


def found_of(work: UnitOfWork, held: analysis.Held) -> Found:
    """The answers for a page; actions that the viewer does not see are not among them."""
    solved = held.solved
    solution, labels = solved.solution, solved.tree.labels()
    sets = solution.cut_sets
    top = labels.get(solution.top, solution.top)
    rows = tuple(
        CutSetRow(
            one.events,
            _together(one.events),
            number(one.probability),
            _labelled(one.events, labels),
        )
        for one in sets.items
    )
    singles = tuple(row for row in rows if len(row.events) == 1)
    importance = solution.importance or ()
    drawn = fault_tree_svg(solved.tree, solution.top)
    return Found(
        top=shortened(top, 120), glance=(*_glance(solution), *_spans(held)), singles=singles,
        singles_told=_told_singles(solution, len(singles)),
        cut_sets=rows, cut_sets_told=_told_sets(solution),
        importance=tuple(_importance(row, labels) for row in importance[:ROWS]),
        importance_told=_told_rows(importance), advice=tuple(recommendations_of(solution)),
        warnings=solved.warnings, notes=solution.notes,
        drawing=Markup(drawn),  # noqa: S704 - every text in it is escaped where it is drawn
        rates=tuple(_rate(one, held.exposure_days) for one in held.estimates),
        bought=bought_rows(work, held), exposure_days=held.exposure_days,
    )  # fmt: skip


def number(value: float | None) -> str:
    """A figure with four digits that count: `0.0445`, `1.2e-9`; a dash for none, `infinite` for infinity."""
    if value is None:
        return "–"
    return "infinite" if value == math.inf else f"{value:.4g}"


def odds(value: float) -> str:
    """A probability as `1 in 22`, where that says more than the number."""
    if not 0 < value <= 0.5:
        return ""
    return f"1 in {round(1 / value):,}" if value > 1e-9 else ""


def _glance(solution: Solution) -> tuple[tuple[str, str, str], ...]:
    known, sets = solution.probability, solution.cut_sets
    count = "not counted" if sets.count is None else _counted(sets.count)
    orders = ""
    if sets.count and sets.least_order is not None and sets.most_order is not None:
        most = sets.most_order
        orders = (
            plural(most, "event") if sets.least_order == most else f"{sets.least_order} to {most} events"
        )  # fmt: skip
    singles = "not known" if sets.single_count is None else f"{sets.single_count:,}"
    return (
        ("Top event", _probability(known), ", ".join(filter(None, (odds(known.value or 0), known.method)))),
        ("Single points of failure", singles, ""),
        ("Minimal cut sets", count, orders),
    )  # fmt: skip


def _spans(held: analysis.Held) -> list[tuple[str, str, str]]:
    """Between what the top event may lie, where its events' probabilities are uncertain."""
    rows = []
    found = held.solved.solution.uncertainty
    if found is not None:
        note = (
            f"90% of {found.samples:,} draws of {plural(found.uncertain_events, 'uncertain event')}"
        )
        rows.append(("Uncertainty", f"{number(found.low)} to {number(found.high)}", note))
    if held.ends is not None:
        span = f"{number(held.ends[0])} to {number(held.ends[1])}"
        rows.append(("With other rates", span, "all at the ends of their intervals"))
    return rows


def _probability(known: Probability) -> str:
    if known.value is None:
        return f"{number(known.low)} to {number(known.high)}"
    return number(known.value)


def _labelled(events: tuple[str, ...], labels: Mapping[str, str]) -> str:
    """A cut set in the words that people gave its events; empty where they gave none."""
    if not any(one in labels for one in events):
        return ""
    words = [shortened(labels.get(one, one), 120 if len(events) == 1 else 60) for one in events]
    return _together(tuple(words))


def _counted(count: int) -> str:
    found = countable(count)
    return f"{found:,}" if isinstance(found, int) else found


def _together(events: tuple[str, ...]) -> str:
    if not events:
        return "nothing: it always happens"
    named = " and ".join(shortened(one, 60) for one in events[:NAMES])
    more = len(events) - NAMES
    return f"{named} and {more:,} more" if more > 0 else named


def _told_sets(solution: Solution) -> str:
    sets = solution.cut_sets
    if sets.count is None:
        return "They were not counted within the budget."
    if sets.is_whole:
        return ""
    many = _counted(sets.count)
    return f"The first {len(sets.items):,} of {many}, by how many events they have and how probable they are."


def _told_singles(solution: Solution, listed: int) -> str:
    count = solution.cut_sets.single_count
    if count is None:
        return "Not known: the cut sets were not worked out within the budget."
    if not count:
        return "None: no event alone causes it."
    return f"The first {listed:,} of {count:,}." if listed < count else ""


def _importance(row: Importance, labels: Mapping[str, str]) -> ImportanceRow:
    event = shortened(row.event, 60)
    if row.halved is None:
        said = ""
    elif row.halved >= 0.0005:
        said = f"The top falls by {_share(row.halved)}."
    elif row.halved <= -0.0005:
        said = f"The top rises by {_share(-row.halved)}."
    else:
        said = "The top stays as it is."
    vesely = number(row.fussell_vesely)
    return ImportanceRow(
        event, shortened(labels.get(row.event, ""), 120), number(row.probability), said, number(row.criticality),
        vesely if row.fussell_vesely_is_exact else f"at most {vesely}", number(row.raw), number(row.rrw),
    )  # fmt: skip


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 else f"{value:.1%}"


def _told_rows(rows: tuple[Importance, ...]) -> str:
    return (
        f"The first {ROWS} of {len(rows):,} events; the API has more." if len(rows) > ROWS else ""
    )


def bought_rows(work: UnitOfWork, held: analysis.Held) -> tuple[BoughtRow, ...]:
    """What each action buys, the most first, of those that the viewer sees."""
    seen = actions.of_ids(work, (one.action_id for one in held.bought))
    known = [one for one in held.bought if one.action_id in seen]
    known.sort(key=lambda one: -(one.worth or 0))
    return tuple(_bought(one, seen[one.action_id], held.exposure_days) for one in known)


def _bought(found: analysis.Bought, action: actions.Action, days: int) -> BoughtRow:
    worth = found.worth
    words = falls = ""
    if worth is not None and found.before:
        words = f"{number(found.before)} to {number(found.after)} in {plural(days, 'day')}"
        falls = f"falls by {_share(worth / found.before)}"
    events = " and ".join(shortened(one, 60) for one in found.events[:NAMES])
    return BoughtRow(
        action.reference, shortened(action.item.description, 120), events, words, falls, found.why,
        is_late=bool(found.events) and found.after is None,
    )  # fmt: skip


def _rate(found: analysis.Estimate, days: int) -> RateRow:
    link, rate = found.link, found.rate
    if link.kind is analysis.Kind.SERVICE:
        source = f"service {link.name}"
    else:
        source = f"factor {FACTOR_CATEGORIES.get(link.name, link.name).lower()}"
    if rate is None:
        return RateRow(shortened(link.event, 60), source, "", found.since, "", "", found.why)
    ends, chances = rate.interval, rate.chances(days)
    return RateRow(
        shortened(link.event, 60), source,
        f"{plural(rate.count, 'incident')} in {plural(round(rate.exposure), 'day')}", found.since,
        f"{number(rate.mean * YEAR)} a year, {ends.level:.0%} from {number(ends.low * YEAR)}"
        f" to {number(ends.high * YEAR)}",
        f"{number(rate.chance(days))}, from {number(chances.low)} to {number(chances.high)}", "",
    )  # fmt: skip
