"""Adding to the timeline from its page: one field that takes notes and commands, and says what it makes of them."""

from __future__ import annotations

from typing import Annotated, assert_never
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import possible
from kintsugi.core.incidents.quick_entry import (
    QuickEntry,
    QuickNote,
    QuickRole,
    QuickSeverity,
    QuickStatus,
    QuickTask,
    read_quick_entry,
)
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import either, sentence, spoken
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import Times, page, see, wants_part
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name, refused_form, when_typed
from kintsugi.server.incidents.web.console import back_to, page_of
from kintsugi.server.incidents.web.forms import NoteForm
from kintsugi.server.incidents.web.showing import incident_context, rows_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.post("/incidents/{reference}/notes", response_model=None)
@door(Action.RESPOND, writes=True)
def add_note(
    work: UnitOfWork, request: Request, name: Name, form: Annotated[NoteForm, Form()]
) -> Answer:
    incident, is_part = incidents.get(work, name), wants_part(request)
    try:
        with work.attempt():
            _add(work, incident, form)
    except DomainError as error:
        refused = refused_form("notes", form, error)
        current = incidents.get(work, name)
        if not is_part:
            return page_of(work, current, refused, form.back)
        context = incident_context(work, current, refused=refused)
        return page(work, "incidents/_note.html", context, status=refused.status)
    if not is_part:
        return see(back_to(incident, form.back))
    added = incidents.entries_since(work, incident, incident.last_sequence)
    rows = rows_of(reversed(added), incidents.get(work, name))
    return page(work, "incidents/_row.html", {"entries": rows})


@router.post("/incidents/{reference}/preview", response_model=None)
@door(Action.RESPOND)
def preview(work: UnitOfWork, name: Name, form: Annotated[NoteForm, Form()]) -> Answer:
    """What would be added, in words. A POST, so that what is typed stands in no address."""
    incident = incidents.get(work, name)
    context = {"told": "", "problem": ""}
    try:
        if form.text.strip():
            context = _previewed(work, incident, _said(work, form))
    except InvalidValue as error:
        context = {"told": "", "problem": sentence(str(error))}
    return page(work, "incidents/_preview.html", context)


def _add(work: UnitOfWork, incident: Incident, form: NoteForm) -> None:
    said = _said(work, form)
    match said:
        case QuickNote(meant=meant) if meant:
            raise InvalidValue(
                said.problem, path=("text",), expected=f"/{meant} as it is meant, or /note before it to write it down"
            )  # fmt: skip
        case QuickNote():
            incidents.add_note(
                work, incident, said.text, said.at, kind=said.kind, important=form.important or said.important,
                evidence=form.evidence,
            )  # fmt: skip
        case QuickStatus():
            incidents.change_status(work, incident, said.to, None, said.reason)
        case QuickSeverity():
            incidents.change_severity(work, incident, said.to, None, said.reason)
        case QuickRole():
            incidents.give_role(work, incident, said.role, "me")
        case QuickTask():
            incidents.add_task(work, incident, said.text, "me" if said.is_mine else "")
        case _:
            assert_never(said)


def _said(work: UnitOfWork, form: NoteForm) -> QuickEntry:
    """What the form asks for. A time or kind of its own makes the text a text, word for word."""
    at, kind = when_typed(work, form.happened, "happened"), word_of(EventKind, form.kind, "kind")
    if at is not None or kind is not EventKind.NOTE:
        return QuickNote(form.text, kind, at)
    return read_quick_entry(form.text, work.now, ZoneInfo(work.viewer.zone))


def _previewed(work: UnitOfWork, incident: Incident, said: QuickEntry) -> dict[str, str]:
    times = Times(work.viewer.zone, work.now)
    match said:
        case QuickNote():
            word = "Update" if said.important else spoken(said.kind.value)
            when = f" at {times.clock(said.at)}, {times.ago(said.at)}" if said.at else " now"
            if said.meant:
                return {"told": "Nothing yet", "problem": f"{sentence(said.problem)}"}
            problem = f"A note as it is typed: {said.problem}." if said.problem else ""
            return {"told": f"{word}{when}", "problem": problem}
        case QuickStatus():
            allowed = possible(incident.status)
            before, after = spoken(incident.status.value), said.to.value
            known = either([status.value for status in allowed])
            problem = "" if said.to in allowed else f"Not possible. From here: {known}."
            return {"told": f"Status, {before} to {after}, now", "problem": problem}
        case QuickSeverity():
            was = incident.severity.label if incident.severity else "no severity"
            return {"told": f"Severity, {was} to {said.to.label}, now", "problem": ""}
        case QuickRole():
            return {"told": f"You are {said.role} from now on", "problem": ""}
        case QuickTask():
            whose = "for you" if said.is_mine else "for nobody yet"
            return {"told": f"A task {whose}", "problem": ""}
        case _:
            assert_never(said)
