"""A foreign Markdown document to a postmortem of ours, and what was found where.

1. The text is cut into blocks and sections; 2. entries of timelines and actions are taken out of it;
3. every line that is left goes to the field that its heading names, or stays a section of its own;
4. days, years and zones that are said once are given to the times that lack them.
So a line is always in one place, and what is taken keeps the words that its field does not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, plural
from kintsugi.core.shared.times import parse_duration, zone_named
from kintsugi.formats.codec import compact_json
from kintsugi.formats.errors import InputError
from kintsugi.formats.foreign import facts
from kintsugi.formats.foreign.actions import ActionReader, Found
from kintsugi.formats.foreign.draft import Draft, Entry, regions, section_kind, with_named_lines
from kintsugi.formats.foreign.headings import Kind
from kintsugi.formats.foreign.moments import Known, Moment, order_in, resolve
from kintsugi.formats.foreign.parts import Parts, read_parts
from kintsugi.formats.foreign.source import BOLD_LEVEL, Section, Shape, read_blocks, read_sections
from kintsugi.formats.foreign.timeline import read_timeline
from kintsugi.formats.foreign.trackers import references
from kintsugi.formats.foreign.zones import Zone, is_american
from kintsugi.formats.front_matter import FrontMatter, split_front_matter

AS_WRITTEN = "as_written"
"""The key under `extra` that keeps, by line, the words of the source that no field shows."""

MAX_CHARACTERS = 4_000_000
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the timeline: its line from 1, the time as it reads, and when that was."""

    line: int
    written: str
    moment: Moment
    text: str
    action_taken: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the source and what it speaks of."""

    heading: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Imported:
    """What was made of a document: the postmortem, where things stood, and notes on what was assumed."""

    postmortem: Postmortem
    events: tuple[Event, ...] = ()
    actions: tuple[Found, ...] = ()
    started: Moment | None = None
    ended: Moment | None = None
    headings: tuple[Heading, ...] = ()
    notes: tuple[str, ...] = ()


def read_foreign(text: str, *, file: str = "", zone: str = "") -> Imported:
    """The postmortem that a Markdown text tells; every word of it stands in the result.

    `file` gives a title to a text that has none; `zone` (IANA name) is for times without one. Raises
    InputError for a text that is empty or too long, and for a zone that is none.
    """
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise InputError("the file is empty", file=file, expected="a postmortem in Markdown")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"the text has {len(text):,} characters",
            file=file,
            expected=f"at most {MAX_CHARACTERS:,}",
        )
    return _Reading(text, file, _given(zone, file)).run()


def _given(zone: str, file: str) -> Zone | None:
    if not zone:
        return None
    try:
        return Zone(zone_named(zone), zone)
    except InvalidValue as error:
        raise InputError.from_value(error.under("zone"), file=file) from error


def _front_matter(text: str) -> FrontMatter:
    """The front matter of a site or wiki; what cannot be read as such is part of the text."""
    try:
        split = split_front_matter(text)
    except InputError:
        return FrontMatter({}, "", text, 1)
    return (
        split if all(isinstance(key, str) for key in split.data) else FrontMatter({}, "", text, 1)
    )


class _Reading:
    """One document while it is read."""

    def __init__(self, text: str, file: str, zone: Zone | None) -> None:
        self.file, self.given = file, zone
        self.front = _front_matter(text)
        self.lines = text.split("\n")
        first = self.front.body_line - 1
        self.first = first
        body = [""] * first + self.lines[first:]
        blocks = with_named_lines(read_blocks(body), body)
        self.draft = Draft(body, read_sections(body, blocks, first=first))
        self.notes: list[str] = []

    def run(self) -> Imported:
        """Follow the steps of the module."""
        draft = self.draft
        title, title_section = self._title()
        self.facts = self._facts()
        headings = self._headings(title_section)
        read_timeline(draft)
        entries = tuple(draft.entries)
        known = self._known(title, entries)
        actions = ActionReader(draft, known, references(draft.lines)).read()
        moments = resolve(entries, known, self.given or Zone(UTC, "UTC"))
        events = tuple(
            Event(
                entry.line + 1, entry.stamp.text if entry.stamp else "", moment, entry.text, entry.action_taken,
                entry.actor,
            )
            for entry, moment in zip(entries, moments, strict=True)
        )  # fmt: skip
        parts = read_parts(draft, title_section)
        span = facts.span_in(self.facts, self._prose(parts), known)
        postmortem = self._postmortem(title, parts, events, actions, known, span)
        self._note(moments)
        return Imported(
            postmortem, events, tuple(actions),
            span.started or _outermost(moments, first=True),
            span.ended or _outermost(moments, first=False),
            headings, tuple(self.notes),
        )  # fmt: skip

    def _title(self) -> tuple[str, Section | None]:
        said = self.front.data.get("title")
        title, section = facts.title_of(self.draft.sections, self.file)
        if isinstance(said, str) and said.strip():
            same = section is not None and section.heading.strip() == said.strip()
            return said.strip(), section if same else None
        if section is None and not title:
            line = next(
                (line for line in self.draft.lines if line.strip(" #*_-=`>|")), "Postmortem"
            )
            title = " ".join(line.strip(" #*_-=`>|").split())[:LONGEST_TITLE] or "Postmortem"
        return title, section

    def _facts(self) -> list[tuple[str, str]]:
        """Facts of the front matter, of what stands before the first part, and of its summary and impact."""
        found = [
            (key.strip().casefold(), str(value))
            for key, value in self.front.data.items()
            if isinstance(value, str | int | float)
        ]
        for section in self.draft.sections:
            kind = section_kind(section)
            if (
                section.level == BOLD_LEVEL
                or kind in (Kind.SUMMARY, Kind.IMPACT, Kind.FACT)
                or section.level <= 1
            ):
                found += facts.said(self.draft.lines[section.start : section.end])
            elif section.heading.strip().casefold() in (
                "date",
                "metadata",
                "details",
                "info",
                "severity",
                "duration",
            ):
                name = section.heading.strip().casefold()
                within = self.draft.lines[section.first : section.end]
                found += facts.said(within) or [(name, line) for line in within if line.strip()][:1]
        return found

    def _headings(self, title: Section | None) -> tuple[Heading, ...]:
        return tuple(
            Heading(one.heading, Kind.TITLE if one is title else section_kind(one))
            for one in self.draft.sections
            if one.level and (one.level < BOLD_LEVEL or section_kind(one) is not Kind.OTHER)
        )

    def _known(self, title: str, entries: Sequence[Entry]) -> Known:
        """What is said once for all times: year, order of dates, zone, day."""
        timeline = [one for part in regions(self.draft.sections, Kind.TIMELINE) for one in part[:1]]
        heads = [
            self.draft.lines[block.start]
            for section in self.draft.sections
            for block in section.blocks
            if block.shape is Shape.TABLE
        ]
        over = [section.heading for section in timeline]
        near = [
            self.draft.lines[at]
            for section in timeline
            for at in range(section.first, min(section.end, section.first + 6))
        ]
        order = order_in([title, *over, *(entry.stamp.text for entry in entries if entry.stamp)])
        if order is None:
            order = order_in(self.draft.lines)
        zone = facts.zone_in(self.draft.lines, [*over, *heads, *near]) or self.given
        if order is None and zone is not None and is_american(zone):
            order = False
        name = self.file.rsplit("/", 1)[-1]
        prose = "\n".join(self.draft.lines)[:20_000]
        year = facts.year_in(
            [*over, *heads, title, *(value for _, value in self.facts), name, prose]
        )
        over_it = facts.year_in([*over, *heads])
        known = Known(None, over_it or year, over_it is not None, order, zone)
        texts = [*over, *heads, *near[:2], title, prose, name]
        return replace(known, day=facts.day_in(self.facts, texts, known))

    def _prose(self, parts: Parts) -> str:
        kept = next((one.text for one in parts.sections if one.heading == "Introduction"), "")
        return f"{kept}\n{parts.texts.get('summary', '')}"

    def _postmortem(
        self,
        title: str,
        parts: Parts,
        events: Sequence[Event],
        actions: Sequence[Found],
        known: Known,
        span: facts.Span,
    ) -> Postmortem:
        named = dict(self.facts)
        first = next((event.moment.day for event in events if event.moment.day), None)
        started = span.started
        day: date | None = (started.day if started and started.day else None) or first or known.day
        return Postmortem(
            title[:LONGEST_TITLE],
            severity=facts.severity_in(self.facts),
            date=day,
            zone=known.zone.name if known.zone and known.zone.name != "UTC" else "",
            summary=parts.texts.get("summary", ""),
            impact=self._impact(parts, named),
            trigger=parts.texts.get("trigger", ""),
            root_cause=parts.texts.get("root_cause", ""),
            resolution=parts.texts.get("resolution", ""),
            milestones=Milestones(
                impact_start=started.when() if started else None,
                resolved=span.ended.when() if span.ended else None,
            ),
            timeline=tuple(_event(event) for event in events),
            contributing_factors=parts.factors,
            what_went_well=parts.lists.get("what_went_well", ()),
            what_went_poorly=parts.lists.get("what_went_poorly", ()),
            where_we_got_lucky=parts.lists.get("where_we_got_lucky", ()),
            lessons=parts.lists.get("lessons", ()),
            action_items=tuple(found.action for found in actions),
            commander=facts.name_in(named, ("incident commander", "commander")),
            sections=tuple(parts.sections),
            extra=self._extra(title),
        )

    def _impact(self, parts: Parts, named: dict[str, str]) -> Impact:
        text = parts.texts.get("impact", "")
        services = facts.services_in(named)
        try:
            duration = parse_duration(named["duration"]) if "duration" in named else None
        except InvalidValue:
            duration = None
        return Impact(text, affected_services=services, duration=duration)

    def _extra(self, title: str) -> tuple[tuple[str, str], ...]:
        kept = [(key, compact_json(value)) for key, value in self.front.data.items()]
        if len(title) > LONGEST_TITLE:
            self.draft.keep(0, title)
        written = {
            str(line + 1): " · ".join(texts) for line, texts in sorted(self.draft.written.items())
        }
        if written:
            kept.append((AS_WRITTEN, compact_json(written)))
        return tuple(kept)

    def _note(self, moments: Sequence[Moment]) -> None:
        naive = sum(moment.is_naive for moment in moments)
        if naive:
            taken = "is taken" if naive == 1 else "are taken"
            where = self.given.name if self.given else "UTC"
            self.notes.append(f"{plural(naive, 'time')} without a zone {taken} as {where}")
        waiting = sum(
            one.day is not None and one.at is not None and one.zone is None for one in moments
        )
        if waiting:
            self.notes.append(
                f"{plural(waiting, 'clock time')} without a zone; --zone says which it is, and dates them"
            )


def _outermost(moments: Sequence[Moment], *, first: bool) -> Moment | None:
    """The first or last of a timeline: by time where all have one, else as listed."""
    known = [one for one in moments if one.written()]
    if not known:
        return None
    timed = [(when, one) for one in known if isinstance(when := one.when(), datetime)]
    if len(timed) == len(known):
        return (min if first else max)(timed, key=lambda pair: pair[0])[1]
    return known[0 if first else -1]


def _event(event: Event) -> TimelineEvent:
    """The event as ours; a day without a clock, or a time nobody knew, stays in its words."""
    when = event.moment.when()
    said = event.text
    if when is None and event.written:
        said = f"{event.written}: {said}"
    return TimelineEvent(when, said, event.actor, event.action_taken)
