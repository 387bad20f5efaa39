"""Writing a postmortem: a form for each part, kept as one types; rows added, moved and taken over from the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from kintsugi.core.incidents.incident import Entry
from kintsugi.core.incidents.timeline import in_order
from kintsugi.core.postmortems.workflow import is_locked
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import written_duration
from kintsugi.kernel.auth import Action, Forbidden, NotFound
from kintsugi.kernel.following import Parts, mark, stream
from kintsugi.kernel.http import LostRace, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service as accounts
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, Name
from kintsugi.server.postmortems.web.forms import PartForm, Said, digest, field_values, read_part
from kintsugi.server.postmortems.web.kept_parts import part_html
from kintsugi.server.postmortems.web.parts import BY_NAME, PARTS, Part, part_named
from kintsugi.server.postmortems.web.people import called
from kintsugi.server.postmortems.web.workbench import (
    ROWS,
    Refusal,
    completeness_told,
    conflicts,
    rail_context,
    refusal,
    workbench,
    zone_of,
)

router = APIRouter()
MOST_ENTRIES = 300
LONGEST_PREVIEW = 200_000
PARTS_OF_PAGE = ("rail", "side")


class Asked(BaseModel):
    """Which row is open, and from which on the timeline is shown."""

    row: Annotated[str, Field(max_length=40)] = ""
    first: Annotated[int, Field(ge=0, le=1_000_000)] = 0

    @property
    def opened(self) -> tuple[str, int]:
        """The list and number of the open row."""
        field, _, number = self.row.partition(".")
        return field, int(number) if number.isdecimal() and len(number) < 7 else -1


class TextForm(BaseModel):
    text: str = ""


class DoForm(BaseModel):
    do: Annotated[str, Field(max_length=300)] = ""


class EntriesForm(BaseModel):
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    entry: list[int] = Field(default_factory=list, max_length=1000)


def parts_of(work: UnitOfWork, name: str) -> Parts:
    """What changes on the page, by the name of the event that says so."""
    return {"postmortem": f"postmortem:{postmortems.id_of(work, name)}"}


router.add_api_route(
    "/postmortems/{reference}/live", stream(Action.READ, parts_of, "reference"), response_model=None
)


@router.get("/postmortems/{reference}/edit", response_model=None)
@door(Action.RESPOND)
def show(work: UnitOfWork, name: Name, query: Annotated[Asked, Query()]) -> Answer:
    follows_from = mark(work, parts_of(work, name))
    stored = postmortems.get(work, name)
    if is_locked(stored.status):
        return see(f"/postmortems/{stored.reference}")
    return _page(work, stored, None, query, follows_from)


@router.get("/postmortems/{reference}/edit/parts/{part}", response_model=None)
@door(Action.RESPOND)
def show_part(work: UnitOfWork, name: Name, part: str) -> Answer:
    """A rail by itself, for a page that follows the postmortem."""
    if part not in PARTS_OF_PAGE:
        raise NotFound("there is no such part of the page")
    stored = _writable(work, postmortems.get(work, name))
    return page(work, f"postmortems/_{part}.html", rail_context(work, stored))


@router.post("/postmortems/{reference}/preview", response_model=None)
@door(Action.RESPOND)
def preview(work: UnitOfWork, name: Name, form: Annotated[TextForm, Form()]) -> Answer:
    """Markdown as it will be read. A POST, so that what is typed stands in no address."""
    postmortems.get(work, name)
    return page(work, "postmortems/_preview.html", {"text": clean(form.text)[:LONGEST_PREVIEW]})


@router.get("/postmortems/{reference}/edit/{part}", response_model=None)
@door(Action.RESPOND)
def show_where(work: UnitOfWork, name: Name, part: str) -> Answer:
    """Where the part is: the address of a refused form, opened again, leads back to it."""
    stored = postmortems.get(work, name)
    if part not in BY_NAME:
        raise NotFound("there is no such part of the page")
    return see(f"/postmortems/{stored.reference}/edit#{part}")


@router.post("/postmortems/{reference}/edit/{part}", response_model=None)
@door(Action.RESPOND, writes=True)
def save(work: UnitOfWork, name: Name, part: str, form: Annotated[PartForm, Form()]) -> Answer:
    """A part as it was typed; a form that is refused comes back as it was typed."""
    wanted, stored = part_named(part), postmortems.get(work, name)
    typed = form.typed
    if form.do == "preview":
        shown = Refusal(wanted.name, typed, 200, "", {}, form.version, is_preview=True)
        return _page(work, _writable(work, stored), shown)
    try:
        with work.attempt():
            _taken(work, stored, wanted, form)
    except DomainError as error:
        fresh = postmortems.get(work, name)
        refused = refusal(wanted, typed, form.version, error)
        if isinstance(error, LostRace):
            refused = _lost(work, fresh, wanted, form, refused)
        return _page(work, fresh, refused)
    return see(f"/postmortems/{stored.reference}/edit#{wanted.name}")


@router.post("/postmortems/{reference}/edit/{part}/autosave", response_model=None)
@door(Action.RESPOND, writes=True)
def autosave(work: UnitOfWork, name: Name, part: str, form: Annotated[PartForm, Form()]) -> Answer:
    """The same, asked by a script while somebody types; it learns at which version each field now stands."""
    wanted, stored = part_named(part), postmortems.get(work, name)
    said, after = _taken(work, stored, wanted, form, is_typing=True)
    typed = _renamed(wanted, form.typed, said)
    content: dict[str, Any] = {
        "version": after.version,
        "savedAt": work.now.isoformat(timespec="seconds"),
        "completeness": completeness_told(after),
        "was": {f: digest(field_values(wanted, f, typed)) for f in wanted.fields},
        "at": dict.fromkeys(said.touched, after.version),
        "places": {str(index): place for index, place in said.places.items()},
        "rows": len(getattr(after.document, wanted.rows.field)) if wanted.rows else 0,
    }
    return lambda: JSONResponse(content)


@router.post("/postmortems/{reference}/proposals", response_model=None)
@door(Action.RESPOND, writes=True)
def decide(work: UnitOfWork, name: Name, form: Annotated[DoForm, Form()]) -> Answer:
    """Keep or leave what was proposed: one, or all (`keep:*`)."""
    stored = postmortems.get(work, name)
    word, _, key = form.do.partition(":")
    if word not in ("keep", "leave"):
        raise InvalidValue("is neither", path=("do",), expected="keep or leave")
    keys = [one.key for one in stored.proposals] if key == "*" else [key]
    postmortems.decide(work, stored, keys, keep=word == "keep")
    return see(f"/postmortems/{stored.reference}/edit#proposals")


@router.post("/postmortems/{reference}/promote", response_model=None)
@door(Action.RESPOND, writes=True)
def promote(work: UnitOfWork, name: Name, form: Annotated[EntriesForm, Form()]) -> Answer:
    """Take entries of the incident's record over into the timeline."""
    stored = postmortems.get(work, name)
    left = _left_out(stored, postmortems.measuring.entries(work, stored))
    chosen = [one.event() for one in left if one.sequence in form.entry]
    before = stored.document.timeline
    said = replace(stored.document, timeline=in_order((*before, *chosen)))
    if chosen:
        postmortems.write(work, stored, said, ["timeline"], None, "promote")
    return see(f"/postmortems/{stored.reference}/edit#timeline")


