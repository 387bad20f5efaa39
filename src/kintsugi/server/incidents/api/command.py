"""Command of an incident over HTTP: its roles and its tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from kintsugi.core.incidents.command import Task, TaskStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, etag, version_if_sent
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import Name, full_time

router = APIRouter()
Who = Annotated[str, Field(max_length=254, description="The id or e-mail of a user, or `me`.")]


class HeldRoleBody(Body):
    role: str
    user_id: str | None
    name: str
    since: datetime | None
    offered_to: str | None
    offered_name: str


class RolesBody(Body):
    items: list[HeldRoleBody]
    asked_for: list[str]


class RoleBody(Body):
    role: Annotated[str, Field(max_length=200)]
    do: Annotated[str, Field(pattern="^(give|offer|accept|decline|release)$")] = "give"
    who: Who = ""


class TaskBody(Body):
    id: str
    number: int
    text: str
    assignee_id: str | None
    assignee: str
    status: str
    due_at: datetime | None
    overdue: bool
    created_at: datetime
    settled_at: datetime | None
    version: int


class TasksBody(Body):
    items: list[TaskBody]


class NewTaskBody(Body):
    text: Annotated[str, Field(max_length=2000)]
    assignee: Who = ""
    due_at: Annotated[str | None, Field(max_length=60)] = None


class TaskEditBody(Body):
    text: Annotated[str | None, Field(max_length=2000)] = None
    assignee: Annotated[str | None, Field(max_length=254)] = None
    status: Annotated[str | None, Field(max_length=20)] = None
    due_at: Annotated[str | None, Field(max_length=60)] = None


@router.get("/api/incidents/{id}/roles", response_model=RolesBody)
@door(Action.READ)
def list_roles(work: UnitOfWork, name: Name) -> Answer:
    """Who holds which role, whom it is offered to, and which roles the severity asks for and nobody holds."""
    return _roles(work, name)


@router.post("/api/incidents/{id}/roles", response_model=RolesBody)
@door(Action.RESPOND, writes=True)
def change_role(work: UnitOfWork, name: Name, body: RoleBody) -> Answer:
    """Move a role on.

    `give` has `who` (by default `me`) hold it; `offer` asks `who` to take over what you hold, until
    they `accept` or `decline`; `release` lays it down. The answer lists all roles.
    """
    incident = incidents.get(work, name)
    match body.do:
        case "give":
            incidents.give_role(work, incident, body.role, body.who or "me")
        case "offer":
            incidents.offer_role(work, incident, body.role, body.who)
        case "release":
            incidents.release_role(work, incident, body.role, body.who)
        case _:
            incidents.answer_offer(work, incident, body.role, accepts=body.do == "accept")
    return _roles(work, incident.id)


@router.get("/api/incidents/{id}/tasks", response_model=TasksBody)
@door(Action.READ)
def list_tasks(work: UnitOfWork, name: Name) -> Answer:
    """All its tasks, by number."""
    found = incidents.tasks(work, incidents.get(work, name))
    body = TasksBody(items=_tasks(work, found)).model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(body)


@router.post("/api/incidents/{id}/tasks", status_code=201, response_model=TaskBody)
@door(Action.RESPOND, writes=True)
def add_task(work: UnitOfWork, name: Name, body: NewTaskBody) -> Answer:
    """Add a task, for somebody and with a time if you say so."""
    incident = incidents.get(work, name)
    due = full_time(body.due_at, "dueAt") if body.due_at else None
    return _task(work, incidents.add_task(work, incident, body.text, body.assignee, due), 201)


@router.patch("/api/incidents/{id}/tasks/{task_id}", response_model=TaskBody)
@door(Action.RESPOND, writes=True)
def change_task(
    work: UnitOfWork, name: Name, task_id: str, body: TaskEditBody, if_match: IfMatch = None
) -> Answer:
    """Change a task: its text, assignee (empty: nobody), status (open, done, dropped) or time (null: none)."""
    incident = incidents.get(work, name)
    task = incidents.task_of(work, incident, task_id)
    edit = incidents.TaskEdit(
        body.text, body.assignee, _status(body.status) if body.status is not None else None,
        full_time(body.due_at, "dueAt") if body.due_at else None, "due_at" in body.model_fields_set,
    )  # fmt: skip
    return _task(
        work, incidents.change_task(work, incident, task, edit, version_if_sent(if_match)), 200
    )


def _roles(work: UnitOfWork, name: str) -> Answer:
    incident = incidents.get(work, name)
    body = RolesBody(
        items=[
            HeldRoleBody(
                role=one.role, user_id=one.user_id or None, name=one.name, since=one.since,
                offered_to=one.offered_to or None, offered_name=one.offered_name,
            )
            for one in incidents.held_roles(work, incident)
        ],
        asked_for=list(incidents.roles_asked_for(work, incident)),
    ).model_dump(mode="json", by_alias=True)  # fmt: skip
    return lambda: JSONResponse(body)


def _tasks(work: UnitOfWork, found: list[Task]) -> list[TaskBody]:
    names = accounts.names_of(work, [one.assignee_id for one in found if one.assignee_id])
    return [
        TaskBody(
            id=one.id, number=one.number, text=one.text, assignee_id=one.assignee_id or None,
            assignee=names.get(one.assignee_id, ""), status=one.status.value, due_at=one.due_at,
            overdue=one.is_overdue(work.now), created_at=one.created_at, settled_at=one.settled_at,
            version=one.version,
        )
        for one in found
    ]  # fmt: skip


def _task(work: UnitOfWork, task: Task, status: int) -> Answer:
    body = _tasks(work, [task])[0].model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(body, status, {"ETag": etag(task.version)})


def _status(written: str) -> TaskStatus:
    try:
        return TaskStatus(written.casefold())
    except ValueError:
        known = ", ".join(one.value for one in TaskStatus)
        raise InvalidValue("is no status of a task", path=("status",), expected=known) from None
