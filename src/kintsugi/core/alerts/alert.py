"""An alert as it is kept: one row of the inbox, from its trigger to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kintsugi.core.alerts.event import AlertLink, AlertState
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.severity import Severity


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `raised_at` is when we recorded its trigger, `starts_at` when its sender says that it began.

    `events` counts the messages about it, unchanged repeats too; `seen_at` is when the last one came.
    `quality` is the guide's score, None until it was looked at. `resolved_how` says who ended it: its
    source, a person, or time.
    """

    id: str
    source_id: str
    source: str
    source_kind: str
    source_format: str
    fingerprint: str
    key: str
    state: AlertState
    severity: Severity | None
    title: str
    raised_at: datetime
    seen_at: datetime
    version: int
    description: str = ""
    service: str = ""
    rule: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    links: tuple[AlertLink, ...] = ()
    runbook_url: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_how: str = ""
    events: int = 1
    body_id: str | None = None
    quality: int | None = None
    is_flapping: bool = False
    silence_id: str | None = None
    group_id: str | None = None
    incident_id: str | None = None
    verdict: Verdict | None = None
    verdict_by: str = ""
    verdict_at: datetime | None = None

    @property
    def began_at(self) -> datetime:
        """When it began: as its sender says, if that is not later than when we heard of it."""
        if self.starts_at is None:
            return self.raised_at
        return min(self.starts_at, self.raised_at)
