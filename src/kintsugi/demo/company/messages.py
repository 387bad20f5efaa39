"""The company's tools speak: what Alertmanager, UptimeRobot, the deploy pipeline and the support desk send."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NEVER = "0001-01-01T00:00:00Z"
HANDBOOK = "https://handbook.tidewell.example/runbooks"
GRAPHS = "https://graphs.tidewell.example"


@dataclass(frozen=True, slots=True)
class Check:
    """A rule of Prometheus. `values` become annotations, as its authors wrote them there."""

    name: str
    service: str
    severity: str
    says: str
    tells: str
    has_runbook: bool
    values: Mapping[str, str]
    labels: Mapping[str, str]


def prometheus(
    check: Check, instance: str, began: datetime, ended: datetime | None = None
) -> bytes:
    """Alertmanager's webhook about one alert, which fires until it has ended."""
    labels = {
        "alertname": check.name, "severity": check.severity, "instance": instance,
        "service": check.service, **check.labels,
    }  # fmt: skip
    labels = {name: value for name, value in labels.items() if value}
    annotations = {"summary": check.says, "description": check.tells, **check.values}
    if check.has_runbook:
        annotations["runbook_url"] = f"{HANDBOOK}/{check.service}"
    status = "resolved" if ended else "firing"
    told = {
        "status": status, "labels": labels,
        "annotations": {name: value for name, value in annotations.items() if value},
        "startsAt": _written(began), "endsAt": _written(ended) if ended else NEVER,
        "generatorURL": f"{GRAPHS}/graph?g0.expr={check.name}",
        "fingerprint": hashlib.blake2b(json.dumps(labels).encode(), digest_size=8).hexdigest(),
    }  # fmt: skip
    return _json(
        {
            "version": "4", "receiver": "kintsugi", "status": status,
            "groupKey": f'{{}}:{{alertname="{check.name}"}}', "truncatedAlerts": 0,
            "groupLabels": {"alertname": check.name}, "commonLabels": labels,
            "commonAnnotations": {}, "externalURL": f"{GRAPHS}/alertmanager", "alerts": [told],
        }
    )  # fmt: skip


def uptime(name: str, at: datetime, *, is_down: bool = True) -> bytes:
    """UptimeRobot's webhook about one of its monitors."""
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=3).digest(), "big")
    return _json(
        {
            "monitorID": str(number), "monitorFriendlyName": name,
            "monitorURL": "https://tidewell.example", "alertType": "1" if is_down else "2",
            "alertTypeFriendlyName": "Down" if is_down else "Up",
            "alertDetails": "HTTP 503 - Service Unavailable" if is_down else "HTTP 200 - OK",
            "alertDateTime": str(int(at.timestamp())),
        }
    )  # fmt: skip


def form(report: Mapping[str, Any], *, is_open: bool = True) -> bytes:
    """A report of the support desk; later it says that its ticket is solved."""
    fields = {
        "ticket": report["ticket"], "summary": report["says"], "description": report["tells"],
        "service": report["service"], "reporter": report["reporter"],
    }  # fmt: skip
    return _json(fields if is_open else {**fields, "state": "solved"})


def change(told: Mapping[str, Any], at: datetime) -> bytes:
    """What the deploy pipeline says of a deployment, by PagerDuty's change events."""
    details = {**told["details"], "services": told["services"]}
    payload = {
        "summary": told["says"], "timestamp": _written(at), "source": "Deploy pipeline",
        "custom_details": details,
    }  # fmt: skip
    return _json({"payload": payload})


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()
