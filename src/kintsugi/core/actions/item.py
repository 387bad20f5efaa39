"""An action: what will be done, by whom, by when, and how we will know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType

from kintsugi.core.shared.severity import Severity


class Priority(Enum):
    """How urgent an action is; `P0` to `P3` in the guide."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"

    @property
    def code(self) -> str:
        """`P0` for CRITICAL down to `P3` for LOW."""
        return f"P{list(Priority).index(self)}"


class ActionStatus(Enum):
    """Where an action stands; VERIFIED means that somebody saw that it works."""

    TODO = "TODO"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    VERIFIED = "VERIFIED"
    WONT_DO = "WONT_DO"
    ACCEPTED_RISK = "ACCEPTED_RISK"

    @property
    def is_done(self) -> bool:
        """Whether the work is done: the states written `[x]`."""
        return self in (ActionStatus.DONE, ActionStatus.VERIFIED)

    @property
    def is_closed(self) -> bool:
        """Whether nobody needs to work on it any more. An accepted risk stays open: it expires."""
        return self in (ActionStatus.DONE, ActionStatus.VERIFIED, ActionStatus.WONT_DO)

    @property
    def seed_word(self) -> str:
        """As the generator seed writes it: `open`, `in_progress` or `completed`."""
        if self is ActionStatus.IN_PROGRESS:
            return "in_progress"
        return "completed" if self.is_closed else "open"


class ActionType(Enum):
    """What an action is for."""

    PREVENT = "PREVENT"
    MITIGATE = "MITIGATE"
    DETECT = "DETECT"
    PROCESS = "PROCESS"
    DOCUMENT = "DOCUMENT"


class Horizon(Enum):
    """The practices' three horizons."""

    IMMEDIATE = "IMMEDIATE"
    SHORT = "SHORT"
    LONG = "LONG"

    @property
    def allowance(self) -> timedelta:
        """7, 30 or 90 days."""
        return {
            Horizon.IMMEDIATE: timedelta(days=7),
            Horizon.SHORT: timedelta(days=30),
            Horizon.LONG: timedelta(days=90),
        }[self]


SEVERITY_ALLOWANCE: Mapping[Severity, timedelta] = MappingProxyType(
    {
        Severity.SEV_1: timedelta(days=15),
        Severity.SEV_2: timedelta(days=30),
        Severity.SEV_3: timedelta(days=56),
        Severity.SEV_4: timedelta(days=56),
        Severity.SEV_5: timedelta(days=56),
    }
)
"""How long an action has when neither a due date nor a horizon is given."""


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One action. `description` says what, `done_when` how one will see that it is done, `because` from which answer of
    a why-tree it follows.

    `owner` is one person (name, user or e-mail address); `ticket` an id or address in a tracker;
    `reason` and `approver` belong to WONT_DO, `expires` to ACCEPTED_RISK. `is_measure` marks one
    that the report template shows as a corrective or preventive measure.
    """

    description: str
    id: str = ""
    owner: str = ""
    collaborators: tuple[str, ...] = ()
    priority: Priority | None = None
    status: ActionStatus = ActionStatus.TODO
    type: ActionType | None = None
    horizon: Horizon | None = None
    due: date | None = None
    done_when: str = ""
    ticket: str = ""
    evidence: str = ""
    reason: str = ""
    approver: str = ""
    expires: date | None = None
    is_measure: bool = False
    because: str = ""


def due_date(action: ActionItem, severity: Severity | None, since: date) -> date:
    """When it is due: the date typed, else its horizon from `since`, else the severity's default."""
    if action.due is not None:
        return action.due
    if action.horizon is not None:
        return since + action.horizon.allowance
    return since + SEVERITY_ALLOWANCE[severity or Severity.SEV_5]


def horizon_of(action: ActionItem, severity: Severity | None, since: date) -> Horizon:
    """The horizon it stands under: the one given, else the first that reaches its due date."""
    if action.horizon is not None:
        return action.horizon
    left = due_date(action, severity, since) - since
    return next((horizon for horizon in Horizon if left <= horizon.allowance), Horizon.LONG)
