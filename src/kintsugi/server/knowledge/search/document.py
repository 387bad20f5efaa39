"""A thing as the search keeps it, made of what the rooms below say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.incidents.impact_facts import impact_line
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.knowledge.query import Kind, spelled_status
from kintsugi.core.shared.severity import Severity
from kintsugi.server.actions import service as actions
from kintsugi.server.postmortems import service as postmortems

LONGEST = 100_000
"""Characters of a text that are kept to search in; of a longer timeline the newest entries."""


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found. `number` counts within the kind; None for alerts, which have none of their own."""

    kind: Kind
    of: str
    number: int | None
    reference: str
    incident_id: str | None
    postmortem_id: str | None
    title: str
    text: str
    services: tuple[str, ...]
    severity: Severity | None
    status: str
    at: datetime


def of_incident(incident: Incident, entries: Sequence[Entry]) -> Document:
    """An incident with its timeline."""
    told = (line for entry in entries for line in (entry.text, entry.evidence))
    said = (
        incident.reference, incident.external_id or "", incident.summary, incident.impact,
        impact_line(incident.impact_numbers), " ".join((*incident.services, *incident.tags)), *told,
    )  # fmt: skip
    return Document(
        Kind.INCIDENT, incident.id, incident.number, incident.reference, incident.id, None,
        incident.title, _text(said), incident.services, incident.severity,
        spelled_status(incident.status.value), incident.began_at,
    )  # fmt: skip


def of_postmortem(one: postmortems.Indexed) -> Document:
    """A postmortem, whole. It is of the day it is about."""
    at = datetime.combine(one.day, time(), UTC) if one.day else one.created_at
    return Document(
        Kind.POSTMORTEM, one.id, one.number, one.reference, one.incident_id, one.id, one.title,
        _text((one.reference, *one.services, one.words)), one.services, one.severity,
        spelled_status(one.status.value), at,
    )  # fmt: skip


def of_action(action: actions.Action, about: postmortems.Indexed | None) -> Document:
    """An action; its services and severity are those of the postmortem it follows from."""
    item = action.item
    said = (action.reference, item.ticket, item.done_when, item.evidence, item.reason)
    return Document(
        Kind.ACTION, action.id, action.number, action.reference, action.source.incident_id,
        action.source.id, item.description, _text(said), about.services if about else (),
        about.severity if about else None, spelled_status(item.status.value), action.created_at,
    )  # fmt: skip


def of_alert(alert: Alert) -> Document:
    """An alert with its labels. Which incident it has may change unheard: its room is asked who may see it."""
    attributes = (
        f"{name} {value}" for name, value in (*alert.labels.items(), *alert.annotations.items())
    )
    said = (alert.description, alert.rule, alert.service, alert.source, *attributes)
    return Document(
        Kind.ALERT, alert.id, None, "", None, None, alert.title, _text(said),
        (alert.service,) if alert.service else (), alert.severity,
        spelled_status(alert.state.value), alert.raised_at,
    )  # fmt: skip


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)[:LONGEST]
