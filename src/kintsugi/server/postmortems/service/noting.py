"""What goes into the history: each change, and what one person types in one go as a single one.

A page saves every two seconds while somebody types. The text is kept each time; the history has one
change for it, from what stood there when they began to what stands there when they stop, when
somebody else writes, or after a few minutes. Until then it is in a row of its own, which a server
that is killed leaves behind.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import document
from kintsugi.server.postmortems.store import reviews
from kintsugi.server.postmortems.stored import Edit, Revision, Stored, Typing

TOGETHER = timedelta(minutes=5)
"""What is typed for longer becomes several changes."""


def note(work: UnitOfWork, fresh: Stored, edit: Edit) -> None:
    """Write a change down; `fresh` is the postmortem before it."""
    close(work, fresh)
    reviews.add_edit(work.connection, work.new_id("ped"), fresh.id, edit)


def note_typing(work: UnitOfWork, fresh: Stored, edit: Edit) -> None:
    """The same for what is still being typed: it goes on where the same person types in the same sections."""
    open_now = reviews.typing(work.connection, fresh.id)
    if open_now is not None and _goes_on(open_now, edit):
        return
    close(work, fresh)
    begun = Typing(edit.actor_id, edit.actor, edit.at, edit.before)
    reviews.begin_typing(work.connection, fresh.id, begun)


def keep_revision(work: UnitOfWork, stored: Stored, reason: str) -> None:
    """Keep the text whole, under the number that the postmortem now has as its revision."""
    kept = Revision(
        stored.revision, stored.text_version, stored.document, reason, work.viewer.name, work.now
    )
    reviews.add_revision(work.connection, stored.id, kept, work.viewer.user_id)


def in_typing(work: UnitOfWork, stored: Stored) -> Edit | None:
    """The change that is still being typed, as it stands now."""
    open_now = reviews.typing(work.connection, stored.id)
    return None if open_now is None else _so_far(stored, open_now)


def typed_since(work: UnitOfWork, stored: Stored, since: datetime, not_by: str) -> list[Edit]:
    """The same as a list, if it is of so late and by somebody else."""
    found = in_typing(work, stored)
    return [found] if found is not None and found.at > since and found.actor_id != not_by else []


def _goes_on(typing: Typing, edit: Edit) -> bool:
    return (
        typing.actor_id == edit.actor_id
        and typing.before.keys() == edit.before.keys()
        and edit.at - typing.since < TOGETHER
    )


def close(work: UnitOfWork, fresh: Stored) -> None:
    """Write down what was being typed, if anything was."""
    typed = in_typing(work, fresh)
    if typed is not None:
        reviews.add_edit(work.connection, work.new_id("ped"), fresh.id, typed)
        reviews.end_typing(work.connection, fresh.id)


def _so_far(stored: Stored, typing: Typing) -> Edit:
    after = document.sections_of(stored.document, list(typing.before))
    return Edit(
        stored.version,
        stored.updated_at,
        typing.actor_id,
        typing.actor,
        "edit",
        typing.before,
        after,
    )
