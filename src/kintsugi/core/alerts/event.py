"""What one sender says about one thing that is wrong, whatever tool it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Happening(Enum):
    """What the sender tells us of the alert."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


class AlertState(Enum):
    """Where an alert is: one row of the inbox, from its trigger to its end."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self is not AlertState.RESOLVED


@dataclass(frozen=True, slots=True)
class AlertLink:
    """Where to look: an address with a text to show."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One message about one alert, as a decoder of `kintsugi.formats.alerts` read it.

    `key` tells this alert from all others of its source (PagerDuty's dedup_key, Opsgenie's alias,
    Alertmanager's fingerprint); it is never empty. `severity_word` is what the sender wrote, empty if
    nothing: the source's mapping makes a Severity of it. `rule` is the name of the check that fired, for
    precision per rule. `values` are measurements that came with it, by name, as the sender wrote them.
    A time is None when the sender gave none, or one that means none (0001-01-01).
    """

    happening: Happening
    key: str
    title: str
    description: str = ""
    severity_word: str = ""
    service: str = ""
    rule: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    links: tuple[AlertLink, ...] = ()
    runbook_url: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """Something was changed: a deployment, a flag, a configuration."""

    summary: str
    at: datetime | None = None
    source: str = ""
    services: tuple[str, ...] = ()
    links: tuple[AlertLink, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
