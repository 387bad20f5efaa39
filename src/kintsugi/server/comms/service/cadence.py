"""Reminders of the next update: at four fifths of its time and when it is late, each once, none after it was sent."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from kintsugi.core.comms.cadence import NextUpdate
from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.comms.delivery import About
from kintsugi.server.comms.service import delivering
from kintsugi.server.comms.service.composing import Here
from kintsugi.server.comms.store import messages as store
from kintsugi.server.incidents import service as incidents

REMIND = "comms.remind"
"""The kind of job that a reminder is, until it is a letter."""
EVENT = "incident.update-due"
COMMUNICATIONS_LEAD = "Communications Lead"


class Reminder(Enum):
    """Which of the two reminders it is."""

    DUE = "due"
    OVERDUE = "overdue"


def plan(work: UnitOfWork, incident_id: str) -> None:
    """Set the timers of an incident's next update, and take those of the one before back; the same again is nothing."""
    incident, planned = incidents.cadence_of(work, incident_id)
    before = store.clock(work.connection, incident.id)
    due_at = planned.due_at if planned is not None else None
    if before == due_at:
        return
    if before is not None:
        for each in Reminder:
            work.cancel_later(_key(incident.id, before, each))
    store.set_clock(work.connection, incident.id, due_at)
    if planned is None:
        return
    # What is late when it is set, because the severity was raised late, needs no warning before.
    wanted = [Reminder.OVERDUE] if work.now >= planned.due_at else list(Reminder)
    for each in wanted:
        payload = {
            "incident": incident.id, "due": planned.due_at.isoformat(), "reminder": each.value,
        }  # fmt: skip
        key = _key(incident.id, planned.due_at, each)
        work.later(REMIND, payload, key=key, at=_at(planned, each))


def remind(
    work: UnitOfWork, incident_id: str, due_at: datetime, reminder: Reminder, here: Here
) -> int:
    """Have whoever communicates reminded, if that update is still the next one; how many letters there are."""
    incident, planned = incidents.cadence_of(work, incident_id)
    if planned is None or planned.due_at != due_at or not here.sends_mail:
        return 0
    if reminder is Reminder.DUE and work.now >= due_at:
        return 0  # no worker was there in time; that it is late is told by the other
    to = _who(work, incident)
    if not to:
        return 0
    subject, text = _letter(incident, planned, reminder, work.now, here)
    made = delivering.send(
        work, about=About(incident_id=incident.id), to=to, subject=subject, text=text, event=EVENT,
        facts={},
    )  # fmt: skip
    return len(made)


def _who(work: UnitOfWork, incident: Incident) -> list[Recipient]:
    """The communications leads; else the commander; else whoever declared it: those who are let in and see it."""
    held = incidents.held_roles(work, incident)
    leads = [one.user_id for one in held if one.role == COMMUNICATIONS_LEAD and one.user_id]
    readers = {incident.created_by, *incidents.people_with_access(work, incident)}
    for ids in (leads, [incident.commander_id or ""], [incident.created_by]):
        seen = [one for one in ids if one and (not incident.is_private or one in readers)]
        emails, names = accounts.emails_of(work, seen), accounts.names_of(work, seen)
        if emails:
            return [
                Recipient(Way.EMAIL, email, names.get(user_id, email))
                for user_id, email in emails.items()
            ]
    return []


def _letter(
    incident: Incident, planned: NextUpdate, reminder: Reminder, now: datetime, here: Here
) -> tuple[str, str]:
    due = f"{planned.due_at.astimezone(here.zone):%H:%M %Z}"
    when = f"is due at {due}" if now < planned.due_at else f"was due at {due} and is not sent"
    word = "late" if reminder is Reminder.OVERDUE else "due soon"
    lines = [
        f"The next update about {incident.reference} {when}.",
        "",
        incident.title,
        f"Status {incident.status.value}",
        "",
        f"Write it: {here.address}/incidents/{incident.reference}/messages/new",
        "",
        "You get this because you communicate for this incident, or nobody else does.",
        "Once the update is sent, no reminder of it comes any more.",
    ]
    return f"{incident.reference}: update {word}, {due}", "\n".join(lines)


def _at(planned: NextUpdate, reminder: Reminder) -> datetime:
    return planned.due_at if reminder is Reminder.OVERDUE else planned.nudge_at


def _key(incident_id: str, due_at: datetime, reminder: Reminder) -> str:
    return f"comms-remind:{incident_id}:{due_at.isoformat()}:{reminder.value}"
