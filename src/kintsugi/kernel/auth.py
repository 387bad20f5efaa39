"""Who is asking, and what they may do. The first argument of every read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kintsugi.core.shared.errors import DomainError


class Role(Enum):
    """What a person may do in the installation; each may do all that the one before may."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for a viewer to 3 for an admin."""
        return list(Role).index(self)


class Action(Enum):
    """What a door lets somebody do. The least role for each stands in `LEAST_ROLE`."""

    READ = "read"
    DECLARE = "declare"
    RESPOND = "respond"
    EDIT = "edit"
    ADMINISTER = "administer"
    OWN_ACCOUNT = "own account"


LEAST_ROLE: dict[Action, Role] = {
    Action.READ: Role.VIEWER,
    Action.DECLARE: Role.RESPONDER,
    Action.RESPOND: Role.RESPONDER,
    Action.EDIT: Role.EDITOR,
    Action.ADMINISTER: Role.ADMIN,
    Action.OWN_ACCOUNT: Role.VIEWER,
}


class Scope(Enum):
    """What a token may be used for, whatever its owner's role."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @property
    def actions(self) -> frozenset[Action]:
        """The actions the scope allows."""
        reading = {Action.READ}
        writing = reading | {Action.DECLARE, Action.RESPOND, Action.EDIT}
        return frozenset(
            {Scope.READ: reading, Scope.WRITE: writing, Scope.ADMIN: writing | {Action.ADMINISTER}}[
                self
            ]
        )


class Unauthenticated(DomainError):
    """Who you are is not known: sign in, or send a token that is still valid."""


class Forbidden(DomainError):
    """You may not do this."""


class NotFound(DomainError):
    """There is nothing here that you can see."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks: a user with a role, cut by the scopes of the token they came with (None for a browser session)."""

    user_id: str
    name: str
    email: str
    role: Role
    zone: str = "UTC"
    theme: str = "system"
    team_ids: frozenset[str] = frozenset()
    scopes: frozenset[Scope] | None = None
    session_id: str = ""
    single_keys: bool = True

    def may(self, action: Action) -> bool:
        """Whether the role allows it, and the token if there is one."""
        if self.scopes is not None and not any(action in scope.actions for scope in self.scopes):
            return False
        return self.role.rank >= LEAST_ROLE[action].rank

    def require(self, action: Action) -> None:
        """Raises Forbidden when this viewer may not do it, saying which role may."""
        if not self.may(action):
            token = " and a token with the scope for it" if self.scopes is not None else ""
            raise Forbidden(f"this needs the role {LEAST_ROLE[action].value}{token}")


SYSTEM = Viewer("system", "Kintsugi", "", Role.ADMIN)
"""The product itself: first run, commands on the database, jobs."""
