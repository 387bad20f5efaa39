"""The incidents behind a number: by the same functions that count them, so that number and list agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from kintsugi.core.analytics.durations import (
    ALL_SPANS,
    Lengths,
    detection_label,
    lengths_between,
    recovery_lengths,
)
from kintsugi.core.analytics.facts import IncidentFact, Period, in_period
from kintsugi.core.analytics.follow_up import PostmortemFigures, postmortem_figures
from kintsugi.core.analytics.measures import detection_gap, recurrence
from kintsugi.core.analytics.report import DAYS
from kintsugi.core.analytics.slices import Dimension, names_in
from kintsugi.core.shared.errors import InvalidValue

DURATION = "duration"
_SPANS = {span.key: span for span in ALL_SPANS}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a name of incidents is looked up with."""

    facts: tuple[IncidentFact, ...]
    period: Period
    now: datetime
    zone: tzinfo


Test = Callable[[IncidentFact], bool]


def those_behind(
    facts: Iterable[IncidentFact], names: str, period: Period, now: datetime, zone: tzinfo = UTC
) -> tuple[IncidentFact, ...]:
    """The incidents that began in a period and are behind a number, in order of time.

    `names` is one of BEHIND, some with what is meant after a colon (`hour:14`, `took:time_to_detect`);
    several with commas between ask for what is in all of them. For recurrence the facts should reach back
    before the period. Raises InvalidValue for a name that is none.
    """
    given = Asked(tuple(facts), period, now, zone)
    tests = [_test(name.strip(), given) for name in names.split(",") if name.strip()]
    return tuple(one for one in in_period(given.facts, period) if all(test(one) for test in tests))


def _test(name: str, given: Asked) -> Test:
    kind, _, meant = name.partition(":")
    made = BEHIND.get(kind)
    if made is None:
        raise _unknown(name)
    return made(meant, given)


def _unknown(name: str) -> InvalidValue:
    return InvalidValue(
        f"{name!r} is behind no number", path=("behind",), expected=f"such as {', '.join(BEHIND)}"
    )


def _plain(test: Test) -> Callable[[str, Asked], Test]:
    return lambda _meant, _given: test


def _length(read: Callable[[Lengths], int]) -> Callable[[str, Asked], Test]:
    def made(meant: str, given: Asked) -> Test:
        span = _SPANS.get(meant)
        if span is None and meant != DURATION:
            raise _unknown(meant)

        def is_in(fact: IncidentFact) -> bool:
            if span is None:
                return bool(read(recovery_lengths([fact], given.now)))
            return bool(read(lengths_between([fact], span, given.now)))

        return is_in

    return made


def _postmortem(read: Callable[[PostmortemFigures], int]) -> Callable[[str, Asked], Test]:
    def made(_meant: str, given: Asked) -> Test:
        return lambda fact: bool(read(postmortem_figures([fact], given.period, given.now)))

    return made


def _recurring(_meant: str, given: Asked) -> Test:
    ids = frozenset(recurrence(given.facts, given.period).recurring_ids)
    return lambda fact: fact.id in ids


def _noticed(meant: str, _given: Asked) -> Test:
    if not meant:
        return lambda fact: fact.detection is not None
    return lambda fact: detection_label(fact) == meant


def _hour(meant: str, given: Asked) -> Test:
    return lambda fact: (
        fact.began is not None
        and not fact.is_day_only
        and f"{fact.began.astimezone(given.zone):%H}" == meant
    )


def _day(meant: str, given: Asked) -> Test:
    return lambda fact: (
        fact.began is not None and DAYS[fact.began.astimezone(given.zone).weekday()] == meant
    )


def _unnamed(meant: str, _given: Asked) -> Test:
    by = next((one for one in Dimension if one.value == meant), None)
    if by is None:
        raise _unknown(meant)
    return lambda fact: not names_in(fact, by)


def _revenue(meant: str, _given: Asked) -> Test:
    return lambda fact: fact.revenue is not None and fact.revenue.currency == meant


BEHIND: Mapping[str, Callable[[str, Asked], Test]] = {
    "high": _plain(lambda fact: fact.severity is not None and fact.severity.is_high),
    "rated": _plain(lambda fact: fact.severity is not None),
    "unrated": _plain(lambda fact: fact.severity is None),
    "took": _length(lambda found: found.pooled.n),
    "running": _length(lambda found: found.open),
    "lacking": _length(lambda found: found.missing),
    "backwards": _length(lambda found: len(found.backwards)),
    "noticed": _noticed,
    "late": _plain(lambda fact: detection_gap(fact).is_late),
    "timed": _plain(
        lambda fact: (gap := detection_gap(fact)).took is not None and gap.target is not None
    ),
    "classed": _plain(lambda fact: bool(fact.classes)),
    "unclassed": _plain(lambda fact: not fact.classes),
    "class": lambda meant, _given: lambda fact: meant in fact.classes,
    "recurring": _recurring,
    "required": _plain(lambda fact: bool(fact.is_postmortem_required)),
    "due": _postmortem(lambda found: found.completed.n),
    "published": _postmortem(lambda found: found.completed.count),
    "unpublished": _postmortem(lambda found: len(found.unpublished)),
    "revenue": _revenue,
    "hour": _hour,
    "day": _day,
    "unnamed": _unnamed,
}
"""The names, each with what makes its test of what stands after the colon."""
