"""Recovery criteria over HTTP: what has to hold before an incident is resolved, and what is offered for it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.recovery import CriterionStatus, RecoveryCriterion
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import (
    Answer,
    Body,
    door,
    etag,
    matched_version,
    version_if_sent,
    with_etag,
)
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import Name

router = APIRouter()
FILE = "the recovery checks"


class SettlingBody(Body):
    status: str
    note: str
    evidence: str
    by: str
    by_name: str
    at: datetime


class CriterionBody(Body):
    id: str
    number: int
    text: str
    expected: str
    status: str
    added_by: str
    added_at: datetime
    history: list[SettlingBody]
    version: int


class OfferedBody(Body):
    text: str
    expected: str


class RecoveryBody(Body):
    items: list[CriterionBody]
    offered: list[OfferedBody]
    asked_for: Annotated[bool, Field(description="Whether its severity asks for criteria.")]
    needed: Annotated[bool, Field(description="Whether it is not resolved without any criterion.")]
    open: int


class NewCriterionBody(Body):
    text: Annotated[str, Field(max_length=2000)] = ""
    expected: Annotated[str, Field(max_length=2000)] = ""
    offered: Annotated[bool, Field(description="Add all that is offered, instead of a text.")] = (
        False
    )


class CriterionEditBody(Body):
    text: Annotated[str | None, Field(max_length=2000)] = None
    expected: Annotated[str | None, Field(max_length=2000)] = None
    status: Annotated[str | None, Field(max_length=20)] = None
    note: Annotated[str, Field(max_length=5000)] = ""
    evidence: Annotated[str, Field(max_length=5000)] = ""


class CheckBody(OfferedBody):
    required_for: list[str]


class ChecksBody(Body):
    checks: list[CheckBody]
    needed_to_resolve: list[str]
    text: Annotated[str, Field(description="The checks as a YAML file.")]
    is_default: bool
    version: int


class ChecksText(Body):
    text: Annotated[str, Field(description="The checks as YAML or JSON; empty: the default.")]


@router.get("/api/recovery-checks", response_model=ChecksBody)
@door(Action.READ)
def show_checks(work: UnitOfWork) -> Answer:
    """What is offered as recovery criteria, for which severities, and where one is needed to resolve."""
    return _checks(work)


@router.put("/api/recovery-checks", response_model=ChecksBody)
@door(Action.ADMINISTER, writes=True)
def change_checks(work: UnitOfWork, body: ChecksText, if_match: IfMatch = None) -> Answer:
    """Other checks from now on; a mistake is refused with its line."""
    name = incidents.settings.RECOVERY
    incidents.settings.settle(work, name, body.text, FILE, matched_version(if_match))
    return _checks(work)


@router.get("/api/incidents/{id}/criteria", response_model=RecoveryBody)
@door(Action.READ)
def list_criteria(work: UnitOfWork, name: Name) -> Answer:
    """What has to hold before it is resolved, how each stands, and what is offered for its severity."""
    return _all(work, incidents.get(work, name), 200)


@router.post("/api/incidents/{id}/criteria", status_code=201, response_model=RecoveryBody)
@door(Action.RESPOND, writes=True)
def add_criterion(work: UnitOfWork, name: Name, body: NewCriterionBody) -> Answer:
    """Record one more thing that has to hold, or all that is offered. The answer lists all."""
    incident = incidents.get(work, name)
    if body.offered:
        incidents.recovering.add_offered(work, incident)
    else:
        incidents.recovering.add(work, incident, body.text, body.expected)
    return _all(work, incident, 201)


@router.patch("/api/incidents/{id}/criteria/{criterion_id}", response_model=CriterionBody)
@door(Action.RESPOND, writes=True)
def change_criterion(
    work: UnitOfWork,
    name: Name,
    criterion_id: str,
    body: CriterionEditBody,
    if_match: IfMatch = None,
) -> Answer:
    """Change its words while it is open, or its status: `met`, `overridden` (with a note), `open`."""
    incident = incidents.get(work, name)
    criterion = incidents.recovering.criterion_of(work, incident, criterion_id)
    status = word_of(CriterionStatus, body.status, "status") if body.status is not None else None
    edit = incidents.recovering.CriterionEdit(
        body.text, body.expected, status, body.note, body.evidence
    )
    made = incidents.recovering.change(work, incident, criterion, edit, version_if_sent(if_match))
    content = _criteria(work, [made])[0].model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(content, 200, {"ETag": etag(made.version)})


@router.delete("/api/incidents/{id}/criteria/{criterion_id}", status_code=204, response_model=None)
@door(Action.RESPOND, writes=True)
def remove_criterion(
    work: UnitOfWork, name: Name, criterion_id: str, if_match: IfMatch = None
) -> Answer:
    """It has not to hold after all; only while it is open."""
    incident = incidents.get(work, name)
    criterion = incidents.recovering.criterion_of(work, incident, criterion_id)
    incidents.recovering.remove(work, incident, criterion, version_if_sent(if_match))
    return lambda: Response(status_code=204)


def _all(work: UnitOfWork, incident: Incident, status: int) -> Answer:
    found = incidents.recovering.criteria(work, incident)
    checks = incidents.settings.recovery_checks(work)
    body = RecoveryBody(
        items=_criteria(work, found),
        offered=[
            OfferedBody(text=one.text, expected=one.expected)
            for one in checks.offered(incident.severity, found)
        ],
        asked_for=checks.asks(incident.severity),
        needed=incident.severity in checks.needed_for,
        open=sum(one.status is CriterionStatus.OPEN for one in found),
    ).model_dump(mode="json", by_alias=True)  # fmt: skip
    return lambda: JSONResponse(body, status)


def _criteria(work: UnitOfWork, found: list[RecoveryCriterion]) -> list[CriterionBody]:
    names = accounts.names_of(work, {one.by for each in found for one in each.history})
    return [
        CriterionBody(
            id=one.id, number=one.number, text=one.text, expected=one.expected,
            status=one.status.value, added_by=one.added_by, added_at=one.added_at,
            history=[
                SettlingBody(
                    status=each.status.value, note=each.note, evidence=each.evidence, by=each.by,
                    by_name=names.get(each.by, ""), at=each.at,
                )
                for each in one.history
            ],
            version=one.version,
        )
        for one in found
    ]  # fmt: skip


def _checks(work: UnitOfWork) -> Answer:
    found = incidents.settings.recovery_checks(work)
    kept = incidents.settings.setting(work, incidents.settings.RECOVERY)
    levels = [(one, one.label) for one in Severity]
    body = ChecksBody(
        checks=[
            CheckBody(
                text=one.text, expected=one.expected,
                required_for=[label for level, label in levels if level in one.required_for],
            )
            for one in found.checks
        ],
        needed_to_resolve=[label for level, label in levels if level in found.needed_for],
        text=kept.text, is_default=kept.is_default, version=kept.version,
    )  # fmt: skip
    return with_etag(body, kept.version)
