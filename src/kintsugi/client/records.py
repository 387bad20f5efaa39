"""What the API answers, as frozen values; a field that a newer server added is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.impact import read_details

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Milestones:
    """When each point of an incident was reached, as far as known."""

    impact_start: datetime | None
    detected: datetime | None
    acknowledged: datetime | None
    declared: datetime | None
    mitigated: datetime | None
    recovered: datetime | None
    resolved: datetime | None


@dataclass(frozen=True, slots=True)
class Duration:
    """A time between two milestones, such as the time to detect."""

    name: str
    start: str
    end: str
    length: timedelta


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident at one version. `data` is the API's JSON, with what this client does not know.

    `impact` is the text; the numbers stand in `impact_details`.
    """

    id: str
    reference: str
    external_id: str | None
    title: str
    summary: str
    status: str
    severity: str | None
    private: bool
    drill: bool
    detection: str | None
    impact: str
    impact_details: Impact
    services: tuple[str, ...]
    tags: tuple[str, ...]
    commander_id: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int
    milestones: Milestones
    durations: tuple[Duration, ...]
    data: Json = field(repr=False, compare=False)

    @property
    def etag(self) -> str:
        """The ETag of this version, for a change made from it."""
        return f'"{self.version}"'


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, as the timeline has it; `data` is the API's JSON."""

    id: str
    sequence: int
    happened_at: datetime
    recorded_at: datetime
    kind: str
    text: str
    actor_id: str
    actor: str
    important: bool
    evidence: str
    detail: Mapping[str, str]
    data: Json = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a token stands for, and what it may do; `zone` is the time zone they read times in."""

    id: str
    name: str
    email: str
    role: str
    zone: str
    may: tuple[str, ...]


def incident_of(data: Json) -> Incident:
    """An incident from the API's JSON. Raises KeyError, TypeError or ValueError for what is none."""
    milestones = data["milestones"]
    return Incident(
        id=data["id"], reference=data["reference"], external_id=data["externalId"],
        title=data["title"], summary=data["summary"], status=data["status"],
        severity=data["severity"], private=data["private"], drill=data["drill"],
        detection=data["detection"], impact=data["impact"],
        impact_details=_impact_of(data.get("impactDetails") or {}),
        services=tuple(data["services"]),
        tags=tuple(data["tags"]), commander_id=data["commanderId"], created_by=data["createdBy"],
        created_at=_moment(data["createdAt"]), updated_at=_moment(data["updatedAt"]),
        version=data["version"],
        milestones=Milestones(
            impact_start=_known(milestones["impactStart"]), detected=_known(milestones["detected"]),
            acknowledged=_known(milestones["acknowledged"]),
            declared=_known(milestones["declared"]), mitigated=_known(milestones["mitigated"]),
            recovered=_known(milestones["recovered"]), resolved=_known(milestones["resolved"]),
        ),
        durations=tuple(
            Duration(one["name"], one["start"], one["end"], timedelta(seconds=one["seconds"]))
            for one in data["durations"]
        ),
        data=data,
    )  # fmt: skip


def entry_of(data: Json) -> Entry:
    """A timeline's entry from the API's JSON. Raises KeyError, TypeError or ValueError for what is none."""
    return Entry(
        id=data["id"], sequence=data["sequence"], happened_at=_moment(data["happenedAt"]),
        recorded_at=_moment(data["recordedAt"]), kind=data["kind"], text=data["text"],
        actor_id=data["actorId"], actor=data["actor"], important=data["important"],
        evidence=data["evidence"], detail=dict(data["detail"]), data=data,
    )  # fmt: skip


def person_of(data: Json) -> Person:
    """A person from the API's JSON. Raises KeyError or TypeError for what is none."""
    return Person(
        data["id"], data["name"], data["email"], data["role"], data["zone"], tuple(data["may"])
    )


def _impact_of(details: Json) -> Impact:
    try:
        return read_details(details, is_newer=True)
    except InvalidValue as error:
        raise ValueError(error) from error


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _known(written: str | None) -> datetime | None:
    return None if written is None else _moment(written)
