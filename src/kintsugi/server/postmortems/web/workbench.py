"""What the edit page shows: each part's form, how complete the text is, what its wording says, who else writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.actions.review import review_action
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.completeness import FullAssessment, assess_full
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import Completeness, assess_basic
from kintsugi.core.postmortems.revisions import DiffLine, diff_lines, lines_of
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.same import key_of
from kintsugi.core.shared.times import written_when
from kintsugi.kernel.http import LostRace, status_of
from kintsugi.kernel.latest import Latest
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import spoken, state_word
from kintsugi.server.postmortems.web.controls import Control, options
from kintsugi.server.postmortems.web.findings import Found, findings
from kintsugi.server.postmortems.web.forms import WAS, filled, opened_rows, row_name
from kintsugi.server.postmortems.web.parts import OF_FIELD, PARTS, Part, title_of
from kintsugi.server.postmortems.web.set_pages import FINDINGS, Read, findings_read

ROWS = 50
"""Rows of a table at a time."""
LATELY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of a form as it is drawn."""

    control: Control
    name: str
    text: str
    error: str

    @property
    def id(self) -> str:
        return "p-" + self.name.replace(".", "-").replace("_", "-")

    @property
    def kind(self) -> str:
        return self.control.kind.value

    @property
    def options(self) -> list[tuple[str, str]]:
        return options(self.control)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that was not taken, as it was typed; `theirs` are the fields that somebody else changed meanwhile."""

    part: str
    typed: Mapping[str, str]
    status: int
    told: str
    wrong: Mapping[str, str]
    version: int
    is_lost: bool = False
    is_preview: bool = False
    conflicts: tuple[tuple[str, tuple[DiffLine, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a table: its number, its cells, and whether it can be moved or marked."""

    index: int
    record: Any
    time: str
    is_key: bool = False
    score: int = 0
    missing: tuple[str, ...] = ()
    weak: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page."""

    part: Part
    state: str
    note: str
    version: int
    hidden: Mapping[str, str]
    controls: Sequence[Shown]
    open_rows: Sequence[tuple[int, Sequence[Shown]]]
    table: Sequence[Row]
    more: tuple[int, int]
    can_move: bool
    refusal: Refusal | None


def zone_of(work: UnitOfWork) -> tzinfo:
    """The zone that times are typed in."""
    return ZoneInfo(work.viewer.zone)


def refusal(part: Part, typed: Mapping[str, str], version: int, error: DomainError) -> Refusal:
    """A form with why it was not taken, at its field where it is about one."""
    told, wrong = _told(part, error)
    return Refusal(
        part.name, typed, status_of(error)[0], told, wrong, version, isinstance(error, LostRace)
    )


def _told(part: Part, error: DomainError) -> tuple[str, dict[str, str]]:
    if not isinstance(error, InvalidValue):
        said = str(error)
        return f"{said[:1].upper()}{said[1:]}.", {}
    expected = f" Expected: {error.expected}." if error.expected else ""
    label = label_of(part, error.field)
    told = f"{label or 'It'} {error.problem}.{expected}" if error.problem else expected
    if label and (error.problem[:1] in "'\"0123456789" or " is " in error.problem):
        told = f"{label}: {error.problem}.{expected}"
    return told, {error.field: told} if label else {}


def label_of(part: Part, name: str) -> str:
    """The words over a control."""
    for control in part.controls:
        if control.path == name:
            return control.label
    if part.rows:
        for control in part.rows.controls:
            if name.startswith(f"{part.rows.field}.") and name.endswith(f".{control.path}"):
                return control.label
    return ""


def conflicts(
    theirs: Postmortem, yours: Postmortem, touched: Iterable[str]
) -> tuple[tuple[str, tuple[DiffLine, ...]], ...]:
    """Of each field somebody touched: theirs and yours as one text of lines."""
    return tuple(
        (
            title_of(field),
            diff_lines(lines_of(getattr(theirs, field)), lines_of(getattr(yours, field))),
        )
        for field in touched
        if getattr(theirs, field) != getattr(yours, field)
    )


def workbench(
    work: UnitOfWork,
    stored: postmortems.Stored,
    refused: Refusal | None = None,
    opened: tuple[str, int] = ("", -1),
    first: int = 0,
    alone: Collection[str] = (),
) -> dict[str, Any]:
    """What the page is told. `sections` are the parts that look different for this reader now, and those in `alone`."""
    zone = zone_of(work)
    rails = rail_context(work, stored)
    sections = {
        part.name: section(
            part, stored.document, stored.version, zone, refused, opened, first, (state, note)
        )
        for part, state, note in rails["outline"]
        if is_touched(part, refused, opened) or part.name in alone
    }
    return rails | {
        "sections": sections,
        "refused": refused,
        "rights": postmortems.rights(work, stored),
    }


def is_touched(part: Part, refused: Refusal | None, opened: tuple[str, int]) -> bool:
    """Whether somebody has typed in a part, or opened a row of it."""
    is_open = part.rows is not None and part.rows.field == opened[0]
    return is_open or (refused is not None and refused.part == part.name)


def rail_context(work: UnitOfWork, stored: postmortems.Stored) -> dict[str, Any]:
    """What the rails are told: completeness, outline, findings, who else writes."""
    full, found = read_through(stored.document, lambda: _kept(work, stored))
    return {
        "stored": stored,
        "document": stored.document,
        "state": state_word(stored.status),
        "address": f"/postmortems/{stored.reference}",
        "completeness": assess_basic(stored.document),
        "full": full,
        "todo": _todo(full),
        "outline": [(part, *_state(part, stored.document, full, found)) for part in PARTS],
        "findings": found,
        "review": postmortems.review_state(work, stored),
        "writers": writers(work, stored),
        "proposals": stored.proposals,
    }


@dataclass(frozen=True, slots=True)
class _Read:
    """A document that is told apart by its fields, the long ones by which object holds them."""

    key: tuple[object, ...]
    document: Postmortem = field(compare=False)


_LATEST: Latest[Read] = Latest(16)


def read_through(document: Postmortem, kept: Callable[[], Read | None] = lambda: None) -> Read:
    """What the rules and the wording say; kept for a while, since a long text takes long to read.

    `kept` is asked first whether somebody has read this very document before.
    """
    key = tuple(key_of(getattr(document, one.name)) for one in fields(document))
    read = _Read(key, document)
    return _LATEST.get(read) or _LATEST.put(
        read, kept() or (assess_full(document), findings(document))
    )


def _kept(work: UnitOfWork, stored: postmortems.Stored) -> Read | None:
    written = postmortems.pages.find(work, stored, FINDINGS)
    return None if written is None else findings_read(written)


def writers(work: UnitOfWork, stored: postmortems.Stored) -> list[tuple[str, str]]:
    """Who else wrote in the last two minutes, and where."""
    found: dict[str, str] = {}
    for edit in postmortems.lately(work, stored, LATELY):
        if edit.actor_id != work.viewer.user_id:
            for field in edit.after:
                if field in OF_FIELD:
                    found.setdefault(OF_FIELD[field].title, edit.actor)
    return list(found.items())


def completeness_told(stored: postmortems.Stored) -> dict[str, object]:
    """The scores, for a script that has just saved something."""
    basic: Completeness = assess_basic(stored.document)
    return {"value": basic.value, "missing": list(basic.missing)}


def _todo(full: FullAssessment) -> list[tuple[str, str, str]]:
    """What is asked for, the weightiest first: (part, what, why)."""
    wanting = sorted(full.failed, key=lambda one: one.points - one.maximum)
    return [
        (part_of(one.field).name, one.title, one.explanation) for one in wanting if one.maximum > 0
    ]


def part_of(field: str) -> Part:
    """The part that edits a field of the document."""
    return OF_FIELD.get(field.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0], PARTS[0])


def _state(
    part: Part, document: Postmortem, full: FullAssessment, found: Sequence[Found]
) -> tuple[str, str]:
    """Done, half or empty, and a word beside it."""
    values = [getattr(document, field) for field in part.fields]
    errors = [one for one in found if one.part == part.name]
    count = len(values[-1]) if part.rows else 0
    if not any(_is_written(value) for value in values):
        return "empty", "Empty"
    asked = [one for one in full.failed if part_of(one.field) is part and one.maximum > 0]
    note = f"{len(errors)} to reword" if errors else str(count or "")
    return ("half" if asked or errors else "done"), note


def _is_written(value: object) -> bool:
    if value is None or value in ((), ""):
        return False
    return isinstance(value, str | tuple | int | float) or value != _default_of(value)


def _default_of(value: object) -> object:
    try:
        return type(value)()
    except TypeError:
        return None


def section(
    part: Part, document: Postmortem, version: int, zone: tzinfo, refused: Refusal | None = None,
    opened: tuple[str, int] = ("", -1), first: int = 0, state: tuple[str, str] = ("", ""),
) -> Section:  # fmt: skip
    """One part as it is drawn: as the document has it, but for what was typed into a form that was refused."""
    mine = refused if refused and refused.part == part.name else None
    rows = part.rows
    count = len(getattr(document, rows.field)) if rows else 0
    numbers: Iterable[int] | None = None
    if rows and rows.is_paged:
        numbers = [opened[1] if opened[0] == rows.field and 0 <= opened[1] <= count else count]
        if mine:
            numbers = _typed_rows(rows.field, mine.typed) or numbers
    made = filled(part, document, zone, numbers)
    values = {**made, **mine.typed} if mine else made
    if mine and mine.is_lost:
        values |= {name: text for name, text in made.items() if name.startswith(WAS)}
    wrong = mine.wrong if mine else {}
    return Section(
        part, *state,
        version=version if mine is None or mine.is_lost else mine.version,
        hidden={name: values[name] for name in made if name.startswith(WAS)},
        controls=[_drawn(one, one.path, values, wrong) for one in part.controls],
        open_rows=[
            (index, [_drawn(one, row_name(rows, index, one), values, wrong) for one in rows.controls])
            for index in opened_rows(part, document, numbers)
        ] if rows else [],
        table=_table(getattr(document, rows.field), first, zone) if rows and rows.is_paged else [],
        more=(first, count),
        can_move=rows is not None and rows.field == "timeline" and _has_clock_times(document),
        refusal=mine,
    )  # fmt: skip


def _typed_rows(field: str, typed: Mapping[str, str]) -> list[int]:
    numbers = {name.split(".", 2)[1] for name in typed if name.startswith(f"{field}.")}
    return sorted(int(one) for one in numbers if one.isdecimal() and len(one) < 7)


def _has_clock_times(document: Postmortem) -> bool:
    return any(not hasattr(event.time, "astimezone") for event in document.timeline)


def _drawn(
    control: Control, name: str, values: Mapping[str, str], wrong: Mapping[str, str]
) -> Shown:
    return Shown(control, name, values.get(name, ""), wrong.get(name, ""))


def _table(records: Sequence[Any], first: int, zone: tzinfo) -> list[Row]:
    return [
        _row(first + place, record, zone)
        for place, record in enumerate(records[first : first + ROWS])
    ]


def _row(index: int, record: TimelineEvent | ActionItem, zone: tzinfo) -> Row:
    if isinstance(record, TimelineEvent):
        when = record.time
        local = getattr(when, "astimezone", None)
        said = (
            f"{local(zone):%Y-%m-%d %H:%M}" if local else written_when(when) if when else "No time"
        )
        return Row(index, record, said, record.important)
    review = review_action(record)
    return Row(
        index, record, "", score=review.score, missing=tuple(spoken(one) for one in review.missing),
        weak=tuple((one.quote, one.rewrite) for one in review.findings),
    )  # fmt: skip
