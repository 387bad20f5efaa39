"""The forms of an incident's roles and tasks; a refused one is shown again by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.incidents.command import TaskStatus
from kintsugi.core.incidents.due import read_due
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.console import place_of
from kintsugi.server.incidents.web.more import answered_beside, typed

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


Back = Annotated[str, Field(max_length=20)]
"""`console`, where the form stands there."""


class RoleForm(BaseModel):
    role: Annotated[str, Field(max_length=200)] = ""
    do: Annotated[str, Field(max_length=20)] = ""
    who: Annotated[str, Field(max_length=300)] = ""
    back: Back = ""


class TaskForm(BaseModel):
    text: Annotated[str, Field(max_length=2000)] = ""
    assignee: Annotated[str, Field(max_length=300)] = ""
    due: Annotated[str, Field(max_length=60)] = ""
    back: Back = ""


class TaskMoveForm(BaseModel):
    do: Annotated[str, Field(max_length=20)] = ""
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    back: Back = ""


@router.post("/incidents/{reference}/roles", response_model=None)
@door(Action.RESPOND, writes=True)
def move_role(work: UnitOfWork, name: Name, form: Annotated[RoleForm, Form()]) -> Answer:
    return answered_beside(
        work, name, typed("command", form.do or "role", form),
        lambda incident: _move_role(work, incident, form), then=place_of(name, form.back),
    )  # fmt: skip


def _move_role(work: UnitOfWork, incident: Incident, form: RoleForm) -> None:
    match form.do:
        case "take":
            incidents.give_role(work, incident, form.role, "me")
        case "give":
            incidents.give_role(work, incident, form.role, form.who)
        case "offer":
            incidents.offer_role(work, incident, form.role, form.who)
        case "release":
            incidents.release_role(work, incident, form.role, form.who)
        case "accept" | "decline":
            incidents.answer_offer(work, incident, form.role, accepts=form.do == "accept")
        case _:
            raise InvalidValue(
                "is not known", path=("do",), expected="take, give, offer or release"
            )


@router.post("/incidents/{reference}/tasks", response_model=None)
@door(Action.RESPOND, writes=True)
def add_task(work: UnitOfWork, name: Name, form: Annotated[TaskForm, Form()]) -> Answer:
    return answered_beside(
        work, name, typed("command", "task", form),
        lambda incident: incidents.add_task(
            work, incident, form.text, form.assignee, _due(work, form.due)
        ),
        then=place_of(name, form.back),
    )  # fmt: skip


@router.post("/incidents/{reference}/tasks/{task_id}", response_model=None)
@door(Action.RESPOND, writes=True)
def move_task(
    work: UnitOfWork, name: Name, task_id: str, form: Annotated[TaskMoveForm, Form()]
) -> Answer:
    return answered_beside(
        work, name, typed("command", "move", form),
        lambda incident: _move_task(work, incident, task_id, form), then=place_of(name, form.back),
    )  # fmt: skip


def _move_task(work: UnitOfWork, incident: Incident, task_id: str, form: TaskMoveForm) -> None:
    task = incidents.task_of(work, incident, task_id)
    if form.do == "take":
        edit = incidents.TaskEdit(assignee="me")
    else:
        try:
            edit = incidents.TaskEdit(status=TaskStatus(form.do))
        except ValueError:
            raise InvalidValue(
                "is not known", path=("do",), expected="take, done, dropped or open"
            ) from None
    incidents.change_task(work, incident, task, edit, form.version or None)


def _due(work: UnitOfWork, typed_due: str) -> datetime | None:
    if not typed_due.strip():
        return None
    try:
        return read_due(typed_due, work.now, ZoneInfo(work.viewer.zone))
    except InvalidValue as error:
        raise error.under("due") from error
