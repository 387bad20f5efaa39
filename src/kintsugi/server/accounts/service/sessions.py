"""Signing in and out. A password is looked at between two short units of work, never inside one.

1. `begin_guess` counts a guess as wrong, before anybody looks. 2. `Attempt.is_right` takes its 50 ms
   while no lock is held, so that strangers who guess keep nobody from writing. 3. `sign_in` takes the
   count back, or `note_wrong_guess` leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import clean, one_line, shortened
from kintsugi.kernel.auth import NotFound, Unauthenticated
from kintsugi.kernel.pages import USUAL, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import guessing, secret, store
from kintsugi.server.accounts.people import Guesses, Session, User

SESSION_LASTS = timedelta(days=14)
"""How long somebody may be away and still be signed in, where no setting says otherwise."""


class TooManyGuesses(DomainError):
    """Wrong guesses came too quickly from here; `wait` says how long until the next is looked at."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, -(-wait // timedelta(seconds=1)))
        super().__init__(f"too many wrong guesses from here; try again in {_told(self.seconds)}")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A guess that was counted, and that nobody looked at yet; `user` is None when nobody has the e-mail."""

    email: str
    address: str
    user: User | None = field(repr=False)

    def is_right(self, password: str) -> bool:
        """Whether it is the user's password. Takes as long when there is no such user."""
        stored = self.user.password_hash if self.user and self.user.is_active else None
        return secret.is_right(password, stored)


def begin_guess(work: UnitOfWork, email: str, address: str) -> Attempt:
    """Count a guess at the password of an e-mail from a client's address. Raises TooManyGuesses.

    A guess that comes too early is not counted, so that nobody can be kept out by hammering.
    """
    email = clean(email.strip()).casefold()
    pair, alone = guessing.pair_key(email, address), guessing.address_key(address)
    store.forget_old_guesses(work.connection, work.now, guessing.FORGOTTEN)
    found = store.lock_guesses(work.connection, (pair, alone), work.now)
    waits = (
        guessing.PAIR.wait(found.get(pair), work.now),
        guessing.ADDRESS.wait(found.get(alone), work.now),
    )
    if max(waits):
        raise TooManyGuesses(max(waits))
    for key in sorted((pair, alone)):
        failures = found[key].failures + 1 if key in found else 1
        store.count_guess(work.connection, key, Guesses(failures, work.now))
    return Attempt(email, address, store.user_of_email(work.connection, email))


def sign_in(work: UnitOfWork, attempt: Attempt, password: str, user_agent: str) -> str:
    """A new session for whoever made an attempt that is right; its secret, for the cookie.

    Raises Unauthenticated when the user was let out or has another password since.
    """
    user = store.user_of_id(work.connection, attempt.user.id, lock=True) if attempt.user else None
    if (
        user is None
        or attempt.user is None
        or not user.is_active
        or user.password_hash != attempt.user.password_hash
    ):
        raise Unauthenticated("sign in again")
    accept_guess(work, attempt)
    if user.password_hash and secret.is_outdated(user.password_hash):
        store.save_user(
            work.connection, replace(user, password_hash=secret.password_hash(password))
        )
    return open_session(work, user, user_agent)


def accept_guess(work: UnitOfWork, attempt: Attempt) -> None:
    """Take the count of a right guess back.

    The address keeps what was wrong before: one right password of one's own buys no more guesses.
    """
    store.forget_guesses(work.connection, guessing.pair_key(attempt.email, attempt.address))
    store.uncount_guess(work.connection, guessing.address_key(attempt.address))


def note_wrong_guess(work: UnitOfWork, attempt: Attempt) -> None:
    """Write a wrong guess down: whose account, not what was typed. As slow when it is nobody's."""
    work.audit(
        "session.refuse", attempt.user.id if attempt.user else "nobody", address=attempt.address
    )


def open_session(work: UnitOfWork, user: User, user_agent: str) -> str:
    """A new session; its secret, for the cookie."""
    made = secret.new_secret()
    agent = shortened(one_line(clean(user_agent)), 200)
    session = Session(work.new_id("ses"), user.id, work.now, work.now, agent, None)
    store.insert_session(work.connection, session, secret.hash_of(made))
    work.audit("session.open", user.id, session=session.id)
    return made


def sign_out(work: UnitOfWork) -> None:
    """End the session that asks; nothing when there is none."""
    viewer = work.viewer
    if viewer.session_id and store.revoke_session(
        work.connection, viewer.user_id, viewer.session_id, work.now
    ):
        work.audit("session.close", viewer.user_id, session=viewer.session_id)


def list_sessions(
    work: UnitOfWork,
    cursor: str | None = None,
    limit: int = USUAL,
    *,
    lasts: timedelta = SESSION_LASTS,
) -> Page[Session]:
    """One's own open sessions, newest first."""
    after, since = key_of(cursor, 1) if cursor else None, seen_since(work.now, lasts)
    found = store.open_sessions_after(work.connection, work.viewer.user_id, since, after, limit + 1)
    return page_of(found, limit, lambda session: (session.id,))


def revoke_session(work: UnitOfWork, session_id: str) -> None:
    """End one of one's own sessions. Raises NotFound."""
    if not store.revoke_session(work.connection, work.viewer.user_id, clean(session_id), work.now):
        raise NotFound("you have no such session")
    work.audit("session.revoke", work.viewer.user_id, session=session_id)


def seen_since(now: datetime, lasts: timedelta) -> datetime:
    """A session last seen before this is over."""
    return now - lasts


def _told(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"
