"""The commander's console: one page that says how it stands, and takes what is to be done from the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kintsugi.core.comms.cadence import NextUpdate, Timeliness
from kintsugi.core.incidents.command import COMMANDER, Task
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.shared.text import joined, one_line, plural, shortened
from kintsugi.core.shared.times import written_duration
from kintsugi.kernel.auth import Action
from kintsugi.kernel.following import mark
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import Times, page
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.command_shown import command_context
from kintsugi.server.incidents.web.following import parts_of
from kintsugi.server.incidents.web.forms import Refused
from kintsugi.server.incidents.web.more import holders
from kintsugi.server.incidents.web.showing import incident_context, incident_page, rows_of
from kintsugi.server.incidents.web.triage_shown import triage_context

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

CONSOLE = "console"
"""What the forms of the console send as `back`."""
PARTS = ("state", "checklist", "roles", "tasks", "log")
"""The parts that the console alone has; each is a template `_<part>.html`, and a fragment."""
ENTRIES = 40
LONGEST = 90


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the questions, answered; `lead` ticks where it is how long ago or until `at`.

    `kind` is `due` or `over` where it is loud.
    """

    question: str
    lead: str
    note: str = ""
    kind: str = ""
    at: datetime | None = None


@router.get("/incidents/{reference}/console", response_model=None)
@door(Action.READ)
def show_console(work: UnitOfWork, name: Name) -> Answer:
    return console_page(work, incidents.get(work, name))


def console_page(work: UnitOfWork, incident: Incident, refused: Refused | None = None) -> Answer:
    """The console of an incident; with the entry that was refused as it was typed."""
    follows_from = mark(work, parts_of(incident.id))
    # Read again: what changed before the mark must stand on the page, since the stream goes on from the mark.
    incident = incidents.get(work, incident.id)
    context = {
        "follows_from": follows_from,
        **incident_context(work, incident, refused=refused),
        **console_context(work, incident),
    }
    status = refused.status if refused else 200
    return page(work, "incidents/console.html", context, status=status)


def console_part(work: UnitOfWork, incident: Incident, part: str) -> Answer:
    """One part of the console by itself; `part` is one of PARTS."""
    return page(work, f"incidents/_{part}.html", console_context(work, incident))


def console_context(work: UnitOfWork, incident: Incident) -> dict[str, Any]:
    """What the parts of the console are told: less than the incident's page is, so that they come at once."""
    times = Times(work.viewer.zone, work.now)
    found = incidents.timeline_page(work, incident, ENTRIES, is_backwards=True)
    told = command_context(work, incident)
    return {
        **told,
        **triage_context(work, incident),
        "incident": incident,
        "address": f"/incidents/{incident.reference}",
        "may_respond": work.viewer.may(Action.RESPOND),
        "people": holders(work, incident) if work.viewer.may(Action.RESPOND) else [],
        "cells": _cells(work, incident, found.items[:1], told["command"], times),
        "entries": rows_of(found.items, incident),
        "has_older": found.next_cursor is not None,
    }


def page_of(work: UnitOfWork, incident: Incident, refused: Refused, back: str) -> Answer:
    """The page that an entry was typed on, with the entry as it was typed."""
    show: Callable[..., Answer] = console_page if back == CONSOLE else incident_page
    return show(work, incident, refused=refused)


def back_to(incident: Incident, back: str) -> str:
    """Where a form leads back to: where it was sent from."""
    return place_of(incident.reference, back) or f"/incidents/{incident.reference}"


def place_of(name: str, back: str) -> str:
    """The console of an incident, when a form was sent from there; else nothing."""
    return f"/incidents/{quote(name, safe='')}/console" if back == CONSOLE else ""


def _cells(
    work: UnitOfWork, incident: Incident, latest: tuple[Entry, ...], command: dict[str, Any], times: Times
) -> list[Cell]:  # fmt: skip
    """What is broken, since when, who has command, what is being done, and when the next update is due."""
    broken = shortened(one_line(incident.impact or incident.summary or incident.title), LONGEST)
    return [
        Cell("Broken", broken, joined(incident.services)),
        _since(incident, times),
        _in_command(work, incident, command["asked"]),
        _doing(incident, latest, command["tasks"], times),
        _next_update(incidents.next_update_of(work, incident), times),
    ]


def _since(incident: Incident, times: Times) -> Cell:
    began, over = incident.began_at, incident.resolved_at
    how = f", noticed by {incident.detection.value}" if incident.detection else ""
    if incident.status in OPEN or over is None:
        return Cell("Since", times.ago(began), f"{times.clock(began)}{how}", at=began)
    return Cell("Lasted", written_duration(over - began), f"{times.clock(began)} to {times.clock(over)}")  # fmt: skip


def _in_command(work: UnitOfWork, incident: Incident, asked: tuple[str, ...]) -> Cell:
    name = incidents.commander_name(work, incident)
    is_you = bool(name) and incident.commander_id == work.viewer.user_id
    others = [role for role in asked if role != COMMANDER]
    note = f"Open: {joined(others)}" if others else ""
    is_missing = not name and incident.status in OPEN
    kind = "over" if is_missing else "due" if others else ""
    return Cell("In command", (f"{name} (you)" if is_you else name) or "Nobody yet", note, kind)


def _doing(
    incident: Incident, latest: tuple[Entry, ...], tasks: list[tuple[Task, bool]], times: Times
) -> Cell:
    question = "Doing now" if incident.status in OPEN else "Last entry"
    waiting = [late for task, late in tasks if task.settled_at is None]
    late = f", {sum(waiting)} late" if any(waiting) else ""
    told = f"{plural(len(waiting), 'task')} open{late}" if waiting else ""
    if not latest:
        return Cell(question, "Nothing is written down yet", told, "over" if late else "")
    entry = latest[0]
    who = f"{entry.actor}, {times.ago(entry.happened_at)}"
    lead = shortened(one_line(entry.text), LONGEST)
    return Cell(question, lead, f"{who}. {told}" if told else who, "over" if late else "")


def _next_update(planned: NextUpdate | None, times: Times) -> Cell:
    question = "Next update"
    if planned is None:
        return Cell(question, "None planned", "/update writes one")
    due = planned.due_at
    match planned.timeliness(times.now):
        case Timeliness.OVERDUE:
            lead = "Due now" if times.ago(due) == "now" else times.late(due)
            return Cell(question, lead, f"Was due {times.clock(due)}", "over")
        case Timeliness.NUDGE:
            return Cell(
                question, times.ago(due), f"Due {times.clock(due)}, write it now", "due", due
            )
        case _:
            return Cell(question, times.ago(due), f"Due {times.clock(due)}", "", due)
