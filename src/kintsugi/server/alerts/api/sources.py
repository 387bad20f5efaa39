"""Sources and their keys, over HTTP. A key is shown once, a secret never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field, StrictInt, StrictStr

from kintsugi.core.shared.words import word_of
from kintsugi.formats.alerts import FORMATS, SourceKind
from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, etag, kernel_of, matched_version
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.source import Source, SourceKey

router = APIRouter()
Name = Annotated[str, Path(alias="id", description="The id or name of a source.")]
Severities = dict[str, StrictStr | StrictInt]
OVERLAP_HOURS = int(alerts.OVERLAP / timedelta(hours=1))


class KeyBody(Body):
    id: str
    hint: Annotated[str, Field(description="The end of the key, to tell it from others.")]
    created_at: datetime
    expires_at: datetime | None


class SourceBody(Body):
    id: str
    name: str
    format: str
    format_title: str
    kind: str
    service: str
    mapping: dict[str, Any] | None
    severities: dict[str, str]
    has_secret: bool
    max_per_minute: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    last_event_at: Annotated[
        datetime | None, Field(description="null: it waits for its first event.")
    ]
    retired_at: datetime | None
    version: int
    address: Annotated[str, Field(description="Where the tool sends to; KEY is not the key.")]
    snippet: Annotated[str, Field(description="What to paste into the tool.")]
    keys: list[KeyBody]


class SourceWithKey(SourceBody):
    key: Annotated[str, Field(repr=False, description="The key, this one time.")]


class SourceList(Body):
    items: list[SourceBody]
    next_cursor: str | None


class FormatBody(Body):
    name: str
    title: str
    help: str
    kind: str
    signed: bool
    has_mapping: bool


class FormatList(Body):
    items: list[FormatBody]


class NewSourceBody(Body):
    name: str
    format: str
    kind: str | None = None
    service: str = ""
    mapping: dict[str, Any] | None = None
    severities: Severities = Field(default_factory=dict)
    secret: Annotated[str, Field(repr=False)] = ""
    max_per_minute: int = 6000


class SourceChangeBody(Body):
    name: str | None = None
    kind: str | None = None
    service: str | None = None
    mapping: dict[str, Any] | None = None
    severities: Severities | None = None
    secret: Annotated[str | None, Field(repr=False, description="Empty: none any more.")] = None
    max_per_minute: int | None = None


class RotateBody(Body):
    overlap_hours: Annotated[
        float, Field(ge=0, le=24 * 90, description="The keys before it hold for so long.")
    ] = OVERLAP_HOURS


@router.get("/api/alert-formats", response_model=FormatList)
@door(Action.READ)
def list_formats(work: UnitOfWork) -> FormatList:  # noqa: ARG001 - every door has one
    """In which formats a source may send."""
    return FormatList(
        items=[
            FormatBody(
                name=one.name, title=one.title, help=one.help, kind=one.kind.value,
                signed=one.is_signed, has_mapping=one.has_mapping,
            )
            for one in FORMATS.values()
        ]
    )  # fmt: skip


@router.get("/api/alert-sources", response_model=SourceList)
@door(Action.READ)
def list_sources(work: UnitOfWork, request: Request) -> SourceList:
    """Every source by name, retired ones too; there are few, so that one page has them all."""
    found = alerts.list_sources(work)
    keys = alerts.keys_of(work, found)
    server = kernel_of(request).settings.address
    items = [SourceBody(**_written(one, keys[one.id], server)) for one in found]
    return SourceList(items=items, next_cursor=None)


@router.post("/api/alert-sources", status_code=201, response_model=SourceWithKey)
@door(Action.ADMINISTER, writes=True)
def add_source(work: UnitOfWork, body: NewSourceBody, request: Request) -> Answer:
    """A source, and its first key this one time."""
    source, key = alerts.make_source(
        work, body.name, body.format,
        kind=word_of(SourceKind, body.kind, "kind") if body.kind is not None else None,
        service=body.service, mapping=body.mapping, severities=body.severities,
        secret=body.secret, max_per_minute=body.max_per_minute,
    )  # fmt: skip
    return _with_key(work, request, source, key, 201)


@router.get("/api/alert-sources/{id}", response_model=SourceBody)
@door(Action.READ)
def show_source(work: UnitOfWork, name: Name, request: Request) -> Answer:
    """One source."""
    return _answered(work, request, alerts.get_source(work, name))


@router.patch("/api/alert-sources/{id}", response_model=SourceBody)
@door(Action.ADMINISTER, writes=True)
def change_source(
    work: UnitOfWork, name: Name, body: SourceChangeBody, request: Request, if_match: IfMatch = None
) -> Answer:
    """Change what is sent. `mapping` null is the format's own."""
    source, version = alerts.get_source(work, name), matched_version(if_match)
    changes = alerts.SourceChanges(
        name=body.name,
        kind=word_of(SourceKind, body.kind, "kind") if body.kind is not None else None,
        service=body.service, mapping=body.mapping,
        clears_mapping="mapping" in body.model_fields_set and body.mapping is None,
        severities=body.severities, secret=body.secret, max_per_minute=body.max_per_minute,
    )  # fmt: skip
    return _answered(work, request, alerts.change_source(work, source, changes, version))


