"""A figure with its numbers: what a page draws, lists and explains, the API answers with, and a CSV file holds."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from kintsugi.core.analytics.statistics import Frequency, Share, Summary
from kintsugi.core.analytics.wording import number, percent
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.times import written_duration

Value = str | int | float | None


class Chart(Enum):
    """How a sheet is drawn."""

    BARS = "bars"
    COLUMNS = "columns"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: as it is, as people read it, and where the incidents behind it stand (what narrows their list)."""

    value: Value
    text: str
    narrowed: tuple[tuple[str, str], ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a drawing, and between which values the true one lies. For steps `name` is empty and `at` counts."""

    name: str
    value: float
    text: str = ""
    low: float | None = None
    high: float | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure: what it says, of how many, its definition, its rows, and what is drawn of them.

    `means` are the definitions: a term and what it is. `says` are sentences over the numbers; `loud` ones say what is
    wrong with the record.
    """

    key: str
    title: str
    n: int
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    means: tuple[tuple[str, str], ...]
    says: tuple[str, ...] = ()
    loud: tuple[str, ...] = ()
    chart: Chart | None = None
    points: tuple[Point, ...] = ()
    unit: str = ""


NOTHING = Cell(None, "–")
NO_END = "no limit yet"
"""Said of the upper end of an interval that the data do not bound."""


def words(text: str, href: str = "", **narrowed: str) -> Cell:
    """A name, and what it narrows a list to."""
    return Cell(text, text, tuple(narrowed.items()), href)


def count(value: int, **narrowed: str) -> Cell:
    """A count, and what narrows a list to what it counts."""
    return Cell(value, f"{value:,}", tuple(narrowed.items()))


def minutes(value: float | None) -> Cell:
    """A length of time, in minutes."""
    return NOTHING if value is None else Cell(value, lasting(value))


def lasting(value: float) -> str:
    """Minutes as people read a duration; any, where there is no end."""
    if not math.isfinite(value):
        return NO_END
    if 0 < value < 1:
        return "under 1 min"
    return written_duration(timedelta(minutes=round(value)))


def ends(found: Interval | None) -> tuple[Cell, Cell]:
    """Both ends of an interval of plain numbers, each a cell."""
    if found is None:
        return NOTHING, NOTHING
    high = found.high if math.isfinite(found.high) else None
    return Cell(found.low, number(found.low)), Cell(high, NO_END if high is None else number(high))


def minute_ends(found: Interval | None) -> tuple[Cell, Cell]:
    """Both ends of an interval of minutes."""
    if found is None:
        return NOTHING, NOTHING
    high = found.high if math.isfinite(found.high) else None
    return Cell(found.low, lasting(found.low)), Cell(high, lasting(found.high))


def share_cells(found: Share, **narrowed: str) -> tuple[Cell, Cell, Cell, Cell, Cell]:
    """Count, n, share and both ends of its interval; a share only where there are enough."""
    if found.value is None or found.interval is None:
        last = (Cell(None, "too few for a share"), NOTHING, NOTHING)
    else:
        last = (
            Cell(found.value, percent(found.value)),
            Cell(found.interval.low, f"{found.interval.low:.0%}"),
            Cell(found.interval.high, f"{found.interval.high:.0%}"),
        )
    return (count(found.count, **narrowed), count(found.n), *last)


SHARE_HEADS = ("Count", "n", "Share", "From", "To")
SUMMARY_HEADS = (
    "n",
    "Median",
    "From",
    "To",
    "p90",
    "Geometric mean",
    "Its from",
    "Its to",
    "Mean, heavy-tailed",
    "Worst",
)


def summary_cells(found: Summary, **narrowed: str) -> tuple[Cell, ...]:
    """What a summary of minutes says. Too few for statistics: the values themselves, and nothing is made of them."""
    if found.median is None:
        listed = ", ".join(lasting(value) for value in found.listed)
        return (
            count(found.n, **narrowed),
            Cell(listed or None, listed or "–"),
            *([NOTHING] * (len(SUMMARY_HEADS) - 3)),
            minutes(found.worst),
        )
    low, high = minute_ends(found.median_interval)
    glow, ghigh = minute_ends(found.geometric_interval)
    return (
        count(found.n, **narrowed),
        minutes(found.median),
        low,
        high,
        minutes(found.p90) if found.p90 is not None else Cell(None, "too few"),
        minutes(found.geometric_mean),
        glow,
        ghigh,
        minutes(found.mean),
        minutes(found.worst),
    )


def rate_cells(found: Frequency) -> tuple[Cell, Cell, Cell]:
    """How many in 30 days, and both ends of the interval."""
    if found.per_30_days is None:
        return NOTHING, NOTHING, NOTHING
    return (Cell(found.per_30_days, number(found.per_30_days)), *ends(found.per_30_days_interval))


def listed(cells: Iterable[Cell]) -> str:
    """Cells as one text."""
    return ", ".join(one.text for one in cells)


MEDIAN_MEANS = (
    (
        "Median and its interval",
        (
            "Half took longer. The exact 95% interval is by order statistics. With under 6 "
            "values these are listed,"
            " and nothing is made of them."
        ),
    ),
    ("p90", "One in ten took longer; from 10 values on."),
    ("Geometric mean", "What a typical one takes, with its log-t interval."),
    (
        "Mean, heavy-tailed",
        (
            "What is called MTTR everywhere. A few long ones move it more than all others together, so nothing is"
            " judged by it."
        ),
    ),
)
SHARE_MEANS = (
    (
        "95% interval",
        (
            "Between which shares the true one lies, with 95% confidence (Clopper-Pearson, exact). Under 6 "
            "there is no share."
        ),
    ),
)
COUNT_MEANS = (
    (
        "95% interval",
        (
            "Between which values the true rate lies, with 95% confidence, if incidents come independently "
            "(exact Poisson)."
        ),
    ),
)
