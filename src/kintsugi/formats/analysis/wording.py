"""Figures in words: lengths, intervals, shares, and what to say where there are too few."""

from __future__ import annotations

import math
from datetime import timedelta

from kintsugi.core.analytics.statistics import MEAN_LABEL, P90_FROM, Share, Summary
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.times import written_duration

TOO_FEW = "too few"
MINUTE = timedelta(minutes=1)


def minutes(value: float | None) -> str:
    """A number of minutes as people read it; empty where there is none."""
    if value is None:
        return ""
    if not value < 1e9:
        return "not bounded"
    if value < 1 / 60:
        return "0 min"
    whole = round(value) if value >= 10 else round(value, 1)
    return written_duration(timedelta(minutes=whole))


def hours(value: float | None) -> str:
    """A number of hours."""
    return "" if value is None else minutes(value * 60)


def between(found: Interval | None, write: object = None) -> str:
    """`30 min to 61 min`; an end that is not known is said."""
    if found is None:
        return ""
    said = write if callable(write) else number
    if math.isinf(found.high):
        return f"{said(found.low)} or more"
    return f"{said(found.low)} to {said(found.high)}"


def number(value: float | None) -> str:
    """At most three digits that mean something, without an exponent."""
    if value is None:
        return ""
    if math.isinf(value):
        return "not bounded"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percent(value: float | None) -> str:
    """A share as a percentage."""
    return "" if value is None else f"{value * 100:.0f}%"


def share_words(found: Share) -> str:
    """`12 of 40: 30% (17% to 47%)`; under six the counts alone."""
    if found.value is None:
        return f"{found.count} of {found.n}"
    return (
        f"{found.count} of {found.n}: {percent(found.value)} ({between(found.interval, percent)})"
    )


def median_words(found: Summary) -> str:
    """The median with its interval; under six each value."""
    if found.median is None:
        return ", ".join(minutes(value) for value in found.listed)
    return f"{minutes(found.median)} ({between(found.median_interval, minutes)})"


def geometric_words(found: Summary) -> str:
    """The geometric mean with its interval, and of how many where not of all."""
    if found.geometric_mean is None:
        return TOO_FEW if found.n else ""
    of = f", of the {found.n - found.zeros} above 0" if found.zeros else ""
    return f"{minutes(found.geometric_mean)} ({between(found.geometric_interval, minutes)}{of})"


def p90_words(found: Summary) -> str:
    """The nearest rank of 90%, and what bounds it."""
    if found.p90 is None:
        return f"needs {P90_FROM}" if found.n else ""
    bound = (
        "no bound under 29"
        if found.p90_at_most is None
        else f"at most {minutes(found.p90_at_most)}"
    )
    return f"{minutes(found.p90)} ({bound})"


def mean_words(found: Summary) -> str:
    """The mean with its warning."""
    return TOO_FEW if found.mean is None else f"{minutes(found.mean)} ({MEAN_LABEL})"
