"""Proposals, reviews, comments and share links of a postmortem, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kintsugi.core.postmortems.drafting import Proposal
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.api_json import api_key
from kintsugi.formats.codec import encode
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door, kernel_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.api.bodies import (
    Answer,
    Name,
    Version,
    answered,
    plain,
    section_named,
)
from kintsugi.server.postmortems.service.measuring import Measured

router = APIRouter()


class DecideBody(Body):
    keep: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()


class ReviewBody(Body):
    decision: str
    text_version: Version
    note: str = ""


class CommentBody(Body):
    text: str
    section: str = "postmortem"
    thread: str = ""


class ThreadBody(Body):
    resolved: bool


class ShareBody(Body):
    days: int = 30


@router.get("/api/postmortems/{id}/proposals", response_model=None)
@door(Action.READ)
def proposals(work: UnitOfWork, name: Name) -> Answer:
    """What the incident's record proposes and nobody has decided yet, each with why; and the record in numbers."""
    stored = postmortems.get(work, name)
    found = postmortems.measuring.measured(
        work, stored, postmortems.measuring.entries(work, stored)
    )
    return plain({"items": [_proposal(one) for one in stored.proposals], "record": _record(found)})


@router.post("/api/postmortems/{id}/proposals", response_model=None)
@door(Action.RESPOND, writes=True)
def decide(work: UnitOfWork, name: Name, body: DecideBody) -> Answer:
    """Keep some proposals and leave others; neither is proposed again."""
    stored = postmortems.get(work, name)
    stored = postmortems.decide(work, stored, body.keep, keep=True)
    return answered(work, postmortems.decide(work, stored, body.leave, keep=False))


@router.get("/api/postmortems/{id}/reviews", response_model=None)
@door(Action.READ)
def reviews(work: UnitOfWork, name: Name) -> Answer:
    """What each reviewer said last, whether it counts, and what keeps it from being published."""
    stored = postmortems.get(work, name)
    state = postmortems.review_state(work, stored)
    items = [
        {"userId": one.user_id, "name": one.name, "decision": one.decision.value, "note": one.note,
         "textVersion": one.text_version, "at": one.at.isoformat(), "counts": counts}
        for one, counts in state.said
    ]  # fmt: skip
    return plain({"items": items, "needed": state.needed, "counted": state.counted})


@router.post("/api/postmortems/{id}/reviews", status_code=201, response_model=None)
@door(Action.RESPOND, writes=True)
def review(work: UnitOfWork, name: Name, body: ReviewBody) -> Answer:
    """Approve the text at `textVersion`, or refuse it with a note."""
    decisions = {one.value: one for one in postmortems.Decision}
    if body.decision not in decisions:
        raise InvalidValue(
            f"{body.decision[:60]!r} is not known", path=("decision",), expected="approve or refuse"
        )
    stored = postmortems.review(
        work, postmortems.get(work, name), decisions[body.decision], body.text_version, body.note
    )
    return answered(work, stored, 201)


@router.get("/api/postmortems/{id}/comments", response_model=None)
@door(Action.READ)
def comments(work: UnitOfWork, name: Name) -> Answer:
    """Every comment, thread by thread."""
    found = postmortems.comments(work, postmortems.get(work, name))
    return plain({"items": [_comment(one) for one in found]})


@router.post("/api/postmortems/{id}/comments", status_code=201, response_model=None)
@door(Action.RESPOND, writes=True)
def comment(work: UnitOfWork, name: Name, body: CommentBody) -> Answer:
    """Comment on a section, or answer in a thread."""
    stored, section = postmortems.get(work, name), section_named(body.section)
    return plain(_comment(postmortems.comment(work, stored, section, body.text, body.thread)), 201)


@router.patch("/api/postmortems/{id}/comments/{thread}", response_model=None)
@door(Action.RESPOND, writes=True)
def resolve(work: UnitOfWork, name: Name, thread: str, body: ThreadBody) -> Answer:
    """Close a thread, or open it again."""
    stored = postmortems.get(work, name)
    postmortems.resolve(work, stored, thread, is_resolved=body.resolved)
    found = postmortems.comments(work, stored)
    return plain({"items": [_comment(one) for one in found if one.thread_id == thread]})


@router.get("/api/postmortems/{id}/shares", response_model=None)
@door(Action.RESPOND)
def shares(work: UnitOfWork, name: Name) -> Answer:
    """The share links, without their secrets."""
    found = postmortems.sharing.shares(work, postmortems.get(work, name))
    return plain({"items": [_share(one) for one in found]})


@router.post("/api/postmortems/{id}/shares", status_code=201, response_model=None)
@door(Action.RESPOND, writes=True)
def share(work: UnitOfWork, name: Name, body: ShareBody, request: Request) -> Answer:
    """A link that shows the external view for some days; its address is told once."""
    made, secret = postmortems.sharing.share(work, postmortems.get(work, name), body.days)
    address = f"{kernel_of(request).settings.address}/share/{secret}"
    return plain(_share(made) | {"address": address}, 201, {"Cache-Control": "no-store"})


@router.delete("/api/postmortems/{id}/shares/{share}", status_code=204, response_model=None)
@door(Action.RESPOND, writes=True)
def revoke(work: UnitOfWork, name: Name, share: str) -> Answer:
    """Take a link back."""
    postmortems.sharing.revoke(work, postmortems.get(work, name), share)
    return lambda: Response(status_code=204)


def _proposal(proposal: Proposal) -> dict[str, object]:
    value = proposal.event or proposal.action
    told: object = encode(value, camel=True) if value is not None else proposal.name
    return {
        "key": proposal.key, "kind": proposal.kind.value, "because": proposal.because, "value": told,
    }  # fmt: skip


def _record(record: Measured) -> dict[str, object]:
    return {
        "durations": [
            {"name": one.name, "start": api_key(one.start), "end": api_key(one.end),
             "seconds": one.length.total_seconds()}
            for one in record.durations
        ],
        "messages": record.counts.messages,
        "entriesByKind": {kind.value: count for kind, count in record.counts.by_kind.items()},
    }  # fmt: skip


def _comment(comment: postmortems.Comment) -> dict[str, object]:
    return {
        "id": comment.id, "thread": comment.thread_id, "section": api_key(comment.section),
        "text": comment.text, "by": comment.by_name, "at": comment.at.isoformat(),
        "resolvedAt": comment.resolved_at.isoformat() if comment.resolved_at else None,
    }  # fmt: skip


def _share(share: postmortems.Share) -> dict[str, object]:
    return {
        "id": share.id, "madeAt": share.made_at.isoformat(),
        "expiresAt": share.expires_at.isoformat(),
        "revokedAt": share.revoked_at.isoformat() if share.revoked_at else None,
    }  # fmt: skip
