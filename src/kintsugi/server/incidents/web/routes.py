"""The routes of the incident pages. Each change is a POST that says from which version it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import INCIDENT_CRITERIA, OPEN
from kintsugi.core.incidents.named import statuses_named
from kintsugi.core.incidents.severity import CalculatedSeverity
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean, spoken
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import Cursor
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.following import mark
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.refusals import told_by_field
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.alerts import service as alerts
from kintsugi.server.catalog import service as catalog
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name, answered, when_typed
from kintsugi.server.incidents.web.console import PARTS as CONSOLE_PARTS
from kintsugi.server.incidents.web.console import console_part
from kintsugi.server.incidents.web.evidence import form_of
from kintsugi.server.incidents.web.following import list_parts
from kintsugi.server.incidents.web.forms import (
    DeclareForm,
    EditForm,
    MilestoneForm,
    SeverityForm,
    StatusForm,
    words,
)
from kintsugi.server.incidents.web.impact import (
    ESTIMATES,
    FORM_LABELS,
    YES_NO,
    fields_named,
    measured,
    reasons,
)
from kintsugi.server.incidents.web.showing import (
    PARTS,
    asks_for,
    calculator,
    detections,
    incident_page,
    incident_part,
    severity_options,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Searched = Annotated[str, Field(max_length=200)]


class Asked(BaseModel):
    """What the list's address asks for."""

    status: Searched = ""
    severity: Searched = ""
    service: Searched = ""
    q: Searched = ""
    cursor: str | None = Field(None, max_length=500)


@router.get("/incidents", response_model=None)
@door(Action.READ)
def show_list(work: UnitOfWork, query: Annotated[Asked, Query()]) -> Answer:
    follows_from = mark(work, list_parts(work))
    context = {"follows_from": follows_from, **_listed(work, query)}
    return page(work, "incidents/list.html", context)


@router.get("/incidents/parts/list", response_model=None)
@door(Action.READ)
def show_list_part(work: UnitOfWork, query: Annotated[Asked, Query()]) -> Answer:
    """The list by itself, for a page that follows it."""
    return page(work, "incidents/_list.html", _listed(work, query))


