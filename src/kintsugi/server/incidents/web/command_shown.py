"""What an incident's page shows of its command: who holds which role, and what is to be done."""

from __future__ import annotations

from typing import Any

from kintsugi.core.incidents.command import ROLES, Task, TaskStatus
from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents

SETTLED_SHOWN = 20


def command_context(work: UnitOfWork, incident: Incident) -> dict[str, Any]:
    """What `_command.html` is told, under the one key `command`; commander first, open tasks before settled ones."""
    held = incidents.held_roles(work, incident)
    tasks = incidents.tasks(work, incident)
    settled = [one for one in tasks if one.status is not TaskStatus.OPEN]
    shown = [
        *sorted((one for one in tasks if one.status is TaskStatus.OPEN), key=_due_first),
        *settled[-SETTLED_SHOWN:][::-1],
    ]
    me = work.viewer.user_id
    asked = incidents.roles_asked_for(work, incident)
    return {
        "command": {
            "held": held,
            "asked": asked,
            "offered_to_me": [one for one in held if one.offered_to == me],
            "me": me,
            "tasks": [(one, one.is_overdue(work.now)) for one in shown],
            "left_out": len(settled) - min(len(settled), SETTLED_SHOWN),
            "open_count": len(tasks) - len(settled),
            "names": accounts.names_of(work, [one.assignee_id for one in shown if one.assignee_id]),
            "roles": ROLES,
        }
    }  # fmt: skip


def _due_first(task: Task) -> tuple[bool, float, int]:
    due = task.due_at.timestamp() if task.due_at else 0.0
    return task.due_at is None, due, task.number
