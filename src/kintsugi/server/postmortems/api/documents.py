"""The document over HTTP: created, drafted, listed, read, changed, deleted, exported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import parse_severity
from kintsugi.formats.api_json import KEPT_BY_SERVICE, merged_impact, read_api
from kintsugi.formats.kinds import Audience, Format, Keys
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door, matched_version
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.api.bodies import (
    Answer,
    Filters,
    IfMatch,
    IfNoneMatch,
    ListedPage,
    Name,
    Posted,
    answered,
    is_known,
    listed,
    status_named,
    whole,
)
from kintsugi.server.postmortems.service.taking import Take

router = APIRouter()


MOST_WHOLE = 25
"""So many whole postmortems in a page: each can be as long as a book."""


class Listing(Filters):
    whole: bool = Field(
        default=False,
        description="Each item also with `postmortem`, as it is read by itself, and `private`, whether its"
        f" incident is; pages hold {MOST_WHOLE} at most.",
    )


class DraftBody(Body):
    incident_id: str
    template: str = ""
    scenario: str = ""


@router.post(
    "/api/postmortems",
    status_code=201,
    response_model=None,
    responses={201: {"description": "The draft"}},
)
@door(Action.RESPOND, writes=True)
def create(work: UnitOfWork, body: Posted, template: str = "", scenario: str = "") -> Answer:
    """Begin a postmortem of an incident, as a draft. The answer repeats what was posted."""
    posted = read_api(_without_ours(body))
    how = postmortems.Beginning(template, scenario, work.viewer.zone)
    stored = postmortems.create(work, posted.postmortem, posted.fields, how)
    return answered(work, stored, 201, posted.notes)


@router.post(
    "/api/postmortems/draft", status_code=201, response_model=None,
    responses={201: {"description": "The draft"}},
)  # fmt: skip
@door(Action.RESPOND, writes=True)
def draft(work: UnitOfWork, body: DraftBody) -> Answer:
    """Draft a postmortem from an incident's record; the rest is proposed (`.../proposals`)."""
    how = postmortems.Beginning(body.template, body.scenario, work.viewer.zone)
    return answered(work, postmortems.draft(work, body.incident_id, how), 201)


@router.get("/api/postmortems", response_model=ListedPage)
@door(Action.READ)
def list_postmortems(work: UnitOfWork, asked: Annotated[Listing, Query()]) -> ListedPage | Answer:
    """Postmortems, the newest first."""
    wanted = postmortems.Wanted(
        statuses=(status_named(asked.status),) if asked.status else (),
        severity=parse_severity(asked.severity) if asked.severity else None,
        service=asked.service, text=asked.text, owner=asked.owner, incident_id=asked.incident_id,
        since=asked.since, until=asked.until,
    )  # fmt: skip
    limit = min(asked.limit, MOST_WHOLE) if asked.whole else asked.limit
    page = postmortems.list_postmortems(work, wanted, limit, asked.cursor)
    if asked.whole:
        return _whole_page(work, page.items, page.next_cursor)
    return ListedPage(items=[listed(one) for one in page.items], next_cursor=page.next_cursor)


def _whole_page(
    work: UnitOfWork, found: Sequence[postmortems.Listed], next_cursor: str | None
) -> Answer:
    """The page as text: each postmortem is JSON already."""
    items = []
    for one, stored, is_private in postmortems.read_all(work, found):
        beside = listed(one).model_dump(mode="json", by_alias=True) | {"private": is_private}
        items.append(
            f'{json.dumps(beside, ensure_ascii=False)[:-1]}, "postmortem": {whole(work, stored)}}}'
        )
    text = f'{{"items": [{", ".join(items)}], "nextCursor": {json.dumps(next_cursor)}}}'
    return lambda: Response(text, 200, media_type="application/json")


class TakeBody(Body):
    tree: str
    whys: bool = True
    factors: tuple[int, ...] = ()
    actions: tuple[int, ...] = ()


@router.post("/api/postmortems/{id}/whys", response_model=None)
@door(Action.RESPOND, writes=True)
def take_whys(work: UnitOfWork, name: Name, body: TakeBody) -> Answer:
    """Take a why-tree of the incident over; answers by their number, from 0, become factors and actions."""
    stored, tree = postmortems.get(work, name), analysis.whys.get(work, body.tree)
    what = Take(body.whys, body.factors, body.actions)
    return answered(work, postmortems.taking.take(work, stored, tree, what))


