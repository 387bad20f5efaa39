"""Reading a postmortem: typeset, with where it stands beside it, what it waits for and what one may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from kintsugi.core.actions.lifecycle import is_settled
from kintsugi.core.postmortems.quality import Completeness, assess_basic
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.postmortems.workflow import is_locked, next_states
from kintsugi.formats.html.style import page_style
from kintsugi.formats.markdown.actions import DETAILS
from kintsugi.formats.safe_markdown import inline_html
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import Times, page
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.action import STATUS_WORDS
from kintsugi.server.actions.action import Action as Taken
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, Name, Refused, spoken, state_word
from kintsugi.server.postmortems.web.people import called
from kintsugi.server.postmortems.web.typeset import typeset

router = APIRouter()
EXPORTS = (
    ("Markdown", "format=md"), ("HTML file", "format=html"), ("PDF", "format=pdf"),
    ("JSON", "format=json"), ("For customers, as HTML", "format=html&profile=external"),
)  # fmt: skip
ORDER = tuple(PostmortemStatus)


@dataclass(frozen=True, slots=True)
class Move:
    """A state it can go to: the button, what it does, whether it asks for a reason, what stands in the way."""

    to: str
    label: str
    told: str
    needs_reason: bool
    is_forward: bool
    blockers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An action in the document's table, as it stands now; `details` are (what, words)."""

    action: Taken
    said: Markup
    details: tuple[tuple[str, Markup], ...]
    status: str
    kind: str
    is_late: bool


