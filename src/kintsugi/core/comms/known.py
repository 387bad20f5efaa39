"""What an incident's record fills of a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined, one_line, spoken
from kintsugi.core.shared.times import written_duration


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """The facts of a record that messages name; empty where nobody said so."""

    incident_id: str
    title: str
    status: str
    severity: Severity | None = None
    services: tuple[str, ...] = ()
    impact: str = ""
    commander: str = ""
    began_at: datetime | None = None
    resolved_at: datetime | None = None


def values_of(known: KnownFacts, now: datetime, zone: tzinfo) -> Mapping[str, str]:
    """The variables that the record fills; what it does not know is not there. Times are in the zone, with its name."""
    values = {
        "incident_id": known.incident_id,
        "issue_description": _started_low(one_line(known.title)),
        "status": spoken(known.status),
        "severity": known.severity.label if known.severity else "",
        "service": joined(known.services),
        "impact": one_line(known.impact),
        "customer_impact": one_line(known.impact),
        "commander": known.commander,
        "timestamp": f"{now.astimezone(zone):%Y-%m-%d %H:%M %Z}",
    }
    if known.began_at is not None and known.resolved_at is not None:
        values["duration"] = written_duration(known.resolved_at - known.began_at)
    return {name: value for name, value in values.items() if value}


def _started_low(title: str) -> str:
    """A title within a sentence: its first letter small, unless the word is written in capitals."""
    first = title.partition(" ")[0]
    return title[:1].lower() + title[1:] if first[1:] == first[1:].lower() else title
