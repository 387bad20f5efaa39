"""Triage on an incident's page: the form, what it would come to, and a page of its own for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.triage import TriageChecklist
from kintsugi.core.incidents.triage_record import YES, AnswerKind, Answers
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.severity import parse_severity
from kintsugi.formats.triage import read_measure
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Conflict, door, status_of
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.answers import Name
from kintsugi.server.incidents.web.console import back_to
from kintsugi.server.incidents.web.triage_shown import (
    TypedTriage,
    fields_of,
    outcome,
    triage_context,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Key = tuple[AnswerKind, str]


class TriageForm(BaseModel):
    """The answers stand in fields of their own, named by `fields_of`; an empty one is not known."""

    model_config = ConfigDict(extra="allow")

    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    severity: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=5000)] = ""
    do: Annotated[str, Field(max_length=20)] = "set"
    back: Annotated[str, Field(max_length=20)] = ""

    def typed(self) -> dict[str, str]:
        """What was typed, by field."""
        extra = {name: str(value).strip() for name, value in (self.model_extra or {}).items()}
        return {"severity": self.severity, "reason": self.reason, **extra}


@router.get("/incidents/{reference}/triage", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """Triage by itself, for a small screen in the night."""
    incident = incidents.get(work, name)
    return page(
        work,
        "incidents/triage.html",
        {"incident": incident, **triage_context(work, incident, is_alone=True)},
    )


@router.post("/incidents/{reference}/triage/preview", response_model=None)
@door(Action.RESPOND)
def preview(work: UnitOfWork, name: Name, form: Annotated[TriageForm, Form()]) -> Answer:
    """What the answers would come to. A POST, so that they stand in no address."""
    incident = incidents.get(work, name)
    try:
        found = incidents.triaging.weigh(work, incident, _merged(work, incident, form))
        context = {"triage": outcome(work, incident, found), "problem": ""}
    except DomainError as error:
        context = {"triage": {"found": None}, "problem": told(error, _labels(work))}
    return page(work, "incidents/_triage_outcome.html", context)


@router.post("/incidents/{reference}/triage", response_model=None)
@door(Action.RESPOND, writes=True)
def answer(work: UnitOfWork, name: Name, form: Annotated[TriageForm, Form()]) -> Answer:
    """Keep the answers and set the severity; `do=show` only says what they come to."""
    incident = incidents.get(work, name)
    try:
        with work.attempt():
            incidents.triaging.hold(work, incident)
            said = _merged(work, incident, form)
            if form.do == "show":
                found = incidents.triaging.weigh(work, incident, said)
                return _shown(
                    work, incident, TypedTriage(form.typed(), {}, found, form.version), 200
                )
            chosen = parse_severity(form.severity) if form.severity else None
            incidents.triaging.answer(work, incident, said, None, chosen, form.reason)
    except DomainError as error:
        wrong = {field_of(error): told(error, _labels(work))}
        version = None if isinstance(error, _Overtaken) else form.version
        typed = TypedTriage(form.typed(), wrong, None, version)
        return _shown(work, incidents.get(work, name), typed, status_of(error)[0])
    return see(f"{back_to(incident, form.back)}#triage")


class _Overtaken(Conflict):
    """Somebody else answered the same question meanwhile."""


def _shown(work: UnitOfWork, incident: Incident, typed: TypedTriage, status: int) -> Answer:
    context = {"incident": incident, **triage_context(work, incident, typed, is_alone=True)}
    return page(work, "incidents/triage.html", context, status=status)


def _labels(work: UnitOfWork) -> dict[str, str]:
    """What the form calls its fields."""
    found = fields_of(incidents.settings.checklist(work))
    return {key: name.rstrip("?") for key, (_, name) in found.items()} | {"reason": "Why"}


def _merged(work: UnitOfWork, incident: Incident, form: TriageForm) -> Answers:
    """The answers with what this form changes of those it was made from, so that two may answer at once.

    Raises _Overtaken for a question that both answered, Conflict for one that is not asked any more.
    """
    stand = incidents.triaging.stand(work, incident)
    typed = _typed(stand.checklist, form).values()
    made_from = incidents.triaging.answers_at(work, incident, form.version).values()
    now = stand.said.values()
    for key in dict.fromkeys((*typed, *made_from)):
        mine, was, theirs = (one.get(key, "") for one in (typed, made_from, now))
        if mine in (was, theirs):
            continue
        if theirs != was:
            raise _Overtaken(
                f"somebody answered “{key[1]}” meanwhile with {theirs or 'not known'}; save again to put yours over it"
            )
        now[key] = mine
    return _answers({key: value for key, value in now.items() if value})


def _typed(checklist: TriageChecklist, form: TriageForm) -> Answers:
    fields = fields_of(checklist)
    units = {one.metric: one.unit for one in checklist.thresholds}
    found: dict[Key, str] = {}
    for name, value in form.typed().items():
        if name in ("severity", "reason") or not value:
            continue
        if name not in fields:
            raise Conflict("the checklist changed meanwhile; look at it again before you answer")
        kind, what = fields[name]
        if kind is AnswerKind.METRIC:
            try:
                found[kind, what] = repr(read_measure(value, units[what]))
            except InvalidValue as error:
                raise error.under(name) from error
        else:
            found[kind, what] = value
    return _answers(found)


def _answers(found: dict[Key, str]) -> Answers:
    def of(kind: AnswerKind) -> dict[str, str]:
        return {name: value for (one, name), value in found.items() if one is kind}

    return Answers(
        {name: value == YES for name, value in of(AnswerKind.QUESTION).items()},
        {name: float(value) for name, value in of(AnswerKind.METRIC).items()},
        of(AnswerKind.IMPACT),
    )
