"""Times as senders write them: ISO with nanoseconds, seconds or milliseconds since 1970, and none at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 64
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")
_LOOSE = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d:\d\d)(?P<part>[.,]\d{1,12})?"
    r" ?(?P<zone>Z|[+-]\d\d:?\d\d)?(?: ?(?:UTC|GMT))?"
)


def moment(written: object) -> datetime | None:
    """The moment in UTC, or None if there is none: unreadable, year 1, or the year 1970 that a zero means.

    A time without a zone is taken as UTC. Numbers count seconds, milliseconds, microseconds or
    nanoseconds since 1970, whichever falls into this century's reach.
    """
    if isinstance(written, str):
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            return _from_text(written)
        return at if at.tzinfo is UTC and at.year > 1970 else _plausible(at)
    if isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return _from_number(written)


def _from_text(text: str) -> datetime | None:
    if not text or len(text) > _LONGEST:
        return None
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    found = _LOOSE.fullmatch(text)
    if found is None:
        return None
    zone = found["zone"] or "Z"
    part = (found["part"] or "")[:7].replace(",", ".")
    try:
        return _plausible(datetime.fromisoformat(f"{found['date']}T{found['clock']}{part}{zone}"))
    except ValueError:
        return None


def _from_number(count: float) -> datetime | None:
    if not -1e20 < count < 1e20:  # NaN and infinity fail this too
        return None
    size = abs(count)
    for limit, unit in ((1e11, 1), (1e14, 1e3), (1e17, 1e6)):
        if size < limit:
            seconds = count / unit
            break
    else:
        seconds = count / 1e9
    try:
        return _plausible(_EPOCH + timedelta(seconds=seconds))
    except OverflowError:
        return None


def _plausible(at: datetime) -> datetime | None:
    if at.year <= 1970:
        return None
    if at.tzinfo is UTC:
        return at
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