def _writable(work: UnitOfWork, stored: postmortems.Stored) -> postmortems.Stored:
    if not postmortems.rights(work, stored).may_write:
        raise Forbidden("only its authors and contributors write in it, until it is locked")
    return stored


def _taken(
    work: UnitOfWork,
    stored: postmortems.Stored,
    part: Part,
    form: PartForm,
    *,
    is_typing: bool = False,
) -> tuple[Said, postmortems.Stored]:
    """What the form says, written down. Raises what `write` raises."""
    said = read_part(part, stored.document, form.typed, zone_of(work), form.do)
    word, _, who = form.do.partition(":")
    if word == "invite" and part.name == "people" and who not in said.postmortem.contributors:
        _writable(work, stored)
        invited = (*said.postmortem.contributors, who)
        both = dict.fromkeys((*said.touched, "contributors"))
        said = Said(replace(said.postmortem, contributors=invited), tuple(both), {})
    if not said.touched:
        return said, _writable(work, stored)
    at = form.read_at(said.touched)
    after = postmortems.write(work, stored, said.postmortem, said.touched, at, is_typing=is_typing)
    return said, after


def _lost(
    work: UnitOfWork, fresh: postmortems.Stored, part: Part, form: PartForm, refused: Refusal
) -> Refusal:
    """The refusal with both texts: what stands there now, and what was typed."""
    yours = read_part(part, fresh.document, form.typed, zone_of(work), form.do)
    texts = conflicts(fresh.document, yours.postmortem, yours.touched)
    kept = {
        name: text for name, text in refused.typed.items() if not name.startswith(("was.", "at."))
    }
    return replace(refused, conflicts=texts, typed=kept)


