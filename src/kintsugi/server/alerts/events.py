"""What happened to alerts, as told to the rooms above. Told by the dispatcher, after intake has committed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.alerts.decision import Does
from kintsugi.core.alerts.routing import Outcome
from kintsugi.core.shared.severity import Severity


@dataclass(frozen=True, slots=True)
class AlertNews:
    """One alert that was raised, in what the record of an incident tells of it.

    `at` is when it began: as its sender says, if that is not later than `heard_at`, when we recorded it.
    """

    alert_id: str
    title: str
    service: str
    source: str
    source_kind: str
    severity: Severity | None
    at: datetime
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class AlertsRouted:
    """Alerts that belong together were raised, and this is to be made of them.

    `does` is what comes of them: open an incident, or join one. `incident_id` is the incident that the
    group has led to before, None if none. `severity` is what the rule fixes, else the worst of the alerts.
    `rule_by` is the id of the user who made the rule, for an incident that is to be private.
    """

    group_id: str
    incident_id: str | None
    does: Does
    outcome: Outcome
    rule: str
    title: str
    severity: Severity | None
    services: tuple[str, ...]
    alerts: tuple[AlertNews, ...]
    at: datetime
    rule_by: str = ""


@dataclass(frozen=True, slots=True)
class AlertAcknowledged:
    """Somebody has taken an alert that an incident has, in the tool that sent it or here."""

    alert_id: str
    title: str
    incident_id: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlertsEnded:
    """Alerts that an incident has came to their end. `left` counts those of it that have not."""

    incident_id: str
    titles: tuple[str, ...]
    left: int
    resolves: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SourcesChanged:
    """A source or a key was made or changed; intake reads them anew."""


@dataclass(frozen=True, slots=True)
class AlertsSeenTo:
    """The dispatcher has seen to these: raised, taken, ended, or said otherwise by their sender."""

    alert_ids: tuple[str, ...]
