"""What the comms room tells of: messages as they were sent, own templates, and what the organisation set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kintsugi.core.comms.message import Audience, MessageTemplate
from kintsugi.core.comms.stakeholders import StakeholderLists


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that was sent, with how many it went to. `template_version` is 0 for a shipped one."""

    id: str
    incident_id: str
    key: str
    template: str
    template_version: int
    audience: Audience
    subject: str
    text: str
    not_available: tuple[str, ...]
    recipients: int
    next_update_at: datetime | None
    left_house: bool
    sent_by: str
    sent_at: datetime
    sender: str = ""


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template of the organisation, at a version."""

    name: str
    version: int
    audience: Audience
    subject: str
    text: str
    made_by: str
    made_at: datetime
    is_retired: bool

    @property
    def template(self) -> MessageTemplate:
        """As messages are filled from it."""
        return MessageTemplate(self.name, self.audience, self.text, self.subject)


@dataclass(frozen=True, slots=True)
class OrganisationValues:
    """What every message may name: each fills the variable of its name; empty where nobody set it.

    A channel may hold `{incident_id}`, for a channel of each incident.
    """

    organisation: str = ""
    status_url: str = ""
    channel: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class KeptLists:
    """Who is told at which severity, and the version of that; 0: nobody set it."""

    lists: StakeholderLists = field(default_factory=StakeholderLists)
    version: int = 0
