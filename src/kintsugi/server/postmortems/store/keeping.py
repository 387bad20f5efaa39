"""Share links, own templates and the room's settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kintsugi.kernel import settled
from kintsugi.server.postmortems.tables import (
    postmortem_settings,
    postmortem_shares,
    postmortem_templates,
)


@dataclass(frozen=True, slots=True)
class Share:
    """An address that shows the external view; its secret is not kept, only a hash."""

    id: str
    postmortem_id: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template of the team, at a version."""

    name: str
    version: int
    text: str
    made_by: str
    made_at: datetime
    is_retired: bool


def add_share(connection: sa.Connection, share: Share, secret_hash: str) -> None:
    connection.execute(
        postmortem_shares.insert().values(
            id=share.id, postmortem_id=share.postmortem_id, secret_hash=secret_hash,
            made_by=share.made_by, made_at=share.made_at, expires_at=share.expires_at,
            revoked_at=None,
        )
    )  # fmt: skip


def shares(connection: sa.Connection, postmortem_id: str) -> list[Share]:
    table = postmortem_shares
    query = sa.select(table).where(table.c.postmortem_id == postmortem_id)
    return [_share(row) for row in connection.execute(query.order_by(table.c.made_at)).mappings()]


def share_of(connection: sa.Connection, secret_hash: str) -> Share | None:
    table = postmortem_shares
    row = connection.execute(sa.select(table).where(table.c.secret_hash == secret_hash))
    found = row.mappings().first()
    return None if found is None else _share(found)


def revoke_share(
    connection: sa.Connection, postmortem_id: str, share_id: str, now: datetime
) -> bool:
    table = postmortem_shares
    done = connection.execute(
        table.update()
        .where(
            table.c.id == share_id,
            table.c.postmortem_id == postmortem_id,
            table.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return done.rowcount == 1


def templates(connection: sa.Connection) -> list[OwnTemplate]:
    """The newest version of each template that is not retired, by name."""
    table = postmortem_templates
    newest = (
        sa.select(table.c.name, sa.func.max(table.c.version).label("version"))
        .group_by(table.c.name)
        .subquery()
    )
    query = (
        sa.select(table)
        .join(newest, sa.and_(table.c.name == newest.c.name, table.c.version == newest.c.version))
        .where(table.c.is_retired.is_(False))
        .order_by(table.c.name)
    )
    return [OwnTemplate(**row) for row in connection.execute(query).mappings()]


def template_named(connection: sa.Connection, name: str) -> OwnTemplate | None:
    """The newest version of a template, retired or not."""
    table = postmortem_templates
    query = sa.select(table).where(table.c.name == name).order_by(table.c.version.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else OwnTemplate(**row)


def add_template(connection: sa.Connection, template: OwnTemplate) -> None:
    values = {name: getattr(template, name) for name in OwnTemplate.__dataclass_fields__}
    connection.execute(postmortem_templates.insert().values(values))


def settings(connection: sa.Connection, names: Sequence[str]) -> dict[str, tuple[Any, int]]:
    """Each setting's value and its version, by name; those that nobody set are left out."""
    found = settled.settled(connection, postmortem_settings, names)
    return {name: (json.loads(one.value), one.version) for name, one in found.items()}


def setting(connection: sa.Connection, name: str) -> tuple[Any, int] | None:
    """One of them; None when nobody set it."""
    return settings(connection, [name]).get(name)


def put_setting(
    connection: sa.Connection, name: str, value: object, expected: int, by: str, now: datetime
) -> bool:
    """Set a value if it is still at the expected version (0: never set); whether it was."""
    text = json.dumps(value, ensure_ascii=False)
    return settled.settle(connection, postmortem_settings, name, text, expected, by, now)


def _share(row: sa.RowMapping) -> Share:
    return Share(
        row["id"], row["postmortem_id"], row["made_by"], row["made_at"], row["expires_at"],
        row["revoked_at"],
    )  # fmt: skip
