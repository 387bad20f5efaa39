"""The timeline as a Markdown table or list, with no column that every event leaves empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from kintsugi.core.incidents.timeline import EventKind, TimelineEvent, in_order
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.kept import kept
from kintsugi.core.shared.same import kept_of_same
from kintsugi.core.shared.times import When, written_time, written_when
from kintsugi.formats.markdown.escape import cell, line
from kintsugi.formats.markdown.links import source_link

UTC_HEADING = "Time (UTC)"
TIME_HEADING = "Time"
IMPORTANT = "★"
"""Marks a key moment in a list of events."""

COLUMNS: tuple[tuple[str, Callable[[TimelineEvent], str]], ...] = (
    ("Actions Taken", lambda event: event.action_taken),
    ("Who", lambda event: event.actor),
    ("Kind", lambda event: "" if event.kind is EventKind.NOTE else event.kind.value),
    ("Source", lambda event: source_link(event.evidence)),
)


def is_dated(events: Sequence[TimelineEvent]) -> bool:
    """Whether every event with a time has a moment, so that UTC can be promised."""
    return all(isinstance(event.time, datetime) for event in events if event.time is not None)


def clock(when: When | None, day: date | None, *, dated: bool) -> str:
    """A time as the table writes it: HH:MM on the postmortem's own day, with the date on others."""
    if when is None:
        return ""
    if not dated or not isinstance(when, datetime):
        return written_when(when)
    moment = when if when.tzinfo is UTC else when.astimezone(UTC)
    written = written_time(moment.time())
    return written if moment.date() == day else f"{moment.date().isoformat()} {written}"


def timeline_table(postmortem: Postmortem) -> str:
    """`| Time (UTC) | Event |` and a column for each thing that some event has; key moments have a bold time."""
    events = postmortem.events
    if not events:
        return ""
    dated, day = is_dated(events), postmortem.date
    columns = [(name, pick) for name, pick in COLUMNS if any(pick(event) for event in events)]
    heads = [UTC_HEADING if dated else TIME_HEADING, "Event", *(name for name, _ in columns)]
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join('---' for _ in heads)}|"]
    for event in events:
        when = clock(event.time, day, dated=dated)
        if event.important and when:
            when = f"**{when}**"
        row = f"| {when} | {cell(event.description)} |"
        for _, pick in columns:
            row += f" {cell(pick(event))} |"
        lines.append(row)
    return "\n".join(lines)


def timeline_list(postmortem: Postmortem) -> str:
    """`- 14:35 - what happened`, the Post-Mortems seed's form; the actor stands in brackets."""
    return _dashed(postmortem.timeline)


def timeline_colon_list(postmortem: Postmortem) -> str:
    """`- 2024-03-15T09:15:00Z: what happened`, the guide's form."""
    return _colons(postmortem.timeline)


_line = kept(line)
_when = lru_cache(maxsize=8192)(written_when)


@kept_of_same
def _dashed(timeline: Sequence[TimelineEvent]) -> str:
    return _entries(timeline, " - ")


@kept_of_same
def _colons(timeline: Sequence[TimelineEvent]) -> str:
    return _entries(timeline, ": ")


def _entries(timeline: Sequence[TimelineEvent], separator: str) -> str:
    """A line for each event."""
    lines = []
    for event in in_order(timeline):
        when = _when(event.time) if event.time is not None else ""
        actor = f" [{_line(event.actor)}]" if event.actor else ""
        key = f"{IMPORTANT} " if event.important else ""
        lines.append(f"- {when}{actor}{separator}{key}{_line(event.description)}")
    return "\n".join(lines)
