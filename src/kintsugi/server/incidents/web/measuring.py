"""The form of an incident's impact in numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from kintsugi.core.incidents.incident import Incident
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name, answered
from kintsugi.server.incidents.web.forms import ImpactForm
from kintsugi.server.incidents.web.impact import fields_named

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.post("/incidents/{reference}/impact", response_model=None)
@door(Action.RESPOND, writes=True)
def change_impact(work: UnitOfWork, name: Name, form: Annotated[ImpactForm, Form()]) -> Answer:
    def change(incident: Incident) -> None:
        with fields_named():
            said = incidents.Changes(impact_numbers=form.numbers())
            incidents.edit(work, incident, said, form.version)

    return answered(work, name, "impact", form, change)
