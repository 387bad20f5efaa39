"""Postmortems as a search is to find them: every one, drafts too. What shows them asks who looks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.auth import Viewer
from kintsugi.server.postmortems.store.documents import Hidden, hidden_ids
from kintsugi.server.postmortems.tables import postmortems

_COLUMNS = tuple(
    postmortems.c[name]
    for name in (
        "id", "number", "reference", "incident_id", "title", "words", "services", "severity",
        "status", "day", "created_at",
    )
)  # fmt: skip
_NO_INCIDENT: Hidden = sa.select(postmortems.c.incident_id).where(sa.false())


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a search keeps of a postmortem; `words` is its text, a line each."""

    id: str
    number: int
    reference: str
    incident_id: str
    title: str
    words: str
    services: tuple[str, ...]
    severity: Severity | None
    status: PostmortemStatus
    day: date | None
    created_at: datetime


def whole(connection: sa.Connection, ids: Sequence[str]) -> list[Indexed]:
    """The postmortems of these ids."""
    query = sa.select(*_COLUMNS).where(postmortems.c.id.in_(ids)).order_by(postmortems.c.number)
    return [
        Indexed(
            id=row["id"], number=row["number"], reference=row["reference"],
            incident_id=row["incident_id"], title=row["title"], words=row["words"],
            services=tuple(json.loads(row["services"])),
            severity=Severity(row["severity"]) if row["severity"] is not None else None,
            status=PostmortemStatus(row["status"]), day=row["day"], created_at=row["created_at"],
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def numbered(connection: sa.Connection, after: int, most: int) -> list[tuple[int, str]]:
    """Numbers and ids of the postmortems behind a number, in order."""
    query = sa.select(postmortems.c.number, postmortems.c.id).where(postmortems.c.number > after)
    rows = connection.execute(query.order_by(postmortems.c.number).limit(most))
    return [(int(row.number), str(row.id)) for row in rows]


def hidden_by_state(viewer: Viewer) -> Hidden:
    """The ids of those that the viewer may not see, whatever incident they are of: drafts, and deleted ones."""
    return hidden_ids(viewer, _NO_INCIDENT)
