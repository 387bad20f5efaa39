"""Weekly hours as people type them: one line for each span, such as `Mon-Fri 09:00-17:00`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kintsugi.core.alerts.weekly_hours import DAYS, WeeklyHours
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import written_time
from kintsugi.server.alerts.web.refusing import lines

EXPECTED = "lines such as Mon-Fri 09:00-17:00, or Sat, Sun"
_CLOCK = r"\d{1,2}:\d\d"
_LINE = re.compile(
    rf"(?P<days>[^\d]*?)\s*(?:(?P<begins>{_CLOCK})\s*(?:-|–|to|until)\s*(?P<ends>{_CLOCK}))?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;]+|\band\b", re.IGNORECASE)


def written_hours(hours: WeeklyHours | None) -> str:
    """The hours as they are typed; empty for none."""
    if hours is None:
        return ""
    spans = []
    for span in hours.spans:
        said = f"{written_time(span.begins)}-{written_time(span.ends)}"
        days = _written_days(span.days)
        spans.append(days if said == "00:00-00:00" else f"{days} {said}")
    return "\n".join(spans)


def hours_data(written: str, zone: str, field: str) -> dict[str, object] | None:
    """What is typed, as the API has it; None where nothing is. Raises InvalidValue, naming the field and the line."""
    typed = lines(written)
    if not typed:
        return None
    return {"zone": zone.strip() or "UTC", "hours": [_span(line, field) for line in typed]}


def _span(line: str, field: str) -> dict[str, object]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _not_hours(line, field)
    days = _days(found["days"], line, field)
    if found["begins"] is None:
        return {"days": days, "from": "00:00", "to": "00:00"}
    return {"days": days, "from": found["begins"], "to": found["ends"]}


def _days(written: str, line: str, field: str) -> list[str]:
    if written.strip().casefold() in ("", "daily", "every day"):
        return list(DAYS)
    found: list[str] = []
    for word in filter(None, _BETWEEN.split(re.sub(r"\s*[-–]\s*", "-", written))):
        first, _, last = word.casefold().partition("-")
        begins, ends = _day(first, line, field), _day(last or first, line, field)
        count = (ends - begins) % 7 + 1
        found += [DAYS[(begins + each) % 7] for each in range(count)]
    return list(dict.fromkeys(found))


def _day(word: str, line: str, field: str) -> int:
    if word[:3] not in DAYS:
        raise _not_hours(line, field)
    return DAYS.index(word[:3])


def _not_hours(line: str, field: str) -> InvalidValue:
    return InvalidValue(f"{line[:60]!r} is not understood", path=(field,), expected=EXPECTED)


def _written_days(days: Sequence[int]) -> str:
    """Runs of three days or more as `Mon-Fri`."""
    if len(days) == len(DAYS):
        return "Daily"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = []
    for run in runs:
        named = [DAYS[day].capitalize() for day in run]
        said.append(f"{named[0]}-{named[-1]}" if len(run) > 2 else ", ".join(named))
    return ", ".join(said)
