"""Reading for review: what changed since it was approved, comments in threads, approving and refusing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field

from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.postmortems.workflow import is_locked, next_states
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.auth import Action
from kintsugi.kernel.following import mark
from kintsugi.kernel.http import door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.service.reviewing import WHOLE
from kintsugi.server.postmortems.web.answers import (
    Answer,
    Name,
    Refused,
    refused_form,
    spoken,
    state_word,
)
from kintsugi.server.postmortems.web.contents import Content, content_of
from kintsugi.server.postmortems.web.editing import parts_of
from kintsugi.server.postmortems.web.findings import findings
from kintsugi.server.postmortems.web.parts import title_of
from kintsugi.server.postmortems.web.workbench import zone_of

router = APIRouter()
_ABOUT = frozenset({"zone", "scenario"})


class ReviewForm(BaseModel):
    text_version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    decision: Annotated[str, Field(max_length=20)] = ""
    note: str = ""

    def decided(self) -> postmortems.Decision:
        """Approved or refused. Raises InvalidValue."""
        try:
            return postmortems.Decision(self.decision)
        except ValueError as error:
            raise InvalidValue(
                "is neither", path=("decision",), expected="approve or refuse"
            ) from error


class CommentForm(BaseModel):
    section: Annotated[str, Field(max_length=60)] = ""
    thread: Annotated[str, Field(max_length=80)] = ""
    text: str = ""
    do: Annotated[str, Field(max_length=20)] = "say"


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of comments, the first first."""

    id: str
    section: str
    comments: tuple[postmortems.Comment, ...]

    @property
    def is_resolved(self) -> bool:
        """Whether it is closed."""
        return self.comments[0].resolved_at is not None


@router.get("/postmortems/{reference}/review", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    follows_from = mark(work, parts_of(work, name))
    return _page(work, postmortems.get(work, name), follows_from=follows_from)


@router.post("/postmortems/{reference}/review", response_model=None)
@door(Action.RESPOND, writes=True)
def review(work: UnitOfWork, name: Name, form: Annotated[ReviewForm, Form()]) -> Answer:
    """Approve or refuse the text that was read."""
    return _answered(
        work, name, "review", form,
        lambda stored: postmortems.review(work, stored, form.decided(), form.text_version, form.note),
        "decision",
    )  # fmt: skip


@router.post("/postmortems/{reference}/comments", response_model=None)
@door(Action.RESPOND, writes=True)
def comment(work: UnitOfWork, name: Name, form: Annotated[CommentForm, Form()]) -> Answer:
    """Begin a thread, answer in one, close it or open it again."""
    place = form.thread or form.section or WHOLE

    def do(stored: postmortems.Stored) -> None:
        if form.do in ("resolve", "reopen"):
            postmortems.resolve(work, stored, form.thread, is_resolved=form.do == "resolve")
        else:
            postmortems.comment(work, stored, form.section, form.text, form.thread)

    return _answered(work, name, f"comment:{place}", form, do, f"c-{place}")


def _answered(
    work: UnitOfWork, name: str, kind: str, form: BaseModel,
    do: Callable[[postmortems.Stored], object], anchor: str,
) -> Answer:  # fmt: skip
    stored = postmortems.get(work, name)
    try:
        with work.attempt():
            do(stored)
    except DomainError as error:
        return _page(work, postmortems.get(work, name), refused_form(kind, form, error))
    return see(f"/postmortems/{stored.reference}/review#{anchor}")


def _page(
    work: UnitOfWork, stored: postmortems.Stored, refused: Refused | None = None, follows_from: str = ""
) -> Answer:  # fmt: skip
    threads = _threads(postmortems.comments(work, stored))
    in_review = stored.status is PostmortemStatus.IN_REVIEW
    to = PostmortemStatus.PUBLISHED if in_review else next_states(stored.status)[0]
    review = postmortems.review_state(work, stored)
    waits = () if is_locked(stored.status) else review.blockers[to]
    context: dict[str, Any] = {
        "stored": stored,
        "document": stored.document,
        "state": state_word(stored.status),
        "address": f"/postmortems/{stored.reference}",
        "rights": postmortems.rights(work, stored),
        "review": review,
        "changes": postmortems.since_approved(work, stored),
        "sections": _sections(stored, threads, zone_of(work)),
        "whole": WHOLE,
        "whole_threads": [one for one in threads if one.section == WHOLE],
        "open_count": sum(not one.is_resolved for one in threads),
        "blockers": [spoken(one) for one in waits],
        "to": state_word(to),
        "is_in_review": in_review,
        "findings": findings(stored.document),
        "refused": refused,
        "spoken": title_of,
        "follows_from": follows_from or mark(work, parts_of(work, stored.reference)),
    }  # fmt: skip
    return page(work, "postmortems/review.html", context, status=refused.status if refused else 200)


def _threads(comments: list[postmortems.Comment]) -> list[Thread]:
    found: dict[str, list[postmortems.Comment]] = {}
    for one in comments:
        found.setdefault(one.thread_id, []).append(one)
    return [Thread(key, ones[0].section, tuple(ones)) for key, ones in found.items()]


def _sections(
    stored: postmortems.Stored, threads: list[Thread], zone: tzinfo
) -> list[tuple[str, str, Content, list[Thread]]]:
    """The sections that hold something or are talked about: name, title, what it holds, threads."""
    made = []
    for name in SECTIONS:
        own = [one for one in threads if one.section == name]
        content = content_of(stored.document, name, zone)
        if own or (name not in _ABOUT and content != Content()):
            made.append((name, title_of(name), content, own))
    return made
