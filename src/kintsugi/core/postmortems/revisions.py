"""What changed between two texts of a postmortem, by section, and whose change came too late."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.times import ClockTime, written_duration, written_when

BOOKKEEPING = frozenset(
    {"id", "incident_id", "status", "created_at", "created_by", "updated_at", "published_at", "incident_status"}
)  # fmt: skip
"""Fields that the service keeps; nobody edits them as text."""
SECTIONS = tuple(
    entry.name for entry in fields(Postmortem) if entry.name not in BOOKKEEPING and entry.name != "extra"
)  # fmt: skip
"""The sections that are edited, compared and merged, each a field of the document."""


class Mark(Enum):
    """How a line fares between two texts."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of either text.

    `pieces` cut it where it stands for a line of the other text that is much the same: each a text, and whether
    it is in this line alone. Empty where the whole line went or came.
    """

    mark: Mark
    text: str
    pieces: tuple[tuple[str, bool], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section that differs, line by line, in the order of the document."""

    name: str
    lines: tuple[DiffLine, ...]


def changed_sections(before: Postmortem, after: Postmortem) -> tuple[SectionChange, ...]:
    """Every section that differs, with its lines; none when the texts are the same."""
    return tuple(
        SectionChange(name, diff_lines(lines_of(old), lines_of(new)))
        for name in SECTIONS
        if (old := getattr(before, name)) != (new := getattr(after, name))
    )


def diff_lines(before: Iterable[str], after: Iterable[str]) -> tuple[DiffLine, ...]:
    """Both texts as one: lines they share, lines that went, lines that came."""
    old, new = list(before), list(after)
    found: list[DiffLine] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for word, first, last, start, end in matcher.get_opcodes():
        if word == "equal":
            found += [DiffLine(Mark.SAME, text) for text in old[first:last]]
            continue
        went, came = old[first:last], new[start:end]
        cut = [_pieces(*pair) for pair in zip(went[:MOST_LINES], came[:MOST_LINES], strict=False)]
        cut += [((), ())] * (max(len(went), len(came)) - len(cut))
        found += [
            DiffLine(Mark.REMOVED, text, one) for text, (one, _) in zip(went, cut, strict=False)
        ]
        found += [
            DiffLine(Mark.ADDED, text, one) for text, (_, one) in zip(came, cut, strict=False)
        ]
    return tuple(found)


_WORDS = re.compile(r"\s+|\w+|[^\w\s]+")
MOST_WORDS, MOST_LINES = 600, 10
"""So many words and spaces of so many lines one after another are compared: it takes their number squared."""
MUCH_THE_SAME = 0.5
"""The share of words that two lines must have in common to be told word by word."""

Pieces = tuple[tuple[str, bool], ...]


def _pieces(old: str, new: str) -> tuple[Pieces, Pieces]:
    """Two lines cut where they differ; nothing where they have little in common."""
    went, came = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(went), len(came)) > MOST_WORDS:
        return (), ()
    matcher = difflib.SequenceMatcher(None, went, came, autojunk=False)
    if matcher.quick_ratio() < MUCH_THE_SAME or matcher.ratio() < MUCH_THE_SAME:
        return (), ()
    first: list[tuple[str, bool]] = []
    second: list[tuple[str, bool]] = []
    for word, start, end, since, until in matcher.get_opcodes():
        for pieces, text in ((first, went[start:end]), (second, came[since:until])):
            if text:
                pieces.append(("".join(text), word != "equal"))
    return tuple(first), tuple(second)


def lines_of(value: object) -> tuple[str, ...]:
    """A section's value as lines to read: a text's own lines, an entry of a list each, a part of a record each."""
    if isinstance(value, str):
        return tuple(value.splitlines())
    if isinstance(value, tuple):
        return tuple(_one(each) for each in value)
    if is_dataclass(value):
        return tuple(
            f"{entry.name.replace('_', ' ')}: {line}"
            for entry in fields(value)
            for line in lines_of(getattr(value, entry.name))
        )
    return (_plain(value),) if value is not None else ()


def _one(value: object) -> str:
    if not is_dataclass(value) or isinstance(value, (Money, ClockTime)):
        return _plain(value)
    parts = [getattr(value, entry.name) for entry in fields(value)]
    said = [_one_part(part) for part in parts if part not in (None, "", (), False)]
    return " | ".join(said)


def _one_part(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_one(each) for each in value)
    return _plain(value)


def _plain(value: object) -> str:
    if type(value) is str:  # most are, and a timeline has thousands
        return value
    match value:
        case datetime() | ClockTime():
            return written_when(value)
        case date():
            return value.isoformat()
        case timedelta():
            return written_duration(value)
        case Severity():
            return value.label
        case Enum():
            return str(value.value)
        case bool():
            return "yes" if value else "no"
        case Money():
            return f"{value.amount} {value.currency}"
        case _:
            return str(value)


def overtaken(
    changed_at: Mapping[str, int], wanted: Collection[str], read_at: int
) -> tuple[str, ...]:
    """The sections among the wanted that somebody changed after they were read; empty: the change may go in.

    `changed_at` holds for each section the version of the document that last changed it. So two
    people who write in different sections both get in, and of two in one section the first does.
    """
    return tuple(name for name in wanted if changed_at.get(name, 0) > read_at)
