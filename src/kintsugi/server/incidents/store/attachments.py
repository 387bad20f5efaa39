"""The files of incidents; their content is in the kernel's blobs."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.incidents.attachment import Attachment
from kintsugi.core.incidents.incident import Incident
from kintsugi.server.incidents.tables import attachments


def add_attachment(connection: sa.Connection, attachment: Attachment) -> None:
    values = {name: getattr(attachment, name) for name in Attachment.__dataclass_fields__}
    connection.execute(attachments.insert().values(values))


def attachment_of(
    connection: sa.Connection, incident: Incident, attachment_id: str
) -> Attachment | None:
    """The file of this incident with this id; `incident` was read by a viewer who sees it."""
    query = sa.select(attachments).where(
        attachments.c.id == attachment_id, attachments.c.incident_id == incident.id
    )
    row = connection.execute(query).mappings().first()
    return Attachment(**row) if row is not None else None


def attachments_of(
    connection: sa.Connection, incident: Incident, limit: int, after: str | None = None
) -> list[Attachment]:
    """The files, oldest first, those withdrawn among them."""
    query = sa.select(attachments).where(attachments.c.incident_id == incident.id)
    if after is not None:
        query = query.where(attachments.c.id > after)
    rows = connection.execute(query.order_by(attachments.c.id).limit(limit))
    return [Attachment(**row) for row in rows.mappings()]


def count_attachments(connection: sa.Connection, incident: Incident) -> int:
    """How many files there are that are not withdrawn."""
    query = sa.select(sa.func.count()).where(
        attachments.c.incident_id == incident.id, attachments.c.withdrawn_at.is_(None)
    )
    return int(connection.execute(query).scalar_one())


def withdraw_attachment(
    connection: sa.Connection, attachment_id: str, by: str, now: datetime
) -> bool:
    """Say that a file is withdrawn; False when it is already."""
    theirs = attachments.update().where(
        attachments.c.id == attachment_id, attachments.c.withdrawn_at.is_(None)
    )
    return connection.execute(theirs.values(withdrawn_by=by, withdrawn_at=now)).rowcount == 1
