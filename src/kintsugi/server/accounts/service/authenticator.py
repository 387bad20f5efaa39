"""Who holds a credential: what the kernel asks before every door."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.http import Credentials
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import secret, store
from kintsugi.server.accounts.service.sessions import SESSION_LASTS, seen_since

TOUCH = timedelta(minutes=1)
"""How exactly it is known when a session or token was used last: one write a minute, not one a request."""


@dataclass(frozen=True, slots=True)
class RoomAuthenticator:
    """Knows viewers by session or token. `zone` is for those who chose none."""

    lasts: timedelta = SESSION_LASTS
    zone: str = "UTC"

    def viewer(self, work: UnitOfWork, credentials: Credentials) -> Viewer | None:
        """The viewer, or None when the credentials are nobody's or no longer valid."""
        if credentials.token:
            return self._by_token(work, credentials.token)
        return self._by_session(work, credentials.session)

    def _by_session(self, work: UnitOfWork, shown: str) -> Viewer | None:
        found = store.session_of_secret(
            work.connection, secret.hash_of(shown), seen_since(work.now, self.lasts)
        )
        if found is None:
            return None
        session, user, team_ids = found
        if is_stale(session.last_seen_at, work.now):
            with _nice_to_have():
                store.see_session(work.connection, session.id, work.now, work.now - TOUCH)
        return user.viewer(self.zone, team_ids=team_ids, session_id=session.id)

    def _by_token(self, work: UnitOfWork, shown: str) -> Viewer | None:
        found = store.token_of_secret(work.connection, secret.hash_of(shown), work.now)
        if found is None:
            return None
        token, user, team_ids = found
        if is_stale(token.last_used_at, work.now):
            with _nice_to_have():
                store.see_token(work.connection, token.id, work.now, work.now - TOUCH)
        return user.viewer(self.zone, team_ids=team_ids, scopes=token.scopes)


def is_stale(last: datetime | None, now: datetime) -> bool:
    """Whether the time of last use is to be written anew."""
    return last is None or now - last >= TOUCH


def _nice_to_have() -> contextlib.suppress:
    """A full disk or a busy database keeps nobody from reading.

    The unit of work is one that reads: its connection is on autocommit, the one UPDATE stands alone
    (on SQLite beside the process's write lock: it waits for a writer by the busy timeout).
    """
    return contextlib.suppress(sa.exc.DBAPIError)
