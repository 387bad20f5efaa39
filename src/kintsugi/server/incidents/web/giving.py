"""How alerts come to an incident by hand, and leave it; and the verdicts that its page takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.refusals import told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.alerts import service as alerts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.evidence import declare_address, open_incidents

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class VerdictForm(BaseModel):
    verdict: str = ""


class FromAlertsForm(BaseModel):
    """Which alerts, what to do with them, and the incident they are given to."""

    alert: list[str] = Field(default_factory=list)
    incident: str = Field("", max_length=200)
    do: str = ""


@router.post("/incidents/{reference}/alerts/{alert_id}/verdict", response_model=None)
@door(Action.RESPOND, writes=True)
def judge(
    work: UnitOfWork, name: Name, alert_id: str, form: Annotated[VerdictForm, Form()]
) -> Answer:
    """Say whether an alert of the incident was worth the interruption; the same again takes it back."""
    incident = incidents.get(work, name)
    alert = _of_incident(work, incident, alert_id)
    verdict = next((one for one in Verdict if one.value == form.verdict), None)
    alerts.judge(work, [alert], None if verdict is alert.verdict else verdict)
    return see(f"/incidents/{incident.reference}#alerts")


@router.post("/incidents/{reference}/alerts/{alert_id}/take-back", response_model=None)
@door(Action.RESPOND, writes=True)
def take_back(work: UnitOfWork, name: Name, alert_id: str) -> Answer:
    """It has nothing to do with the incident; it waits for a person again."""
    incident = incidents.get(work, name)
    incidents.take_back_alerts(work, incident, [_of_incident(work, incident, alert_id).id])
    return see(f"/incidents/{incident.reference}#alerts")


@router.post("/incidents/alerts/give", response_model=None)
@door(Action.RESPOND, writes=True)
def from_alerts(work: UnitOfWork, form: Annotated[FromAlertsForm, Form()]) -> Answer:
    """Give chosen alerts to an incident, or go on to declare one because of them."""
    try:
        with work.attempt():
            found = alerts.chosen(work, form.alert)
            if form.do == "declare":
                return see(declare_address(found))
            if not form.incident.strip():
                raise InvalidValue("is not chosen", path=("incident",), expected="one that is open")
            incident = incidents.get(work, form.incident)
            incidents.give_alerts(work, incident, form.alert)
    except DomainError as error:
        context = {
            "alerts": _seen(work, form.alert),
            "incident": form.incident,
            "options": open_incidents(work),
            "wrong": told(error) if form.alert else "No alert is chosen.",
            "may_declare": work.viewer.may(Action.DECLARE),
        }
        return page(work, "incidents/from-alerts.html", context, status=status_of(error)[0])
    return see(f"/incidents/{incident.reference}#alerts")


def _of_incident(work: UnitOfWork, incident: Incident, alert_id: str) -> Alert:
    alert = alerts.get(work, alert_id)
    if alert.incident_id != incident.id:
        raise NotFound("the incident has no such alert")
    return alert


def _seen(work: UnitOfWork, alert_ids: Sequence[str]) -> list[Alert]:
    try:
        return alerts.chosen(work, alert_ids)
    except DomainError:
        return []
