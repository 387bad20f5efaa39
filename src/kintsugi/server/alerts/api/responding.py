"""What a person does with alerts, over HTTP: many at once, all of them or none."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts

router = APIRouter()
Ids = Annotated[list[str], Field(description="The ids of 1 to 200 alerts.")]


class ChosenBody(Body):
    alerts: Ids


class EndBody(ChosenBody):
    reason: Annotated[str, Field(max_length=500)] = ""


class VerdictBody(ChosenBody):
    verdict: Annotated[
        str | None,
        Field(description="useful, noise, duplicate or nothing_to_do; null takes it back."),
    ]


class DoneBody(Body):
    """How many were asked for, and of how many it was news."""

    alerts: int
    changed: int


@router.post("/api/alerts/acknowledge", response_model=DoneBody)
@door(Action.RESPOND, writes=True)
def acknowledge(work: UnitOfWork, body: ChosenBody) -> DoneBody:
    """Take alerts: somebody looks at them."""
    found = alerts.chosen(work, body.alerts)
    return DoneBody(alerts=len(found), changed=alerts.acknowledge(work, found))


@router.post("/api/alerts/resolve", response_model=DoneBody)
@door(Action.RESPOND, writes=True)
def resolve(work: UnitOfWork, body: EndBody) -> DoneBody:
    """Say that alerts are over. They stay shut until they begin anew."""
    found = alerts.chosen(work, body.alerts)
    return DoneBody(alerts=len(found), changed=alerts.end(work, found, body.reason))


@router.post("/api/alerts/verdict", response_model=DoneBody)
@door(Action.RESPOND, writes=True)
def judge(work: UnitOfWork, body: VerdictBody) -> DoneBody:
    """Say whether alerts were worth the interruption."""
    found = alerts.chosen(work, body.alerts)
    verdict = word_of(Verdict, body.verdict, "verdict") if body.verdict is not None else None
    alerts.judge(work, found, verdict)
    return DoneBody(alerts=len(found), changed=sum(one.verdict is not verdict for one in found))
