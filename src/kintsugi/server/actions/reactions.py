"""What actions do by themselves: every morning reminders are taken, and each letter is sent as a job of its own."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from kintsugi.core.actions.lifecycle import Nudge
from kintsugi.core.shared.text import plural, shortened
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.jobs import Payload
from kintsugi.kernel.mail import Letter, Send
from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.server.actions import service as actions

REMIND = "actions.remind"
LETTER = "actions.letter"
AT = "0 8 * * *"
"""Every day at eight, in the organisation's zone."""


def remind(work: UnitOfWork, zone: ZoneInfo, leads: actions.Leads) -> None:
    """Take the reminders of today, and have each of their letters sent: both in one transaction, or neither."""
    today = work.now.astimezone(zone).date()
    taken = actions.reminders_of(work, today, leads)
    for one in taken:
        payload = {
            "action": one.action_id, "day": one.day.isoformat(), "nudge": one.nudge.value,
            "to": one.to,
        }  # fmt: skip
        work.later(LETTER, payload, key=one.key)
    log.info("reminders taken", letters=len(taken))


def send_letter(
    works: Works, send: Send, address: str, zone: ZoneInfo, key: str, payload: Payload
) -> None:
    """Send one letter, if the action is still open and still seen by whoever gets it. Raises StepFailed."""
    with works.reading(SYSTEM) as work:
        now, today = work.now, work.now.astimezone(zone).date()
        action = actions.still_wanted(work, payload["action"], payload["to"], today)
    if action is None:
        return
    send(letter_of(action, payload["to"], Nudge(payload["nudge"]), today, key, address), now)
    with works.writing(SYSTEM) as work:
        actions.mark_reminded(work, action.id, date.fromisoformat(payload["day"]))


def letter_of(
    action: actions.Action, to: str, nudge: Nudge, today: date, key: str, address: str
) -> Letter:
    """What a reminder says: what is to be done, by when, and where. Nothing else of what it follows from."""
    when, item = _when(action.due_on, today), action.item
    why = (
        "its owner"
        if to == item.owner.strip().casefold()
        else "somebody it is told to when it is late"
    )
    lines = [
        item.description,
        "",
        f"{action.reference}, from {action.source.reference}",
        f"Due {action.due_on.isoformat()}: {when}",
        f"Status {item.status.value}",
        f"Owner {item.owner or 'nobody'}",
        "",
        f"{address}/actions/{action.reference}",
        "",
        f"You get this as {why}. When the action is done, say so on its page: then nothing more comes.",
    ]
    if nudge is Nudge.ESCALATED:
        lines.insert(-1, "It is a week late or more, so it is told to more people than its owner.")
    return Letter(
        key, to, f"{action.reference} {when}: {shortened(item.description, 100)}", "\n".join(lines)
    )


def _when(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days == 0:
        return "is due today"
    return f"is due in {plural(days, 'day')}" if days > 0 else f"is {plural(-days, 'day')} late"
