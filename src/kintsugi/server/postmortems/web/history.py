"""What a postmortem said before: who changed what when, its revisions, two of them compared, one brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field

from kintsugi.core.postmortems.revisions import SECTIONS, SectionChange, changed_sections
from kintsugi.core.shared.errors import DomainError
from kintsugi.formats.records import decode_own
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import (
    Answer,
    Name,
    Refused,
    refused_form,
    state_word,
)
from kintsugi.server.postmortems.web.parts import title_of

router = APIRouter()
TOGETHER = timedelta(minutes=10)
"""Changes of one person in the same sections, no further apart, are told as one: a text is saved as it is typed."""


class Asked(BaseModel):
    """Which two revisions are compared (`until` 0: the text as it stands), and where the list goes on."""

    since: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    until: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    before: Annotated[int | None, Field(ge=1, le=1_000_000_000)] = None


class RestoreForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)
    revision: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    section: Annotated[str, Field(max_length=60)] = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Changes told as one: when the last of them was, by whom, what it was, and line by line."""

    version: int
    at: datetime
    actor: str
    what: str
    count: int
    sections: tuple[SectionChange, ...]
    states: tuple[str, str]


@router.get("/postmortems/{reference}/history", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name, query: Annotated[Asked, Query()]) -> Answer:
    return _page(work, postmortems.get(work, name), query)


@router.post("/postmortems/{reference}/history/restore", response_model=None)
@door(Action.RESPOND, writes=True)
def restore(work: UnitOfWork, name: Name, form: Annotated[RestoreForm, Form()]) -> Answer:
    """The text of a revision again, or one section of it."""
    stored = postmortems.get(work, name)
    try:
        with work.attempt():
            postmortems.restore(work, stored, form.revision, form.version, form.section)
    except DomainError as error:
        refused = refused_form("restore", form, error)
        return _page(work, postmortems.get(work, name), Asked(since=form.revision), refused)
    return see(f"/postmortems/{stored.reference}/history")


def _page(
    work: UnitOfWork, stored: postmortems.Stored, asked: Asked, refused: Refused | None = None
) -> Answer:
    found = postmortems.edits(work, stored, asked.before)
    revisions = postmortems.revisions(work, stored)
    compared: Sequence[SectionChange] | None = None
    if asked.since is not None and any(one.revision == asked.since for one in revisions):
        compared = postmortems.difference(work, stored, asked.since, asked.until or None)
    context: dict[str, Any] = {
        "stored": stored,
        "document": stored.document,
        "state": state_word(stored.status),
        "address": f"/postmortems/{stored.reference}",
        "changes": together(found),
        "next_href": f"/postmortems/{stored.reference}/history?before={found[-1].version}" if len(found) >= 100 else "",
        "first_href": f"/postmortems/{stored.reference}/history" if asked.before else "",
        "revisions": revisions,
        "asked": asked,
        "compared": compared,
        "may_restore": postmortems.rights(work, stored).may_write,
        "refused": refused,
        "spoken": title_of,
    }  # fmt: skip
    return page(
        work, "postmortems/history.html", context, status=refused.status if refused else 200
    )


def together(edits: Sequence[postmortems.Edit]) -> list[Change]:
    """The changes, the newest first; what one person typed in one go as one."""
    groups: list[list[postmortems.Edit]] = []
    for edit in edits:
        if groups and _is_one(groups[-1][-1], edit):
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return [_change(group) for group in groups]


def _is_one(later: postmortems.Edit, earlier: postmortems.Edit) -> bool:
    return (
        later.what == earlier.what == "edit"
        and later.actor_id == earlier.actor_id
        and set(later.after) == set(earlier.after)
        and later.at - earlier.at < TOGETHER
    )


def _change(group: Sequence[postmortems.Edit]) -> Change:
    last, first = group[0], group[-1]
    before, after = first.before, last.after
    states = (str(before.get("status", "")), str(after.get("status", "")))
    is_text = any(name in SECTIONS for name in after)
    sections = changed_sections(_document(before), _document(after)) if is_text else ()
    return Change(last.version, last.at, last.actor, last.what, len(group), sections, states)


def _document(data: Mapping[str, object]) -> Any:  # noqa: ANN401 - a Postmortem, its sections alone
    known = {name: value for name, value in data.items() if name in SECTIONS and value is not None}
    made = decode_own({"title": "", **known})
    return replace(made, title=str(known.get("title", "")))
