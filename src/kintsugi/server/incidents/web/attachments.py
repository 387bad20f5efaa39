"""The forms of an incident's files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import HTMLResponse

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Action
from kintsugi.kernel.blobs import MAX_FILE
from kintsugi.kernel.download import download
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.more import RefusedMore, answered_beside

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.post("/incidents/{reference}/attachments", response_model=None)
@door(Action.RESPOND, writes=True)
def attach(
    work: UnitOfWork, name: Name, file: Annotated[UploadFile | None, File()] = None
) -> Answer:
    def add(incident: Incident) -> None:
        if file is None or not file.filename:
            raise InvalidValue("is not chosen", path=("file",), expected="a file of up to 10 MB")
        content = file.file.read(MAX_FILE + 1)
        incidents.attach(work, incident, file.filename, file.content_type or "", content)

    return answered_beside(work, name, RefusedMore("attachments", "attach"), add)


@router.get("/incidents/{reference}/attachments/{attachment_id}", response_model=None)
@door(Action.READ)
def read_attachment(work: UnitOfWork, name: Name, attachment_id: str) -> Answer:
    found, content = incidents.read_attachment(work, incidents.get(work, name), attachment_id)
    return download(found.name, found.media_type, content, is_shown=found.is_shown)


@router.post("/incidents/{reference}/attachments/{attachment_id}/withdraw", response_model=None)
@door(Action.RESPOND, writes=True)
def withdraw_attachment(work: UnitOfWork, name: Name, attachment_id: str) -> Answer:
    return answered_beside(
        work, name, RefusedMore("attachments", "withdraw"),
        lambda incident: incidents.withdraw_attachment(work, incident, attachment_id),
    )  # fmt: skip
