"""What was said in a chat: read, offered message by message, and taken into the timeline with its own times."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from kintsugi.core.incidents.chat import SOURCE, ChatLog, Choice, Offered, chosen, far_off, offered
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import parse_date, zone_named
from kintsugi.formats.chat import read_chat, read_export
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.service import recording, wording
from kintsugi.server.incidents.service.naming import named
from kintsugi.server.incidents.service.timeline import BY_CHANGE

TALKED_AFTER = timedelta(hours=1)
"""So long people go on talking once it is resolved; only to date what has no date."""
AROUND = timedelta(days=1)
"""The days of an export's files are days of the zone of its workspace."""


def read_chat_of(
    work: UnitOfWork, incident: Incident, text: str, zone: str = "", day: str = ""
) -> ChatLog:
    """The messages of a Slack export or of copied text; times without a zone are in `zone`, else in the viewer's.

    Text without a date begins on `day`, else when the incident did; but it ends before now, or before the incident was
    over. Notes say what was assumed, and what lies a day or more outside the incident. Raises InvalidValue for a zone
    or day that is none, InputError with its line for a text that cannot be read.
    """
    try:
        known_zone = zone_named(zone.strip() or work.viewer.zone)
    except InvalidValue as error:
        raise error.under("zone") from error
    try:
        on = parse_date(day) if day.strip() else None
    except InvalidValue as error:
        raise error.under("date") from error
    latest, began = _latest(work, incident), incident.began_at
    log = read_chat(text, latest, day=on, zone=known_zone, since=began)
    return replace(log, notes=(*log.notes, *far_off(log, began, latest)))


def days_of(work: UnitOfWork, incident: Incident, zone: str = "") -> tuple[date, date]:
    """The first day of the incident and its last, or today, in a zone, else in the viewer's. Raises InvalidValue."""
    known = zone_named(zone.strip() or work.viewer.zone)
    latest = _latest(work, incident)
    began = min(incident.began_at, latest)
    return began.astimezone(known).date(), latest.astimezone(known).date()


def unpacked_chat(
    work: UnitOfWork, incident: Incident, content: bytes, channels: Collection[str], file: str = ""
) -> str:
    """The messages of a Slack export's archive, of the incident's days and the day around them, as one export.

    Raises InputError.
    """
    first, last = days_of(work, incident, "UTC")
    return read_export(content, first - AROUND, last + AROUND, channels, file)


def offered_chat(work: UnitOfWork, incident: Incident, log: ChatLog) -> tuple[Offered, ...]:
    """The messages as they may be chosen, those that are in the timeline already among them."""
    known: set[str] = set()
    for detail in store.details_of(work.connection, incident, SOURCE):
        known |= {detail.get("chat", ""), detail.get("chatId", "")} - {""}
    return offered(log, known, work.now)


def take_chat(
    work: UnitOfWork, incident: Incident, log: ChatLog, choices: Sequence[Choice]
) -> list[Entry]:
    """The chosen messages as entries, with their own times and who said them; one that is in already is passed over.

    Raises InvalidValue for a number that is none, for a kind that only a change makes, and for too many.
    """
    if any(one.kind in BY_CHANGE for one in choices):
        raise InvalidValue(
            "is written down by the change itself", path=("kind",), expected="a note"
        )
    store.lock(work.connection, [incident.id])
    by_number: Mapping[int, Choice] = {one.number: one for one in choices}
    made = [
        _write_down(work, incident, one, choice)
        for one, choice in chosen(offered_chat(work, incident, log), by_number)
    ]
    if made:
        work.audit("incident.chat", incident.id, entries=len(made))
    return named(work, made)


def _write_down(work: UnitOfWork, incident: Incident, one: Offered, choice: Choice) -> Entry:
    message = one.message
    entry = {
        "text": wording.prose(message.text, "text", wording.LONG, required=True),
        "evidence": SOURCE, "chat": one.key,
    }  # fmt: skip
    if message.author:
        entry["saidBy"] = wording.line(message.author, "author", wording.NAME)
    if message.id:
        entry["chatId"] = message.id
    if message.channel:
        entry["chatChannel"] = message.channel
    sequence = store.next_sequence(work.connection, incident.id)
    return recording.write_down(
        work, incident, sequence, entry, kind=choice.kind,
        important=choice.important, happened_at=message.at,
    )  # fmt: skip


def _latest(work: UnitOfWork, incident: Incident) -> datetime:
    over = incident.resolved_at
    if incident.status in OPEN or over is None:
        return work.now
    return min(work.now, over + TALKED_AFTER)
