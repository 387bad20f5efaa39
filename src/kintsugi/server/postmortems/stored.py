"""A postmortem as the room keeps it: its document, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.drafting import Proposal
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.severity import Severity


class Part(Enum):
    """What somebody has to do with a postmortem."""

    AUTHOR = "author"
    CONTRIBUTOR = "contributor"
    OWNER = "owner"


class Decision(Enum):
    """What a reviewer said of a text."""

    APPROVE = "approve"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Stored:
    """One postmortem. `document` holds everything, its actions and its status too.

    `section_versions` says for each section which version last changed it; `text_version` counts the
    changes of the text, `revision` the texts that were submitted, approved, published or restored. `text` is
    the document as it was read from the database, without what other rooms keep of it.
    """

    id: str
    number: int
    reference: str
    incident_id: str
    document: Postmortem
    proposals: tuple[Proposal, ...]
    template: str
    template_text: str
    section_versions: Mapping[str, int]
    version: int
    text_version: int
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None
    published_at: datetime | None = None
    archived_at: datetime | None = None
    deleted_at: datetime | None = None
    text: str = field(default="", compare=False, repr=False)

    @property
    def status(self) -> PostmortemStatus:
        """Where it stands in the workflow."""
        return self.document.status


@dataclass(frozen=True, slots=True)
class Listed:
    """A postmortem as lists show it, without its text."""

    id: str
    number: int
    reference: str
    incident_id: str
    title: str
    status: PostmortemStatus
    severity: Severity | None
    day: date | None
    owner: str
    services: tuple[str, ...]
    completeness: float
    created_by: str
    updated_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Deleted:
    """A postmortem that was deleted, without its text. `title` is empty for who could not read it."""

    id: str
    number: int
    reference: str
    incident_id: str
    title: str
    status: PostmortemStatus
    deleted_at: datetime
    deleted_by: str = ""
    reason: str = ""

    def by_whom(self, name: str, reason: str) -> Deleted:
        """The same with who deleted it, and why."""
        return replace(self, deleted_by=name, reason=reason)


@dataclass(frozen=True, slots=True)
class Review:
    """What one reviewer said of the text at a version."""

    id: str
    user_id: str
    name: str
    text_version: int
    decision: Decision
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a section; the one that began a thread has its own id as `thread_id`."""

    id: str
    thread_id: str
    section: str
    text: str
    by: str
    by_name: str
    at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that was submitted, approved, published or restored, whole."""

    revision: int
    text_version: int
    document: Postmortem
    reason: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the sections it changed, before and after, as our JSON has them."""

    version: int
    at: datetime
    actor_id: str
    actor: str
    what: str
    before: Mapping[str, object]
    after: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Typing:
    """A change that is still being typed: who does so, since when, and what the sections said before."""

    actor_id: str
    actor: str
    since: datetime
    before: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which postmortems a list shows; what is None or empty does not narrow it.

    `owner` is as somebody asks for it: an e-mail address, a name or a part of one, or `me`; the
    incident's name is its id, reference or external id.
    """

    statuses: tuple[PostmortemStatus, ...] = ()
    severity: Severity | None = None
    service: str = ""
    text: str = ""
    owner: str = ""
    incident_id: str = ""
    since: date | None = None
    until: date | None = None
