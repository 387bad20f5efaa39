"""The first run: a link that works once makes the first admin."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kintsugi.kernel.auth import NotFound, Role
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import secret, store
from kintsugi.server.accounts.service.sessions import open_session
from kintsugi.server.accounts.service.users import enter_user

LASTS = timedelta(hours=24)
_GONE = "this link was used, is older than 24 hours, or never was one"


def make_setup_link(work: UnitOfWork) -> str | None:
    """The secret of a new link; None once somebody is there. Older links work on: several processes may start."""
    if store.has_users(work.connection):
        return None
    made = secret.new_secret()
    store.insert_setup_link(work.connection, secret.hash_of(made), work.now, work.now + LASTS)
    work.audit("setup.offer", "setup", hours=24)
    return made


def check_setup_link(work: UnitOfWork, link: str) -> None:
    """Raises NotFound when a link no longer works."""
    is_known = store.is_setup_link(work.connection, secret.hash_of(link), work.now)
    if not is_known or store.has_users(work.connection):
        raise NotFound(_GONE)


def use_setup_link(
    work: UnitOfWork, link: str, name: str, email: str, password: str, user_agent: str = ""
) -> str:
    """Make the first admin and sign them in; the session's secret. Raises NotFound, InvalidValue.

    Two who use links at the same time take turns, and the second finds that somebody is there.
    """
    is_used = store.use_setup_link(work.connection, secret.hash_of(link), work.now)
    if not is_used or store.has_users(work.connection):
        raise NotFound(_GONE)
    admin = enter_user(work, name, email, Role.ADMIN, password)
    as_admin = replace(work, viewer=admin.viewer("UTC"))
    as_admin.audit("setup.use", admin.id)
    return open_session(as_admin, admin, user_agent)
