"""What a foreign document says of itself: title, severity, day, zone, when it began and ended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.formats.foreign.days import DAY, Day, day_of, days_in
from kintsugi.formats.foreign.headings import Kind, kind_of, plain_heading
from kintsugi.formats.foreign.moments import Known, Moment
from kintsugi.formats.foreign.source import BOLD_LEVEL, Section
from kintsugi.formats.foreign.stamps import CLOCK, clock_of, read_stamp
from kintsugi.formats.foreign.zones import ZONE, Zone, stated_zone, zone_of

_MARKS = re.compile(r"[*_`]+")
_FACT = re.compile(
    r"^\s*(?:[-*+•]\s+|\|\s*|#{1,6}\s+|>\s*)*"
    r"(?P<name>[A-Za-z][A-Za-z /()-]{1,40}?)\s*(?::|\||\s=\s)\s*(?P<value>\S.*?)\s*\|?\s*$"
)
_SEVERITY = re.compile(
    r"(?:incident )?(?:severity|sev|severity level|incident level|priority/severity)"
)
_SEVERITY_WORD = re.compile(
    r"\bsev(?:erity)?[\s:#-]*(?P<number>[1-5])\b|^(?P<bare>[1-5])\b|\b(?P<word>critical|major|high|minor|medium|moderate|low)\b",
    re.IGNORECASE,
)
_SERVICES = (
    "services affected", "affected services", "services", "service", "affected service", "affected systems",
    "services impacted", "impacted services",
)  # fmt: skip
_FIELD = re.compile(
    r"(?:title|owner|authors?|dates?|time|status|severity|involved|participants|created by|last modified|id)\s*:",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"metadata|introduction|details|info(?:rmation)?|background|notes|(?:incident )?(?:post-?mortem|report)|contents"
)
_DATE = re.compile(
    r"(?:incident |outage )?(?:date|day|dates|when|date of (?:the )?(?:incident|outage))(?: of incident)?"
)
_START = re.compile(
    r"(?:incident |outage |impact )?(?:start(?:ed|s)?|began|begin|from)(?: (?:time|date|at))?"
)
_END = re.compile(
    r"(?:incident |outage |impact )?(?:end(?:ed|s)?|resolved|finished|until|to|stop(?:ped)?)(?: (?:time|date|at))?"
)
_SPAN = re.compile(
    r"(?:incident |outage |total |downtime )?(?:duration|time|period|window|when|date|dates)"
)
_BETWEEN = re.compile(
    r"(?:\s|[,*_`])*(?:-|–|—|\bto\b|\buntil\b|\btill\b|\band\b)(?:\s|[,*_`])*(?:about|around|approximately)?\s*",
    re.IGNORECASE,
)
_ZONE_AFTER = re.compile(rf"\s*\(?(?P<zone>{ZONE})")
_ON = re.compile(r"\s*(?:on\s+|\()?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_CHARACTERS = 20_000
"""So much of a document is searched for what it says of itself."""


@dataclass(frozen=True, slots=True)
class Span:
    """When the incident began and ended, as far as the text says so."""

    started: Moment | None = None
    ended: Moment | None = None


def said(lines: Iterable[str]) -> list[tuple[str, str]]:
    """The facts of these lines, `Name: value` in whatever marks, names in lower case."""
    found = []
    for line in lines:
        fact = _FACT.match(_MARKS.sub("", line)) if len(line) < 400 else None
        if fact:
            found.append((fact["name"].strip().casefold(), fact["value"].strip()))
    return found


def severity_in(facts: Sequence[tuple[str, str]]) -> Severity | None:
    """The severity that a fact states in words we know; None when there is none."""
    for name, value in facts:
        if not _SEVERITY.fullmatch(name):
            continue
        found = _SEVERITY_WORD.search(value)
        if found is None:
            continue
        try:
            return parse_severity(found["number"] or found["bare"] or found["word"])
        except InvalidValue:
            continue
    return None


def title_of(sections: Sequence[Section], file: str) -> tuple[str, Section | None]:
    """The document's title and the heading it is: the first large one that names no part, else the file's name."""
    headings = [one for one in sections if 0 < one.level < BOLD_LEVEL]
    first = headings[0] if headings else None
    if first is not None and _is_title(first):
        return first.heading.strip(), first
    return title_from_file(file), None


def _is_title(section: Section) -> bool:
    """Whether a heading names the incident: not a part of the document, a field of a form, or a kind of paper."""
    heading = section.heading.strip()
    kind = kind_of(heading)
    if kind is Kind.FACT:
        return not _FIELD.match(heading)
    return kind is Kind.OTHER and bool(heading) and not _GENERIC.fullmatch(plain_heading(heading))


def title_from_file(file: str) -> str:
    """Words of a file's name, without its folder, ending, date and number."""
    stem = re.sub(r"\.(?:md|markdown|txt)$", "", file.rsplit("/", 1)[-1], flags=re.IGNORECASE)
    words = re.sub(r"[\s_-]+", " ", re.sub(r"^(?:\d+[-_ ])+", "", stem)).strip()
    return f"{words[:1].upper()}{words[1:]}"


