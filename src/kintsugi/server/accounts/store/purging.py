"""What nobody can use any more goes: sessions that are over, links that were used or came too late."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.server.accounts.tables import password_links, sessions, setup_links


def purge_sessions(connection: sa.Connection, seen_since: datetime, revoked_since: datetime) -> int:
    """How many sessions went: those last seen, or revoked, before."""
    is_over = sa.or_(sessions.c.last_seen_at <= seen_since, sessions.c.revoked_at <= revoked_since)
    return connection.execute(sessions.delete().where(is_over)).rowcount


def purge_links(connection: sa.Connection, now: datetime) -> int:
    """How many links went: those that were used or no longer work."""
    gone = 0
    for links in (setup_links, password_links):
        is_over = sa.or_(links.c.used_at.is_not(None), links.c.expires_at <= now)
        gone += connection.execute(links.delete().where(is_over)).rowcount
    return gone
