"""Incidents counted by quarter of an hour, so that the guide's report need not look at each of them again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum

from kintsugi.core.analytics.facts import IncidentFact

QUARTER = timedelta(minutes=15)
"""Rollups are of quarters of an hour, UTC: of these the hours of every zone are made."""
WORD_LENGTH = 4
STOP_WORDS = frozenset({"the", "a", "an", "and", "or", "but", "in", "on", "at", "to", "for"})
"""The guide's: words that it does not count, beside all that are shorter than WORD_LENGTH."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = 900
_MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta(0)
_MOST_TEXTS = 20_000
_WORD = re.compile(r"\b\w+\b")


class Counted(Enum):
    """What a rollup counts within its bucket."""

    TIME = "time"
    SERVICE = "service"
    SEVERITY = "severity"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class IncidentRollup:
    """How many incidents that began in a bucket have a name: a service, a severity (1 to 5), a word of their cause.

    A row of TIME, without a name, counts them all: of `measured` the `length` is known, and `first` and `last`
    are the first and the last beginning. `count` of a WORD counts how often it stands in root causes.
    """

    bucket: datetime
    kind: Counted
    name: str
    count: int
    measured: int = 0
    length: timedelta = _NOTHING
    first: datetime | None = None
    last: datetime | None = None


Told = tuple[datetime, float | None, tuple[str, ...], int | None, str]
"""What the guide's report needs of an incident: its beginning (aware), minutes, services, severity, root cause."""


def told(fact: IncidentFact) -> Told | None:
    """An incident as the guide's report counts it; None for a drill, and for one whose beginning is not known."""
    began, lasted = fact.began, fact.lasted
    if began is None or fact.is_drill:
        return None
    minutes = None if lasted is None else lasted / timedelta(minutes=1)
    severity = fact.severity.value if fact.severity else None
    return began, minutes, fact.services, severity, fact.root_cause


