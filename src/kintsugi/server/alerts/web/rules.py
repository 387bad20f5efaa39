"""The pages of routing rules: all in their order, each with its form, and what a message would come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.explain import condition_text
from kintsugi.core.alerts.labels import facts
from kintsugi.core.alerts.routing import Outcome, OutcomeKind, Rule, WhenResolved, unmet
from kintsugi.core.alerts.rule_values import parse_condition, parse_outcome
from kintsugi.core.alerts.title import titled
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined
from kintsugi.core.shared.times import written_duration
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, LostRace, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.refusing import Refused, refused
from kintsugi.server.alerts.web.rule_form import LABELS, RuleForm, as_typed, at_field, filled

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

RuleId = Annotated[str, Path(alias="rule_id", max_length=80)]
TRIED = 100
TITLES = 5
"""A rule that is being written is tried on so many of the latest alerts, and shows so many titles."""
KINDS = {
    OutcomeKind.OPEN: "Open an incident",
    OutcomeKind.JOIN: "Join an open incident of their group or service, else wait",
    OutcomeKind.WAIT: "Wait for a person",
}
ENDS = {
    WhenResolved.RESOLVE: "Resolve the incident, if nobody has taken command",
    WhenResolved.NOTE: "Write it into the timeline; a person resolves",
}


class OrderForm(BaseModel):
    places: int = Field(0, ge=-200, le=200)


class SwitchForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)
    on: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as the list has it."""

    kept: alerts.KeptRule
    condition: str
    outcome: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule that is being written would be for: how many of the latest alerts, and the titles it would give."""

    condition: str
    outcome: str
    alerts: int
    of: int
    titles: tuple[str, ...]
    problem: str = ""


@router.get("/alerts/rules", response_model=None)
@door(Action.READ)
def show_rules(work: UnitOfWork) -> Answer:
    return _list(work)


@router.get("/alerts/rules/new", response_model=None)
@door(Action.EDIT)
def show_new(work: UnitOfWork) -> Answer:
    return _form_page(work, RuleForm(is_on="on", zone=work.viewer.zone, version=0), None)


@router.post("/alerts/rules/new", response_model=None)
@door(Action.EDIT, writes=True)
def add(work: UnitOfWork, form: Annotated[RuleForm, Form()]) -> Answer:
    def create() -> None:
        alerts.create_rule(
            work, form.name, form.condition(), form.outcome(), is_enabled=bool(form.is_on)
        )

    return _answered(work, form, None, create)


@router.post("/alerts/rules/new/try", response_model=None)
@door(Action.EDIT)
def try_rule(work: UnitOfWork, form: Annotated[RuleForm, Form()]) -> Answer:
    """What a rule that is being written would be for. A POST, so that what is typed stands in no address."""
    return page(work, "alerts/_tried.html", {"tried": _tried(work, form)})


@router.get("/alerts/rules/{rule_id}", response_model=None)
@door(Action.EDIT)
def show_edit(work: UnitOfWork, rule_id: RuleId) -> Answer:
    kept = alerts.get_rule(work, rule_id)
    return _form_page(work, filled(kept.rule, kept.version, work.viewer.zone), kept)


@router.post("/alerts/rules/{rule_id}", response_model=None)
@door(Action.EDIT, writes=True)
def change(work: UnitOfWork, rule_id: RuleId, form: Annotated[RuleForm, Form()]) -> Answer:
    kept = alerts.get_rule(work, rule_id)

    def save() -> None:
        alerts.change_rule(
            work, kept, form.version, name=form.name, condition=form.condition(),
            outcome=form.outcome(), is_enabled=bool(form.is_on),
        )  # fmt: skip

    return _answered(work, form, kept, save)


@router.post("/alerts/rules/{rule_id}/move", response_model=None)
@door(Action.EDIT, writes=True)
def move(work: UnitOfWork, rule_id: RuleId, form: Annotated[OrderForm, Form()]) -> Answer:
    kept = alerts.get_rule(work, rule_id)
    return _in_list(work, lambda: alerts.move_rule(work, kept, form.places), kept)


@router.post("/alerts/rules/{rule_id}/switch", response_model=None)
@door(Action.EDIT, writes=True)
def switch(work: UnitOfWork, rule_id: RuleId, form: Annotated[SwitchForm, Form()]) -> Answer:
    kept = alerts.get_rule(work, rule_id)
    is_on = form.on == "yes"
    return _in_list(
        work, lambda: alerts.change_rule(work, kept, form.version, is_enabled=is_on), kept
    )


@router.post("/alerts/rules/{rule_id}/remove", response_model=None)
@door(Action.EDIT, writes=True)
def remove(work: UnitOfWork, rule_id: RuleId, form: Annotated[SwitchForm, Form()]) -> Answer:
    kept = alerts.get_rule(work, rule_id)
    return _in_list(work, lambda: alerts.remove_rule(work, kept, form.version), None)


def outcome_text(outcome: Outcome) -> str:
    """What a rule makes of alerts, in words."""
    if outcome.kind is OutcomeKind.WAIT:
        return "Waits for a person"
    said = "Joins an open incident of its group or service, else waits"
    if outcome.kind is OutcomeKind.OPEN:
        said = "Opens an incident"
        if outcome.severity:
            said += f" of {outcome.severity.label}"
        if outcome.is_private:
            said += " that is private"
    grouping = outcome.grouping
    if outcome.kind is OutcomeKind.OPEN and grouping.window:
        of = f"same {joined(grouping.by)}" if grouping.by else "rule"
        said += f", one for the {of} within {written_duration(grouping.window)}"
    return said


def _list(work: UnitOfWork, refusal: Refused | None = None) -> Answer:
    kept = alerts.list_rules(work)
    rows = [
        RuleRow(
            one, condition_text(one.rule), outcome_text(one.rule.outcome), place == 0,
            place == len(kept) - 1,
        )
        for place, one in enumerate(kept)
    ]  # fmt: skip
    context = {"rows": rows, "refused": refusal, "may_edit": work.viewer.may(Action.EDIT)}
    return page(work, "alerts/rules.html", context, status=refusal.status if refusal else 200)


def _in_list(work: UnitOfWork, do: Callable[[], object], kept: alerts.KeptRule | None) -> Answer:
    """Back to the list; a refusal stands above it."""
    try:
        with work.attempt():
            do()
    except NotFound:
        raise
    except LostRace as error:
        told = "Somebody changed this rule meanwhile. This is how it stands now; choose again."
        return _list(work, Refused(refused(error).status, told))
    except DomainError as error:
        return _list(work, refused(error))
    return see("/alerts/rules" + (f"#{kept.rule.id}" if kept else ""))


def _answered(
    work: UnitOfWork, form: RuleForm, kept: alerts.KeptRule | None, do: Callable[[], None]
) -> Answer:
    try:
        with work.attempt():
            do()
    except NotFound:
        raise
    except DomainError as error:
        placed = at_field(error) if isinstance(error, InvalidValue) else error
        current = alerts.get_rule(work, kept.rule.id) if kept else None
        theirs = (
            filled(current.rule, current.version, form.zone) if current else RuleForm(version=0)
        )
        refusal = refused(placed, LABELS, typed=as_typed(form), theirs=as_typed(theirs))
        form.version = theirs.version
        return _form_page(work, form, current, refusal)
    return see("/alerts/rules" + (f"#{kept.rule.id}" if kept else ""))


def _form_page(
    work: UnitOfWork, form: RuleForm, kept: alerts.KeptRule | None, refusal: Refused | None = None
) -> Answer:
    context: dict[str, Any] = {
        "form": form,
        "kept": kept,
        "address": f"/alerts/rules/{kept.rule.id}" if kept else "/alerts/rules/new",
        "refused": refusal,
        "wrong": refusal.wrong if refusal else {},
        "levels": [one.label for one in Severity],
        "severities": [("", "As the alert says"), *((one.label, one.label) for one in Severity)],
        "kinds": [(kind.value, word) for kind, word in KINDS.items()],
        "ends": [(end.value, word) for end, word in ENDS.items()],
        "tried": _tried(work, form),
    }
    return page(work, "alerts/rule.html", context, status=refusal.status if refusal else 200)


def _tried(work: UnitOfWork, form: RuleForm) -> Tried:
    try:
        condition = parse_condition(form.condition(), alerts.find)
        outcome = parse_outcome(form.outcome())
    except InvalidValue as error:
        placed = at_field(error)
        name = LABELS.get(placed.field, "")
        return Tried("", "", 0, 0, (), f"{name}: {placed.problem}" if name else placed.problem)
    latest = alerts.list_alerts(work, alerts.Wanted(), TRIED).items
    found = [
        one for one in latest if unmet(condition, _facts(one), one.raised_at, alerts.find) is None
    ]
    rule = Rule("", form.name, is_enabled=True, condition=condition, outcome=outcome)
    return Tried(
        condition_text(rule), outcome_text(outcome), len(found), len(latest),
        _titles(outcome, found or latest[:1]),
    )  # fmt: skip


def _titles(outcome: Outcome, found: Sequence[Alert]) -> tuple[str, ...]:
    made = dict.fromkeys(titled(outcome.title, _facts(one)).text for one in found)
    return tuple(made)[:TITLES]


def _facts(alert: Alert) -> dict[str, str]:
    return facts(
        alert.labels, title=alert.title, rule=alert.rule, service=alert.service,
        severity=alert.severity, source=alert.source, kind=alert.source_kind,
    )  # fmt: skip
