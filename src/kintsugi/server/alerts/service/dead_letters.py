"""What was taken and could not be decoded: looked at, replayed once the mapping is mended, or dismissed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.shared.text import clean
from kintsugi.formats.alerts import FORMATS, Decoded, Undecodable
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.pages import Page, key_of, moment_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.service import source_editing
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.replaying import record_within
from kintsugi.server.alerts.service.tally import Counts
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.store import dead
from kintsugi.server.alerts.store.dead import DEAD, DeadLetter, Sent

DEAD_LETTERS = "alert_dead_letters"
"""Touched when one is replayed or dismissed."""
MOST_SHOWN = 64 * 1024
"""So many bytes of a body are shown as text."""
REPLAYED, DISMISSED = "replayed", "dismissed"
STATES = (DEAD, REPLAYED, DISMISSED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A body as text: what is no UTF-8 is marked, what is too long is cut."""

    text: str
    headers: dict[str, str]
    size: int
    is_cut: bool


def list_letters(
    work: UnitOfWork,
    limit: int,
    cursor: str | None = None,
    *,
    state: str = DEAD,
    source: str = "",
) -> Page[DeadLetter]:
    """Dead letters in a state, the newest first. Raises InvalidValue for a cursor that is none of ours."""
    after: tuple[datetime, str] | None = None
    if cursor:
        at, letter_id = key_of(cursor, 2)
        after = moment_of(at), letter_id
    source_id = source_editing.get_source(work, source).id if source else ""
    found = dead.letters(work.connection, [state], source_id, limit + 1, after)
    return page_of(found, limit, lambda one: (one.received_at.isoformat(), one.id))


def count_letters(work: UnitOfWork) -> int:
    """How many letters wait to be mended or dismissed."""
    return dead.count(work.connection)


def get_letter(work: UnitOfWork, letter_id: str) -> DeadLetter:
    """The dead letter of an id, whatever became of it. Raises NotFound."""
    found = dead.letter(work.connection, clean(letter_id))
    if found is None:
        raise NotFound("there is no such dead letter")
    return found


def shown(work: UnitOfWork, letter: DeadLetter) -> Shown:
    """What was sent, to be read by people."""
    return as_text(_sent(work, letter))


def as_text(sent: Sent) -> Shown:
    """A body as text, bounded."""
    text = sent.content[:MOST_SHOWN].decode("utf-8", "replace")
    is_cut = len(sent.content) > MOST_SHOWN
    return Shown(clean(text), dict(sent.headers), len(sent.content), is_cut)


def try_again(work: UnitOfWork, letter: DeadLetter) -> Decoded:
    """What decoding it would give now; nothing is written. Raises Undecodable."""
    return _decoded(source_editing.get_source(work, letter.source_id), _sent(work, letter))


def replay(work: UnitOfWork, letter: DeadLetter) -> Counts:
    """Decode it again and record what it says, as if it came now; what it has come to.

    Raises Undecodable while it still cannot be decoded, Conflict for one that is dead no longer.
    """
    source, sent = source_editing.get_source(work, letter.source_id), _sent(work, letter)
    found = _decoded(source, sent)
    if not dead.lay(work.connection, letter.id, REPLAYED):
        raise Conflict(f"it is {get_letter(work, letter.id).state} already")
    delivery = Delivery(
        source, sent.headers_text, sent.content, found.events, found.changes, at=work.now,
        body_id=letter.id,
    )  # fmt: skip
    counts = record_within(work.connection, delivery)
    work.audit(
        "dead_letter.replay", letter.id, source=source.id, new=counts.new, changed=counts.changed
    )
    work.touch(DEAD_LETTERS)
    return counts


def dismiss(work: UnitOfWork, letter: DeadLetter) -> None:
    """Nobody needs it. Raises Conflict for one that is dead no longer."""
    if not dead.lay(work.connection, letter.id, DISMISSED):
        raise Conflict(f"it is {get_letter(work, letter.id).state} already")
    work.audit("dead_letter.dismiss", letter.id, source=letter.source_id)
    work.touch(DEAD_LETTERS)


def _decoded(source: Source, sent: Sent) -> Decoded:
    shape = FORMATS.get(source.format)
    if shape is None:
        raise Undecodable(f"there is no format {source.format} any more")
    return shape.decode(sent.content, sent.headers, source.mapping)


def _sent(work: UnitOfWork, letter: DeadLetter) -> Sent:
    found = dead.sent(work.connection, letter.id)
    if found is None:
        raise NotFound("what was sent is forgotten")
    return found
