"""What happened to postmortems, as told to the rooms above, and what is asked of those."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kintsugi.core.postmortems.status import PostmortemStatus


@dataclass(frozen=True, slots=True)
class PostmortemCreated:
    postmortem_id: str
    incident_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PostmortemChanged:
    """Some of its sections have another text."""

    postmortem_id: str
    sections: tuple[str, ...]
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PageWanted:
    """It is long and was not found as it was set, so that whoever opened it had it set."""

    postmortem_id: str


@dataclass(frozen=True, slots=True)
class PostmortemMoved:
    """It went from one state of the workflow to another."""

    postmortem_id: str
    before: PostmortemStatus
    after: PostmortemStatus
    at: datetime


@dataclass(frozen=True, slots=True)
class PostmortemDeleted:
    """It was deleted, or brought back."""

    postmortem_id: str
    incident_id: str
    is_deleted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ClassesAsked:
    """Asks of which confirmed classes of cause incidents are, and which others are of those classes.

    Analytics knows, and stands above this room: so it is asked by an event, and answers while that is
    published. `told` holds, by the id of an incident, the title of each class by its key.
    """

    incident_ids: tuple[str, ...]
    told: dict[str, dict[str, str]] = field(default_factory=dict)