def _renamed(part: Part, typed: dict[str, str], said: Said) -> dict[str, str]:
    """What was typed, its rows by the numbers they have now; rows that are empty go behind the last."""
    if part.rows is None or not said.places:
        return typed
    field, after = part.rows.field, len(getattr(said.postmortem, part.rows.field))
    free = iter(range(after, after + len(said.places) + 1))
    now = {old: place if place is not None else next(free) for old, place in said.places.items()}
    made = {}
    for name, text in typed.items():
        head, _, rest = name.partition(".")
        number, _, control = rest.partition(".")
        if head == field and number.isdecimal() and int(number) in now:
            name = f"{field}.{now[int(number)]}.{control}"  # noqa: PLW2901 - the same field, renamed
        made[name] = text
    return made


def _left_out(stored: postmortems.Stored, entries: Sequence[Entry]) -> list[Entry]:
    """Entries of the incident's record that the timeline does not have."""
    there = {(one.time, one.description) for one in stored.document.timeline} if entries else ()
    return [one for one in entries if (one.happened_at, one.text) not in there]


def _responders(
    work: UnitOfWork, stored: postmortems.Stored, entries: Sequence[Entry]
) -> list[str]:
    """Who wrote in the incident's record and is no contributor yet, by address."""
    ids = {one.actor_id for one in entries if one.actor_id}
    known = {one.casefold() for one in stored.document.contributors}
    found = accounts.emails_of(work, ids).values()
    return sorted(email for email in found if email.casefold() not in known)


def _page(
    work: UnitOfWork, stored: postmortems.Stored, refused: Refusal | None,
    query: Asked | None = None, follows_from: str = "",
) -> Answer:  # fmt: skip
    _writable(work, stored)
    asked = query or Asked()
    entries = postmortems.measuring.entries(work, stored)
    left = _left_out(stored, entries)
    responders = _responders(work, stored, entries)
    alone = ("people",) if responders else ()
    context = workbench(work, stored, refused, asked.opened, asked.first, alone)
    drawn = {
        part.name: part_html(
            part, stored.document, stored.section_versions, work.viewer.zone, context["address"],
            asked.first, (state, note),
        )
        for part, state, note in context["outline"]
        if part.name not in context["sections"]
    }  # fmt: skip
    context |= {
        "drawn": drawn,
        "parts": PARTS,
        "follows_from": follows_from or mark(work, parts_of(work, stored.reference)),
        "left_out": left[:MOST_ENTRIES],
        "left_count": len(left),
        "record": postmortems.measuring.measured(work, stored, entries),
        "record_count": len(entries),
        "lasted": written_duration,
        "called": called(work, [stored.document.owner, stored.document.facilitator]),
        "responders": responders,
        "rows_at_once": ROWS,
        "opened": asked.opened,
        "why_trees": [
            (tree, *postmortems.taking.takeable(work, stored, tree))
            for tree in postmortems.taking.trees_of(work, stored)
        ],
    }
    return page(work, "postmortems/edit.html", context, status=refused.status if refused else 200)
