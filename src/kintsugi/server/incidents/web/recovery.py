"""The forms of an incident's recovery criteria; a refused one is shown again by itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.recovery import CriterionStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.more import RefusedMore, answered_beside

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class NewCriterionForm(BaseModel):
    text: Annotated[str, Field(max_length=2000)] = ""
    expected: Annotated[str, Field(max_length=2000)] = ""
    do: Annotated[str, Field(max_length=20)] = "add"


class CriterionForm(BaseModel):
    do: Annotated[str, Field(max_length=20)] = ""
    text: Annotated[str, Field(max_length=2000)] = ""
    expected: Annotated[str, Field(max_length=2000)] = ""
    note: Annotated[str, Field(max_length=5000)] = ""
    evidence: Annotated[str, Field(max_length=5000)] = ""
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


@router.post("/incidents/{reference}/criteria", response_model=None)
@door(Action.RESPOND, writes=True)
def add(work: UnitOfWork, name: Name, form: Annotated[NewCriterionForm, Form()]) -> Answer:
    """Record one more, or with `do=offered` all that is offered."""

    def do(incident: Incident) -> None:
        if form.do == "offered":
            incidents.recovering.add_offered(work, incident)
        else:
            incidents.recovering.add(work, incident, form.text, form.expected)

    return answered_beside(work, name, RefusedMore("recovery", "criterion", form.model_dump()), do)


@router.post("/incidents/{reference}/criteria/{criterion_id}", response_model=None)
@door(Action.RESPOND, writes=True)
def change(
    work: UnitOfWork, name: Name, criterion_id: str, form: Annotated[CriterionForm, Form()]
) -> Answer:
    """Meet it, override it, open it again, change its words, or remove it."""

    def do(incident: Incident) -> None:
        criterion = incidents.recovering.criterion_of(work, incident, criterion_id)
        if form.do == "remove":
            incidents.recovering.remove(work, incident, criterion, form.version or None)
            return
        edit = _edit(form)
        incidents.recovering.change(work, incident, criterion, edit, form.version or None)

    typed = {**form.model_dump(exclude={"version"}), "criterion": criterion_id}
    return answered_beside(work, name, RefusedMore("recovery", "settle", typed), do)


def _edit(form: CriterionForm) -> incidents.recovering.CriterionEdit:
    if form.do == "edit":
        return incidents.recovering.CriterionEdit(form.text, form.expected)
    try:
        status = CriterionStatus(form.do)
    except ValueError:
        raise InvalidValue(
            "is not known", path=("do",), expected="met, overridden, open, edit or remove"
        ) from None
    return incidents.recovering.CriterionEdit(status=status, note=form.note, evidence=form.evidence)
