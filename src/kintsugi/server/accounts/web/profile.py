"""One's own page: name, zone, theme, password, sessions, tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import Text
from kintsugi.kernel.auth import Action, Scope
from kintsugi.kernel.http import Answer, door, kernel_of
from kintsugi.kernel.refusals import told, told_by_field
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service
from kintsugi.server.accounts.web.parts import address_of, unstored

router = APIRouter()
DONE = {
    "profile": "Your profile is saved.",
    "password": "Your password is changed. Your other browsers are signed out.",
    "token": "The token is revoked.",
    "session": "That browser is signed out.",
}
SCOPES = (
    (Scope.READ.value, "Read"),
    (Scope.WRITE.value, "Read and write"),
    (Scope.ADMIN.value, "All that you may do, but for your account"),
)
DAYS = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "until revoked"))
THEMES = (("system", "As the system says"), ("light", "Light"), ("dark", "Dark"))


@router.get("/profile", response_model=None)
@door(Action.OWN_ACCOUNT)
def show_profile(
    work: UnitOfWork, request: Request, done: str = "", sessions: str = "", tokens: str = ""
) -> Answer:
    return _page(work, request, notice=DONE.get(done, ""), cursors=(sessions, tokens))


@router.post("/profile", response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def change_profile(
    work: UnitOfWork, request: Request, name: Text = "", zone: Text = "", theme: Text = "system",
    single_keys: Text = "",
) -> Answer:  # fmt: skip
    """`single_keys` is on, or left out as a browser leaves out a box that is not ticked."""
    try:
        with work.attempt():
            service.change_profile(
                work,
                name=name,
                zone=zone,
                theme=word_of(service.Theme, theme, "theme"),
                single_keys=bool(single_keys),
            )
    except DomainError as error:
        return _page(
            work,
            request,
            wrong=told_by_field(error),
            typed={"name": name, "zone": zone},
            status=422,
        )
    return see("/profile?done=profile")


@router.post("/profile/password", response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def change_password(
    work: UnitOfWork, request: Request, current: Text = "", password: Text = ""
) -> Answer:
    """As sign-in does: the guess is counted here, and looked at after the commit."""
    viewer = work.viewer
    try:
        attempt = service.begin_guess(work, viewer.email, address_of(request))
    except service.TooManyGuesses as error:
        refused = _page(work, request, wrong={"current": told(error)}, status=429)
        return unstored(refused, **{"Retry-After": str(error.seconds)})

    def look_at() -> Response:
        is_right = attempt.is_right(current)
        with kernel_of(request).works.writing(viewer) as after:
            if not is_right:
                service.note_wrong_guess(after, attempt)
                return _page(
                    after, request, wrong={"current": "This is not your password."}, status=422
                )()
            service.accept_guess(after, attempt)
            try:
                with after.attempt():
                    service.change_password(after, password)
            except DomainError as error:
                return _page(after, request, wrong=told_by_field(error), status=422)()
        return see("/profile?done=password")()

    return look_at


@router.post("/profile/tokens", response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def create_token(
    work: UnitOfWork, request: Request, name: Text = "", scope: Text = "read", days: Text = "90"
) -> Answer:
    """The one answer to a form that does not redirect: the secret is in it, and kept nowhere."""
    try:
        with work.attempt():
            expires = work.now + timedelta(days=_days(days)) if days else None
            made = service.create_token(
                work, work.viewer.user_id, name, [word_of(Scope, scope, "scopes")], expires
            )
    except InvalidValue as error:
        return _page(work, request, wrong={f"token-{error.field}": told(error)}, status=422)
    return unstored(_page(work, request, made=made))


@router.post("/profile/tokens/{token_id}/revoke", response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def revoke_token(work: UnitOfWork, token_id: str) -> Answer:
    service.revoke_token(work, token_id)
    return see("/profile?done=token")


@router.post("/profile/sessions/{session_id}/revoke", response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def revoke_session(work: UnitOfWork, session_id: str) -> Answer:
    service.revoke_session(work, session_id)
    return see("/profile?done=session")


def _page(
    work: UnitOfWork, request: Request, *, wrong: dict[str, str] | None = None, typed: dict[str, str] | None = None,
    made: service.Made | None = None, notice: str = "", cursors: tuple[str, str] = ("", ""), status: int = 200,
) -> Answer:  # fmt: skip
    """Context: user, sessions, tokens (pages), made (a new token or None), wrong (by field), choices."""
    user = service.me(work)
    lasts = timedelta(days=kernel_of(request).settings.session_days)
    context: dict[str, Any] = {
        "user": user, "theme": user.theme.value, "wrong": wrong or {}, "made": made, "notice": notice,
        "typed": {"name": user.name, "zone": user.zone} | (typed or {}),
        "organisation_zone": kernel_of(request).settings.zone, "zones": sorted(available_timezones()),
        "sessions": service.list_sessions(work, cursors[0], lasts=lasts),
        "tokens": service.list_tokens(work, cursors[1]),
        "scopes": SCOPES, "days": DAYS, "themes": THEMES,
    }  # fmt: skip
    return page(work, "accounts/profile.html", context, status=status)


def _days(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written[:6]) <= 3650:
        raise InvalidValue("is no number of days", path=("expires_at",), expected="1 to 3650")
    return int(written)
