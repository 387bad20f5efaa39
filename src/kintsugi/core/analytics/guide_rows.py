"""The guide's own incidents, dictionaries as its load_incidents takes them, to its report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import cast

from kintsugi.core.analytics.report import GuideReport, report_of
from kintsugi.core.analytics.rollups import Tally, Told, tally
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import parse_severity
from kintsugi.core.shared.times import TIME_EXPECTED, ClockTime, parse_when

Row = Mapping[str, object]
_BATCH = 50_000
_QUARTER_SECONDS = 900
_TO_HOUR, _TO_MINUTE = len("2025-01-15T10"), len("2025-01-15T10:00")
_SIXTY = [f"{count:02d}" for count in range(60)]
_WITHIN_HOUR = {f":{minute}:{second}" for minute in _SIXTY for second in _SIXTY}
_UTC = {"", "Z"}
_LONGEST_MINUTES = 1e12
"""More is no length of anything, and a sum of such ones is no number."""


def guide_report(incidents: Iterable[Row], *, period: str = "", zone: tzinfo = UTC) -> GuideReport:
    """The guide's report of incidents with timestamp, duration_minutes, service, severity and root_cause.

    All but the timestamp may be missing; a duration or severity that is none counts as missing, times without a
    zone are UTC. Raises InvalidValue for a timestamp that is none, under its place.
    """
    return report_of(tally_rows(incidents, zone), period=period, zone=zone)


def tally_rows(incidents: Iterable[Row], zone: tzinfo = UTC) -> Tally:
    """The counts of the guide's incidents, in one pass, for a report by the clock of a zone.

    Where that is UTC whole hours are enough. Raises InvalidValue as `guide_report` does.
    """
    found, lengths, place = Tally(), list[float](), 0
    clock = _Clock(_TO_HOUR if zone is UTC else _TO_MINUTE)
    source = iter(incidents)
    while batch := list(islice(source, _BATCH)):
        if not _add_columns(found, batch, lengths, clock):
            found.add(tally(told_rows(batch, place)))
        place += len(batch)
    # Summed once and exactly, so that the order in which they came is in no digit.
    found.microseconds += round(math.fsum(lengths) * 60_000_000)
    return found


class _Clock(dict[str, int]):
    """The quarter of an hour of each beginning of a time that was met, such as `2025-01-15T10`."""

    def __init__(self, letters: int) -> None:
        super().__init__()
        self.letters = letters

    def __missing__(self, key: str) -> int:
        """Raises ValueError for what begins no time."""
        if key[10:11] not in ("T", " "):
            raise ValueError(key)
        at = datetime.fromisoformat(key + "2000-01-01T00:00:00"[len(key) :]).replace(tzinfo=UTC)
        self[key] = quarter = int(at.timestamp()) // _QUARTER_SECONDS
        return quarter


def _add_columns(found: Tally, batch: Sequence[Row], lengths: list[float], clock: _Clock) -> bool:
    """Add rows column by column, which is five times as quick; False, and nothing is added, where one is unusual."""
    columns = _columns(batch)
    if columns is None:
        return False
    times, minutes = columns
    try:
        began = [
            (clock[key], count)
            for key, count in Counter([at[: clock.letters] for at in times]).items()
        ]
        services = Counter([row.get("service") for row in batch])
        severities = Counter([row.get("severity") for row in batch])
        causes = Counter([row.get("root_cause") for row in batch])
        first, last = (
            datetime.fromisoformat(at[:19]).replace(tzinfo=UTC) for at in (min(times), max(times))
        )
    except (TypeError, ValueError):
        return False
    for quarter, count in began:
        found.quarters[quarter] = found.quarters.get(quarter, 0) + count
    for service, count in services.items():
        if service not in (None, ""):
            found.services[str(service)] += count
    for severity, count in severities.items():
        level = _level(severity)
        if level is not None:
            found.severities[level] += count
    for cause, count in causes.items():
        if isinstance(cause, str):
            found.add_words(cause, count)
    lengths += minutes
    found.n += len(batch)
    found.measured += len(minutes)
    found.widen(first, last)
    return True


def _columns(batch: Sequence[Row]) -> tuple[list[str], list[float]] | None:
    """The times and the lengths, if all times are plain UTC ones and all lengths that are there numbers."""
    written = [row.get("timestamp") for row in batch]
    given = [value for row in batch if (value := row.get("duration_minutes")) is not None]
    if set(map(type, written)) != {str} or not set(map(type, given)) <= {float, int}:
        return None
    times, minutes = cast("list[str]", written), cast("list[float]", given)
    if not {at[13:19] for at in times} <= _WITHIN_HOUR or not {at[19:] for at in times} <= _UTC:
        return None
    # Not a number is in no order: it shows in the sum alone.
    if minutes and not (
        min(minutes) >= 0 and max(minutes) <= _LONGEST_MINUTES and math.fsum(minutes) >= 0
    ):
        return None
    return times, minutes


def told_rows(incidents: Iterable[Row], place: int = 0) -> Iterator[Told]:
    """Each incident as the report counts it, the first at `place`. Raises InvalidValue as `guide_report` does."""
    for at, row in enumerate(incidents, start=place):
        service, cause = row.get("service"), row.get("root_cause")
        yield (
            _moment(row.get("timestamp"), at),
            _minutes(row.get("duration_minutes")),
            () if service in (None, "") else (str(service),),
            _level(row.get("severity")),
            cause if isinstance(cause, str) else "",
        )


def _moment(written: object, place: int) -> datetime:
    path = (place, "timestamp")
    if isinstance(written, datetime):
        return written.replace(tzinfo=UTC) if written.tzinfo is None else written.astimezone(UTC)
    if not isinstance(written, str):
        raise InvalidValue(
            f"{written!r}"[:60] + " is not a time", path=path, expected=TIME_EXPECTED
        )
    try:
        when = parse_when(written).when
    except InvalidValue as error:
        raise error.under(*path) from error
    if isinstance(when, ClockTime):
        raise InvalidValue(f"{written!r} has no date", path=path, expected=TIME_EXPECTED)
    return when


def _minutes(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found <= _LONGEST_MINUTES else None


def _level(value: object) -> int | None:
    if isinstance(value, float) and value == value // 1:
        value = int(value)
    if not isinstance(value, int | str):
        return None
    try:
        return parse_severity(value).value
    except InvalidValue:
        return None
