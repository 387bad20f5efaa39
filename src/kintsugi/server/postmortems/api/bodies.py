"""What goes in and out of the API of postmortems."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Body as FromBody
from fastapi import Header, Path, Query
from fastapi.responses import Response
from pydantic import AfterValidator, Field

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, either
from kintsugi.formats.api_json import api_data
from kintsugi.formats.spellings import snake
from kintsugi.kernel.http import Body, etag
from kintsugi.kernel.pages import MOST, USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import document
from kintsugi.server.postmortems import service as postmortems

Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="id", description="The id or reference (PM-7).")]
COUNTED = 1_000_000_000
"""Above every version and revision that there is; what no column holds is refused before it is looked for."""
Version = Annotated[int, Field(ge=0, le=COUNTED)]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of what was read.")]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="The ETag of what you have.")
]
Posted = Annotated[
    dict[str, Any],
    FromBody(
        description="title, summary, impact, rootCause, timeline, actionItems, contributors and the"
        " other fields of a postmortem; incidentId for a new one, status to move one."
    ),
]
Searched = Annotated[str, Field(max_length=200), AfterValidator(clean), AfterValidator(str.strip)]


class Filters(Body):
    status: Searched = ""
    service: Searched = ""
    severity: Searched = ""
    text: Searched = ""
    owner: Searched = ""
    incident_id: Searched = ""
    since: date | None = None
    until: date | None = None
    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=500)


class ListedBody(Body):
    id: str
    reference: str
    incident_id: str
    title: str
    status: str
    severity: str | None
    date: date | None
    owner: str
    services: list[str]
    completeness: float
    created_by: str
    updated_at: datetime
    published_at: datetime | None


class ListedPage(Body):
    items: list[ListedBody]
    next_cursor: str | None


Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str | None, Query(max_length=500)]


def listed(one: postmortems.Listed) -> ListedBody:
    return ListedBody(
        id=one.id, reference=one.reference, incident_id=one.incident_id, title=one.title,
        status=one.status.value, severity=one.severity.label if one.severity else None,
        date=one.day, owner=one.owner, services=list(one.services), completeness=one.completeness,
        created_by=one.created_by, updated_at=one.updated_at, published_at=one.published_at,
    )  # fmt: skip


def written(work: UnitOfWork, stored: postmortems.Stored) -> dict[str, Any]:
    """A postmortem as the API answers with it, but for its events: what was posted, and what we know besides."""
    data = api_data(replace(stored.document, timeline=()))
    at = {
        "createdAt": stored.created_at, "updatedAt": stored.updated_at,
        "submittedAt": stored.submitted_at, "publishedAt": stored.published_at,
        "archivedAt": stored.archived_at,
    }  # fmt: skip
    state = postmortems.review_state(work, stored)
    return data | {
        "id": stored.id, "reference": stored.reference, "incident": stored.incident_id,
        "createdBy": stored.created_by, "version": stored.version,
        "textVersion": stored.text_version, "revision": stored.revision,
        "template": stored.template, "approvals": state.counted, "approvalsNeeded": state.needed,
        "proposals": len(stored.proposals),
        **{key: when.isoformat().replace("+00:00", "Z") if when else None for key, when in at.items()},
    }  # fmt: skip


def whole(work: UnitOfWork, stored: postmortems.Stored, notes: tuple[str, ...] = ()) -> str:
    """All that the API answers with of a postmortem, its events among it, as JSON."""
    data = written(work, stored) | ({"notes": list(notes)} if notes else {})
    return document.with_events(data, stored.document.timeline, camel=True)


def answered(
    work: UnitOfWork, stored: postmortems.Stored, status: int = 200, notes: tuple[str, ...] = ()
) -> Answer:
    """The answer with its ETag, built now and sent after the commit."""
    text = whole(work, stored, notes).encode()
    headers = {"ETag": etag(stored.version), "Location": f"/api/postmortems/{stored.id}"}

    def answer() -> Response:
        return Response(text, status, headers, "application/json")

    return answer


def plain(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Any JSON, as an answer."""
    text = json.dumps(content, ensure_ascii=False, default=str).encode()
    return lambda: Response(text, status, headers, "application/json")


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether what would be sent is what the asker says to have."""
    said = [one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")]
    return tag in said or "*" in said


def section_named(word: str) -> str:
    """The field of a section as the API spells it, or as the field is called."""
    return snake(word)


def status_named(word: str, field: str = "status") -> PostmortemStatus:
    """The status of a word in any case. Raises InvalidValue."""
    try:
        return PostmortemStatus(word.strip().upper().replace("-", "_").replace(" ", "_"))
    except ValueError as error:
        raise InvalidValue(
            f"{word[:60]!r} is not known", path=(field,),
            expected=either([status.value for status in PostmortemStatus]),
        ) from error  # fmt: skip