@dataclass(slots=True)
class Tally:
    """Counts while they are made; two ways lead to one: incident by incident, or rollup by rollup."""

    quarters: dict[int, int] = field(default_factory=dict)
    services: Counter[str] = field(default_factory=Counter)
    severities: Counter[int] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    n: int = 0
    measured: int = 0
    microseconds: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def by_clock(self, zone: tzinfo = UTC) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """How many began in each of the 24 hours of a zone's clock, and on each day of the week, Monday first."""
        hours, days = [0] * 24, [0] * 7
        for quarter, count in self.quarters.items():
            if zone is UTC:
                hours[quarter // 4 % 24] += count
                days[(quarter // 96 + 3) % 7] += count
            else:
                local = _local(_EPOCH + quarter * QUARTER, zone)
                hours[local.hour] += count
                days[local.weekday()] += count
        return tuple(hours), tuple(days)

    def add(self, other: Tally) -> None:
        """Put the counts of other incidents in."""
        for quarter, count in other.quarters.items():
            self.quarters[quarter] = self.quarters.get(quarter, 0) + count
        self.services.update(other.services)
        self.severities.update(other.severities)
        self.words.update(other.words)
        self.n += other.n
        self.measured += other.measured
        self.microseconds += other.microseconds
        if other.first is not None and other.last is not None:
            self.widen(other.first, other.last)

    def add_words(self, cause: str, count: int) -> None:
        """Count the words of a root cause that so many incidents have."""
        for word in cause_words(cause):
            self.words[word] += count

    def widen(self, first: datetime, last: datetime) -> None:
        """Let these beginnings be among them."""
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)


def _local(at: datetime, zone: tzinfo) -> datetime:
    """The time in a zone; in UTC where the zone would have it before year 1 or after 9999."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def tally(incidents: Iterable[Told]) -> Tally:
    """The counts of incidents, in one pass, keeping none of them. Raises TypeError for a time without a zone."""
    found = Tally()
    quarters, services, severities = found.quarters, found.services, found.severities
    texts: dict[str, int] = {}
    severity_counts: dict[int | None, int] = {}
    service_counts: dict[tuple[str, ...], int] = {}
    first = last = None
    n = measured = microseconds = 0
    for at, minutes, names, severity, cause in incidents:
        if first is None or last is None:
            first = last = at
        elif at < first:
            first = at
        elif at > last:
            last = at
        quarter = int((at - _EPOCH).total_seconds()) // _SECONDS
        quarters[quarter] = quarters.get(quarter, 0) + 1
        service_counts[names] = service_counts.get(names, 0) + 1
        severity_counts[severity] = severity_counts.get(severity, 0) + 1
        n += 1
        if minutes is not None:
            measured += 1
            microseconds += round(minutes * 60_000_000)
        if cause:
            texts[cause] = texts.get(cause, 0) + 1
            if len(texts) > _MOST_TEXTS:
                for text, count in texts.items():
                    found.add_words(text, count)
                texts.clear()
    for text, count in texts.items():
        found.add_words(text, count)
    for group, count in service_counts.items():
        for name in dict.fromkeys(group):
            services[name] += count
    severities.update({level: count for level, count in severity_counts.items() if level})
    found.n, found.measured, found.microseconds = n, measured, microseconds
    found.first, found.last = first, last
    return found


def cause_words(text: str) -> list[str]:
    """The words of a root cause that the guide counts, each as often as it stands there."""
    found = _WORD.findall(text.lower())
    return [word for word in found if len(word) >= WORD_LENGTH and word not in STOP_WORDS]


def rollups_of(facts: Iterable[IncidentFact]) -> tuple[IncidentRollup, ...]:
    """The rollups of incidents, by bucket, kind and name. Drills, and what has no beginning, are in none."""
    rows = (told(fact) for fact in facts)
    return rollups_told(row for row in rows if row is not None)


def rollups_told(incidents: Iterable[Told]) -> tuple[IncidentRollup, ...]:
    """The rollups of incidents that are told already."""
    buckets: dict[datetime, list[Told]] = {}
    for one in incidents:
        buckets.setdefault(one[0] - (one[0] - _EPOCH) % QUARTER, []).append(one)
    return tuple(row for bucket in sorted(buckets) for row in _rows(bucket, tally(buckets[bucket])))


def merged(
    rollups: Iterable[IncidentRollup], size: timedelta = QUARTER
) -> tuple[IncidentRollup, ...]:
    """Rollups of the same bucket and name put together, in buckets of that size; those of TIME keep their quarter."""
    buckets: dict[datetime, list[IncidentRollup]] = {}
    for one in rollups:
        step = QUARTER if one.kind is Counted.TIME else size
        buckets.setdefault(one.bucket - (one.bucket - _EPOCH) % step, []).append(one)
    return tuple(
        row for bucket in sorted(buckets) for row in _rows(bucket, tally_of(buckets[bucket]))
    )


def _rows(bucket: datetime, found: Tally) -> Iterator[IncidentRollup]:
    if found.n:
        length = found.microseconds * _MICROSECOND
        yield IncidentRollup(
            bucket, Counted.TIME, "", found.n, found.measured, length, found.first, found.last
        )
    for name, count in sorted(found.services.items()):
        yield IncidentRollup(bucket, Counted.SERVICE, name, count)
    for level, count in sorted(found.severities.items()):
        yield IncidentRollup(bucket, Counted.SEVERITY, str(level), count)
    for word, count in sorted(found.words.items()):
        yield IncidentRollup(bucket, Counted.WORD, word, count)


def tally_of(rollups: Iterable[IncidentRollup]) -> Tally:
    """The counts of rollups: exactly those of the incidents they were made of."""
    found = Tally()
    quarters, words = found.quarters, found.words
    services, severities = found.services, found.severities
    n = measured = 0
    length = _NOTHING
    firsts: list[datetime] = []
    lasts: list[datetime] = []
    for row in rollups:
        kind, count = row.kind, row.count
        if kind is Counted.TIME:
            quarter = int(row.bucket.timestamp()) // _SECONDS
            quarters[quarter] = quarters.get(quarter, 0) + count
            n += count
            measured += row.measured
            length += row.length
            if row.first is not None and row.last is not None:
                firsts.append(row.first)
                lasts.append(row.last)
        elif kind is Counted.WORD:
            words[row.name] = words.get(row.name, 0) + count
        elif kind is Counted.SERVICE:
            services[row.name] = services.get(row.name, 0) + count
        else:
            severities[int(row.name)] += count
    found.n, found.measured, found.microseconds = n, measured, length // _MICROSECOND
    if firsts:
        found.widen(min(firsts), max(lasts))
    return found
