"""What the figures say, in sentences that pages, files and commands share."""

from __future__ import annotations

import math
from datetime import timedelta

from kintsugi.core.analytics.recurrence import FixHeld, Recurrence, Verdict
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.text import plural

VERDICTS = {
    Verdict.HELD: "It held",
    Verdict.FEWER: "It came again, but more seldom",
    Verdict.TOO_EARLY: "Too early to say",
    Verdict.CAME_AGAIN: "It came again",
    Verdict.MORE: "It comes more often",
}


def days(length: timedelta) -> str:
    """`1 day`, `120 days`, rounded."""
    return plural(max(0, round(length / timedelta(days=1))), "day")


def number(value: float) -> str:
    """Two digits that say something: `0.014`, `0.5`, `4.7`, `47`."""
    if not math.isfinite(value):
        return "no limit yet"
    return f"{value:.2g}" if 0 < abs(value) < 10 else f"{value:,.0f}"


def percent(share: float) -> str:
    """`8%`, `0.4%`, `less than 0.1%`."""
    if 0 < share < 0.001:
        return "less than 0.1%"
    return f"{share:.1%}" if share < 0.1 and round(share, 2) != share else f"{share:.0%}"


def between(found: Interval | None, unit: str = "") -> str:
    """`2.1 to 8.4`; empty where there is none."""
    if found is None:
        return ""
    if not math.isfinite(found.high):
        return f"{number(found.low)} or more{unit}"
    return f"{number(found.low)} to {number(found.high)}{unit}"


def share_between(found: Interval | None) -> str:
    """`4% to 18%`; empty where there is none."""
    return "" if found is None else f"{found.low:.0%} to {found.high:.0%}"


def fix_said(found: FixHeld) -> str:
    """The verdict and what it rests on, in a sentence or two."""
    since = f"in the {days(found.after.length)} since it was verified"
    if found.verdict in (Verdict.HELD, Verdict.TOO_EARLY):
        if found.quiet_chance is None:
            return f"{VERDICTS[found.verdict]}: none {since}, and none before to hold it against."
        return (
            f"{VERDICTS[found.verdict]}: none {since}. If nothing had changed, so long a quiet would"
            f" have a chance of {percent(found.quiet_chance)}."
        )
    before = f"{found.before.count:,} in the {days(found.before.length)} before"
    said = f"{VERDICTS[found.verdict]}: {found.after.count:,} {since}, {before}."
    if found.verdict is Verdict.CAME_AGAIN:
        return f"{said} No change of the rate can be seen."
    return f"{said} By chance alone so large a change has {percent(found.chance or 0.0)}."


def recurrence_said(found: Recurrence) -> str:
    """The share that came again, of how many, and its interval."""
    if found.share is None:
        return "No incident has a confirmed class yet."
    return (
        f"{found.count:,} of {plural(found.n, 'incident')} of confirmed class came again within a year:"
        f" {percent(found.share)}, 95% interval {share_between(found.interval)}."
    )
