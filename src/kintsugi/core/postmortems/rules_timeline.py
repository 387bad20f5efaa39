"""Rules about times: milestones in order, durations that agree, a timeline without holes (5 and 6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from kintsugi.core.incidents.milestones import out_of_order
from kintsugi.core.incidents.timeline import Gap, gaps
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.rules import (
    Answer,
    Asked,
    RuleLevel,
    Settings,
    either,
    failed,
    not_applicable,
    passed,
)
from kintsugi.core.shared.text import joined, plural, shortened
from kintsugi.core.shared.times import When, between, written_duration, written_when

_WARNING, _INFO = RuleLevel.WARNING, RuleLevel.INFO
_PAGERDUTY = "PagerDuty, Postmortem Documentation: timeline"

_ORDER = Asked(
    "5.order", "Milestones in order", _WARNING, "milestones", "Davidovic, Incident Metrics in SRE"
)
_DURATION = Asked(
    "5.duration", "Durations that agree", _WARNING, "impact.duration", "Google SRE Workbook, ch. 10"
)


def order(postmortem: Postmortem, _settings: Settings) -> Iterator[Answer]:
    """Rule 5: times go forward and the typed duration is that of the record; a difference is told, not refused."""
    stones = postmortem.milestones
    if len(stones.known()) < 2:
        yield not_applicable(_ORDER, "Fewer than two milestones are recorded.")
    else:
        wrong = [
            f"{_plain(each.later)} comes {written_duration(each.by)} before {_plain(each.earlier)}"
            for each in out_of_order(stones)
        ]
        bad = f"{joined(wrong)}; correct the times, or say in the timeline why."
        yield either(_ORDER, not wrong, "In order.", bad)
    yield _duration(postmortem)


def _plain(milestone: str) -> str:
    return milestone.replace("_", " ")


def _duration(postmortem: Postmortem) -> Answer:
    typed, computed, difference = (
        postmortem.typed_duration,
        postmortem.computed_duration,
        postmortem.duration_difference,
    )
    if typed is None or computed is None:
        return not_applicable(_DURATION, "Needs a typed duration, and times to hold it against.")
    if difference is None:
        return passed(_DURATION, f"Both are {written_duration(typed)}.")
    from_stones = postmortem.milestones.total_duration() is not None
    basis = "the milestones" if from_stones else "first to last event"
    hint = (
        ""
        if from_stones
        else " Record impact_start and recovered if the timeline also tells the lead-up."
    )
    text = (
        f"{written_duration(typed)} is written and {basis} give {written_duration(computed)}.{hint}"
    )
    return failed(_DURATION, f"{text} Correct one of them.", 0 if from_stones else 0.5)


_LEAD_UP = Asked(
    "6.lead_up",
    "The timeline begins before the impact",
    _WARNING,
    "timeline",
    f"{_PAGERDUTY} starts before the incident",
)
_GAPS = Asked(
    "6.gaps",
    "No unexplained gap",
    _WARNING,
    "timeline",
    "AWS, Correction of Error: gaps are explained (second-hand)",
)
_SOURCES = Asked(
    "6.sources",
    "Each event says how we know",
    _WARNING,
    "timeline",
    f"{_PAGERDUTY} items link a metric or page",
)
_EVIDENCE = Asked(
    "6.evidence",
    "Events with evidence",
    _WARNING,
    "timeline",
    f"{_PAGERDUTY} items link a metric or page",
)


def timeline(postmortem: Postmortem, settings: Settings) -> Iterator[Answer]:
    """Rule 6: a lead-up, no gap over 15 minutes while unmitigated, a source for each event, 80% of them evidence."""
    events = postmortem.events
    if not events:
        for asked in (_LEAD_UP, _GAPS, _SOURCES, _EVIDENCE):
            yield not_applicable(asked, "There is no timeline yet.")
        return
    yield _lead_up(postmortem)
    yield _gaps(postmortem, settings)
    tagged = sum(bool(event.evidence) for event in events)
    good = "Every event has a link or says that it is recollection."
    bad = f"{len(events) - tagged} of {plural(len(events), 'event')} without; add a link, or the word recollection."
    yield (
        passed(_SOURCES, good)
        if tagged == len(events)
        else failed(_SOURCES, bad, tagged / len(events))
    )
    linked = sum(event.has_source for event in events)
    text = f"{linked} of {plural(len(events), 'event')} have evidence"
    share, asked_share = linked / len(events), settings.evidenced_share
    if share >= asked_share:
        yield passed(_EVIDENCE, f"{text}.")
    else:
        yield failed(
            _EVIDENCE,
            f"{text}; {asked_share:.0%} are asked for. Link graphs, logs or messages.",
            share / asked_share,
        )


def _lead_up(postmortem: Postmortem) -> Answer:
    start = postmortem.milestones.impact_start
    times = [event.time for event in postmortem.events if event.time is not None]
    if start is None or not times:
        return not_applicable(_LEAD_UP, "Needs the start of the impact, and an event with a time.")
    earliest = _earliest(times, start)
    if earliest is None:
        return not_applicable(
            _LEAD_UP,
            "The start of the impact and the events are not written in the same kind of time.",
        )
    seen = (
        f"The first event is at {written_when(earliest)}, the impact began at {written_when(start)}"
    )
    bad = f"{seen}; what led up to it?"
    return either(_LEAD_UP, _is_before(earliest, start), "It begins before the impact.", bad)


def _earliest(times: list[When], start: When) -> When | None:
    if isinstance(start, datetime):
        moments = [when for when in times if isinstance(when, datetime)]
        return min(moments, default=None)
    return None if isinstance(times[0], datetime) else times[0]


def _is_before(first: When, start: When) -> bool:
    """Clock times cross one midnight at most: the shorter way round tells which came first."""
    ahead = between(first, start)
    if ahead is None:
        return False
    if isinstance(first, datetime):
        return ahead > timedelta(0)
    return timedelta(0) < ahead < timedelta(hours=12)


def _gaps(postmortem: Postmortem, settings: Settings) -> Answer:
    timed = [event for event in postmortem.events if event.time is not None]
    if len(timed) < 2:
        return not_applicable(_GAPS, "Fewer than two events have a time.")
    found = [
        gap
        for gap in gaps(timed, settings.max_gap)
        if _unmitigated(gap, postmortem) > settings.max_gap
    ]
    if not found:
        return passed(
            _GAPS, f"No gap over {written_duration(settings.max_gap)} while it was unmitigated."
        )
    told = [
        f"{written_duration(gap.length)} after {written_when(gap.after.time)} ({shortened(gap.after.description, 30)})"
        for gap in found[:3]
        if gap.after.time is not None
    ]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return failed(
        _GAPS,
        f"Nothing is recorded for {joined(told)}{more}; add what was tried, waited for or looked at.",
    )


def _unmitigated(gap: Gap, postmortem: Postmortem) -> timedelta:
    """The part of the gap that lies between the start of the incident and its mitigation, as far as known."""
    stones = postmortem.milestones
    start, end = gap.after.time, gap.before.time
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        return gap.length
    began, over = (
        stones.impact_start or stones.detected,
        stones.mitigated or stones.recovered or stones.resolved,
    )
    if isinstance(began, datetime):
        start = max(start, began)
    if isinstance(over, datetime):
        end = min(end, over)
    return end - start
