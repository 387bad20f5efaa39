"""Reading postmortems, each whole: its document with its actions, and what the viewer may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.postmortems.workflow import Approval, Standing, is_locked, may_approve
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action, NotFound, Viewer
from kintsugi.kernel.pages import USUAL, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import service as actions
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.store import documents, reviews
from kintsugi.server.postmortems.stored import Decision, Listed, Part, Review, Stored, Wanted


def seen(work: UnitOfWork) -> sa.ColumnElement[bool]:
    """Which postmortems the viewer sees."""
    return documents.visible(work.viewer, incidents.hidden_ids(work.viewer))


def hidden_ids(viewer: Viewer) -> sa.Select[tuple[str]]:
    """The ids of the postmortems that a viewer may not see: for actions, search, the audit page."""
    return documents.hidden_ids(viewer, incidents.hidden_ids(viewer))


def get(work: UnitOfWork, name: str) -> Stored:
    """The postmortem of an id or reference (PM-7), whole. Raises NotFound when the viewer sees none."""
    stored = find(work, name)
    if stored is None:
        raise NotFound("there is no such postmortem that you can see")
    return stored


def find(work: UnitOfWork, name: str) -> Stored | None:
    """The same, or None."""
    stored = documents.find(work.connection, seen(work), clean(name))
    return None if stored is None else whole(work, stored)


def id_of(work: UnitOfWork, name: str) -> str:
    """The id of what `get` gives, for who needs no more. Raises NotFound."""
    found = documents.id_of(work.connection, seen(work), clean(name))
    if found is None:
        raise NotFound("there is no such postmortem that you can see")
    return found


def to_delete(work: UnitOfWork, name: str) -> Stored:
    """One that the viewer sees; an admin deletes a draft that they cannot read, by its name. Raises NotFound."""
    there = documents.there(incidents.hidden_ids(work.viewer))
    rows = there if work.viewer.may(Action.ADMINISTER) else seen(work)
    stored = documents.find(work.connection, rows, clean(name))
    if stored is None:
        raise NotFound("there is no such postmortem that you can see")
    return whole(work, stored)


def whole(work: UnitOfWork, stored: Stored) -> Stored:
    """With its actions, and the bookkeeping that documents show."""
    items = tuple(action.item for action in actions.of_source(work, stored.id))
    document = replace(
        stored.document, id=stored.id, action_items=items, created_at=stored.created_at,
        created_by=stored.created_by, updated_at=stored.updated_at,
        published_at=stored.published_at,
    )  # fmt: skip
    return replace(stored, document=document)


def list_postmortems(
    work: UnitOfWork, wanted: Wanted, limit: int = USUAL, cursor: str | None = None
) -> Page[Listed]:
    """Postmortems, the newest first."""
    before = None
    if cursor:
        (number,) = key_of(cursor, 1)
        before = int(number) if number.isdecimal() and len(number) < 10 else 0
    wanted = _of_that_incident(work, wanted)
    owners = _addresses(work, wanted.owner)
    found = documents.listing(work.connection, seen(work), wanted, limit + 1, before, owners)
    return page_of(found, limit, lambda one: (str(one.number),))


def read_all(work: UnitOfWork, listed: Sequence[Listed]) -> list[tuple[Listed, Stored, bool]]:
    """What a page of a list is of: each whole, and whether its incident is private."""
    found = documents.of_ids(work.connection, seen(work), [one.id for one in listed])
    about = incidents.get_all(work, [one.incident_id for one in listed])
    return [
        (one, whole(work, found[one.id]), about[one.incident_id].is_private)
        for one in listed
        if one.id in found and one.incident_id in about
    ]


def counts(work: UnitOfWork, wanted: Wanted) -> dict[PostmortemStatus, int]:
    """How many of each state a list of what is wanted would show."""
    wanted = _of_that_incident(work, wanted)
    return documents.counts(work.connection, seen(work), wanted, _addresses(work, wanted.owner))


def _of_that_incident(work: UnitOfWork, wanted: Wanted) -> Wanted:
    if not wanted.incident_id:
        return wanted
    return replace(wanted, incident_id=incidents.id_of(work, wanted.incident_id) or "none")


def _addresses(work: UnitOfWork, owner: str) -> list[str]:
    """The e-mail addresses of those whom an owner's name can mean; lists call people by their names."""
    said = owner.casefold()
    if not said or "@" in said:
        return []
    if said == "me":
        return [work.viewer.email]
    return [one.email for one in accounts.active_users(work) if said in one.name.casefold()]


def of_incident(work: UnitOfWork, incident_id: str) -> tuple[Listed, ...]:
    """The postmortems of an incident that the viewer sees; there may be several, for several readers."""
    return list_postmortems(work, Wanted(incident_id=incident_id), 100).items


@dataclass(frozen=True, slots=True)
class Rights:
    """What the viewer may do with one postmortem as it stands."""

    may_write: bool
    may_comment: bool
    may_approve: bool
    may_publish: bool
    may_delete: bool


def rights(work: UnitOfWork, stored: Stored) -> Rights:
    """What the viewer may do: authors and contributors write until it is locked, responders comment and approve.

    Whoever has a part in it moves it on, and so does an editor once it is not a draft.
    """
    responds = work.viewer.may(Action.RESPOND)
    has_part = responds and takes_part(work, stored)
    is_editor = work.viewer.may(Action.EDIT) and stored.status is not PostmortemStatus.DRAFT
    in_review = stored.status is PostmortemStatus.IN_REVIEW
    own_draft = stored.status is PostmortemStatus.DRAFT and stored.created_by == work.viewer.user_id
    return Rights(
        may_write=has_part and not is_locked(stored.status),
        may_comment=responds,
        may_approve=responds and in_review and may_approve(standing(work, stored), work.viewer.user_id),
        may_publish=has_part or is_editor,
        may_delete=work.viewer.may(Action.ADMINISTER) or (responds and own_draft),
    )  # fmt: skip


def takes_part(work: UnitOfWork, stored: Stored) -> bool:
    """Whether the viewer made it, or is its owner, an author or a contributor."""
    names = [name for name in (work.viewer.user_id, work.viewer.email.casefold()) if name]
    mine = stored.created_by == work.viewer.user_id
    return mine or documents.has_part(work.connection, stored.id, names)


def standing(work: UnitOfWork, stored: Stored, said: Sequence[Review] | None = None) -> Standing:
    """Where it stands, as the workflow's rules need it; whoever refuses a text takes back their approval.

    `said` is what reviewers said, where that is known already.
    """
    latest: dict[str, Approval] = {}
    for review in reviews.reviews(work.connection, stored.id) if said is None else said:
        if review.decision is Decision.APPROVE:
            latest[review.user_id] = Approval(review.user_id, review.text_version, review.at)
        else:
            latest.pop(review.user_id, None)
    authors = documents.people(work.connection, stored.id, Part.AUTHOR)
    incident = incidents.get_all(work, [stored.incident_id]).get(stored.incident_id)
    return Standing(
        stored.document, stored.created_by, frozenset([stored.created_by, *authors]),
        stored.text_version, tuple(latest.values()),
        declared=incident.severity if incident else None,
    )  # fmt: skip


def today(work: UnitOfWork) -> date:
    """The viewer's day."""
    return work.now.astimezone(ZoneInfo(work.viewer.zone)).date()
