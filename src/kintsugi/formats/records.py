"""A record in any shape we accept, to a postmortem: the seeds' shapes, our own, JSON, YAML or Markdown."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.five_whys import depth_of
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import in_order
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.titles import default_title
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import When, resolve_clock_times, written_duration, zone_named
from kintsugi.formats import spellings
from kintsugi.formats.codec import compact_json, decode
from kintsugi.formats.reading import Reading

SCHEMA = "kintsugi/postmortem/1"
"""Marks our own files: they are read as they stand, nothing is derived or put in order."""

MAX_WHYS = 50
MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class Record:
    """What a file held: the postmortem, and notes on what was assumed or kept aside while reading it."""

    postmortem: Postmortem
    notes: tuple[str, ...] = ()


def read_data(data: object, *, zone: str = "") -> Record:
    """The postmortem that plain data describes. Raises InvalidValue with the path of a wrong field.

    `zone` (IANA name) is for times without one; the record's own zone goes first.
    """
    if not isinstance(data, dict):
        raise InvalidValue(
            "the record is not a mapping",
            expected="an object with fields such as title and timeline",
        )
    own = data.get("schema") == SCHEMA
    if own:
        return Record(decode_own(data))
    named = next(
        (data[key] for key in ("zone", "timezone", "time_zone", "timeZone") if data.get(key)), zone
    )
    reading = Reading(zone=_zone(named) if named else UTC)
    postmortem = decode(Postmortem, _with_impact(data), reading)
    return _finished(postmortem, str(named or ""), reading)


def decode_own(data: Mapping[str, Any], reading: Reading | None = None) -> Postmortem:
    """The postmortem of our own JSON or front matter: exactly the value that was written."""
    reading = reading or Reading()
    plain = {
        key: value for key, value in data.items() if key not in ("schema", "template", "extra")
    }
    postmortem: Postmortem = decode(Postmortem, plain, reading)
    extra = data.get("extra") or {}
    if not isinstance(extra, dict):
        raise InvalidValue("is not a mapping", path=("extra",), expected="keys and their values")
    kept = tuple((str(key), compact_json(value)) for key, value in extra.items())
    _refuse_deep_whys(postmortem)
    return replace(postmortem, extra=kept + tuple(reading.unknown))


def _zone(name: object) -> tzinfo:
    try:
        return zone_named(str(name))
    except InvalidValue as error:
        raise error.under("zone") from error


def _with_impact(data: Mapping[str, Any]) -> dict[str, Any]:
    """The record with impact numbers that stand at its top (the guide's dict) moved into its impact."""
    moved = {
        key: value for key, value in data.items() if spellings.snake(key) in spellings.IMPACT_KEYS
    }
    if not moved:
        return dict(data)
    rest = {key: value for key, value in data.items() if key not in moved}
    impact = rest.get("impact")
    if isinstance(impact, str):
        impact = {"text": impact}
    if impact is None or isinstance(impact, dict):
        rest["impact"] = moved | (impact or {})
        return rest
    return dict(data)


def _refuse_deep_whys(postmortem: Postmortem) -> None:
    if depth_of(postmortem.whys) > MAX_WHYS:
        raise InvalidValue(
            f"the whys go deeper than {MAX_WHYS}",
            path=("whys",),
            expected="a chain people can follow",
        )


def _finished(postmortem: Postmortem, zone: str, reading: Reading) -> Record:
    """What a record of the seeds' shapes still needs: dated times, order, a title."""
    _refuse_deep_whys(postmortem)
    notes = list(reading.notes)
    postmortem = replace(postmortem, zone=postmortem.zone or zone, extra=tuple(reading.unknown))
    if postmortem.date is not None and postmortem.zone:
        postmortem = _dated(postmortem, zone_named(postmortem.zone))
    postmortem = _with_categories(replace(postmortem, timeline=in_order(postmortem.timeline)))
    if postmortem.id and not postmortem.incident_id:
        # A record of an incident calls the incident's id its own; postmortems have theirs from us.
        postmortem = replace(postmortem, id="", incident_id=postmortem.id)
    if postmortem.date is None:
        postmortem = replace(postmortem, date=_first_day(postmortem))
    if not postmortem.title.strip():
        postmortem = replace(postmortem, title=default_title(postmortem))
        notes.append(f"the record has no title; it is called {postmortem.title!r}")
    if reading.naive_times:
        taken = "is taken" if reading.naive_times == 1 else "are taken"
        notes.append(
            f"{plural(reading.naive_times, 'time')} without a zone {taken} as {postmortem.zone or 'UTC'}"
        )
    notes += [_unknown_note(key) for key, _ in reading.unknown[:MOST_NOTES]]
    if len(reading.unknown) > MOST_NOTES:
        notes.append(
            f"{len(reading.unknown) - MOST_NOTES:,} more fields are not ours; they are kept under extra"
        )
    difference = postmortem.duration_difference
    if (
        difference is not None
        and postmortem.typed_duration is not None
        and postmortem.computed_duration is not None
    ):
        typed, computed = postmortem.typed_duration, postmortem.computed_duration
        notes.append(
            f"the duration given is {written_duration(typed)}, "
            f"the times give {written_duration(computed)}; both are kept"
        )
    return Record(postmortem, tuple(notes))


def _with_categories(postmortem: Postmortem) -> Postmortem:
    """Factors whose category is written as people read it ("Recent deployment") get the category's name."""
    names = {label.casefold(): category for category, label in FACTOR_CATEGORIES.items()}
    factors = tuple(
        replace(factor, category=names.get(factor.category.strip().casefold(), factor.category))
        for factor in postmortem.contributing_factors
    )
    return replace(postmortem, contributing_factors=factors)


def _first_day(postmortem: Postmortem) -> date | None:
    """The day of the first thing recorded, in the record's zone: a postmortem is dated by its incident."""
    timed = [when for _, when in postmortem.milestones.known()] + [
        event.time for event in postmortem.timeline
    ]
    moments = [when for when in timed if isinstance(when, datetime)]
    if not moments:
        return None
    return min(moments).astimezone(zone_named(postmortem.zone or "UTC")).date()


def _dated(postmortem: Postmortem, zone: tzinfo) -> Postmortem:
    """Clock times on their day, as moments."""
    day = postmortem.date
    if day is None:
        return postmortem
    timed = [event.time for event in postmortem.timeline if event.time is not None]
    moments = iter(resolve_clock_times(timed, day, zone))
    timeline = tuple(
        event if event.time is None else replace(event, time=next(moments))
        for event in postmortem.timeline
    )
    known = postmortem.milestones.known()
    resolved = resolve_clock_times([when for _, when in known], day, zone)
    named: dict[str, When] = {name: when for (name, _), when in zip(known, resolved, strict=True)}
    return replace(postmortem, timeline=timeline, milestones=Milestones(**named))


def _unknown_note(key: str) -> str:
    known = [spellings.written_key(Postmortem, name) for name in Postmortem.__slots__]
    close = difflib.get_close_matches(spellings.snake(key), known, n=1, cutoff=0.75)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"the field {key[:60]!r} is not one of ours{hint}; it is kept under extra"