@router.get("/postmortems/{reference}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    return reading_page(work, postmortems.get(work, name))


@router.get("/postmortems/{reference}/print.css", response_model=None)
@door(Action.READ)
def print_style(work: UnitOfWork, name: Name) -> Answer:
    """The reference in the margin of each printed page: in a sheet of its own, since no page has styles in it."""
    sheet = page_style(postmortems.get(work, name).reference)
    return lambda: Response(sheet, media_type="text/css")


def reading_page(
    work: UnitOfWork,
    stored: postmortems.Stored,
    refused: Refused | None = None,
    *,
    shared_at: str = "",
) -> Answer:
    """The page; with a form that was refused as it was typed, or with the address of a new share link, this once."""
    status = refused.status if refused else 200
    context = reading_context(work, stored) | {"refused": refused, "shared_at": shared_at}
    return page(work, "postmortems/read.html", context, status=status)


def reading_context(work: UnitOfWork, stored: postmortems.Stored) -> dict[str, Any]:
    """What the page is told."""
    rights = postmortems.rights(work, stored)
    locked = is_locked(stored.status)
    stored = postmortems.with_cut_sets(work, stored)
    text, rows = typeset(work, stored), _rows(work, actions.of_source(work, stored.id))
    people = [name for group in text.masthead.people for name in group.names]
    may_share = rights.may_publish and locked
    review, complete = postmortems.review_state(work, stored), assess_basic(stored.document)
    return {
        "stored": stored,
        "document": stored.document,
        "address": f"/postmortems/{stored.reference}",
        "text": text,
        "called": called(work, [*people, *(row.action.item.owner for row in rows)]),
        "incident": incidents.get_all(work, [stored.incident_id]).get(stored.incident_id),
        "rights": rights,
        "is_locked": locked,
        "state": state_word(stored.status),
        "steps": _steps(stored, Times(work.viewer.zone, work.now)),
        "completeness": complete,
        "wanting": wanting(complete),
        "rows": rows,
        "moves": _moves(stored, review.blockers) if rights.may_publish else (),
        "review": review,
        "waits": _waits(stored, review.blockers),
        "proposed": len(stored.proposals) if rights.may_write else 0,
        "exports": [
            (word, f"/api/postmortems/{stored.reference}/export?{query}") for word, query in EXPORTS
        ],
        "may_share": may_share,
        "shares": postmortems.sharing.shares(work, stored) if may_share else (),
        "panels": work.panels("postmortem", stored.id),
        "usual_days": postmortems.sharing.USUAL_DAYS,
        "own_draft": stored.status is PostmortemStatus.DRAFT
        and stored.created_by == work.viewer.user_id,
    }


def wanting(found: Completeness) -> list[tuple[str, int]]:
    """What would make it more complete, with the points it would give, the most first."""
    parts = [
        (f"{spoken(one.part)}: {one.reason}", one.maximum - one.points)
        for one in found.points
        if one.points < one.maximum
    ]
    return sorted(parts, key=lambda one: -one[1])


def _steps(stored: postmortems.Stored, times: Times) -> list[tuple[str, str, str]]:
    reached: Mapping[PostmortemStatus, datetime | None] = {
        PostmortemStatus.DRAFT: stored.created_at,
        PostmortemStatus.IN_REVIEW: stored.submitted_at,
        PostmortemStatus.PUBLISHED: stored.published_at,
        PostmortemStatus.ARCHIVED: stored.archived_at,
    }
    now = ORDER.index(stored.status)
    found = []
    for place, status in enumerate(ORDER):
        at = reached[status] if place <= now else None
        kind = "current" if place == now else "done" if place < now else "todo"
        found.append((state_word(status), kind, times.clock(at) if at else ""))
    return found


_Stands = Mapping[PostmortemStatus, tuple[str, ...]]
"""By the state it may go to: what stands in the way."""


def _waits(stored: postmortems.Stored, stands: _Stands) -> tuple[str, ...]:
    """What stands in the way of the next state, for whoever reads it."""
    forward = next_states(stored.status)[0]
    if ORDER.index(forward) < ORDER.index(stored.status):
        return ()
    return tuple(spoken(one) for one in stands[forward])


def _moves(stored: postmortems.Stored, stands: _Stands) -> tuple[Move, ...]:
    words = {
        (PostmortemStatus.DRAFT, PostmortemStatus.IN_REVIEW): (
            "Send to review", "Responders read it, comment and approve it.",
        ),
        (PostmortemStatus.IN_REVIEW, PostmortemStatus.PUBLISHED): (
            "Publish", "Everybody who may sign in reads it, and its text is locked. Its actions stay live.",
        ),
        (PostmortemStatus.IN_REVIEW, PostmortemStatus.DRAFT): (
            "Return to draft", "Only its authors and contributors see it then.",
        ),
        (PostmortemStatus.PUBLISHED, PostmortemStatus.ARCHIVED): (
            "Archive", "For what is finished: every action is settled.",
        ),
        (PostmortemStatus.PUBLISHED, PostmortemStatus.IN_REVIEW): (
            "Begin a new revision", "The text opens again and needs its approvals anew.",
        ),
        (PostmortemStatus.ARCHIVED, PostmortemStatus.PUBLISHED): (
            "Take out of the archive", "It is listed as published again.",
        ),
    }  # fmt: skip
    made = []
    for to in next_states(stored.status):
        label, told = words[(stored.status, to)]
        revises = stored.status is PostmortemStatus.PUBLISHED and to is PostmortemStatus.IN_REVIEW
        forward = ORDER.index(to) > ORDER.index(stored.status)
        blockers = tuple(spoken(one) for one in stands[to])
        made.append(Move(to.value, label, told, revises, forward, blockers))
    return tuple(made)


def _rows(work: UnitOfWork, taken: list[Taken]) -> list[Row]:
    today = work.now.astimezone(ZoneInfo(work.viewer.zone)).date()
    return [_row(one, today) for one in taken]


def _row(action: Taken, today: date) -> Row:
    item = action.item
    details = tuple((label, _inline(said)) for label, say in DETAILS if (said := say(item).strip()))
    settled = is_settled(item, today)
    kind = "ok" if item.status.is_done else ""
    return Row(
        action, _inline(item.description), details, STATUS_WORDS[item.status], kind,
        not settled and action.due_on < today,
    )  # fmt: skip


def _inline(text: str) -> Markup:
    return Markup(inline_html(text))  # noqa: S704 - made safe by safe_markdown
