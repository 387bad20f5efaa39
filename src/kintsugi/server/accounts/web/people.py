"""The page of people: who there is; for an admin also what they may do, and adding, inviting and erasing them."""

from __future__ import annotations

from fastapi import APIRouter, Request

from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import Text
from kintsugi.kernel.auth import Action, Role
from kintsugi.kernel.http import Answer, door, kernel_of, status_of
from kintsugi.kernel.refusals import told, told_by_field
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service
from kintsugi.server.accounts.web.parts import unstored

router = APIRouter()
DONE = {
    "added": "The person is added.",
    "changed": "The change is saved.",
    "erased": "The person is erased.",
}
ROLES = (
    (Role.VIEWER.value, "Viewer: reads what is not private"),
    (Role.RESPONDER.value, "Responder: declares incidents and responds to them"),
    (Role.EDITOR.value, "Editor: edits what teams share, and the teams"),
    (Role.ADMIN.value, "Admin: people, settings and the audit log"),
)


@router.get("/people", response_model=None)
@door(Action.READ)
def list_people(work: UnitOfWork, cursor: str = "", done: str = "") -> Answer:
    return _page(work, cursor=cursor, notice=DONE.get(done, ""))


@router.post("/people", response_model=None)
@door(Action.ADMINISTER, writes=True)
def add_person(
    work: UnitOfWork, request: Request, name: Text = "", email: Text = "", role: Text = "viewer", password: Text = ""
) -> Answer:  # fmt: skip
    """Without a password the answer shows a link that lets them set one; it is kept nowhere."""
    try:
        with work.attempt():
            user = service.add_user(
                work, name, email, word_of(Role, role, "role"), password or None
            )
            if not password:
                return _page_with_link(work, request, user)
    except DomainError as error:
        typed = {"name": name, "email": email, "role": role}
        return _page(work, wrong=told_by_field(error), typed=typed, status=status_of(error)[0])
    return see("/people?done=added")


@router.post("/people/{user_id}", response_model=None)
@door(Action.ADMINISTER, writes=True)
def change_person(work: UnitOfWork, user_id: str, role: Text = "", active: Text = "") -> Answer:
    """`active` is yes or no, or left out as `role` may be."""
    try:
        with work.attempt():
            is_active = {"yes": True, "no": False}.get(active)
            service.change_user(
                work,
                user_id,
                role=word_of(Role, role, "role") if role else None,
                is_active=is_active,
            )
    except service.LastAdmin as error:
        return _page(work, refused=told(error), status=status_of(error)[0])
    return see("/people?done=changed")


@router.post("/people/{user_id}/link", response_model=None)
@door(Action.ADMINISTER, writes=True)
def make_link(work: UnitOfWork, request: Request, user_id: str) -> Answer:
    return _page_with_link(work, request, service.person(work, user_id))


@router.get("/people/{user_id}/erase", response_model=None)
@door(Action.ADMINISTER)
def ask_erase(work: UnitOfWork, user_id: str) -> Answer:
    return page(
        work, "accounts/erase.html", {"person": service.person(work, user_id), "refused": ""}
    )


@router.post("/people/{user_id}/erase", response_model=None)
@door(Action.ADMINISTER, writes=True)
def erase_person(work: UnitOfWork, user_id: str) -> Answer:
    try:
        with work.attempt():
            service.erase(work, user_id)
    except service.LastAdmin as error:
        context = {"person": service.person(work, user_id), "refused": told(error)}
        return page(work, "accounts/erase.html", context, status=status_of(error)[0])
    return see("/people?done=erased")


def _page_with_link(work: UnitOfWork, request: Request, user: service.User) -> Answer:
    secret = service.password_links.make(work, user.id)
    made = (user.name, f"{kernel_of(request).settings.address}/password/{secret}")
    return unstored(_page(work, made=made))


def _page(
    work: UnitOfWork, *, cursor: str = "", notice: str = "", refused: str = "", status: int = 200,
    wrong: dict[str, str] | None = None, typed: dict[str, str] | None = None, made: tuple[str, str] | None = None,
) -> Answer:  # fmt: skip
    """Context: people (a page of users), teams (of each), roles, may_administer, wrong, typed, refused, made."""
    wrong = wrong or {}
    people = service.list_users(work, cursor)
    context = {
        "people": people, "teams": service.teams.of_people(work, [person.id for person in people.items]),
        "may_administer": work.viewer.may(Action.ADMINISTER), "roles": ROLES, "notice": notice, "wrong": wrong,
        "refused": refused or wrong.get("", ""), "is_first_page": not cursor, "made": made,
        "typed": typed or {"name": "", "email": "", "role": Role.VIEWER.value},
    }  # fmt: skip
    return page(work, "accounts/people.html", context, status=status)
