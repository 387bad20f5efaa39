"""An alert with the guide's fields, as a list of alerts in a file or a notebook has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kintsugi.core.shared.severity import Severity


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """The guide's Alert: its fields in its order, and all but the id may be left out.

    `metrics` are measurements by name. `timestamp` has a zone; only fatigue asks for it.
    """

    id: str
    title: str = ""
    description: str = ""
    severity: Severity | None = None
    service: str = ""
    timestamp: datetime | None = None
    metrics: Mapping[str, object] = field(default_factory=dict)
    runbook_url: str | None = None
