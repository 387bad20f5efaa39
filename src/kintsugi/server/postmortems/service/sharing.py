"""Share links: an address that shows the external view of a published postmortem, for a time, until taken back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.external import external_view
from kintsugi.core.postmortems.workflow import is_locked
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Forbidden, NotFound
from kintsugi.kernel.http import NOBODY, Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.service import loading
from kintsugi.server.postmortems.store import documents, keeping
from kintsugi.server.postmortems.store.keeping import Share
from kintsugi.server.postmortems.stored import Stored

USUAL_DAYS, MOST_DAYS = 30, 365


def share(work: UnitOfWork, stored: Stored, days: int = USUAL_DAYS) -> tuple[Share, str]:
    """A link's record and its secret, which is told once and kept as a hash.

    Raises Forbidden, Conflict before it is published, InvalidValue for a time that is no 1 to 365 days.
    """
    if not loading.rights(work, stored).may_publish:
        raise Forbidden("only its authors and contributors, and editors, share it")
    if not is_locked(stored.status):
        raise Conflict("only what is published is shared outside")
    if not 1 <= days <= MOST_DAYS:
        raise InvalidValue(f"is {days}", path=("days",), expected=f"1 to {MOST_DAYS}")
    secret = secrets.token_urlsafe(24)
    made = Share(
        work.new_id("shr"), stored.id, work.viewer.user_id, work.now,
        work.now + timedelta(days=days), None,
    )  # fmt: skip
    keeping.add_share(work.connection, made, _hash(secret))
    work.audit("postmortem.share", stored.id, share=made.id, days=days)
    return made, secret


def shares(work: UnitOfWork, stored: Stored) -> list[Share]:
    """The links of a postmortem, expired and revoked ones too."""
    return keeping.shares(work.connection, stored.id)


def revoke(work: UnitOfWork, stored: Stored, share_id: str) -> None:
    """Take a link back. Raises Forbidden, NotFound."""
    if not loading.rights(work, stored).may_publish:
        raise Forbidden("only its authors and contributors, and editors, take a link back")
    if not keeping.revoke_share(work.connection, stored.id, share_id, work.now):
        raise NotFound("there is no such link in force")
    work.audit("postmortem.unshare", stored.id, share=share_id)


def shared(work: UnitOfWork, secret: str) -> tuple[Stored, Postmortem]:
    """What a link shows: the external view, as it stands now, to anybody who has the link.

    Raises NotFound for a link that is none, has expired, was taken back, or whose postmortem is
    deleted, no longer published, or of an incident that was made private.
    """
    found = keeping.share_of(work.connection, _hash(secret))
    in_force = found is not None and found.revoked_at is None and work.now < found.expires_at
    stored = None
    if found is not None and in_force:
        anybody = documents.there(incidents.hidden_ids(NOBODY))
        stored = documents.find(work.connection, anybody, found.postmortem_id)
    if stored is None or not is_locked(stored.status):
        raise NotFound("there is nothing at this address, or no longer")
    stored = loading.whole(work, stored)
    return stored, external_view(stored.document)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
