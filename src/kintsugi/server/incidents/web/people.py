"""The forms of an incident's people: who is in command, and who sees a private one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.refusals import told_by_field
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.more import (
    FlagForm,
    RefusedMore,
    SometimesVersioned,
    answered_beside,
    typed,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class CommanderForm(SometimesVersioned):
    commander: str = ""
    do: str = ""


class AccessForm(BaseModel):
    who: str = ""


class BreakGlassForm(BaseModel):
    reference: str = ""
    reason: str = ""


@router.get("/incidents/break-glass", response_model=None)
@door(Action.ADMINISTER)
def show_break_glass(work: UnitOfWork) -> Answer:
    return page(work, "incidents/break-glass.html", {"form": BreakGlassForm(), "wrong": {}})


@router.post("/incidents/break-glass", response_model=None)
@door(Action.ADMINISTER, writes=True)
def break_glass(work: UnitOfWork, form: Annotated[BreakGlassForm, Form()]) -> Answer:
    try:
        with work.attempt():
            incident = incidents.break_glass(work, form.reference, form.reason)
    except DomainError as error:
        context = {"form": form, "wrong": told_by_field(error)}
        return page(work, "incidents/break-glass.html", context, status=status_of(error)[0])
    return see(f"/incidents/{incident.reference}")


@router.post("/incidents/{reference}/commander", response_model=None)
@door(Action.RESPOND, writes=True)
def set_commander(work: UnitOfWork, name: Name, form: Annotated[CommanderForm, Form()]) -> Answer:
    who = {"take": work.viewer.user_id, "down": ""}.get(form.do, form.commander)
    return answered_beside(
        work, name, typed("people", "commander", form),
        lambda incident: incidents.set_commander(work, incident, who, form.version),
    )  # fmt: skip


@router.post("/incidents/{reference}/privacy", response_model=None)
@door(Action.RESPOND, writes=True)
def change_privacy(work: UnitOfWork, name: Name, form: Annotated[FlagForm, Form()]) -> Answer:
    is_private = form.on == "yes"
    return answered_beside(
        work, name, typed("people", "privacy", form),
        lambda incident: incidents.change_privacy(
            work, incident, is_private, form.reason, form.version
        ),
    )  # fmt: skip


@router.post("/incidents/{reference}/access", response_model=None)
@door(Action.RESPOND, writes=True)
def share(work: UnitOfWork, name: Name, form: Annotated[AccessForm, Form()]) -> Answer:
    return answered_beside(
        work, name, typed("people", "access", form),
        lambda incident: incidents.share(work, incident, form.who),
    )  # fmt: skip


@router.post("/incidents/{reference}/access/{user_id}/withdraw", response_model=None)
@door(Action.RESPOND, writes=True)
def withdraw(work: UnitOfWork, name: Name, user_id: str) -> Answer:
    is_own = user_id == work.viewer.user_id
    return answered_beside(
        work, name, RefusedMore("people", "withdraw"),
        lambda incident: incidents.withdraw_access(work, incident, user_id),
        then="/incidents" if is_own else "",
    )  # fmt: skip
