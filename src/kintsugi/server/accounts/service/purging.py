"""The nightly purge of the accounts room."""

from __future__ import annotations

from datetime import timedelta

from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import guessing, store
from kintsugi.server.accounts.service.sessions import SESSION_LASTS, seen_since
from kintsugi.server.accounts.store import purging

REVOKED_KEPT = timedelta(days=1)


def purge(work: UnitOfWork, *, lasts: timedelta = SESSION_LASTS) -> None:
    """Forget sessions that are over, links that no longer work, and guesses that count no longer."""
    over, revoked = seen_since(work.now, lasts), work.now - REVOKED_KEPT
    sessions = purging.purge_sessions(work.connection, over, revoked)
    links = purging.purge_links(work.connection, work.now)
    store.forget_old_guesses(work.connection, work.now, guessing.FORGOTTEN)
    log.info("accounts purged", sessions=sessions, links=links)
