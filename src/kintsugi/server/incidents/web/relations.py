"""The forms that say what an incident is to others: merged, linked; and whether it is one at all, or a drill."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from kintsugi.core.incidents.named import link_named
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.more import (
    FlagForm,
    RefusedMore,
    SometimesVersioned,
    answered_beside,
    typed,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class MergeForm(SometimesVersioned):
    into: str = ""
    reason: str = ""


class ReasonForm(SometimesVersioned):
    reason: str = ""


class LinkForm(BaseModel):
    incident: str = ""
    kind: str = ""
    reason: str = ""


@router.post("/incidents/{reference}/merge", response_model=None)
@door(Action.RESPOND, writes=True)
def merge(work: UnitOfWork, name: Name, form: Annotated[MergeForm, Form()]) -> Answer:
    return answered_beside(
        work, name, typed("related", "merge", form),
        lambda incident: incidents.merge(work, incident, form.into, form.reason, form.version),
    )  # fmt: skip


@router.post("/incidents/{reference}/unmerge", response_model=None)
@door(Action.RESPOND, writes=True)
def unmerge(work: UnitOfWork, name: Name, form: Annotated[ReasonForm, Form()]) -> Answer:
    return answered_beside(
        work, name, typed("related", "unmerge", form),
        lambda incident: incidents.unmerge(work, incident, form.reason, form.version),
    )  # fmt: skip


@router.post("/incidents/{reference}/links", response_model=None)
@door(Action.RESPOND, writes=True)
def link(work: UnitOfWork, name: Name, form: Annotated[LinkForm, Form()]) -> Answer:
    return answered_beside(
        work, name, typed("related", "link", form),
        lambda incident: incidents.link(
            work, incident, form.incident, link_named(form.kind), form.reason
        ),
    )  # fmt: skip


@router.post("/incidents/{reference}/links/{link_id}/remove", response_model=None)
@door(Action.RESPOND, writes=True)
def unlink(work: UnitOfWork, name: Name, link_id: str) -> Answer:
    return answered_beside(
        work, name, RefusedMore("related", "unlink"),
        lambda incident: incidents.unlink(work, incident, link_id),
    )  # fmt: skip


@router.post("/incidents/{reference}/drill", response_model=None)
@door(Action.RESPOND, writes=True)
def change_drill(work: UnitOfWork, name: Name, form: Annotated[FlagForm, Form()]) -> Answer:
    is_drill = form.on == "yes"
    return answered_beside(
        work, name, typed("related", "drill", form),
        lambda incident: incidents.change_drill(
            work, incident, is_drill, form.reason, form.version
        ),
    )  # fmt: skip
