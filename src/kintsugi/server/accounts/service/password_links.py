"""Links that let somebody set a password, once: for who is new, and for who forgot theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import secret, store
from kintsugi.server.accounts.people import User
from kintsugi.server.accounts.service.sessions import open_session

LASTS = timedelta(hours=72)
_GONE = "this link was used, is older than 72 hours, or never was one; an admin makes a new one"


def make(work: UnitOfWork, user_id: str) -> str:
    """The secret of a new link for somebody; their older ones end. Raises Forbidden, NotFound."""
    work.viewer.require(Action.ADMINISTER)
    user = store.user_of_id(work.connection, clean(user_id), lock=True)
    if user is None or not user.is_active:
        raise NotFound("there is nobody active with this id")
    store.end_password_links(work.connection, user.id, work.now)
    made = secret.new_secret()
    store.insert_password_link(
        work.connection, user.id, secret.hash_of(made), work.now, work.now + LASTS
    )
    work.audit("password_link.make", user.id, hours=72)
    return made


def whose(work: UnitOfWork, link: str) -> User:
    """Who may set a password with a link. Raises NotFound when it no longer works."""
    user_id = store.user_of_password_link(work.connection, secret.hash_of(link), work.now)
    user = store.user_of_id(work.connection, user_id) if user_id else None
    if user is None or not user.is_active:
        raise NotFound(_GONE)
    return user


def use(work: UnitOfWork, link: str, password: str, user_agent: str = "") -> str:
    """Set the password and sign in; the session's secret. Raises NotFound, InvalidValue.

    1. The link is used up; of two at once the second finds nothing. 2. The password is set.
    3. Every session from before ends.
    """
    user_id = store.use_password_link(work.connection, secret.hash_of(link), work.now)
    user = store.user_of_id(work.connection, user_id, lock=True) if user_id else None
    if user is None or not user.is_active:
        raise NotFound(_GONE)
    hashed = secret.password_hash(secret.checked_password(password, user.email))
    changed = replace(user, password_hash=hashed)
    store.save_user(work.connection, changed)
    store.end_password_links(work.connection, user.id, work.now)
    ended = store.revoke_sessions(work.connection, user.id, work.now)
    as_them = replace(work, viewer=changed.viewer("UTC"))
    as_them.audit("password_link.use", user.id, sessions_ended=ended)
    return open_session(as_them, changed, user_agent)
