"""The workflow: sent to review, published, archived, begun anew, deleted and brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.postmortems.workflow import move as rule_move
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action, Forbidden, NotFound
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.events import PostmortemDeleted, PostmortemMoved
from kintsugi.server.postmortems.service import happened, loading, noting, rules, saving
from kintsugi.server.postmortems.store import documents
from kintsugi.server.postmortems.stored import Edit, Stored

REASON = 1_000
TOLD_IN = (PostmortemStatus.IN_REVIEW, PostmortemStatus.PUBLISHED)
"""On the way into these the text takes up which cut set happened."""


def move(
    work: UnitOfWork,
    stored: Stored,
    to: PostmortemStatus,
    expected_version: int | None,
    reason: str = "",
) -> Stored:
    """Another state of the workflow.

    1. The viewer may move it. 2. It is as they read it. 3. The rules say that nothing stands in the
    way. 4. A text that is sent to review, published or begun anew becomes a revision; one begun anew
    loses its approvals. Raises Forbidden, LostRace, WorkflowRefused, and InvalidValue where a reason
    is asked for.
    """
    documents.lock(work.connection, stored.id)
    fresh = loading.get(work, stored.id)
    if not loading.rights(work, fresh).may_publish:
        raise Forbidden("only its authors and contributors, and editors, move it on")
    if expected_version is not None and fresh.version != expected_version:
        raise LostRace(saving.current(fresh, ()))
    before = fresh.status
    ruled = rules.team_rules(work).approvals
    after = rule_move(loading.standing(work, fresh), to, loading.today(work), ruled)
    reason = _reason(reason)
    if before is PostmortemStatus.PUBLISHED and after is PostmortemStatus.IN_REVIEW and not reason:
        raise InvalidValue("is missing", path=("reason",), expected="why a new revision is begun")
    shown = happened.with_cut_sets(work, fresh) if after in TOLD_IN else fresh
    changed = _dated(work, replace(shown, document=replace(shown.document, status=after)), before)
    changed = replace(changed, version=fresh.version + 1, updated_at=work.now)
    saving.put(work, changed, fresh.version)
    if changed.revision != fresh.revision:
        noting.keep_revision(work, changed, reason or _word(before, after))
    _note(work, fresh, changed.version, _word(before, after), before, after)
    work.audit("postmortem.move", fresh.id, before=before.value, after=after.value)
    work.publish(PostmortemMoved(fresh.id, before, after, work.now))
    # Not read again as the viewer: an editor who returned it to its authors no longer sees it.
    return loading.whole(work, changed)


def _dated(work: UnitOfWork, stored: Stored, before: PostmortemStatus) -> Stored:
    match stored.status:
        case PostmortemStatus.IN_REVIEW if before is PostmortemStatus.DRAFT:
            return replace(stored, submitted_at=work.now, revision=stored.revision + 1)
        case PostmortemStatus.IN_REVIEW:
            # A new revision of what was published: approvals of the text before do not count for it.
            return replace(
                stored, submitted_at=work.now, revision=stored.revision + 1,
                text_version=stored.text_version + 1,
            )  # fmt: skip
        case PostmortemStatus.PUBLISHED if before is PostmortemStatus.IN_REVIEW:
            return replace(stored, published_at=work.now, revision=stored.revision + 1)
        case PostmortemStatus.PUBLISHED:
            return replace(stored, archived_at=None)
        case PostmortemStatus.ARCHIVED:
            return replace(stored, archived_at=work.now)
        case PostmortemStatus.DRAFT:
            return stored
        case _ as never:
            assert_never(never)


def _word(before: PostmortemStatus, after: PostmortemStatus) -> str:
    words = {
        (PostmortemStatus.DRAFT, PostmortemStatus.IN_REVIEW): "submitted",
        (PostmortemStatus.IN_REVIEW, PostmortemStatus.DRAFT): "returned",
        (PostmortemStatus.IN_REVIEW, PostmortemStatus.PUBLISHED): "published",
        (PostmortemStatus.PUBLISHED, PostmortemStatus.IN_REVIEW): "reopened",
        (PostmortemStatus.PUBLISHED, PostmortemStatus.ARCHIVED): "archived",
        (PostmortemStatus.ARCHIVED, PostmortemStatus.PUBLISHED): "unarchived",
    }
    return words[(before, after)]


def delete(
    work: UnitOfWork, stored: Stored, expected_version: int | None, reason: str = ""
) -> None:
    """Take it away: one's own draft, or anything as an admin with a reason. It can be brought back.

    Raises Forbidden, LostRace, InvalidValue. Its number is not given out again.
    """
    documents.lock(work.connection, stored.id)
    fresh = loading.to_delete(work, stored.id)
    if not loading.rights(work, fresh).may_delete:
        raise Forbidden("only its author deletes a draft, and an admin the rest")
    if expected_version is not None and fresh.version != expected_version:
        raise LostRace(saving.current(fresh, ()))
    reason = _reason(reason)
    own_draft = fresh.status is PostmortemStatus.DRAFT and fresh.created_by == work.viewer.user_id
    if not own_draft and not reason:
        raise InvalidValue("is missing", path=("reason",), expected="why it is deleted")
    gone = replace(fresh, deleted_at=work.now, version=fresh.version + 1, updated_at=work.now)
    saving.put_deleted(work, gone, fresh.version)
    _note(work, fresh, gone.version, "deleted", fresh.status, fresh.status, reason)
    # On its incident, which is still there to see: what is about something deleted is hidden with it.
    told = {"postmortem": fresh.id, "reference": fresh.reference, "reason": reason}
    work.audit("postmortem.delete", fresh.incident_id, **told)
    work.publish(PostmortemDeleted(fresh.id, fresh.incident_id, True, work.now))


def bring_back(work: UnitOfWork, name: str) -> Stored:
    """Undo a deletion: an admin, or whoever deleted their own draft. Raises NotFound.

    An admin brings back a draft that they still cannot read; who answers with it asks `find`.
    """
    hidden = incidents.hidden_ids(work.viewer)
    stored = documents.find_deleted(work.connection, hidden, clean(name))
    if stored is None:
        raise NotFound("there is no deleted postmortem of that name")
    stored = loading.whole(work, stored)
    own_draft = stored.status is PostmortemStatus.DRAFT and stored.created_by == work.viewer.user_id
    if not own_draft and not work.viewer.may(Action.ADMINISTER):
        raise NotFound("there is no deleted postmortem of that name")
    back = replace(stored, deleted_at=None, version=stored.version + 1, updated_at=work.now)
    saving.put_deleted(work, back, stored.version)
    _note(work, stored, back.version, "undeleted", stored.status, stored.status)
    work.audit("postmortem.undelete", stored.id, reference=stored.reference)
    work.publish(PostmortemDeleted(stored.id, stored.incident_id, False, work.now))
    return back


def _note(
    work: UnitOfWork, fresh: Stored, version: int, what: str,
    before: PostmortemStatus, after: PostmortemStatus, reason: str = "",
) -> None:  # fmt: skip
    why = {"reason": reason} if reason else {}
    edit = Edit(
        version, work.now, work.viewer.user_id, work.viewer.name, what,
        {"status": before.value}, {"status": after.value} | why,
    )  # fmt: skip
    noting.note(work, fresh, edit)


def _reason(written: str) -> str:
    reason = clean(written).strip()
    if len(reason) > REASON:
        raise InvalidValue(
            "is too long", path=("reason",), expected=f"at most {REASON:,} characters"
        )
    return reason
