"""What a postmortem said before: every change, its revisions, what differs between two, and back to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kintsugi.core.postmortems.revisions import SECTIONS, SectionChange, changed_sections
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems.service import loading, noting, saving
from kintsugi.server.postmortems.store import reviews
from kintsugi.server.postmortems.stored import Decision, Edit, Revision, Stored

MOST, FEW = 100, 8


def edits(work: UnitOfWork, stored: Stored, before: int | None = None) -> list[Edit]:
    """Up to 100 changes, the newest first, below a version."""
    found = reviews.edits(work.connection, stored.id, MOST, before)
    typed = noting.in_typing(work, stored) if before is None or before > stored.version else None
    return found if typed is None else [typed, *found][:MOST]


def lately(work: UnitOfWork, stored: Stored, within: timedelta) -> list[Edit]:
    """The last few changes by others in so short a while, the newest first: who else writes now."""
    since, me = work.now - within, work.viewer.user_id
    typed = noting.typed_since(work, stored, since, me)
    return typed + reviews.edited_since(work.connection, stored.id, since, me, FEW)


def revisions(work: UnitOfWork, stored: Stored) -> list[Revision]:
    """The texts that were submitted, approved, published or restored, the newest first."""
    return reviews.revisions(work.connection, stored.id)


def revision(work: UnitOfWork, stored: Stored, number: int) -> Revision:
    """One of them. Raises NotFound."""
    found = reviews.revision(work.connection, stored.id, number)
    if found is None:
        raise NotFound("there is no such revision")
    return found


def difference(
    work: UnitOfWork, stored: Stored, since: int, until: int | None = None
) -> tuple[SectionChange, ...]:
    """What changed from one revision to another (None: to the text as it stands), by section. Raises NotFound."""
    before = revision(work, stored, since).document
    after = revision(work, stored, until).document if until is not None else stored.document
    return changed_sections(before, after)


def since_approved(work: UnitOfWork, stored: Stored) -> tuple[SectionChange, ...]:
    """What changed since the last approved text, for whoever reviews again; empty when there was none.

    What became of its actions meanwhile is no change of the text.
    """
    approved = [
        one.text_version
        for one in reviews.reviews(work.connection, stored.id)
        if one.decision is Decision.APPROVE
    ]
    if not approved:
        return ()
    kept = reviews.revision_of_text(work.connection, stored.id, approved[-1])
    if kept is None:
        return ()
    items = saving.reworded(stored.document.action_items, kept.document.action_items)
    return changed_sections(replace(kept.document, action_items=items), stored.document)


def restore(
    work: UnitOfWork, stored: Stored, number: int, read_at: int | None, section: str = ""
) -> Stored:
    """The text of a revision again, or one section of it; a change like any other, kept in the history.

    Actions get their words back and keep their state, people and dates. Raises NotFound, InvalidValue
    for no section, and what a change raises.
    """
    kept = revision(work, stored, number)
    if section and section not in SECTIONS:
        raise InvalidValue(
            f"{section[:60]!r} is no section", path=("section",), expected=", ".join(SECTIONS)
        )
    fields = [section] if section else list(SECTIONS)
    items = saving.reworded(stored.document.action_items, kept.document.action_items)
    said = replace(kept.document, status=stored.status, action_items=items)
    after = saving.write(work, stored, said, fields, read_at, what="restore")
    if after.version == stored.version:
        return after
    numbered = replace(after, revision=after.revision + 1, version=after.version + 1)
    saving.put(work, numbered, after.version)
    noting.keep_revision(work, numbered, f"restored from revision {number}")
    return loading.get(work, stored.id)
