"""The forms of an incident's files, relations and people. A refused one is shown again by itself, as it was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, UploadFile
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.named import link_named
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.blobs import MAX_FILE
from kintsugi.kernel.download import download
from kintsugi.kernel.http import door, status_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.more import RefusedMore, more_context

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Answer = Callable[[], Response]
Name = Annotated[str, Path(alias="reference")]


class Versioned(BaseModel):
    """A form that may say from which version of the incident it was made."""

    version: int | None = Field(None, ge=0, le=1_000_000_000)


class MergeForm(Versioned):
    into: str = ""
    reason: str = ""


class ReasonForm(Versioned):
    reason: str = ""


class LinkForm(BaseModel):
    incident: str = ""
    kind: str = ""
    reason: str = ""


class CommanderForm(Versioned):
    commander: str = ""
    do: str = ""


class FlagForm(Versioned):
    on: str = ""
    reason: str = ""


class AccessForm(BaseModel):
    who: str = ""


class BreakGlassForm(BaseModel):
    reference: str = ""
    reason: str = ""


@router.get("/incidents/break-glass", response_model=None)
@door(Action.ADMINISTER)
def show_break_glass(work: UnitOfWork) -> Answer:
    return page(work, "incidents/break-glass.html", {"form": BreakGlassForm(), "wrong": {}})


@router.post("/incidents/break-glass", response_model=None)
@door(Action.ADMINISTER, writes=True)
def break_glass(work: UnitOfWork, form: Annotated[BreakGlassForm, Form()]) -> Answer:
    try:
        with work.attempt():
            incident = incidents.break_glass(work, form.reference, form.reason)
    except DomainError as error:
        field = error.field if isinstance(error, InvalidValue) else ""
        context = {"form": form, "wrong": {field: _told(error)}}
        return page(work, "incidents/break-glass.html", context, status=status_of(error)[0])
    return see(f"/incidents/{incident.reference}")


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

    return _answered(work, name, RefusedMore("attachments", "attach"), add)


@router.get("/incidents/{reference}/attachments/{attachment_id}", response_model=None)
@door(Action.READ)
def read_attachment(work: UnitOfWork, name: Name, attachment_id: str) -> Answer:
    found, content = incidents.read_attachment(work, incidents.get(work, name), attachment_id)
    return download(found.name, found.media_type, content, is_shown=found.is_shown)


@router.post("/incidents/{reference}/attachments/{attachment_id}/withdraw", response_model=None)
@door(Action.RESPOND, writes=True)
def withdraw_attachment(work: UnitOfWork, name: Name, attachment_id: str) -> Answer:
    return _answered(
        work, name, RefusedMore("attachments", "withdraw"),
        lambda incident: incidents.withdraw_attachment(work, incident, attachment_id),
    )  # fmt: skip


@router.post("/incidents/{reference}/merge", response_model=None)
@door(Action.RESPOND, writes=True)
def merge(work: UnitOfWork, name: Name, form: Annotated[MergeForm, Form()]) -> Answer:
    return _answered(
        work, name, _typed("related", "merge", form),
        lambda incident: incidents.merge(work, incident, form.into, form.reason, form.version),
    )  # fmt: skip


@router.post("/incidents/{reference}/unmerge", response_model=None)
@door(Action.RESPOND, writes=True)
def unmerge(work: UnitOfWork, name: Name, form: Annotated[ReasonForm, Form()]) -> Answer:
    return _answered(
        work, name, _typed("related", "unmerge", form),
        lambda incident: incidents.unmerge(work, incident, form.reason, form.version),
    )  # fmt: skip


@router.post("/incidents/{reference}/links", response_model=None)
@door(Action.RESPOND, writes=True)
def link(work: UnitOfWork, name: Name, form: Annotated[LinkForm, Form()]) -> Answer:
    return _answered(
        work, name, _typed("related", "link", form),
        lambda incident: incidents.link(
            work, incident, form.incident, link_named(form.kind), form.reason
        ),
    )  # fmt: skip


@router.post("/incidents/{reference}/links/{link_id}/remove", response_model=None)
@door(Action.RESPOND, writes=True)
def unlink(work: UnitOfWork, name: Name, link_id: str) -> Answer:
    return _answered(
        work, name, RefusedMore("related", "unlink"),
        lambda incident: incidents.unlink(work, incident, link_id),
    )  # fmt: skip


@router.post("/incidents/{reference}/commander", response_model=None)
@door(Action.RESPOND, writes=True)
def set_commander(work: UnitOfWork, name: Name, form: Annotated[CommanderForm, Form()]) -> Answer:
    who = {"take": work.viewer.user_id, "down": ""}.get(form.do, form.commander)
    return _answered(
        work, name, _typed("people", "commander", form),
        lambda incident: incidents.set_commander(work, incident, who, form.version),
    )  # fmt: skip


@router.post("/incidents/{reference}/privacy", response_model=None)
@door(Action.RESPOND, writes=True)
def change_privacy(work: UnitOfWork, name: Name, form: Annotated[FlagForm, Form()]) -> Answer:
    is_private = form.on == "yes"
    return _answered(
        work, name, _typed("people", "privacy", form),
        lambda incident: incidents.change_privacy(
            work, incident, is_private, form.reason, form.version
        ),
    )  # fmt: skip


@router.post("/incidents/{reference}/drill", response_model=None)
@door(Action.RESPOND, writes=True)
def change_drill(work: UnitOfWork, name: Name, form: Annotated[FlagForm, Form()]) -> Answer:
    is_drill = form.on == "yes"
    return _answered(
        work, name, _typed("related", "drill", form),
        lambda incident: incidents.change_drill(
            work, incident, is_drill, form.reason, form.version
        ),
    )  # fmt: skip


@router.post("/incidents/{reference}/access", response_model=None)
@door(Action.RESPOND, writes=True)
def share(work: UnitOfWork, name: Name, form: Annotated[AccessForm, Form()]) -> Answer:
    return _answered(
        work, name, _typed("people", "access", form),
        lambda incident: incidents.share(work, incident, form.who),
    )  # fmt: skip


@router.post("/incidents/{reference}/access/{user_id}/withdraw", response_model=None)
@door(Action.RESPOND, writes=True)
def withdraw(work: UnitOfWork, name: Name, user_id: str) -> Answer:
    is_own = user_id == work.viewer.user_id
    return _answered(
        work, name, RefusedMore("people", "withdraw"),
        lambda incident: incidents.withdraw_access(work, incident, user_id),
        then="/incidents" if is_own else "",
    )  # fmt: skip


def _answered(
    work: UnitOfWork,
    name: str,
    form: RefusedMore,
    do: Callable[[Incident], object],
    then: str = "",
) -> Answer:
    """Back to the incident when the form is taken; else its part of the page by itself, as it was typed."""
    incident = incidents.get(work, name)
    try:
        with work.attempt():
            do(incident)
    except NotFound:
        raise
    except DomainError as error:
        field = error.field if isinstance(error, InvalidValue) else ""
        refused = RefusedMore(form.part, form.form, form.values, _told(error), field)
        incident = incidents.get(work, name)
        context = {"incident": incident, **more_context(work, incident, refused)}
        return page(work, "incidents/more.html", context, status=status_of(error)[0])
    return see(then or f"/incidents/{incident.reference}#{form.part}")


def _typed(part: str, name: str, form: BaseModel) -> RefusedMore:
    values = {key: str(value) for key, value in form.model_dump(exclude={"version"}).items()}
    return RefusedMore(part, name, values)


def _told(error: DomainError) -> str:
    """What the page says of a refusal."""
    if not isinstance(error, InvalidValue):
        return str(error)[:1].upper() + str(error)[1:] + "."
    expected = f" Expected {error.expected}." if error.expected else ""
    name = {"userId": "Who", "into": "The other", "incident": "The other"}.get(
        error.field, error.field
    )
    return f"{name[:1].upper()}{name[1:]} {error.problem}.{expected}".strip()
