"""The timeline: what happened, told by hand and by every change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kintsugi.core.incidents.happened import past
from kintsugi.core.incidents.incident import Entry, Incident, summary_line
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import shortened
from kintsugi.kernel.pages import Page, key_of, moment_of, number_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.service import recording, wording
from kintsugi.server.incidents.service.naming import named

BY_CHANGE = frozenset({EventKind.STATUS, EventKind.SEVERITY})
"""The kinds whose history is read back; nobody writes them by hand."""


def add_note(
    work: UnitOfWork,
    incident: Incident,
    text: str,
    happened_at: datetime | None = None,
    *,
    kind: EventKind = EventKind.NOTE,
    important: bool = False,
    evidence: str = "",
) -> Entry:
    """Something that happened, now or earlier. It does not change the incident's version.

    Raises InvalidValue for no text, for text too long, for a time in the future, and for a kind that
    only a change makes.
    """
    if kind in BY_CHANGE:
        raise InvalidValue(
            "is written down by the change itself", path=("kind",), expected="a note"
        )
    said = {
        "text": wording.prose(text, "text", wording.LONG, required=True),
        "evidence": wording.line(evidence, "evidence", wording.SHORT),
    }
    try:
        at = past(happened_at, work.now) if happened_at is not None else work.now
    except InvalidValue as error:
        raise error.under("happenedAt") from error
    sequence = store.next_sequence(work.connection, incident.id)
    made = recording.write_down(
        work, incident, sequence, said, kind=kind, important=important, happened_at=at
    )
    work.audit("incident.note", incident.id, entry=made.id)
    return made


def add_message(
    work: UnitOfWork, incident: Incident, text: str, detail: Mapping[str, str]
) -> Entry:
    """That a message about it was sent, for whoever writes it down; `detail` may hold `promised`, an ISO moment.

    From then on the time to the next update runs anew. It does not change the incident's version.
    """
    entry = {**detail, "text": shortened(text, wording.LONG)}
    sequence = store.next_sequence(work.connection, incident.id)
    return recording.write_down(
        work, incident, sequence, entry, kind=EventKind.MESSAGE, important=True
    )


def timeline(work: UnitOfWork, incident: Incident) -> tuple[Entry, ...]:
    """All of it, in the order in which things happened."""
    return tuple(named(work, store.entries(work.connection, incident)))


def timeline_page(
    work: UnitOfWork,
    incident: Incident,
    limit: int,
    cursor: str | None = None,
    *,
    is_backwards: bool = False,
) -> Page[Entry]:
    """A part of it, in the order in which things happened, or the newest first.

    Raises InvalidValue for a cursor that is none of ours.
    """
    after = _after(cursor) if cursor else None
    found = store.entries(
        work.connection, incident, limit=limit + 1, after=after, is_backwards=is_backwards
    )
    found = named(work, found)
    return page_of(found, limit, lambda entry: (entry.happened_at.isoformat(), str(entry.sequence)))


def _after(cursor: str) -> tuple[datetime, int]:
    at, sequence = key_of(cursor, 2)
    return moment_of(at), number_of(sequence)


def entries_since(
    work: UnitOfWork, incident: Incident, sequence: int, limit: int = 100
) -> tuple[Entry, ...]:
    """What was written down after the entry with this sequence; a page that was away catches up with it."""
    return tuple(named(work, store.entries_since(work.connection, incident, sequence, limit)))


def summary_text(work: UnitOfWork, incident: Incident) -> str:
    """The guide's text summary: a line for each entry, times in UTC, what is important with a full mark."""
    return "\n".join(summary_line(entry) for entry in timeline(work, incident))
