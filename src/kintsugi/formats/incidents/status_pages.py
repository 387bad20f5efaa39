"""What public status pages say of their incidents: Statuspage's API v2, and Google Cloud's list.

Shapes: https://metastatuspage.com/api (incidents.json) and https://status.cloud.google.com/incidents.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_STATUSPAGE = frozenset({"impact", "incident_updates"})
_GOOGLE = frozenset({"begin", "most_recent_update"}), frozenset({"begin", "external_desc"})
_IMPACT = {"critical": 1, "major": 2, "minor": 3, "none": 4}
"""The guide's table the other way round; it writes SEV-4 and SEV-5 both as none."""
_STATUS = {"postmortem": "closed", "completed": "closed", "in_progress": "investigating"}


def is_statuspage(row: object) -> bool:
    """Whether this is an incident of Statuspage."""
    return isinstance(row, Mapping) and row.keys() >= _STATUSPAGE


def is_google(row: object) -> bool:
    """Whether this is an incident of Google Cloud's list."""
    return isinstance(row, Mapping) and any(keys <= row.keys() for keys in _GOOGLE)


def is_maintenance(row: Mapping[str, Any]) -> bool:
    """Whether a page's incident was planned, and so is none."""
    return bool(row.get("scheduled_for")) or row.get("impact") == "maintenance"


def of_statuspage(row: Mapping[str, Any]) -> dict[str, object]:
    """Its fields as ours. Monitoring is when a fix was in, so it is mitigation; a page tells no detection."""
    impact = row.get("impact_override") or row.get("impact")
    status = str(row.get("status") or "")
    return {
        "id": row.get("id"),
        "title": row.get("name"),
        "severity": _IMPACT.get(str(impact), impact),
        "services": _titles(row.get("components"), "name"),
        "impact_start": row.get("started_at") or row.get("created_at"),
        "declared": row.get("created_at"),
        "mitigated": row.get("monitoring_at"),
        "resolved": row.get("resolved_at"),
        "status": _STATUS.get(status, status),
        "postmortem_published_at": row.get("postmortem_published_at"),
    }


def of_google(row: Mapping[str, Any]) -> dict[str, object]:
    """Its fields as ours; the title is the first line of its description."""
    ended = row.get("end")
    title = str(row.get("external_desc") or "").strip().partition("\n")[0].strip("*# ")
    return {
        "id": row.get("number") or row.get("id"),
        "title": title[:300],
        "severity": row.get("severity"),
        "services": _titles(row.get("affected_products"), "title") or row.get("service_name"),
        "impact_start": row.get("begin"),
        "declared": row.get("created"),
        "resolved": ended,
        "status": "closed" if ended else "investigating",
    }


def _titles(listed: object, key: str) -> list[object]:
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return []
    return [one[key] for one in listed if isinstance(one, Mapping) and one.get(key)]