def _listed(work: UnitOfWork, query: Asked) -> dict[str, Any]:
    typed = query.model_dump(exclude={"cursor"})
    asked = {name: clean(value).strip() for name, value in typed.items() if value.strip()}
    wanted = incidents.Wanted(
        severity=parse_severity(asked["severity"]) if "severity" in asked else None,
        service=asked.get("service", ""),
        text=asked.get("q", ""),
    )
    counts = incidents.counts(work, wanted)
    narrowed = replace(wanted, statuses=statuses_named(asked.get("status", "")))
    found = incidents.list_incidents(work, narrowed, USUAL, query.cursor)
    here = _address(asked, cursor=query.cursor).removeprefix("/incidents")
    return {
        "incidents": found.items,
        "late": incidents.late_updates(work, found.items),
        "commanders": incidents.commander_names(work, found.items),
        "missing": incidents.roles_missing(work, found.items),
        "asked": asked,
        "part_href": f"/incidents/parts/list{here}",
        "status_chips": _status_chips(asked, counts),
        "severity_chips": _severity_chips(asked),
        "next_href": _address(asked, cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": _address(asked) if query.cursor else "",
        "may_declare": work.viewer.may(Action.DECLARE),
    }


@router.get("/incidents/declare", response_model=None)
@door(Action.DECLARE)
def show_declare(
    work: UnitOfWork, alert: Annotated[list[str] | None, Query(max_length=200)] = None
) -> Answer:
    """The form; for alerts, with what they say already."""
    return _declare_page(work, form_of(alerts.chosen(work, alert) if alert else []))


@router.post("/incidents/declare", response_model=None)
@door(Action.DECLARE, writes=True)
def declare(work: UnitOfWork, form: Annotated[DeclareForm, Form()]) -> Answer:
    try:
        if form.do == "calculate":
            return _worked_out_page(work, form)
        with work.attempt(), fields_named():
            found = alerts.chosen(work, form.alert) if form.alert else []
            incident = incidents.declare(work, _declaration(form, found))
            if found:
                incidents.give_alerts(work, incident, form.alert)
    except DomainError as error:
        return _declare_page(
            work, form, wrong=told_by_field(error, FORM_LABELS), status=status_of(error)[0]
        )
    return see(f"/incidents/{incident.reference}")


@router.get("/incidents/{reference}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name, cursor: Cursor = None) -> Answer:
    return incident_page(work, incidents.get(work, name), cursor)


@router.get("/incidents/{reference}/parts/{part}", response_model=None)
@door(Action.READ)
def show_part(work: UnitOfWork, name: Name, part: str, cursor: Cursor = None) -> Answer:
    """A part of the page by itself, for a page that follows the incident."""
    incident = incidents.get(work, name)
    if part in CONSOLE_PARTS:
        return console_part(work, incident, part)
    if part not in PARTS:
        raise NotFound("there is no such part of the page")
    return incident_part(work, incident, part, cursor)


@router.post("/incidents/{reference}/status", response_model=None)
@door(Action.RESPOND, writes=True)
def change_status(work: UnitOfWork, name: Name, form: Annotated[StatusForm, Form()]) -> Answer:
    def change(incident: Incident) -> None:
        incidents.change_status(
            work,
            incident,
            word_of(IncidentStatus, form.status, "status"),
            form.version,
            form.reason,
        )

    return answered(work, name, "status", form, change)


@router.post("/incidents/{reference}/severity", response_model=None)
@door(Action.RESPOND, writes=True)
def change_severity(work: UnitOfWork, name: Name, form: Annotated[SeverityForm, Form()]) -> Answer:
    def change(incident: Incident) -> None:
        to = form.chosen()
        if to is None:
            raise InvalidValue(
                "is not chosen",
                path=("severity",),
                expected="a severity, or an answer to work it out from",
            )
        if not form.reason.strip():
            raise InvalidValue(
                "is missing", path=("reason",), expected="what makes it this severity"
            )
        incidents.change_severity(work, incident, to, form.version, form.reason)

    return answered(work, name, "severity", form, change)


@router.post("/incidents/{reference}/edit", response_model=None)
@door(Action.RESPOND, writes=True)
def edit(work: UnitOfWork, name: Name, form: Annotated[EditForm, Form()]) -> Answer:
    def change(incident: Incident) -> None:
        said = incidents.Changes(
            form.title, form.summary, form.impact, words(form.services), words(form.tags)
        )
        incidents.edit(work, incident, said, form.version)

    return answered(work, name, "edit", form, change)


@router.post("/incidents/{reference}/milestones", response_model=None)
@door(Action.RESPOND, writes=True)
def correct_milestone(
    work: UnitOfWork, name: Name, form: Annotated[MilestoneForm, Form()]
) -> Answer:
    def change(incident: Incident) -> None:
        at = when_typed(work, form.at, "at")
        incidents.correct_milestone(work, incident, form.name, at, form.reason, form.version)

    return answered(work, name, "milestones", form, change)


def _declaration(form: DeclareForm, because_of: Sequence[Alert]) -> incidents.Declaration:
    found = form.calculated() if not form.severity else None
    because = (
        [f"{spoken(one.category)}: {spoken(one.level).lower()}" for one in found.deciding]
        if found
        else []
    )
    return incidents.Declaration(
        title=form.title, severity=form.chosen(), summary=form.summary, impact=form.impact,
        services=words(form.services), tags=words(form.tags), is_private=form.private,
        is_drill=form.drill, impact_numbers=form.numbers(), reason=", ".join(because),
        detection=(
            word_of(DetectionMethod, form.detection, "detection") if form.detection else None
        ),
        milestones={"detected": min(one.raised_at for one in because_of)} if because_of else {},
    )  # fmt: skip


def _worked_out_page(work: UnitOfWork, form: DeclareForm) -> Answer:
    """The form with the severity that the answers give; what is not answered, the numbers propose."""
    found = measured(form.numbers(), form.answers())
    if found is None:
        return _declare_page(work, form, form.calculated())
    form = form.model_copy(update={one.category: one.level for one in found.derived})
    return _declare_page(work, form, form.calculated(), proposed=reasons(found))


def _declare_page(
    work: UnitOfWork,
    form: DeclareForm,
    calculated: CalculatedSeverity | None = None,
    *,
    proposed: Sequence[tuple[str, str]] = (),
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Answer:
    context: dict[str, Any] = {
        "form": form.model_dump(),
        "wrong": wrong or {},
        "criteria": INCIDENT_CRITERIA,
        "severities": severity_options("Work it out from the answers"),
        "calculator": calculator(),
        "detections": detections(),
        "has_calculated": form.do == "calculate" and not wrong,
        "calculated": calculated,
        "proposed": proposed,
        "has_numbers": form.numbers_are_typed(),
        "yes_no": YES_NO,
        "estimates": ESTIMATES,
        "requirements": asks_for(calculated.requirements) if calculated else [],
        "known_services": catalog.names(work),
        "alerts": _chosen(work, form.alert),
        "panels": work.panels("declare", f"{form.title}\n{form.summary}\n{form.services}"),
    }
    return page(work, "incidents/declare.html", context, status=status)


def _chosen(work: UnitOfWork, alert_ids: Sequence[str]) -> list[Alert]:
    """The alerts because of which it is declared; none when they are not all there to be seen."""
    try:
        return alerts.chosen(work, alert_ids) if alert_ids else []
    except DomainError:
        return []


def _address(asked: dict[str, str], **changed: str | None) -> str:
    query = {name: value for name, value in {**asked, **changed}.items() if value}
    return "/incidents" + (f"?{urlencode(query)}" if query else "")


def _status_chips(
    asked: dict[str, str], counts: dict[IncidentStatus, int]
) -> list[tuple[str, str, bool]]:
    chosen = asked.get("status", "")
    every = [("", "All", sum(counts.values())), ("open", "Open", sum(counts[one] for one in OPEN))]
    every += [(one.value, spoken(one.value), counts[one]) for one in IncidentStatus]
    return [
        (f"{word} {count}", _address(asked, status=value), value == chosen)
        for value, word, count in every
    ]


def _severity_chips(asked: dict[str, str]) -> list[tuple[str, str, bool]]:
    chosen = asked.get("severity", "")
    every = [("", "Every severity"), *((one.label, one.label) for one in Severity)]
    return [(word, _address(asked, severity=value), value == chosen) for value, word in every]
