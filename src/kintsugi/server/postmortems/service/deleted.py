"""What was deleted and can be brought back: for an admin anything, for others their own drafts."""

from __future__ import annotations

from kintsugi.kernel.auth import Action
from kintsugi.kernel.pages import USUAL, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.store import documents, reviews
from kintsugi.server.postmortems.stored import Deleted


def list_deleted(work: UnitOfWork, limit: int = USUAL, cursor: str | None = None) -> Page[Deleted]:
    """Deleted postmortems, the newest first; no title of a draft that the viewer never saw."""
    before = None
    if cursor:
        (number,) = key_of(cursor, 1)
        before = int(number) if number.isdecimal() and len(number) < 10 else 0
    found = documents.deleted(
        work.connection, work.viewer, incidents.hidden_ids(work.viewer),
        only_own=not work.viewer.may(Action.ADMINISTER), limit=limit + 1, before=before,
    )  # fmt: skip
    deletions = reviews.deletions(work.connection, [one.id for one in found])
    told = [one.by_whom(*deletions.get(one.id, ("", ""))) for one in found]
    return page_of(told, limit, lambda one: (str(one.number),))
