"""Command of an incident: its roles, who holds them and whom they are offered to, and its tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kintsugi.core.incidents.triage import GUIDE_CHECKLIST, TriageChecklist
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

COMMANDER = "Incident Commander"
EXPERT = "Subject Matter Expert"
ROLES = (COMMANDER, "Technical Lead", "Communications Lead", "Scribe", EXPERT)
"""The guide's five. A team may name others."""
LONGEST_ROLE = 60
_OTHER_WORDS = {
    "commander": COMMANDER, "ic": COMMANDER, "lead": "Technical Lead", "tech lead": "Technical Lead",
    "comms lead": "Communications Lead", "comms": "Communications Lead", "sme": EXPERT, "expert": EXPERT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holding:
    """One role of an incident: who holds it since when (nobody: empty), and whom it is offered to by its holder."""

    role: str
    user_id: str = ""
    since: datetime | None = None
    offered_to: str = ""
    offered_at: datetime | None = None


class TaskStatus(Enum):
    """How a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do during an incident, numbered within it; `due_at` and `assignee_id` may be missing."""

    id: str
    number: int
    text: str
    assignee_id: str
    status: TaskStatus
    due_at: datetime | None
    created_by: str
    created_at: datetime
    settled_at: datetime | None
    version: int

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open and past its time."""
        return self.status is TaskStatus.OPEN and self.due_at is not None and self.due_at < now


def role_named(written: str) -> str:
    """The role of a word or key, such as `scribe`, `technical_lead` or `SME`; any other name is a role of one's own.

    Raises InvalidValue for none, or one that is too long.
    """
    name = " ".join(written.replace("_", " ").split())
    if not name or len(name) > LONGEST_ROLE:
        raise InvalidValue(
            "is too long" if name else "is missing", path=("role",),
            expected=f"a role such as {', '.join(ROLES)}, or one of your own with up to {LONGEST_ROLE} letters",
        )  # fmt: skip
    known = {role.casefold(): role for role in ROLES} | _OTHER_WORDS
    return known.get(name.casefold(), name)


def holds_many(role: str) -> bool:
    """Whether several people may hold a role at once: experts."""
    return role == EXPERT


def asked_for(
    severity: Severity | None,
    held: Iterable[str],
    checklist: TriageChecklist = GUIDE_CHECKLIST,
) -> tuple[str, ...]:
    """The roles that a severity asks for and nobody holds, in the order of the checklist."""
    taken = set(held)
    return tuple(
        one.role
        for one in checklist.roles
        if severity in one.required_for and one.role not in taken
    )
