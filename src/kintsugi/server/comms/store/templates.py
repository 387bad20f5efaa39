"""Own templates, each of their versions a row."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.core.comms.message import Audience
from kintsugi.server.comms.message import OwnTemplate
from kintsugi.server.comms.tables.messages import message_templates


def newest(connection: sa.Connection) -> list[OwnTemplate]:
    """The newest version of each template, retired or not, by name."""
    table = message_templates
    last = (
        sa.select(table.c.name, sa.func.max(table.c.version).label("version"))
        .group_by(table.c.name)
        .subquery()
    )
    is_last = sa.and_(table.c.name == last.c.name, table.c.version == last.c.version)
    query = sa.select(table).join(last, is_last).order_by(table.c.name)
    return [_template(row) for row in connection.execute(query).mappings()]


def at_version(connection: sa.Connection, name: str, version: int) -> OwnTemplate | None:
    """A template as it was at a version."""
    table = message_templates
    query = sa.select(table).where(table.c.name == name, table.c.version == version)
    row = connection.execute(query).mappings().first()
    return None if row is None else _template(row)


def add(connection: sa.Connection, template: OwnTemplate) -> None:
    """Keep a version of a template."""
    values = {name: getattr(template, name) for name in OwnTemplate.__dataclass_fields__}
    connection.execute(
        message_templates.insert().values(values | {"audience": template.audience.value})
    )


def _template(row: sa.RowMapping) -> OwnTemplate:
    return OwnTemplate(**{**row, "audience": Audience(row["audience"])})
