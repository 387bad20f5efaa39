"""The head of a postmortem document: its state, when it was, how long, and who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.text import clean, one_line, shortened
from kintsugi.core.shared.times import When, between, written_duration, written_moment, written_time
from kintsugi.formats.svg.zones import clock_words, day_words, local, zone_of, zones_between

INTERNAL = "internal"
"""The audience that sees people, and events in the drawn timeline; any other does not."""

MOST_NAMES = 30

_STATUS_SHAPES = {
    PostmortemStatus.DRAFT: "half",
    PostmortemStatus.IN_REVIEW: "ring",
    PostmortemStatus.PUBLISHED: "check",
    PostmortemStatus.ARCHIVED: "bar",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a sentence, with the moment they stand for where they stand for one."""

    text: str
    moment: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Those who have a role."""

    role: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the head of the document says, in words."""

    title: str
    status: PostmortemStatus
    reference: str
    severity: int
    severity_label: str
    when: Sequence[Words]
    duration: str
    duration_note: str
    people: Sequence[People]

    @property
    def status_word(self) -> str:
        """`Draft`, `In review`, `Published`, `Archived`."""
        return self.status.value.replace("_", " ").capitalize()

    @property
    def status_shape(self) -> str:
        """The name of the shape beside the word, since colour alone says nothing."""
        return _STATUS_SHAPES[self.status]

    @property
    def severity_shape(self) -> str:
        """The name of the shape of the severity; empty when there is none."""
        return f"sev-{self.severity}" if self.severity else ""

    @property
    def is_published(self) -> bool:
        """Whether it is out, the one state with a colour."""
        return self.status is PostmortemStatus.PUBLISHED


def masthead_of(postmortem: Postmortem, audience: str) -> Masthead:
    """The head for that audience."""
    is_internal = audience == INTERNAL
    severity = postmortem.severity
    duration = postmortem.duration
    return Masthead(
        title=one_line(clean(postmortem.title)) or "Untitled",
        status=postmortem.status,
        reference=shortened(one_line(clean(postmortem.incident_id or postmortem.id)), 60),
        severity=severity.value if severity else 0,
        severity_label=severity.label if severity else "",
        when=_when(postmortem),
        duration=written_duration(duration) if duration is not None else "",
        duration_note=_duration_note(postmortem) if is_internal else "",
        people=_people(postmortem) if is_internal else (),
    )


def _duration_note(postmortem: Postmortem) -> str:
    typed = postmortem.typed_duration
    computed = None if typed is None else postmortem.computed_duration
    if typed is None or computed is None or postmortem.duration_difference is None:
        return ""
    return f"Duration as typed: {written_duration(typed)}. The record gives {written_duration(computed)}."


def _people(postmortem: Postmortem) -> list[People]:
    roles = (
        ("Owner", (postmortem.owner,)),
        ("Commander", (postmortem.commander,)),
        ("Facilitator", (postmortem.facilitator,)),
        ("Contributors", postmortem.contributors),
        ("Reviewers", postmortem.reviewers),
    )
    people = []
    for role, names in roles:
        written = [one_line(clean(name))[:200] for name in names[:MOST_NAMES] if name.strip()]
        if len(names) > MOST_NAMES:
            written.append(f"{len(names) - MOST_NAMES:,} more")
        if written:
            people.append(People(role, written))
    return people


def _when(postmortem: Postmortem) -> list[Words]:
    """From when to when, as words; the incident's day alone where no time is known."""
    start, end = _interval(postmortem)
    day = day_words(postmortem.date) if postmortem.date else ""
    if isinstance(start, datetime):
        return _moments(postmortem, start, end if isinstance(end, datetime) else None)
    if start is None:
        return [Words(day)] if day else []
    clocks = written_time(start.at)
    if end is not None and not isinstance(end, datetime):
        clocks += f" to {written_time(end.at)}"
    if postmortem.zone:
        clocks += f" {one_line(clean(postmortem.zone))[:60]}"
    return [Words(f"{day}, {clocks}" if day else clocks)]


def _interval(postmortem: Postmortem) -> tuple[When | None, When | None]:
    """The two ends that the computed duration lies between."""
    milestones = postmortem.milestones
    start = milestones.impact_start or milestones.detected
    end = milestones.resolved or milestones.recovered
    if start is not None:
        return start, end if _is_after(start, end) else None
    timed = [event for event in postmortem.events if event.time is not None]
    return (_time(timed[:1]), _time(timed[-1:]) if len(timed) > 1 else None)


def _time(events: Sequence[TimelineEvent]) -> When | None:
    return events[0].time if events else None


def _is_after(start: When, end: When | None) -> bool:
    length = between(start, end)
    return length is not None and length >= timedelta(0)


def _moments(postmortem: Postmortem, start: datetime, end: datetime | None) -> list[Words]:
    zone = zone_of(postmortem.zone)
    first = local(start, zone)
    words = [Words(f"{day_words(first.date())}, {clock_words(first)}", written_moment(start))]
    if end is None:
        return [Words("from "), *words, Words(f" {zones_between(start, start, zone)}")]
    last = local(end, zone)
    clock = clock_words(last)
    text = clock if last.date() == first.date() else f"{day_words(last.date())}, {clock}"
    words += [Words(" to "), Words(text, written_moment(end))]
    return [*words, Words(f" {zones_between(start, end, zone)}")]
