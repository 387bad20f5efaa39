"""What Alertmanager's API v2 answers and is asked beside alerts: silences, receivers, status, groups.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from kintsugi.core.alerts.matchers import Matcher
from kintsugi.formats.alerts.bodies import load, text_of
from kintsugi.formats.alerts.format import Undecodable
from kintsugi.formats.alerts.limits import MAX_LABEL_NAME, MAX_LABEL_VALUE, Notes, bounded
from kintsugi.formats.alerts.moments import moment

MAX_MATCHERS = 50
MAX_COMMENT = 2000
MAX_AUTHOR = 200
RECEIVER = "kintsugi"


@dataclass(frozen=True, slots=True)
class ApiAlert:
    """An alert as this API tells it. It is suppressed when a silence keeps it quiet."""

    fingerprint: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    generator_url: str = ""
    silenced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiSilence:
    """A silence as this API tells it; `state` is pending, active or expired."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    created_by: str
    comment: str
    state: str


@dataclass(frozen=True, slots=True)
class PostedSilence:
    """A silence as amtool posts it; with an `id` it changes that one."""

    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str = ""
    comment: str = ""
    id: str = ""
    notes: tuple[str, ...] = field(default=())


def read_silence(body: bytes) -> PostedSilence:
    """The silence that is posted. Raises Undecodable, saying which field."""
    try:
        data = load(body)
    except RecursionError as error:
        raise Undecodable("the body is nested too deep") from error
    if not isinstance(data, dict):
        raise Undecodable("a silence is an object")
    starts_at, ends_at = moment(data.get("startsAt")), moment(data.get("endsAt"))
    if starts_at is None or ends_at is None:
        name = "startsAt" if starts_at is None else "endsAt"
        raise Undecodable("a time such as 2026-11-21T09:00:00Z is needed", (name,))
    if ends_at <= starts_at:
        raise Undecodable("the end is not after the start", ("endsAt",))
    given = data.get("matchers")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_MATCHERS:
        raise Undecodable(f"1 to {MAX_MATCHERS} matchers are needed", ("matchers",))
    matchers = tuple(_matcher(one, at) for at, one in enumerate(given))
    if all(not one.value and one.is_equal and not one.is_regex for one in matchers):
        raise Undecodable("at least one matcher must not match the empty text", ("matchers",))
    notes = Notes()
    return PostedSilence(
        matchers=matchers,
        starts_at=starts_at,
        ends_at=ends_at,
        created_by=bounded(text_of(data.get("createdBy")), MAX_AUTHOR, "the author", notes),
        comment=bounded(text_of(data.get("comment")), MAX_COMMENT, "the comment", notes),
        id=text_of(data.get("id"))[:MAX_AUTHOR],
        notes=notes.told,
    )


def _matcher(given: object, at: int) -> Matcher:
    if not isinstance(given, dict):
        raise Undecodable("a matcher is an object", ("matchers", at))
    name, value = text_of(given.get("name")), text_of(given.get("value"))
    if not 1 <= len(name) <= MAX_LABEL_NAME or len(value) > MAX_LABEL_VALUE:
        raise Undecodable(
            "a matcher has a name and a value of at most 1,000 characters", ("matchers", at)
        )
    if not (name + value).isprintable():
        raise Undecodable("a matcher holds no control characters", ("matchers", at))
    is_equal = given.get("isEqual")
    return Matcher(name, value, given.get("isRegex") is True, is_equal is not False)


def alerts_json(alerts: Iterable[ApiAlert]) -> bytes:
    """The answer to GET /alerts."""
    return msgspec.json.encode([_alert(alert) for alert in alerts])


def groups_json(groups: Iterable[tuple[Mapping[str, str], Iterable[ApiAlert]]]) -> bytes:
    """The answer to GET /alerts/groups: the labels of each group, and its alerts."""
    return msgspec.json.encode(
        [
            {
                "labels": dict(labels),
                "receiver": {"name": RECEIVER},
                "alerts": [_alert(alert) for alert in alerts],
            }
            for labels, alerts in groups
        ]
    )


def _alert(alert: ApiAlert) -> dict[str, Any]:
    return {
        "annotations": dict(alert.annotations),
        "endsAt": _written(alert.ends_at),
        "fingerprint": alert.fingerprint,
        "receivers": [{"name": RECEIVER}],
        "startsAt": _written(alert.starts_at),
        "status": {
            "inhibitedBy": [],
            "mutedBy": [],
            "silencedBy": list(alert.silenced_by),
            "state": "suppressed" if alert.silenced_by else "active",
        },
        "updatedAt": _written(alert.updated_at),
        "generatorURL": alert.generator_url,
        "labels": dict(alert.labels),
    }


def silences_json(silences: Iterable[ApiSilence]) -> bytes:
    """The answer to GET /silences."""
    return msgspec.json.encode([_silence(silence) for silence in silences])


def silence_json(silence: ApiSilence) -> bytes:
    """The answer to GET /silence/{id}."""
    return msgspec.json.encode(_silence(silence))


def silence_posted(silence_id: str) -> bytes:
    """The answer to POST /silences."""
    return msgspec.json.encode({"silenceID": silence_id})


def _silence(silence: ApiSilence) -> dict[str, Any]:
    return {
        "id": silence.id,
        "status": {"state": silence.state},
        "updatedAt": _written(silence.updated_at),
        "comment": silence.comment,
        "createdBy": silence.created_by,
        "endsAt": _written(silence.ends_at),
        "startsAt": _written(silence.starts_at),
        "matchers": [
            {
                "isEqual": one.is_equal,
                "isRegex": one.is_regex,
                "name": one.name,
                "value": one.value,
            }
            for one in silence.matchers
        ],
    }


def receivers_json() -> bytes:
    """The answer to GET /receivers: the one there is."""
    return msgspec.json.encode([{"name": RECEIVER}])


def status_json(version: str, started_at: datetime) -> bytes:
    """The answer to GET /status: no cluster, and a configuration that only names the receiver."""
    return msgspec.json.encode(
        {
            "cluster": {"name": "", "peers": [], "status": "disabled"},
            "config": {
                "original": f"route:\n  receiver: {RECEIVER}\nreceivers:\n- name: {RECEIVER}\n"
            },
            "uptime": _written(started_at),
            "versionInfo": {
                "branch": "",
                "buildDate": "",
                "buildUser": "",
                "goVersion": "",
                "revision": "",
                "version": version,
            },
        }
    )


def problem_json(problem: str) -> bytes:
    """The body of a refusal: this API answers a bare text."""
    return msgspec.json.encode(problem)


def _written(at: datetime) -> str:
    """As Alertmanager writes times: `2026-11-21T09:00:00.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
