"""The tasks of an incident: given to somebody with a time, done or dropped, each change in the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.incidents.command import Task, TaskStatus
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import written_moment
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import TaskChanged
from kintsugi.server.incidents.service import commanding, recording, wording

MOST_TASKS = 500
LONGEST = 500


@dataclass(frozen=True, slots=True)
class TaskEdit:
    """What is to change of a task; None leaves it. An empty assignee is nobody; `has_due` says that `due_at` counts."""

    text: str | None = None
    assignee: str | None = None
    status: TaskStatus | None = None
    due_at: datetime | None = None
    has_due: bool = False


def tasks(work: UnitOfWork, incident: Incident) -> list[Task]:
    """All its tasks, by number."""
    return store.tasks(work.connection, incident)


def task_of(work: UnitOfWork, incident: Incident, name: str) -> Task:
    """The task of an id or number. Raises NotFound."""
    for one in store.tasks(work.connection, incident):
        if name in (one.id, str(one.number)):
            return one
    raise NotFound("this incident has no such task")


def add_task(
    work: UnitOfWork,
    incident: Incident,
    text: str,
    assignee: str = "",
    due_at: datetime | None = None,
) -> Task:
    """A task for somebody (id or e-mail; `me`; empty: nobody yet). Raises InvalidValue, Conflict for too many."""
    said = _text(text)
    who = commanding.somebody(work, incident, assignee, "assignee") if assignee else ""
    store.lock(work.connection, [incident.id])
    before = store.tasks(work.connection, incident)
    if len(before) >= MOST_TASKS:
        raise Conflict(f"it has {MOST_TASKS} tasks, which is as many as it may")
    made = Task(
        work.new_id("tsk"), 1 + max((one.number for one in before), default=0), said, who,
        TaskStatus.OPEN, due_at, work.viewer.user_id, work.now, None, 1,
    )  # fmt: skip
    store.add_task(work.connection, incident, made)
    due = f", due {_clock(work, due_at)}" if due_at else ""
    _write_down(work, incident, made, f"Task {made.number}: {said}{due}", who)
    work.audit("incident.task-add", incident.id, task=made.id)
    return made


def change_task(
    work: UnitOfWork, incident: Incident, task: Task, edit: TaskEdit, expected: int | None
) -> Task:
    """The task after a change; one that changes nothing is none. Raises InvalidValue, LostRace."""
    values: dict[str, object] = {}
    told = []
    if edit.text is not None and _text(edit.text) != task.text:
        values["text"] = _text(edit.text)
        told.append(f"is now: {values['text']}")
    if edit.assignee is not None:
        who = (
            commanding.somebody(work, incident, edit.assignee, "assignee") if edit.assignee else ""
        )
        if who != task.assignee_id:
            values["assignee_id"] = who
            told.append("is given on" if who else "is nobody's")
    if edit.has_due and edit.due_at != task.due_at:
        values["due_at"] = edit.due_at
        told.append(
            f"is due {_clock(work, edit.due_at)}" if edit.due_at else "has no time any more"
        )
    if edit.status is not None and edit.status is not task.status:
        values |= {
            "status": edit.status.value,
            "settled_at": None if edit.status is TaskStatus.OPEN else work.now,
        }
        told.append(
            {"open": "is open again", "done": "is done", "dropped": "is dropped"}[edit.status.value]
        )
    if not values:
        if expected is not None and expected != task.version:
            raise LostRace(_plain(task))
        return task
    if not store.change_task(work.connection, task, expected, values):
        raise LostRace(_plain(task_of(work, incident, task.id)))
    made = task_of(work, incident, task.id)
    name = "" if "text" in values else f" ({task.text})"
    to = made.assignee_id if "assignee_id" in values else ""
    _write_down(work, incident, made, f"Task {made.number}{name} {', '.join(told)}", to)
    work.audit("incident.task-change", incident.id, task=made.id, fields=sorted(values))
    return made


def _clock(work: UnitOfWork, at: datetime) -> str:
    """A time as the timeline keeps it for everybody: in UTC, with the date when it is not today."""
    return f"{at:%H:%M} UTC" if at.date() == work.now.date() else f"{at:%Y-%m-%d %H:%M} UTC"


def _text(written: str) -> str:
    said = wording.line(written, "text", LONGEST)
    if not said:
        raise InvalidValue("is missing", path=("text",), expected="what is to be done")
    return said


def _write_down(work: UnitOfWork, incident: Incident, task: Task, text: str, to: str) -> None:
    sequence = store.next_sequence(work.connection, incident.id)
    entry = {"text": text, "task": task.id, "to": to}
    recording.write_down(work, incident, sequence, entry, kind=EventKind.ACTION)
    work.publish(TaskChanged(incident.id, task.id, work.now))


def _plain(task: Task) -> dict[str, object]:
    return {
        "text": task.text, "status": task.status.value, "assigneeId": task.assignee_id or None,
        "dueAt": written_moment(task.due_at) if task.due_at else None, "version": task.version,
    }  # fmt: skip
