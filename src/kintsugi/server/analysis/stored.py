"""A fault tree as the room keeps it: what somebody wrote, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredTree:
    """One fault tree. `text` is as it was written, `form` says in which form; `incident_id` is None when it is
    about no incident, and never changes: who sees the tree follows from it.
    """

    id: str
    number: int
    reference: str
    title: str
    text: str
    form: str
    incident_id: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which trees a list shows; what is empty does not narrow it."""

    incident_id: str = ""
    text: str = ""