@router.get("/api/postmortems/{id}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """One postmortem."""
    return answered(work, postmortems.get(work, name))


@router.patch("/api/postmortems/{id}", response_model=None)
@door(Action.RESPOND, writes=True)
def change(work: UnitOfWork, name: Name, body: Posted, if_match: IfMatch = None) -> Answer:
    """Change the sections that are sent, and move it where `status` says; all of it or nothing.

    Two people who change different sections of one version both get in; of two in one section the
    later is answered 412 with what stands there. `reason` goes with a move.
    """
    stored, version = postmortems.get(work, name), matched_version(if_match)
    data = _without_ours(body)
    status, reason = _said(data, "status"), _said(data, "reason")
    posted = read_api(data)
    if (
        "incident_id" in posted.fields
        and posted.postmortem.incident_id != stored.document.incident_id
    ):
        raise InvalidValue(
            "cannot change", path=("incidentId",), expected=stored.document.incident_id
        )
    document = posted.postmortem
    if "impact" in posted.fields:
        impact = merged_impact(stored.document.impact, document.impact, data)
        document = replace(document, impact=impact)
    changed = postmortems.write(work, stored, document, posted.fields - {"incident_id"}, version)
    if status and status_named(status) is not changed.status:
        at = changed.version if version == stored.version else version
        changed = postmortems.move(work, changed, status_named(status), at, reason)
    return answered(work, changed, notes=posted.notes)


@router.delete("/api/postmortems/{id}", status_code=204, response_model=None)
@door(Action.RESPOND, writes=True)
def delete(
    work: UnitOfWork,
    name: Name,
    reason: Annotated[str, Query(max_length=1000)] = "",
    if_match: IfMatch = None,
) -> Answer:
    """Delete a draft of one's own, or anything as an admin with a reason. It can be restored."""
    found = postmortems.to_delete(work, name)
    postmortems.delete(work, found, matched_version(if_match), reason)
    return lambda: Response(status_code=204)


@router.post("/api/postmortems/{id}/restore", response_model=None)
@door(Action.RESPOND, writes=True)
def bring_back(work: UnitOfWork, name: Name) -> Answer:
    """Undo a deletion. An admin who has no part in a draft gets it back for its authors, and no text."""
    back = postmortems.find(work, postmortems.bring_back(work, name).id)
    return answered(work, back) if back else lambda: Response(status_code=204)


@router.get(
    "/api/postmortems/{id}/export",
    response_model=None,
    responses={
        200: {
            "content": {
                "text/markdown": {},
                "text/html": {},
                "application/pdf": {},
                "application/yaml": {},
            }
        },
        304: {"description": "As it was when you read it"},
    },
)
@door(Action.READ)
def export(
    work: UnitOfWork,
    name: Name,
    form: Annotated[Format, Query(alias="format")] = Format.MD,
    profile: Audience = Audience.INTERNAL,
    template: str = "",
    front_matter: Annotated[bool | None, Query(alias="frontMatter")] = None,
    keys: Keys = Keys.OWN,
    if_none_match: IfNoneMatch = None,
) -> Answer:
    """The postmortem as a document: Markdown unless `format` says html, pdf, json or yaml.

    `profile=external` leaves out what is not for customers; `keys=seed` gives JSON the generator
    seed's keys; `frontMatter=1` makes Markdown that reads back to the same value. Sent again with its
    ETag in If-None-Match, it is answered 304 while the document is the same.
    """
    asked = postmortems.Asked(form, profile, template, front_matter, keys)
    made = postmortems.export(work, postmortems.get(work, name), asked)
    tag = f'"{hashlib.sha256(made.content).hexdigest()[:32]}"'
    if is_known(if_none_match, tag):
        return lambda: Response(status_code=304, headers={"ETag": tag})
    headers = download(made) | {"ETag": tag}
    return lambda: Response(made.content, 200, headers, made.media_type)


def download(made: postmortems.Exported) -> dict[str, str]:
    """Headers under which a browser keeps the document and never shows it as a page of ours."""
    name = quote(made.file_name)
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}


def _said(data: dict[str, Any], key: str) -> str:
    """A text of the body that is no section, taken out of it. Raises InvalidValue for what is no text."""
    value = data.pop(key, None)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidValue("is no text", path=(key,), expected="a text")
    return value


def _without_ours(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in KEPT_BY_SERVICE}
