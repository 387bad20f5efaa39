"""People, and one's own account, over HTTP as JSON."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field

from kintsugi.kernel.asked import Cursor, Limit
from kintsugi.kernel.auth import Action, Role, Scope
from kintsugi.kernel.http import Body, door, kernel_of
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service

router = APIRouter()


class Me(Body):
    """Whoever asks, and what they may do."""

    id: str
    name: str
    email: str
    role: Role
    zone: str
    theme: service.Theme
    scopes: list[Scope] | None = Field(
        description="What the token allows; null for a browser session."
    )
    may: list[str]


class UserOut(Body):
    """Somebody who can have rights here; their e-mail is for admins, and null for who is none."""

    id: str
    name: str
    email: str | None
    role: Role
    zone: str
    is_active: bool
    created_at: datetime


class UserPage(Body):
    """Some people."""

    items: list[UserOut]
    next_cursor: str | None


class NewUser(Body):
    """Somebody to add. Without a password they cannot sign in by one."""

    name: str
    email: str
    role: Role = Role.VIEWER
    password: str | None = Field(default=None, repr=False)


class UserChange(Body):
    """What to change; what is left out stays."""

    role: Role | None = None
    is_active: bool | None = None


class PasswordLink(Body):
    """An address with which somebody sets their password, which is shown this one time."""

    address: str = Field(repr=False)
    expires_at: datetime


class TokenOut(Body):
    """A token, without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenOut):
    """A new token with its secret, which is shown this one time."""

    secret: str = Field(repr=False)


class TokenPage(Body):
    """Some tokens."""

    items: list[TokenOut]
    next_cursor: str | None


class NewToken(Body):
    """A token to make; without `expiresAt` it is valid until it is revoked."""

    name: str
    scopes: list[Scope] = Field(default=[Scope.READ])
    expires_at: datetime | None = None


class SessionOut(Body):
    """A browser in which you are signed in."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    is_this: bool


class SessionPage(Body):
    """Some sessions."""

    items: list[SessionOut]
    next_cursor: str | None


@router.get("/api/me")
@door(Action.READ)
def read_me(work: UnitOfWork) -> Me:
    """Who you are, and what you may do."""
    user, viewer = service.me(work), work.viewer
    scopes = None if viewer.scopes is None else sorted(viewer.scopes, key=list(Scope).index)
    may = [action.value for action in Action if viewer.may(action)]
    return Me(
        id=user.id, name=user.name, email=user.email, role=user.role, zone=viewer.zone, theme=user.theme,
        scopes=scopes, may=may,
    )  # fmt: skip


@router.get("/api/users")
@door(Action.READ)
def list_users(work: UnitOfWork, cursor: Cursor = None, limit: Limit = USUAL) -> UserPage:
    """Everybody, by name. Who is no admin gets no e-mails."""
    is_admin = work.viewer.may(Action.ADMINISTER)
    page = service.list_users(work, cursor, limit).map(lambda user: _user_out(user, is_admin))
    return UserPage(items=list(page.items), next_cursor=page.next_cursor)


@router.post("/api/users", status_code=201)
@door(Action.ADMINISTER, writes=True)
def add_user(work: UnitOfWork, body: NewUser) -> UserOut:
    """Add somebody."""
    return UserOut.model_validate(
        service.add_user(work, body.name, body.email, body.role, body.password)
    )


@router.patch("/api/users/{user_id}")
@door(Action.ADMINISTER, writes=True)
def change_user(work: UnitOfWork, user_id: str, body: UserChange) -> UserOut:
    """Give somebody another role, or let them in or out."""
    return UserOut.model_validate(
        service.change_user(work, user_id, role=body.role, is_active=body.is_active)
    )


@router.get("/api/tokens")
@door(Action.OWN_ACCOUNT)
def list_tokens(work: UnitOfWork, cursor: Cursor = None, limit: Limit = USUAL) -> TokenPage:
    """Your valid tokens, newest first. Asked from a browser session: a token cannot see or make tokens."""
    page = service.list_tokens(work, cursor, limit).map(_token_out)
    return TokenPage(items=list(page.items), next_cursor=page.next_cursor)


@router.post("/api/tokens", status_code=201)
@door(Action.OWN_ACCOUNT, writes=True)
def create_token(work: UnitOfWork, body: NewToken) -> TokenMade:
    """Make a token for yourself; its secret is in this answer and nowhere else."""
    made = service.create_token(work, work.viewer.user_id, body.name, body.scopes, body.expires_at)
    return TokenMade(**dict(_token_out(made.token)), secret=made.secret)


@router.delete("/api/tokens/{token_id}", status_code=204, response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def revoke_token(work: UnitOfWork, token_id: str) -> None:
    """End one of your tokens."""
    service.revoke_token(work, token_id)


@router.get("/api/sessions")
@door(Action.OWN_ACCOUNT)
def list_sessions(work: UnitOfWork, cursor: Cursor = None, limit: Limit = USUAL) -> SessionPage:
    """The browsers in which you are signed in, newest first."""
    page = service.list_sessions(work, cursor, limit).map(
        lambda one: _session_out(one, work.viewer.session_id)
    )
    return SessionPage(items=list(page.items), next_cursor=page.next_cursor)


@router.delete("/api/sessions/{session_id}", status_code=204, response_model=None)
@door(Action.OWN_ACCOUNT, writes=True)
def revoke_session(work: UnitOfWork, session_id: str) -> None:
    """Sign one of your browsers out."""
    service.revoke_session(work, session_id)


@router.post("/api/users/{user_id}/password-link", status_code=201)
@door(Action.ADMINISTER, writes=True)
def make_password_link(work: UnitOfWork, request: Request, user_id: str) -> PasswordLink:
    """Make a link with which somebody sets their password, once and within 72 hours; it is in this answer only."""
    secret = service.password_links.make(work, user_id)
    address = kernel_of(request).settings.address
    return PasswordLink(
        address=f"{address}/password/{secret}", expires_at=work.now + service.password_links.LASTS
    )


@router.delete("/api/users/{user_id}", status_code=204, response_model=None)
@door(Action.ADMINISTER, writes=True)
def erase_user(work: UnitOfWork, user_id: str) -> None:
    """Replace somebody's name and e-mail for good, and end all by which they sign in. Their id stays."""
    service.erase(work, user_id)


def _user_out(user: service.User, is_admin: bool) -> UserOut:
    made = UserOut.model_validate(user)
    return made if is_admin else made.model_copy(update={"email": None})


def _token_out(token: service.Token) -> TokenOut:
    return TokenOut(
        id=token.id, name=token.name, scopes=sorted(token.scopes, key=list(Scope).index),
        created_at=token.created_at, expires_at=token.expires_at, last_used_at=token.last_used_at,
    )  # fmt: skip


def _session_out(session: service.Session, this_id: str) -> SessionOut:
    return SessionOut(
        id=session.id, created_at=session.created_at, last_seen_at=session.last_seen_at,
        user_agent=session.user_agent, is_this=session.id == this_id,
    )  # fmt: skip
