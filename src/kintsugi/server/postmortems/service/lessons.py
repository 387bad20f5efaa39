"""What published postmortems tell, as whoever looks for patterns needs it: read without the rest of the document."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems.store import documents

TEXTS = {
    "title": "title", "summary": "summary", "trigger": "trigger", "root_cause": "root cause",
    "lead_up": "lead-up", "resolution": "resolution",
}  # fmt: skip
"""The parts of a document whose words say something of the cause, and what people call them."""


@dataclass(frozen=True, slots=True)
class Told:
    """The parts of one document: texts by their name, factors as (text, category), answers as (question, text)."""

    texts: Mapping[str, str]
    factors: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]
    detection_gap: str
    detection_target: timedelta | None

    @property
    def categories(self) -> frozenset[str]:
        """The categories that its contributing factors have."""
        return frozenset(category for _, category in self.factors if category)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A published postmortem, and what it tells."""

    id: str
    reference: str
    incident_id: str
    title: str
    created_at: datetime
    published_at: datetime | None
    told: Told


def lessons(work: UnitOfWork, incident_ids: Collection[str] | None = None) -> list[Lesson]:
    """What every published or archived postmortem tells, of all incidents or of these, whoever may see it.

    For statistics that are the same for everybody; whoever counts leaves out what is private.
    """
    return [
        Lesson(
            row["id"], row["reference"], row["incident_id"], row["title"], row["created_at"],
            row["published_at"], _told(row["document"]),
        )
        for row in documents.shared(work.connection, incident_ids)
    ]  # fmt: skip


@lru_cache(maxsize=2048)
def _told(document: str) -> Told:
    data = json.loads(document)
    detection, response = data.get("detection") or {}, data.get("response") or {}
    factors = tuple(
        (str(one.get("text", "")), str(one.get("category", "")))
        for one in data.get("contributing_factors", ())
    )
    texts = {word: str(data.get(name) or "") for name, word in TEXTS.items()}
    texts["contributing factors"] = "\n".join(text for text, _ in factors)
    asked = ("halve_detection", "halve_mitigation", "communication")
    answers = [(name, str(response.get(name) or "")) for name in asked]
    answers += [("what_went_poorly", str(one)) for one in data.get("what_went_poorly") or ()]
    return Told(
        texts, factors, tuple(answers), str(detection.get("gap") or ""),
        _target(detection),
    )  # fmt: skip


def _target(detection: Mapping[str, Any]) -> timedelta | None:
    minutes = detection.get("target_minutes")
    return timedelta(minutes=minutes) if isinstance(minutes, int | float) else None
