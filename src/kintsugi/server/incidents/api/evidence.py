"""The alerts of an incident, and what changed before it, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from kintsugi.core.alerts.alert import Alert
from kintsugi.kernel.asked import Cursor, Limit
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import Name

router = APIRouter()
HOURS = int(incidents.CHANGES_WITHIN / timedelta(hours=1))


class IncidentAlert(Body):
    """An alert in what its incident shows of it; the address of the alert has the rest."""

    id: str
    title: str
    state: str
    severity: str | None
    service: str
    rule: str
    source: str
    raised_at: datetime
    began_at: datetime
    seen_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    events: int
    quality: int | None
    flapping: bool
    verdict: str | None


class IncidentAlertPage(Body):
    items: list[IncidentAlert]
    next_cursor: str | None


class GivenBody(Body):
    alerts: Annotated[list[str], Field(description="The ids of 1 to 200 alerts.")]


class GaveBody(Body):
    """How many are news to the incident, or left it."""

    changed: int


class ChangeLink(Body):
    url: str
    text: str


class IncidentChange(Body):
    id: str
    at: datetime
    summary: str
    origin: str
    source: str
    services: list[str]
    links: list[ChangeLink]
    details: dict[str, str]
    before: Annotated[bool, Field(description="Whether it was made before the incident began.")]


class IncidentChanges(Body):
    since: datetime
    began_at: datetime
    items: list[IncidentChange]


@router.get("/api/incidents/{id}/alerts", response_model=IncidentAlertPage)
@door(Action.READ)
def list_alerts(
    work: UnitOfWork, name: Name, limit: Limit = USUAL, cursor: Cursor = None
) -> IncidentAlertPage:
    """Its alerts, newest first."""
    page = incidents.alerts_of(work, incidents.get(work, name), limit, cursor)
    return IncidentAlertPage(
        items=[_written(one) for one in page.items], next_cursor=page.next_cursor
    )


@router.post("/api/incidents/{id}/alerts", response_model=GaveBody)
@door(Action.RESPOND, writes=True)
def give_alerts(work: UnitOfWork, name: Name, body: GivenBody) -> GaveBody:
    """Give it alerts that no incident has."""
    given = incidents.give_alerts(work, incidents.get(work, name), body.alerts)
    return GaveBody(changed=len(given))


@router.post("/api/incidents/{id}/alerts/take-back", response_model=GaveBody)
@door(Action.RESPOND, writes=True)
def take_back_alerts(work: UnitOfWork, name: Name, body: GivenBody) -> GaveBody:
    """Take alerts from it that have nothing to do with it; they wait for a person again."""
    taken = incidents.take_back_alerts(work, incidents.get(work, name), body.alerts)
    return GaveBody(changed=len(taken))


@router.get("/api/incidents/{id}/changes", response_model=IncidentChanges)
@door(Action.READ)
def list_changes(
    work: UnitOfWork,
    name: Name,
    hours: Annotated[float, Query(gt=0, le=336, description="So long before it began.")] = HOURS,
) -> IncidentChanges:
    """What changed in its services and all they depend on, until it was over; the newest 100."""
    incident = incidents.get(work, name)
    within, began = timedelta(hours=hours), incidents.began_at(incident)
    return IncidentChanges(
        since=began - within,
        began_at=began,
        items=[
            IncidentChange(
                id=one.id, at=one.at, summary=one.summary, origin=one.origin, source=one.source,
                services=list(one.services),
                links=[ChangeLink(url=link.url, text=link.text) for link in one.links],
                details=dict(one.details), before=one.at <= began,
            )
            for one in incidents.changes_before(work, incident, within)
        ],
    )  # fmt: skip


def _written(alert: Alert) -> IncidentAlert:
    return IncidentAlert(
        id=alert.id, title=alert.title, state=alert.state.value,
        severity=alert.severity.label if alert.severity else None, service=alert.service,
        rule=alert.rule, source=alert.source, raised_at=alert.raised_at, began_at=alert.began_at,
        seen_at=alert.seen_at, acknowledged_at=alert.acknowledged_at,
        resolved_at=alert.resolved_at, events=alert.events, quality=alert.quality,
        flapping=alert.is_flapping, verdict=alert.verdict.value if alert.verdict else None,
    )  # fmt: skip