@router.post("/api/alert-sources/{id}/rotate", response_model=SourceWithKey)
@door(Action.ADMINISTER, writes=True)
def rotate(work: UnitOfWork, name: Name, body: RotateBody, request: Request) -> Answer:
    """A new key this one time; those before it hold for some hours more, so that senders can be changed over."""
    source = alerts.get_source(work, name)
    key = alerts.rotate_key(work, source, timedelta(hours=body.overlap_hours))
    return _with_key(work, request, source, key, 200)


@router.delete("/api/alert-sources/{id}/keys/{key_id}", status_code=204, response_model=None)
@door(Action.ADMINISTER, writes=True)
def withdraw_key(work: UnitOfWork, name: Name, key_id: str) -> Answer:
    """Have a key end now."""
    alerts.withdraw_key(work, alerts.get_source(work, name), key_id)
    return lambda: Response(status_code=204)


@router.delete("/api/alert-sources/{id}", response_model=SourceBody)
@door(Action.ADMINISTER, writes=True)
def retire(work: UnitOfWork, name: Name, request: Request, if_match: IfMatch = None) -> Answer:
    """Take nothing more from it; its alerts stay."""
    source, version = alerts.get_source(work, name), matched_version(if_match)
    return _answered(work, request, alerts.retire_source(work, source, version))


def _answered(work: UnitOfWork, request: Request, source: Source) -> Answer:
    server = kernel_of(request).settings.address
    keys = alerts.keys_of(work, [source])[source.id]
    content = SourceBody(**_written(source, keys, server)).model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(content, headers={"ETag": etag(source.version)})


def _with_key(work: UnitOfWork, request: Request, source: Source, key: str, status: int) -> Answer:
    """An answer that holds the key, and that nothing on its way may keep."""
    server = kernel_of(request).settings.address
    keys = alerts.keys_of(work, [source])[source.id]
    body = SourceWithKey(**_written(source, keys, server, key), key=key)
    headers = {"ETag": etag(source.version), "Cache-Control": "no-store"}
    if status == 201:
        headers["Location"] = f"/api/alert-sources/{source.id}"
    content = body.model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(content, status, headers)


def _written(
    source: Source, keys: Sequence[SourceKey], server: str, key: str = "KEY"
) -> dict[str, Any]:
    return {
        "id": source.id, "name": source.name, "format": source.format,
        "format_title": FORMATS[source.format].title, "kind": source.kind,
        "service": source.service,
        "mapping": dict(source.mapping) if source.mapping is not None else None,
        "severities": {word: level.label for word, level in source.severities.items()},
        "has_secret": bool(source.secret), "max_per_minute": source.max_per_minute,
        "created_by": source.created_by, "created_at": source.created_at,
        "updated_at": source.updated_at, "last_event_at": source.last_event_at,
        "retired_at": source.retired_at, "version": source.version,
        "address": alerts.address(source, server, key),
        "snippet": alerts.snippet(source, server, key),
        "keys": [
            KeyBody(
                id=one.id, hint=one.hint, created_at=one.created_at, expires_at=one.expires_at
            )
            for one in keys
        ],
    }  # fmt: skip
