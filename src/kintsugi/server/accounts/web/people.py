"""The admin's page of people: who there is, what they may do, and adding somebody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.auth import Action, Role
from kintsugi.kernel.http import door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service
from kintsugi.server.accounts.web.parts import Answer, told

router = APIRouter()
Text = Annotated[str, Form()]
DONE = {"added": "The person is added.", "changed": "The change is saved."}
ROLES = (
    (Role.VIEWER.value, "Viewer: reads"),
    (Role.RESPONDER.value, "Responder: declares and works on incidents"),
    (Role.EDITOR.value, "Editor: also edits postmortems"),
    (Role.ADMIN.value, "Admin: also people and settings"),
)


@router.get("/people", response_model=None)
@door(Action.ADMINISTER)
def list_people(work: UnitOfWork, cursor: str = "", done: str = "") -> Answer:
    return _page(work, cursor=cursor, notice=DONE.get(done, ""))


@router.post("/people", response_model=None)
@door(Action.ADMINISTER, writes=True)
def add_person(
    work: UnitOfWork, name: Text = "", email: Text = "", role: Text = "viewer", password: Text = ""
) -> Answer:
    try:
        with work.attempt():
            service.add_user(work, name, email, _role(role), password or None)
    except DomainError as error:
        typed = {"name": name, "email": email, "role": role}
        return _page(work, wrong=told(error), typed=typed, status=_status(error))
    return see("/people?done=added")


@router.post("/people/{user_id}", response_model=None)
@door(Action.ADMINISTER, writes=True)
def change_person(work: UnitOfWork, user_id: str, role: Text = "", active: Text = "") -> Answer:
    """`active` is yes or no, or left out as `role` may be."""
    try:
        with work.attempt():
            is_active = {"yes": True, "no": False}.get(active)
            service.change_user(
                work, user_id, role=_role(role) if role else None, is_active=is_active
            )
    except service.LastAdmin as error:
        return _page(work, refused=told(error)[""], status=409)
    return see("/people?done=changed")


def _page(
    work: UnitOfWork, *, cursor: str = "", notice: str = "", refused: str = "", status: int = 200,
    wrong: dict[str, str] | None = None, typed: dict[str, str] | None = None,
) -> Answer:  # fmt: skip
    """Context: people (a page of users), roles, wrong (by field), typed, refused."""
    wrong = wrong or {}
    context = {
        "people": service.list_users(work, cursor), "roles": ROLES, "notice": notice, "wrong": wrong,
        "refused": refused or wrong.get("", ""), "is_first_page": not cursor, "theme": service.me(work).theme.value,
        "typed": typed or {"name": "", "email": "", "role": Role.VIEWER.value},
    }  # fmt: skip
    return page(work, "accounts/people.html", context, status=status)


def _role(written: str) -> Role:
    try:
        return Role(written)
    except ValueError as error:
        raise InvalidValue(
            "is no role", path=("role",), expected="viewer, responder, editor or admin"
        ) from error


def _status(error: DomainError) -> int:
    return 409 if isinstance(error, service.EmailIsTaken) else 422
