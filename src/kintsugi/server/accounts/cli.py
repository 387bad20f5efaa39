"""What the commands `kintsugi user` and `kintsugi token` do on the database, without a browser."""

from __future__ import annotations

from datetime import timedelta

from kintsugi.kernel.auth import SYSTEM, NotFound, Role, Scope
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service


def add_user(works: Works, name: str, email: str, role: Role, password: str) -> str:
    """Add somebody; their id. Raises EmailIsTaken, InvalidValue."""
    with works.writing(SYSTEM) as work:
        return service.add_user(work, name, email, role, password).id


def create_token(works: Works, email: str, name: str, scope: Scope, days: int | None) -> str:
    """A token for the user with an e-mail; its secret. Raises NotFound, InvalidValue."""
    with works.writing(SYSTEM) as work:
        user = service.user_of_email(work, email)
        if user is None:
            raise NotFound(f"nobody has the e-mail {email}")
        expires = work.now + timedelta(days=days) if days is not None else None
        return service.create_token(work, user.id, name, [scope], expires).secret