def zone_in(lines: Sequence[str], headings: Iterable[str]) -> Zone | None:
    """The zone of the document: stated over a timeline or in a remark, else the only one beside its times."""
    for heading in headings:
        zone = stated_zone(heading)
        if zone is not None:
            return zone
    for line in lines:
        if len(line) < 300 and re.search(
            r"\btimes?(?:stamps)?\b.*\bin\b|\ball times\b|\btime ?zone\b", line, re.IGNORECASE
        ):
            zone = stated_zone(line)
            if zone is not None:
                return zone
    beside = {
        zone.tz.utcoffset(None) if not zone.name else zone.name: zone
        for line in lines
        for clock in CLOCK.finditer(line)
        if (after := _ZONE_AFTER.match(line, clock.end())) and (zone := zone_of(after["zone"]))
    }
    return next(iter(beside.values())) if len(beside) == 1 else None


def day_in(facts: Sequence[tuple[str, str]], texts: Sequence[str], known: Known) -> date | None:
    """The incident's day: of a fact `Date`, else of the first text that names one."""
    named = [value for name, value in facts if _DATE.fullmatch(name) or _START.fullmatch(name)]
    for text in (*named, *texts):
        for day in days_in(text):
            found = known.date_of(day)
            if found is not None:
                return found
    return None


def year_in(texts: Iterable[str]) -> int | None:
    """The first year that stands alone in these texts, such as in `Date (2021)`."""
    for text in texts:
        found = _YEAR.search(text)
        if found:
            return int(found[0])
    return None


def services_in(named: Mapping[str, str]) -> tuple[str, ...]:
    """The services that a fact names, apart at commas."""
    said = name_in(named, _SERVICES)
    names = (name.strip(" `*_[]") for name in re.split(r",|;| and ", said))
    return tuple(dict.fromkeys(name for name in names if name))


def name_in(named: Mapping[str, str], keys: Iterable[str]) -> str:
    """The value of the first of these facts that is there; empty for a template's `[Name]`."""
    said = next((named[key].strip() for key in keys if key in named), "")
    return "" if said.startswith("[") and said.endswith("]") else said.removeprefix("@")


def span_in(facts: Sequence[tuple[str, str]], prose: str, known: Known) -> Span:
    """When it began and ended: by facts `Start` and `End`, else by the one range of clock times that is told."""
    started = _fact_moment(facts, _START, known)
    ended = _fact_moment(facts, _END, known)
    if started or ended:
        return Span(started, ended)
    told = [value for name, value in facts if _SPAN.fullmatch(name)]
    ranges = {span for text in told for span in _ranges(text, known)}
    if len(ranges) != 1:
        ranges = set(_ranges(prose[:_CHARACTERS], known))
    return ranges.pop() if len(ranges) == 1 else Span()


def _fact_moment(
    facts: Sequence[tuple[str, str]], pattern: re.Pattern[str], known: Known
) -> Moment | None:
    for name, value in facts:
        if not pattern.fullmatch(name):
            continue
        stamp = read_stamp(value, is_cell=True)
        if stamp is None or stamp.is_unknown:
            continue
        day = known.date_of(stamp.day) if stamp.day else known.day
        return Moment(day, stamp.at, stamp.zone or known.zone)
    return None


def _ranges(text: str, known: Known) -> list[Span]:
    """Each `10:00 AM to 11:30 AM UTC` of a text, on the day named last before it."""
    found = []
    at = 0
    while (start := CLOCK.search(text, at)) is not None:
        at = start.end()
        first, zone, end = clock_of(start), None, start.end()
        beside = _ZONE_AFTER.match(text, end)
        if beside:
            zone, end = zone_of(beside["zone"]), beside.end()
        first_day, end = _day_behind(text, end, known)
        joined = _BETWEEN.match(text, end)
        until = CLOCK.match(text, joined.end()) if joined else None
        last = clock_of(until) if until else None
        if first is None or last is None or until is None:
            continue
        at = until.end()
        after = _ZONE_AFTER.match(text, until.end())
        until_zone = zone_of(after["zone"]) if after else None
        last_day, _ = _day_behind(text, after.end() if after else until.end(), known)
        day = first_day or _day_before(text, start.start(), known) or known.day
        found.append(
            _span(day, first, last_day, last, zone or until_zone or known.zone, until_zone)
        )
    return found


def _span(
    day: date | None, first: time, last_day: date | None, last: time, zone: Zone | None, until_zone: Zone | None
) -> Span:  # fmt: skip
    started = Moment(day, first, zone)
    end = last_day or day
    if end is not None and end == day and last < first:
        end = date.fromordinal(end.toordinal() + 1) if end < date.max else end
    return Span(started, Moment(end, last, until_zone or zone))


def _day_before(text: str, end: int, known: Known) -> date | None:
    """The day named last in the 200 characters before a place."""
    days: list[Day] = list(days_in(text[max(0, end - 200) : end]))
    return known.date_of(days[-1]) if days else None


def _day_behind(text: str, at: int, known: Known) -> tuple[date | None, int]:
    on = _ON.match(text, at)
    found = DAY.match(text, on.end() if on else at)
    if found is None or found["short"]:
        return None, at
    day = day_of(found)
    return (known.date_of(day), found.end()) if day else (None, at)
