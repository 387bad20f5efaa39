"""Erasing somebody: what says who they are goes, what they did stays under their id."""

from __future__ import annotations

from dataclasses import replace

from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action, NotFound, Role
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import store
from kintsugi.server.accounts.events import PersonErased
from kintsugi.server.accounts.people import Theme, User
from kintsugi.server.accounts.service.users import LastAdmin

ERASED_NAME = "Erased person"


def erase(work: UnitOfWork, user_id: str) -> User:
    """Replace somebody's name and e-mail for good, and end all by which they sign in.

    1. They are let out, and their sessions, tokens and links end. 2. Name, e-mail, zone, theme and what
    their browsers said go; they leave their teams. 3. The rooms above are told.
    Raises Forbidden, NotFound, LastAdmin.
    """
    work.viewer.require(Action.ADMINISTER)
    admins = store.lock_active_admins(work.connection)
    user = store.user_of_id(work.connection, clean(user_id), lock=True)
    if user is None:
        raise NotFound("there is nobody with this id")
    if user.erased_at is not None:
        return user
    if admins == {user.id}:
        raise LastAdmin
    store.revoke_sessions(work.connection, user.id, work.now)
    store.revoke_tokens(work.connection, user.id, work.now)
    store.end_password_links(work.connection, user.id, work.now)
    store.forget_browsers(work.connection, user.id)
    store.leave_teams(work.connection, user.id)
    erased = replace(
        user, name=ERASED_NAME, email=f"{user.id}@erased.invalid", role=Role.VIEWER, zone="",
        theme=Theme.SYSTEM, is_active=False, password_hash=None, single_keys=True, erased_at=work.now,
    )  # fmt: skip
    store.save_user(work.connection, erased)
    work.audit("user.erase", user.id)
    work.publish(PersonErased(user.id))
    return erased
