"""Triage over HTTP: the organisation's checklist, and the answers of an incident."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.named import severity_named
from kintsugi.core.incidents.triage import Triage, TriageChecklist, measure_text
from kintsugi.core.incidents.triage_record import Answers, KeptAnswer
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.triage import read_measure
from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, matched_version, version_if_sent, with_etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.api.bodies import Name, SeverityWord

router = APIRouter()
FILE = "the checklist"


class QuestionBody(Body):
    question: str
    yes_action: str
    declares: str | None


class ThresholdBody(Body):
    metric: str
    comparison: str
    limit: float
    unit: str
    severity_modifier: int


class NeedBody(Body):
    role: str
    required_for: list[str]


class ChecklistBody(Body):
    questions: list[QuestionBody]
    metrics: list[ThresholdBody]
    roles: list[NeedBody]
    text: Annotated[str, Field(description="The checklist as a YAML file.")]
    is_default: bool
    version: int


class ChecklistText(Body):
    text: Annotated[str, Field(description="The checklist as YAML or JSON; empty: the default.")]


class StepBody(Body):
    reason: str
    severity: str


class KeptAnswerBody(Body):
    kind: str
    name: str
    value: str
    answered_by: str
    answered_by_name: str
    answered_at: datetime


class TriageBody(Body):
    questions: dict[str, bool]
    measured: dict[str, float]
    impacts: dict[str, str]
    severity: Annotated[str | None, Field(description="As the incident has it.")]
    gives: Annotated[str, Field(description="The severity that the answers come to.")]
    steps: list[StepBody]
    actions: list[str]
    roles: list[str]
    unanswered: list[str]
    answers: list[KeptAnswerBody]
    earlier: list[KeptAnswerBody]
    version: int


class AnswersBody(Body):
    questions: dict[str, StrictBool | None] = Field(default_factory=dict, max_length=1000)
    measured: Annotated[
        dict[str, StrictStr | StrictInt | StrictFloat | None],
        Field(max_length=1000, description="A number in the unit of the limit, or a text: 7000ms."),
    ] = {}  # noqa: RUF012 - pydantic copies it
    impacts: dict[str, StrictStr | None] = Field(default_factory=dict, max_length=100)
    severity: Annotated[
        SeverityWord | None, Field(description="Another than the answers give; needs a reason.")
    ] = None
    reason: str = ""
    preview: Annotated[bool, Field(description="Only say what they come to; keep nothing.")] = False


@router.get("/api/triage", response_model=ChecklistBody)
@door(Action.READ)
def show_checklist(work: UnitOfWork) -> Answer:
    """What triage asks, measures and needs here: the organisation's checklist, else the guide's."""
    return _checklist(work)


@router.put("/api/triage", response_model=ChecklistBody)
@door(Action.ADMINISTER, writes=True)
def change_checklist(work: UnitOfWork, body: ChecklistText, if_match: IfMatch = None) -> Answer:
    """Another checklist from now on, in the guide's shape; a mistake is refused with its line."""
    name = incidents.settings.CHECKLIST
    incidents.settings.settle(work, name, body.text, FILE, matched_version(if_match))
    return _checklist(work)


@router.get("/api/incidents/{id}/triage", response_model=TriageBody)
@door(Action.READ)
def show_triage(work: UnitOfWork, name: Name) -> Answer:
    """What was answered, by whom, and what it comes to."""
    return _triage(work, incidents.get(work, name))


@router.put("/api/incidents/{id}/triage", response_model=TriageBody)
@door(Action.RESPOND, writes=True)
def answer(work: UnitOfWork, name: Name, body: AnswersBody, if_match: IfMatch = None) -> Answer:
    """Keep these answers in place of those before, and set the severity that they come to.

    What is left out, or null, is not known. `severity` sets another one, with a `reason`.
    """
    incident = incidents.get(work, name)
    said = _answers(incidents.settings.checklist(work), body)
    if body.preview:
        found = incidents.triaging.weigh(work, incident, said)
        return _triage(work, incident, said, found)
    severity = severity_named(body.severity) if body.severity is not None else None
    expected = version_if_sent(if_match)
    made = incidents.triaging.answer(work, incident, said, expected, severity, body.reason)
    return _triage(work, made)


def _answers(checklist: TriageChecklist, body: AnswersBody) -> Answers:
    units = {one.metric: one.unit for one in checklist.thresholds}
    measured = {}
    for name, value in body.measured.items():
        if value is None:
            continue
        try:
            measured[name] = read_measure(
                value if isinstance(value, str) else measure_text(value), units.get(name, "")
            )
        except InvalidValue as error:
            raise error.under("measured", name) from error
    return Answers(
        {name: said for name, said in body.questions.items() if said is not None},
        measured,
        {name: level for name, level in body.impacts.items() if level is not None},
    )


def _checklist(work: UnitOfWork) -> Answer:
    found = incidents.settings.checklist(work)
    kept = incidents.settings.setting(work, incidents.settings.CHECKLIST)
    body = ChecklistBody(
        questions=[
            QuestionBody(
                question=one.question, yes_action=one.yes_action,
                declares=one.declares.label if one.declares else None,
            )
            for one in found.questions
        ],
        metrics=[
            ThresholdBody(
                metric=one.metric, comparison=one.comparison.value, limit=one.limit, unit=one.unit,
                severity_modifier=one.steps,
            )
            for one in found.thresholds
        ],
        roles=[
            NeedBody(
                role=one.role,
                required_for=[level.label for level in Severity if level in one.required_for],
            )
            for one in found.roles
        ],
        text=kept.text, is_default=kept.is_default, version=kept.version,
    )  # fmt: skip
    return with_etag(body, kept.version)


def _triage(
    work: UnitOfWork, incident: Incident, said: Answers | None = None, found: Triage | None = None
) -> Answer:
    stand = incidents.triaging.stand(work, incident)
    said, found = said or stand.said, found or stand.found
    names = accounts.names_of(work, {one.by for one in (*stand.current.values(), *stand.before)})

    def kept(one: KeptAnswer) -> KeptAnswerBody:
        return KeptAnswerBody(
            kind=one.kind.value, name=one.name, value=one.value, answered_by=one.by,
            answered_by_name=names.get(one.by, ""), answered_at=one.at,
        )  # fmt: skip

    body = TriageBody(
        questions=dict(said.questions), measured=dict(said.measured), impacts=dict(said.impacts),
        severity=incident.severity.label if incident.severity else None,
        gives=found.severity.label,
        steps=[StepBody(reason=one.reason, severity=one.severity.label) for one in found.steps],
        actions=list(found.actions), roles=list(found.roles), unanswered=list(found.unanswered),
        answers=[kept(one) for one in stand.current.values()],
        earlier=[kept(one) for one in stand.before], version=stand.version,
    )  # fmt: skip
    return with_etag(body, stand.version)
