"""The classes of cause of an incident over HTTP: what people said, and what its record suggests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.api.bodies import SuggestionBody, suggestions_body
from kintsugi.server.analytics.api.patterns import Key, titles_of

router = APIRouter()

Name = Annotated[
    str, Path(alias="id", max_length=200, description="The id, reference or externalId.")
]


class DecidedBody(Body):
    key: str
    title: str
    decision: str
    by_name: str
    at: datetime


class ClassesBody(Body):
    decided: list[DecidedBody]
    suggested: Annotated[
        list[SuggestionBody], Field(description="Of those nobody has said anything of.")
    ]


class DecisionBody(Body):
    decision: Annotated[str, Field(max_length=40, description="confirmed or refused")]


@router.get("/api/incidents/{id}/classes", response_model=ClassesBody)
@door(Action.READ)
def show_classes(work: UnitOfWork, name: Name) -> ClassesBody:
    """The classes of an incident: confirmed and refused by people, and suggested by its words with the reason."""
    return _answered(work, name)


@router.put("/api/incidents/{id}/classes/{key}", response_model=ClassesBody)
@door(Action.RESPOND, writes=True)
def decide(work: UnitOfWork, name: Name, key: Key, body: DecisionBody) -> ClassesBody:
    """Confirm that an incident is of a class, or refuse it. Only what is confirmed counts."""
    incident = analytics.incident_named(work, name)
    analytics.decide(work, incident, key, analytics.decision_of(body.decision))
    return _answered(work, name)


@router.delete("/api/incidents/{id}/classes/{key}", response_model=ClassesBody)
@door(Action.RESPOND, writes=True)
def forget(work: UnitOfWork, name: Name, key: Key) -> ClassesBody:
    """Take back what was said of an incident and a class."""
    analytics.forget(work, analytics.incident_named(work, name), key)
    return _answered(work, name)


def _answered(work: UnitOfWork, name: str) -> ClassesBody:
    found = analytics.belonging(work, analytics.incident_named(work, name))
    titles = titles_of(work)
    decided = [
        DecidedBody(
            key=one.class_key, title=titles.get(one.class_key, one.class_key),
            decision=one.decision.value, by_name=one.by_name, at=one.at,
        )
        for one in found.decided.values()
    ]  # fmt: skip
    return ClassesBody(decided=decided, suggested=suggestions_body(found.suggested, titles))
