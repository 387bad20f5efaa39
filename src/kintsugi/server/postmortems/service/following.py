"""What a postmortem keeps of its actions once they are followed elsewhere: its version, and who answers for it."""

from __future__ import annotations

from dataclasses import replace

from kintsugi.core.actions.item import ActionItem
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.postmortems import document
from kintsugi.server.postmortems.service import loading, noting, saving
from kintsugi.server.postmortems.store import documents
from kintsugi.server.postmortems.stored import Edit


def note_action(
    work: UnitOfWork, postmortem_id: str, before: ActionItem, after: ActionItem
) -> None:
    """An action is about to change on its own page: a change of the list, in the history like any other.

    Whoever wrote the list from an older version then loses the race, and sees it. The postmortem is
    locked before the action, as when its list is written. Its text does not change by it.
    """
    documents.lock(work.connection, postmortem_id)
    stored = loading.get(work, postmortem_id)
    items = tuple(after if one.id == before.id else one for one in stored.document.action_items)
    version = stored.version + 1
    changed = replace(
        stored, document=replace(stored.document, action_items=items), version=version,
        updated_at=work.now,
        section_versions={**stored.section_versions, "action_items": version},
    )  # fmt: skip
    saving.put(work, changed, stored.version)
    sections = [document.sections_of(one.document, ["action_items"]) for one in (stored, changed)]
    note = Edit(version, work.now, work.viewer.user_id, work.viewer.name, "edit", *sections)
    noting.note(work, stored, note)


def leads(work: UnitOfWork, postmortem_id: str) -> tuple[str, ...]:
    """The addresses of who answers for a postmortem: its owner, and whoever made it. Nobody's view limits this."""
    stored = documents.find(work.connection, documents.not_deleted(), postmortem_id)
    if stored is None:
        return ()
    made_by = accounts.emails_of(work, [stored.created_by]).values()
    return tuple(dict.fromkeys(one for one in (stored.document.owner, *made_by) if "@" in one))
