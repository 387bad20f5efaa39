"""Rows of incidents as core values, and which rows somebody sees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import sqlalchemy as sa

from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.impact import impact_details, read_details
from kintsugi.kernel.auth import Viewer
from kintsugi.server.incidents.tables import MILESTONES, incident_grants, incidents


def visible(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Which rows the viewer sees: those not private, their own, and those they were given access to.

    A role gives nothing here: an admin sees a private incident only when it is shared with them.
    """
    return visible_to(viewer.user_id)


def visible_to(user_id: str | sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """The same for the id of a user, or for a parameter that will be one."""
    granted = sa.exists().where(
        incident_grants.c.incident_id == incidents.c.id, incident_grants.c.user_id == user_id
    )
    return sa.or_(incidents.c.is_private.is_(False), incidents.c.created_by == user_id, granted)


def counted() -> sa.ColumnElement[bool]:
    """Which rows are in statistics: none that is private, a drill, or merged into another."""
    return sa.and_(
        incidents.c.is_private.is_(False),
        incidents.c.is_drill.is_(False),
        incidents.c.merged_into_id.is_(None),
    )


def listed(words: Sequence[str]) -> str:
    """Words as they are kept: a JSON list."""
    return json.dumps(list(words), ensure_ascii=False)


def kept_numbers(numbers: Impact) -> str | None:
    """Impact in numbers as it is kept: JSON with the API's keys; None where nothing is known."""
    details = impact_details(numbers)
    return json.dumps(details, ensure_ascii=False) if details else None


@lru_cache(maxsize=512)
def _numbers(kept: str | None) -> Impact:
    return read_details(json.loads(kept)) if kept else Impact()


def incident_of(row: sa.RowMapping) -> Incident:
    """An incident as its row says."""
    return Incident(
        id=row["id"], number=row["number"], reference=row["reference"],
        external_id=row["external_id"], title=row["title"], summary=row["summary"],
        status=IncidentStatus(row["status"]),
        severity=Severity(row["severity"]) if row["severity"] is not None else None,
        is_private=row["is_private"], is_drill=row["is_drill"],
        detection=DetectionMethod(row["detection_how"]) if row["detection_how"] else None,
        impact=row["impact_text"], services=tuple(json.loads(row["services"])),
        tags=tuple(json.loads(row["tags"])), commander_id=row["commander_id"],
        merged_into_id=row["merged_into_id"],
        created_by=row["created_by"], created_at=row["created_at"], updated_at=row["updated_at"],
        version=row["version"], last_sequence=row["last_sequence"],
        milestones=Milestones(**{name: row[name] for name in MILESTONES}),
        impact_numbers=_numbers(row["impact_numbers"]),
    )  # fmt: skip


def entry_of(row: sa.RowMapping) -> Entry:
    """An entry as its row says."""
    return Entry(
        id=row["id"], sequence=row["sequence"], happened_at=row["happened_at"],
        recorded_at=row["recorded_at"], kind=EventKind(row["kind"]), text=row["text"],
        actor_id=row["actor_id"], actor=row["actor"], important=row["important"],
        evidence=row["evidence"], detail=json.loads(row["detail"]),
    )  # fmt: skip
