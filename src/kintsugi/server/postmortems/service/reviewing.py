"""Reviewing: approvals of a text, refusals with a note, comments in threads on a section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.postmortems.workflow import (
    approvals_needed,
    blockers,
    counted,
    may_approve,
    next_states,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action, Forbidden, NotFound
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems.service import loading, noting, rules, saving
from kintsugi.server.postmortems.store import documents, reviews
from kintsugi.server.postmortems.stored import Comment, Decision, Review, Stored

LONGEST = 10_000
WHOLE = "postmortem"
"""The section of a comment on the postmortem as a whole."""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How far a review is: what each reviewer said last, whether it counts, and how many are needed.

    `blockers` has the states that the postmortem may go to next, and what keeps it from each, in words.
    """

    said: tuple[tuple[Review, bool], ...]
    needed: int
    counted: int
    blockers: Mapping[PostmortemStatus, tuple[str, ...]]


def review_state(work: UnitOfWork, stored: Stored) -> ReviewState:
    """What reviewers said, the newest of each; an approval counts while the text is the one approved."""
    every, ruled = reviews.reviews(work.connection, stored.id), rules.team_rules(work).approvals
    standing = loading.standing(work, stored, every)
    latest = {one.user_id: one for one in every}
    counting = {one.user_id for one in counted(standing)}
    said = tuple(
        (one, one.decision is Decision.APPROVE and one.user_id in counting)
        for one in latest.values()
    )
    stands = {
        to: blockers(standing, to, loading.today(work), ruled) for to in next_states(stored.status)
    }
    return ReviewState(said, approvals_needed(standing, ruled), len(counting), stands)


def review(
    work: UnitOfWork, stored: Stored, decision: Decision, text_version: int, note: str = ""
) -> Stored:
    """Approve the text as read, or refuse it with a note.

    Raises Conflict when it is not in review or the viewer may not approve it, LostRace when the text
    changed since, InvalidValue for a refusal without a note.
    """
    documents.lock(work.connection, stored.id)
    fresh = loading.get(work, stored.id)
    if fresh.status is not PostmortemStatus.IN_REVIEW:
        raise Conflict(f"it is {fresh.status.value}; only what is in review is approved")
    if not work.viewer.may(Action.RESPOND):
        raise Forbidden("responders review")
    if decision is Decision.APPROVE and not may_approve(
        loading.standing(work, fresh), work.viewer.user_id
    ):
        raise Conflict("its author cannot approve it; somebody else has to read it")
    if text_version != fresh.text_version:
        raise LostRace(saving.current(fresh, ()))
    said = _text(note, "note", required=decision is Decision.REFUSE)
    made = Review(
        work.new_id("rev"), work.viewer.user_id, work.viewer.name, text_version, decision, said,
        work.now,
    )  # fmt: skip
    reviews.add_review(work.connection, fresh.id, made)
    if decision is Decision.APPROVE:
        fresh = _kept_as_approved(work, fresh)
    work.touch(f"postmortem:{fresh.id}")
    work.audit(f"postmortem.{decision.value}", fresh.id, text_version=text_version)
    return fresh


def _kept_as_approved(work: UnitOfWork, fresh: Stored) -> Stored:
    """An approval is of one revision: a text that was changed in review becomes one."""
    last = reviews.revision_of_text(work.connection, fresh.id, fresh.text_version)
    if last is not None and last.text_version == fresh.text_version:
        return fresh
    numbered = replace(fresh, revision=fresh.revision + 1)
    documents.set_revision(work.connection, fresh.id, numbered.revision)
    noting.keep_revision(work, numbered, "approved")
    return numbered


def comments(work: UnitOfWork, stored: Stored) -> list[Comment]:
    """Every comment, thread by thread."""
    return reviews.comments(work.connection, stored.id)


def comment(work: UnitOfWork, stored: Stored, section: str, text: str, thread: str = "") -> Comment:
    """Say something about a section, or answer in a thread. Raises Forbidden, NotFound, InvalidValue."""
    if not loading.rights(work, stored).may_comment:
        raise Forbidden("responders comment")
    if thread:
        section = _thread(work, stored, thread).section
    elif section not in SECTIONS and section != WHOLE:
        raise InvalidValue(
            f"{section[:60]!r} is no section", path=("section",), expected=", ".join(SECTIONS)
        )
    comment_id = work.new_id("cmt")
    made = Comment(
        comment_id, thread or comment_id, section, _text(text, "text", required=True),
        work.viewer.user_id, work.viewer.name, work.now, None,
    )  # fmt: skip
    reviews.add_comment(work.connection, stored.id, made)
    work.touch(f"postmortem:{stored.id}")
    work.audit("postmortem.comment", stored.id, section=section)
    return made


def resolve(work: UnitOfWork, stored: Stored, thread: str, *, is_resolved: bool) -> None:
    """Close a thread, or open it again. Raises Forbidden, NotFound."""
    if not loading.rights(work, stored).may_comment:
        raise Forbidden("responders comment")
    found = _thread(work, stored, thread)
    by, at = (work.viewer.user_id, work.now) if is_resolved else (None, None)
    reviews.resolve_thread(work.connection, found.id, by, at)
    work.touch(f"postmortem:{stored.id}")
    work.audit("postmortem.thread", stored.id, resolved=is_resolved)


def _thread(work: UnitOfWork, stored: Stored, thread: str) -> Comment:
    begun = (one for one in reviews.comments(work.connection, stored.id) if one.id == thread)
    found = next((one for one in begun if one.thread_id == thread), None)
    if found is None:
        raise NotFound("there is no such thread")
    return found


def _text(written: str, field: str, *, required: bool) -> str:
    text = clean(written).strip()
    if required and not text:
        raise InvalidValue("is missing", path=(field,), expected="what is to be said")
    if len(text) > LONGEST:
        raise InvalidValue("is too long", path=(field,), expected=f"at most {LONGEST:,} characters")
    return text
