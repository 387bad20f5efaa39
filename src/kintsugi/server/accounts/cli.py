"""What the commands `kintsugi user` and `kintsugi token` do on the database, without a browser."""

from __future__ import annotations

from datetime import timedelta

from kintsugi.core.shared.times import written_moment
from kintsugi.kernel.auth import SYSTEM, NotFound, Role, Scope
from kintsugi.kernel.pages import MOST
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.accounts import service


def add_user(works: Works, name: str, email: str, role: Role, password: str) -> tuple[str, str]:
    """Add somebody: their id, and without a password the secret of a link that sets one.

    Raises EmailIsTaken, InvalidValue.
    """
    with works.writing(SYSTEM) as work:
        user = service.add_user(work, name, email, role, password or None)
        return user.id, "" if password else service.password_links.make(work, user.id)


def list_users(works: Works) -> list[dict[str, object]]:
    """Everybody, by name, with the API's keys."""
    found: list[service.User] = []
    cursor: str | None = ""
    with works.reading(SYSTEM) as work:
        while cursor is not None:
            page = service.list_users(work, cursor, MOST)
            found.extend(page.items)
            cursor = page.next_cursor
    return [
        {
            "id": user.id, "name": user.name, "email": user.email, "role": user.role.value,
            "isActive": user.is_active, "createdAt": written_moment(user.created_at),
        }
        for user in found
    ]  # fmt: skip


def change_user(
    works: Works, email: str, *, role: Role | None = None, is_active: bool | None = None
) -> None:
    """Give somebody another role, or let them in or out. Raises LastAdmin, NotFound."""
    with works.writing(SYSTEM) as work:
        service.change_user(work, _of_email(work, email).id, role=role, is_active=is_active)


def make_password_link(works: Works, email: str) -> str:
    """The secret of a new link that sets somebody's password. Raises NotFound."""
    with works.writing(SYSTEM) as work:
        return service.password_links.make(work, _of_email(work, email).id)


def erase(works: Works, email: str) -> str:
    """Erase somebody; the id that stays. Raises LastAdmin, NotFound."""
    with works.writing(SYSTEM) as work:
        return service.erase(work, _of_email(work, email).id).id


def create_token(works: Works, email: str, name: str, scope: Scope, days: int | None) -> str:
    """A token for the user with an e-mail; its secret. Raises NotFound, InvalidValue."""
    with works.writing(SYSTEM) as work:
        user = _of_email(work, email)
        expires = work.now + timedelta(days=days) if days is not None else None
        return service.create_token(work, user.id, name, [scope], expires).secret


def _of_email(work: UnitOfWork, email: str) -> service.User:
    user = service.user_of_email(work, email)
    if user is None:
        raise NotFound(f"nobody has the e-mail {email}")
    return user
