"""Who there is: adding people, what they may do, and what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import zone_named
from kintsugi.core.shared.written import line
from kintsugi.kernel.auth import Action, NotFound, Role, Unauthenticated
from kintsugi.kernel.pages import USUAL, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import secret, store
from kintsugi.server.accounts.people import Theme, User

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_LONGEST_EMAIL, _LONGEST_NAME = 254, 100


class EmailIsTaken(DomainError):
    """Somebody has an account with this e-mail."""

    def __init__(self) -> None:
        super().__init__("somebody has an account with this e-mail")


class LastAdmin(DomainError):
    """The last active admin keeps the role: make somebody else an admin first."""

    def __init__(self) -> None:
        super().__init__("the last active admin keeps the role; make somebody else an admin first")


def add_user(
    work: UnitOfWork, name: str, email: str, role: Role, password: str | None = None
) -> User:
    """Somebody new; without a password they cannot sign in by one. Raises EmailIsTaken, InvalidValue."""
    work.viewer.require(Action.ADMINISTER)
    return enter_user(work, name, email, role, password)


def enter_user(work: UnitOfWork, name: str, email: str, role: Role, password: str | None) -> User:
    """Add somebody, whoever asks: for the first of all, who has nobody to ask."""
    address = checked_email(email)
    user = User(
        work.new_id("usr"), checked_name(name), address, role, zone="", theme=Theme.SYSTEM, is_active=True,
        created_at=work.now,
    )  # fmt: skip
    if password is not None:
        user = replace(
            user, password_hash=secret.password_hash(secret.checked_password(password, address))
        )
    if store.user_of_email(work.connection, address):
        raise EmailIsTaken
    try:
        store.insert_user(work.connection, user)
    except sa.exc.IntegrityError as error:  # somebody else added them between the question and now
        raise EmailIsTaken from error
    work.audit("user.add", user.id, role=role.value)
    return user


def list_users(work: UnitOfWork, cursor: str | None = None, limit: int = USUAL) -> Page[User]:
    """Everybody but those who were erased, by name."""
    found = store.users_after(work.connection, key_of(cursor, 2) if cursor else None, limit + 1)
    return page_of(found, limit, lambda user: (user.name, user.id))


def change_user(
    work: UnitOfWork, user_id: str, *, role: Role | None = None, is_active: bool | None = None
) -> User:
    """Give somebody another role, or let them in or out; out also ends their sessions and tokens.

    Raises NotFound, LastAdmin.
    """
    work.viewer.require(Action.ADMINISTER)
    admins = store.lock_active_admins(work.connection)
    before = store.user_of_id(work.connection, clean(user_id), lock=True)
    if before is None or before.erased_at is not None:
        raise NotFound("there is nobody with this id")
    after = replace(
        before,
        role=before.role if role is None else role,
        is_active=before.is_active if is_active is None else is_active,
    )
    if after == before:
        return before
    if admins == {before.id} and not (after.is_active and after.role is Role.ADMIN):
        raise LastAdmin
    store.save_user(work.connection, after)
    if not after.is_active:
        store.revoke_sessions(work.connection, before.id, work.now)
        store.revoke_tokens(work.connection, before.id, work.now)
        store.end_password_links(work.connection, before.id, work.now)
    work.audit(
        "user.change", before.id,
        role=[before.role.value, after.role.value], is_active=[before.is_active, after.is_active],
    )  # fmt: skip
    return after


def person(work: UnitOfWork, user_id: str) -> User:
    """Somebody by their id, who is not erased. Raises Forbidden, NotFound."""
    work.viewer.require(Action.ADMINISTER)
    found = store.user_of_id(work.connection, clean(user_id))
    if found is None or found.erased_at is not None:
        raise NotFound("there is nobody with this id")
    return found


def me(work: UnitOfWork) -> User:
    """Whoever asks. Raises Unauthenticated when they are no user."""
    user = store.user_of_id(work.connection, work.viewer.user_id)
    if user is None:
        raise Unauthenticated("sign in first")
    return user


def change_profile(
    work: UnitOfWork,
    *,
    name: str | None = None,
    zone: str | None = None,
    theme: Theme | None = None,
    single_keys: bool | None = None,
) -> User:
    """What somebody says of themselves; an empty zone is the organisation's. Raises InvalidValue."""
    before = me(work)
    after = replace(
        before,
        name=before.name if name is None else checked_name(name),
        zone=before.zone if zone is None else checked_zone(zone),
        theme=before.theme if theme is None else theme,
        single_keys=before.single_keys if single_keys is None else single_keys,
    )
    if after == before:
        return before
    store.save_user(work.connection, after)
    said = ("name", "zone", "theme", "single_keys")
    changed = [one for one in said if getattr(before, one) != getattr(after, one)]
    work.audit("profile.change", after.id, changed=changed)
    return after


def change_password(work: UnitOfWork, password: str) -> None:
    """Set one's own password, whose old one was just shown; every other session of theirs ends."""
    user = me(work)
    hashed = secret.password_hash(secret.checked_password(password, user.email))
    store.save_user(work.connection, replace(user, password_hash=hashed))
    store.end_password_links(work.connection, user.id, work.now)
    ended = store.revoke_sessions(work.connection, user.id, work.now, but=work.viewer.session_id)
    work.audit("password.change", user.id, sessions_ended=ended)


def user_of_email(work: UnitOfWork, email: str) -> User | None:
    """The user with an e-mail, however it is written."""
    return store.user_of_email(work.connection, clean(email.strip()).casefold())


def names_of(work: UnitOfWork, ids: Iterable[str]) -> dict[str, str]:
    """The names of users by id, for pages that show who did what; unknown ids are left out."""
    return {user.id: user.name for user in store.users_of_ids(work.connection, ids)}


def emails_of(work: UnitOfWork, ids: Iterable[str]) -> dict[str, str]:
    """The e-mail addresses of users by id, for messages to them; who is no longer active is left out."""
    found = store.users_of_ids(work.connection, ids)
    return {user.id: user.email for user in found if user.is_active}


def checked_name(name: str) -> str:
    """The name on one line. Raises InvalidValue."""
    return line(name, "name", _LONGEST_NAME, required=True, expected="what people call you")


def checked_email(email: str) -> str:
    """The e-mail as it is compared. Raises InvalidValue."""
    made = clean(email.strip()).casefold()
    if not _EMAIL.fullmatch(made) or len(made) > _LONGEST_EMAIL or "\ufffd" in made:
        raise InvalidValue(
            "is no e-mail address", path=("email",), expected="one such as mina@example.com"
        )
    return made


def checked_zone(zone: str) -> str:
    """The zone's name; empty stays empty. Raises InvalidValue."""
    found = zone_named(zone.strip()) if zone.strip() else None
    if found is None:
        return ""
    return found.key if isinstance(found, ZoneInfo) else "UTC"
