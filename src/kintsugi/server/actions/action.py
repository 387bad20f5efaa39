"""An action as the room keeps it: the item of its document, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from kintsugi.core.actions.item import (
    ActionItem,
    ActionStatus,
    ActionType,
    Horizon,
    Priority,
    horizon_of,
)
from kintsugi.kernel.smtp import is_address

STATUS_WORDS = {
    ActionStatus.TODO: "To do", ActionStatus.IN_PROGRESS: "In progress", ActionStatus.DONE: "Done",
    ActionStatus.VERIFIED: "Verified", ActionStatus.WONT_DO: "Will not be done",
    ActionStatus.ACCEPTED_RISK: "Risk accepted",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """What actions follow from: a postmortem, and its incident."""

    id: str
    reference: str
    incident_id: str


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `local_id` is the id its document gave it; `due_on` follows from what was typed there,
    else from its horizon, else from the severity. `worth` is by how much the probability of a fault tree's top event
    falls once it is done; None where nobody has worked it out.
    """

    id: str
    number: int
    reference: str
    source: Source
    local_id: str
    position: int
    item: ActionItem
    owner_id: str | None
    due_on: date
    created_by: str
    created_at: datetime
    updated_at: datetime
    settled_at: datetime | None
    version: int
    worth: float | None = None

    @property
    def horizon(self) -> Horizon:
        """The horizon it stands under: the one typed, else the first that reaches its due date."""
        return horizon_of(replace(self.item, due=self.due_on), None, self.created_at.date())

    @property
    def gets_letters(self) -> bool:
        """Whether reminders can reach its owner: a name alone is no address."""
        return is_address(self.item.owner.strip())


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changed of an action: by field, from what to what, as text."""

    at: datetime
    actor: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which actions a list shows; what is None or empty does not narrow it.

    `owners` are user ids and e-mail addresses (an empty tuple is nobody: no action); `overdue_on` a day
    before which they were due; `open_on` asks for those somebody still works on, accepted risks that
    have run out by then among them. `horizon` is the one typed, else that of the due date.
    """

    owners: tuple[str, ...] | None = None
    source_id: str = ""
    incident_id: str = ""
    statuses: tuple[ActionStatus, ...] = ()
    priorities: tuple[Priority, ...] = ()
    horizon: Horizon | None = None
    text: str = ""
    overdue_on: date | None = None
    open_on: date | None = None


class Order(Enum):
    """What stands first in a list of actions."""

    DUE = "due"
    WORTH = "worth"
    """What buys the most; those nobody has worked it out for last."""


@dataclass(frozen=True, slots=True)
class ActionTimes:
    """An action's names and moments without its words, for statistics; `verified_at` None: nobody verified it."""

    id: str
    reference: str
    source_id: str
    incident_id: str
    created_at: datetime
    settled_at: datetime | None
    verified_at: datetime | None
    due_on: date
    status: ActionStatus
    priority: str
    type: ActionType | None
