"""The files of an incident over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import JSONResponse

from kintsugi.core.incidents.attachment import Attachment
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.asked import Cursor, Limit
from kintsugi.kernel.auth import Action
from kintsugi.kernel.blobs import MAX_FILE
from kintsugi.kernel.download import download
from kintsugi.kernel.http import Answer, Body, door
from kintsugi.kernel.pages import MOST
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import Name

router = APIRouter()


class AttachmentBody(Body):
    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None


class AttachmentPage(Body):
    items: list[AttachmentBody]
    next_cursor: str | None


@router.post("/api/incidents/{id}/attachments", status_code=201, response_model=AttachmentBody)
@door(Action.RESPOND, writes=True)
def attach(
    work: UnitOfWork, name: Name, file: Annotated[UploadFile | None, File()] = None
) -> Answer:
    """Add a file of up to 10 MB, as the part `file` of a multipart form."""
    incident = incidents.get(work, name)
    if file is None or not file.filename:
        raise InvalidValue("is missing", path=("file",), expected="a file with a name")
    content = file.file.read(MAX_FILE + 1)
    made = incidents.attach(work, incident, file.filename, file.content_type or "", content)
    place = f"/api/incidents/{incident.id}/attachments/{made.id}"
    body = _written(made).model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(body, 201, {"Location": place})


@router.get("/api/incidents/{id}/attachments", response_model=AttachmentPage)
@door(Action.READ)
def list_attachments(
    work: UnitOfWork, name: Name, limit: Limit = MOST, cursor: Cursor = None
) -> AttachmentPage:
    """The files, oldest first; one that was withdrawn is named without its content."""
    page = incidents.attachments(work, incidents.get(work, name), limit, cursor)
    return AttachmentPage(items=[_written(one) for one in page.items], next_cursor=page.next_cursor)


@router.get(
    "/api/incidents/{id}/attachments/{attachment_id}",
    response_model=None,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
@door(Action.READ)
def read_attachment(work: UnitOfWork, name: Name, attachment_id: str) -> Answer:
    """A file's content. Only raster images are sent as what they are."""
    found, content = incidents.read_attachment(work, incidents.get(work, name), attachment_id)
    return download(found.name, found.media_type, content, is_shown=found.is_shown)


@router.delete("/api/incidents/{id}/attachments/{attachment_id}", response_model=AttachmentBody)
@door(Action.RESPOND, writes=True)
def withdraw_attachment(work: UnitOfWork, name: Name, attachment_id: str) -> AttachmentBody:
    """Withdraw a file: its content is gone, that it was there stays known."""
    incident = incidents.get(work, name)
    return _written(incidents.withdraw_attachment(work, incident, attachment_id))


def _written(attachment: Attachment) -> AttachmentBody:
    return AttachmentBody(
        id=attachment.id, name=attachment.name, media_type=attachment.media_type,
        size=attachment.size, sha256=attachment.sha256, added_by=attachment.added_by,
        added_at=attachment.added_at, withdrawn_by=attachment.withdrawn_by,
        withdrawn_at=attachment.withdrawn_at,
    )  # fmt: skip
