"""What a postmortem said before, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from kintsugi.core.postmortems.revisions import SectionChange
from kintsugi.formats.api_json import api_data, api_key
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door, matched_version
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.api.bodies import (
    COUNTED,
    Answer,
    IfMatch,
    Name,
    Version,
    answered,
    plain,
    section_named,
)

router = APIRouter()


class RestoreBody(Body):
    section: str = ""


@router.get("/api/postmortems/{id}/edits", response_model=None)
@door(Action.READ)
def edits(
    work: UnitOfWork, name: Name, before: Annotated[int | None, Query(ge=1, le=COUNTED)] = None
) -> Answer:
    """Up to 100 changes, the newest first, below the version `before`, each with what it changed."""
    found = postmortems.edits(work, postmortems.get(work, name), before)
    items = [
        {"version": one.version, "at": one.at.isoformat(), "actor": one.actor, "what": one.what,
         "sections": [api_key(key) for key in one.before], "before": one.before}
        for one in found
    ]  # fmt: skip
    return plain({"items": items})


@router.get("/api/postmortems/{id}/revisions", response_model=None)
@door(Action.READ)
def revisions(work: UnitOfWork, name: Name) -> Answer:
    """The texts that were submitted, approved, published or restored, the newest first."""
    found = postmortems.revisions(work, postmortems.get(work, name))
    items = [
        {
            "revision": one.revision,
            "at": one.at.isoformat(),
            "by": one.by_name,
            "reason": one.reason,
        }
        for one in found
    ]
    return plain({"items": items})


@router.get("/api/postmortems/{id}/revisions/{revision}", response_model=None)
@door(Action.READ)
def revision(work: UnitOfWork, name: Name, revision: Version) -> Answer:
    """One of them, whole."""
    stored = postmortems.get(work, name)
    return plain(api_data(postmortems.revision(work, stored, revision).document))


@router.get("/api/postmortems/{id}/diff", response_model=None)
@door(Action.READ)
def diff(work: UnitOfWork, name: Name, since: Version, until: Version | None = None) -> Answer:
    """What changed from one revision to another, or to the text as it stands, by section and line."""
    stored = postmortems.get(work, name)
    return plain(
        {"items": [_change(one) for one in postmortems.difference(work, stored, since, until)]}
    )


@router.post("/api/postmortems/{id}/revisions/{revision}/restore", response_model=None)
@door(Action.RESPOND, writes=True)
def restore(
    work: UnitOfWork, name: Name, revision: Version, body: RestoreBody, if_match: IfMatch = None
) -> Answer:
    """The text of a revision again, or one section of it."""
    stored, version = postmortems.get(work, name), matched_version(if_match)
    return answered(
        work, postmortems.restore(work, stored, revision, version, section_named(body.section))
    )


def _change(change: SectionChange) -> dict[str, object]:
    return {
        "section": api_key(change.name),
        "lines": [{"mark": line.mark.value, "text": line.text} for line in change.lines],
    }
