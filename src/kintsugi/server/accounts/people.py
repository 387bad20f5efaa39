"""The values of the accounts room: people, their teams, sessions and tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from kintsugi.kernel.auth import Role, Scope, Viewer


class Theme(Enum):
    """How pages are coloured for somebody."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can have rights here. `zone` is empty for whoever reads times in the organisation's."""

    id: str
    name: str
    email: str
    role: Role
    zone: str
    theme: Theme
    is_active: bool
    created_at: datetime
    password_hash: str | None = field(default=None, repr=False)
    single_keys: bool = True
    erased_at: datetime | None = None

    def viewer(
        self,
        zone: str,
        *,
        team_ids: frozenset[str] = frozenset(),
        scopes: frozenset[Scope] | None = None,
        session_id: str = "",
    ) -> Viewer:
        """The user as one who asks; `zone` counts when they set none."""
        return Viewer(
            self.id, self.name, self.email, self.role,
            zone=self.zone or zone, theme=self.theme.value, team_ids=team_ids, scopes=scopes,
            session_id=session_id, single_keys=self.single_keys,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Team:
    """Some people under a name; `version` counts its names."""

    id: str
    name: str
    member_count: int
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is signed in."""

    id: str
    user_id: str
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """What a program signs in with, for somebody and within scopes. Its secret is shown once, and not kept."""

    id: str
    user_id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Made:
    """A new token, and its secret this one time."""

    token: Token
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Guesses:
    """How often somebody guessed wrong, and when last."""

    failures: int
    last_at: datetime
