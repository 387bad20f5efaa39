"""Alert fatigue per service: how many alerts came in a window of time, and how many of them were noise."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import accumulate

from kintsugi.core.alerts.listed import ListedAlert
from kintsugi.core.alerts.quality import ACTIONABLE_FROM, quality_score
from kintsugi.core.shared.distributions import Interval, count_interval, proportion_interval
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import TIME_EXPECTED

DEFAULT_WINDOW = timedelta(hours=24)
BUCKET = timedelta(minutes=15)
"""Rollups count alerts in quarters of an hour, UTC, and these once more in days."""
DAY = timedelta(days=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class FatigueLevel(Enum):
    """How worn out whoever is on call for a service must be."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


THRESHOLDS = (
    (FatigueLevel.CRITICAL, 5, 50),
    (FatigueLevel.HIGH, 2, 30),
    (FatigueLevel.MEDIUM, 1, 20),
)
"""The guide's: a level, the alerts an hour and the percentage of noise above either of which it begins."""


@dataclass(frozen=True, slots=True)
class Fatigue:
    """The alerts of one service in a window. Noisy: of a quality under 60."""

    service: str
    total_alerts: int
    noisy_alerts: int
    window: timedelta

    @property
    def alerts_per_hour(self) -> float:
        """The guide's rate; over the window asked for, however few alerts there are."""
        return self.total_alerts / (self.window / timedelta(hours=1))

    @property
    def noise_ratio(self) -> float:
        """The percentage of noisy alerts; 0 where there is no alert, as in the guide."""
        return self.noisy_alerts / self.total_alerts * 100 if self.total_alerts else 0.0

    @property
    def fatigue_level(self) -> FatigueLevel:
        """By the guide's thresholds."""
        return fatigue_level(self.alerts_per_hour, self.noise_ratio)

    @property
    def rate_interval(self) -> Interval:
        """Between which rates the alerts an hour lie, if they come independently (exact Poisson, 95%)."""
        hours = self.window / timedelta(hours=1)
        found = count_interval(self.total_alerts)
        return Interval(found.low / hours, found.high / hours, found.level)

    @property
    def noise_interval(self) -> Interval | None:
        """Between which percentages the noise lies (Clopper-Pearson, 95%); None where there is no alert."""
        if not self.total_alerts:
            return None
        found = proportion_interval(self.noisy_alerts, self.total_alerts)
        return Interval(found.low * 100, found.high * 100, found.level)

    def as_guide(self) -> dict[str, object]:
        """What the guide's calculate_alert_fatigue has for a service."""
        return {
            "total_alerts": self.total_alerts, "alerts_per_hour": self.alerts_per_hour,
            "noise_ratio": self.noise_ratio, "fatigue_level": self.fatigue_level.value,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """So many alerts of a service, and so many of them noisy: a row of a rollup, or a count of any other kind."""

    service: str
    total: int
    noisy: int


@dataclass(frozen=True, slots=True)
class Rollup:
    """The alerts of a service that were raised from `bucket` until before a quarter of an hour, or a day, later."""

    service: str
    bucket: datetime
    total: int
    noisy: int


Raised = tuple[str, datetime, bool]
"""What fatigue needs of an alert: its service, when it was raised, and whether it is noisy."""


def alert_fatigue(
    alerts: Iterable[ListedAlert], *, now: datetime, window: timedelta = DEFAULT_WINDOW
) -> dict[str, Fatigue]:
    """The fatigue of each service with alerts from `now - window` to `now`, both ends included, by name.

    Raises InvalidValue for a window that is not above 0, and for an alert whose timestamp is missing or
    has no zone, under its place in the list.
    """
    since = _start(now, window)
    counts: dict[str, list[int]] = {}
    for place, alert in enumerate(alerts):
        at = _moment(alert, place)
        if since <= at <= now:
            _add(counts, alert.service, 1, quality_score(alert) < ACTIONABLE_FROM)
    return _told(counts, window)


def fatigue_of(tallies: Iterable[Tally | Rollup], window: timedelta) -> dict[str, Fatigue]:
    """The fatigue of each service, by name, from all that was counted in a window of that length.

    With the rows of `parts(now, window)` it is exactly what `alert_fatigue` says.
    """
    counts: dict[str, list[int]] = {}
    for tally in tallies:
        _add(counts, tally.service, tally.total, tally.noisy)
    return _told(counts, window)


def _moment(alert: ListedAlert, place: int) -> datetime:
    at = alert.timestamp
    if at is None or at.tzinfo is None:
        problem = "is missing" if at is None else "has no zone"
        raise InvalidValue(problem, path=(place, "timestamp"), expected=TIME_EXPECTED)
    return at


def _add(counts: dict[str, list[int]], service: str, total: int, noisy: int) -> None:
    found = counts.get(service)
    if found is None:
        counts[service] = [total, noisy]
    else:
        found[0] += total
        found[1] += noisy


def _told(counts: Mapping[str, Sequence[int]], window: timedelta) -> dict[str, Fatigue]:
    return {
        service: Fatigue(service, total, noisy, window)
        for service, (total, noisy) in sorted(counts.items())
        if total
    }


def fatigue_level(alerts_per_hour: float, noise_ratio: float) -> FatigueLevel:
    """The guide's level of a rate and a percentage of noise: above either threshold is enough."""
    for level, rate, noise in THRESHOLDS:
        if alerts_per_hour > rate or noise_ratio > noise:
            return level
    return FatigueLevel.LOW


# --- rollups: whole buckets, and the ends that no whole bucket covers ------------------------------


Span = tuple[datetime, datetime]
"""From a moment until before another."""


@dataclass(frozen=True, slots=True)
class WindowParts:
    """A window as spans that follow one another: whole days, whole quarters of an hour beside them, what is left."""

    days: tuple[Span, ...]
    quarters: tuple[Span, ...]
    ends: tuple[Span, ...]


def bucket_of(at: datetime, size: timedelta = BUCKET) -> datetime:
    """The beginning of the quarter of an hour (or of the day), UTC, in which a moment lies."""
    return at.astimezone(UTC) - (at - _EPOCH) % size


def parts(now: datetime, window: timedelta) -> WindowParts:
    """Which days and quarters lie wholly in [now - window, now], and the ends to be counted alert by alert.

    All spans are from a moment until before another, and together they are the window. Raises InvalidValue
    for a window that is not above 0.
    """
    since = _start(now, window)
    until = now.astimezone(UTC) + _TICK
    quarters, ends = _whole(since, until, BUCKET)
    if not quarters:
        return WindowParts((), (), ends)
    days, rest = _whole(*quarters[0], DAY)
    return WindowParts(days, rest, ends)


def _whole(
    since: datetime, until: datetime, size: timedelta
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The span of whole buckets of a size within a span, if there are any, and the spans beside it."""
    first, last = since + (_EPOCH - since) % size, bucket_of(until, size)
    if first >= last:
        return (), ((since, until),)
    beside = (since, first), (last, until)
    return ((first, last),), tuple(one for one in beside if one[0] < one[1])


def rollups_of(raised: Iterable[Raised]) -> tuple[Rollup, ...]:
    """The rollups of alerts, by bucket and service."""
    total: Counter[tuple[datetime, str]] = Counter()
    noisy: Counter[tuple[datetime, str]] = Counter()
    for service, at, is_noisy in raised:
        key = bucket_of(at), service
        total[key] += 1
        noisy[key] += is_noisy
    return tuple(
        Rollup(service, bucket, total[bucket, service], noisy[bucket, service])
        for bucket, service in sorted(total)
    )


def by_day(rollups: Iterable[Rollup]) -> tuple[Rollup, ...]:
    """Rollups of quarters of an hour as rollups of days (UTC), by day and service."""
    found: dict[tuple[datetime, str], list[int]] = {}
    for one in rollups:
        counts = found.setdefault((bucket_of(one.bucket, DAY), one.service), [0, 0])
        counts[0] += one.total
        counts[1] += one.noisy
    return tuple(
        Rollup(service, day, total, noisy)
        for (day, service), (total, noisy) in sorted(found.items())
    )


# --- many windows over the same alerts ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Column:
    """One service's moments in order, and how many of those before each were noisy."""

    times: Sequence[datetime]
    noisy_before: Sequence[int]


class AlertLog:
    """Alerts in order of time, to be asked for one window after another: each costs two look-ups a service."""

    __slots__ = ("_columns",)

    def __init__(self, raised: Iterable[Raised]) -> None:
        rows: dict[str, list[tuple[datetime, bool]]] = {}
        for service, at, is_noisy in raised:
            found = rows.get(service)
            if found is None:
                found = rows[service] = []
            found.append((at, is_noisy))
        columns: dict[str, _Column] = {}
        for service in sorted(rows):
            found = sorted(rows[service])
            noisy = list(accumulate((is_noisy for _, is_noisy in found), initial=0))
            columns[service] = _Column([at for at, _ in found], noisy)
        self._columns: Mapping[str, _Column] = columns

    @classmethod
    def of(cls, alerts: Iterable[ListedAlert]) -> AlertLog:
        """The log of listed alerts, each scored once. Raises InvalidValue for one, as `alert_fatigue` does."""
        return cls(
            (alert.service, _moment(alert, place), quality_score(alert) < ACTIONABLE_FROM)
            for place, alert in enumerate(alerts)
        )

    def fatigue(self, now: datetime, window: timedelta = DEFAULT_WINDOW) -> dict[str, Fatigue]:
        """What `alert_fatigue` says of the same alerts. Raises InvalidValue for a window that is not above 0."""
        since = _start(now, window)
        found: dict[str, Fatigue] = {}
        for service, column in self._columns.items():
            first, last = bisect_left(column.times, since), bisect_right(column.times, now)
            if last > first:
                noisy = column.noisy_before[last] - column.noisy_before[first]
                found[service] = Fatigue(service, last - first, noisy, window)
        return found


def _start(now: datetime, window: timedelta) -> datetime:
    if now.tzinfo is None:
        raise InvalidValue("has no zone", path=("now",), expected=TIME_EXPECTED)
    if window <= timedelta(0):
        raise InvalidValue(
            f"is {window / timedelta(hours=1):g} h", path=("window",), expected="more than 0 hours"
        )
    try:
        return (now - window).astimezone(UTC)
    except OverflowError as error:
        raise InvalidValue(
            "reaches back before the year 1", path=("window",), expected="a shorter one"
        ) from error
