"""The pages for who is not signed in yet: sign-in, the first admin's, and setting a password by a link."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel.asked import Text
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import NOBODY, Answer, door, kernel_of
from kintsugi.kernel.refusals import told, told_by_field
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service
from kintsugi.server.accounts.web.parts import (
    address_of,
    own_path,
    see_with_cookie,
    unstored,
)

router = APIRouter()
WRONG = "This e-mail and password do not go together."


@router.get("/sign-in", response_model=None)
@door(None)
def ask_sign_in(work: UnitOfWork, next: str = "/") -> Answer:  # noqa: A002 - the name in the address
    if work.viewer.user_id:
        return see(own_path(next))
    return _sign_in_page(work, "", own_path(next))


@router.post("/sign-in", response_model=None)
@door(None, writes=True)
def sign_in(
    work: UnitOfWork,
    request: Request,
    email: Text = "",
    password: Text = "",
    next: Text = "/",  # noqa: A002
) -> Answer:
    """Count the guess in this unit of work; look at the password after its commit, when nobody waits for it."""
    way_on = own_path(next)
    try:
        attempt = service.begin_guess(work, email, address_of(request))
    except service.TooManyGuesses as error:
        refused = _sign_in_page(work, email, way_on, told(error), 429)
        return unstored(refused, **{"Retry-After": str(error.seconds)})
    return lambda: _look_at(request, attempt, password, way_on)


def _look_at(request: Request, attempt: service.Attempt, password: str, way_on: str) -> Response:
    kernel = kernel_of(request)
    # Asked before anything else: how long it takes must not tell whether there is such a user.
    is_right = attempt.is_right(password)
    if attempt.user is None or not is_right:
        with kernel.works.writing(NOBODY) as work:
            service.note_wrong_guess(work, attempt)
            return _sign_in_page(work, attempt.email, way_on, WRONG, 401)()
    with kernel.works.writing(attempt.user.viewer(kernel.settings.zone)) as work:
        secret = service.sign_in(work, attempt, password, request.headers.get("user-agent", ""))
    return see_with_cookie(request, way_on, secret)()


def _sign_in_page(
    work: UnitOfWork, email: str, way_on: str, wrong: str = "", status: int = 200
) -> Answer:
    context = {"email": email, "next": way_on, "wrong": wrong}
    return page(work, "accounts/sign-in.html", context, status=status)


@router.post("/sign-out", response_model=None)
@door(None, writes=True)
def sign_out(work: UnitOfWork, request: Request) -> Answer:
    service.sign_out(work)
    return see_with_cookie(request, "/sign-in", "")


@router.get("/setup/{link}", response_model=None)
@door(None)
def ask_setup(work: UnitOfWork, link: str) -> Answer:
    service.check_setup_link(work, link)
    return _setup_page(work, link, "", "", {})


@router.post("/setup/{link}", response_model=None)
@door(None, writes=True)
def set_up(
    work: UnitOfWork,
    request: Request,
    link: str,
    name: Text = "",
    email: Text = "",
    password: Text = "",
) -> Answer:
    try:
        with work.attempt():
            agent = request.headers.get("user-agent", "")
            secret = service.use_setup_link(work, link, name, email, password, agent)
    except NotFound:
        raise
    except DomainError as error:
        return _setup_page(work, link, name, email, told_by_field(error), 422)
    return see_with_cookie(request, "/", secret)


def _setup_page(
    work: UnitOfWork, link: str, name: str, email: str, wrong: dict[str, str], status: int = 200
) -> Answer:
    context = {"link": link, "name": name, "email": email, "wrong": wrong}
    return unstored(page(work, "accounts/setup.html", context, status=status))


@router.get("/password/{link}", response_model=None)
@door(None)
def ask_password(work: UnitOfWork, link: str) -> Answer:
    return _password_page(work, link, {})


@router.post("/password/{link}", response_model=None)
@door(None, writes=True)
def set_password(work: UnitOfWork, request: Request, link: str, password: Text = "") -> Answer:
    try:
        with work.attempt():
            agent = request.headers.get("user-agent", "")
            secret = service.password_links.use(work, link, password, agent)
    except NotFound:
        raise
    except DomainError as error:
        return _password_page(work, link, told_by_field(error), 422)
    return see_with_cookie(request, "/", secret)


def _password_page(work: UnitOfWork, link: str, wrong: dict[str, str], status: int = 200) -> Answer:
    user = service.password_links.whose(work, link)
    context = {"link": link, "email": user.email, "name": user.name, "wrong": wrong}
    return unstored(page(work, "accounts/password.html", context, status=status))
