"""What an incident's page shows of its triage: what is asked and answered, and what the answers come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from kintsugi.core.incidents.command import TaskStatus
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.incidents.severity import DEFAULT_CRITERIA
from kintsugi.core.incidents.triage import Triage, TriageChecklist, limit_text, measure_text
from kintsugi.core.incidents.triage_record import NO, YES, AnswerKind, KeptAnswer
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import plural, spoken
from kintsugi.kernel.auth import Action
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents

BEFORE_SHOWN = 30
NOT_KNOWN = ("", "Not known yet")
Asked = tuple[str, str, str, list[tuple[str, str]]]
"""A field: its name, label, hint, and options; without options it is typed into."""
YES_OR_NO = [NOT_KNOWN, (YES, "Yes"), (NO, "No")]


@dataclass(frozen=True, slots=True)
class TypedTriage:
    """A form of triage that is shown again: what was typed, what is wrong with it, and what it would come to."""

    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    found: Triage | None = None
    version: int | None = None


NOTHING_TYPED = TypedTriage()


def question_key(question: str) -> str:
    """The name of a question's field: it stays the same when the checklist is put in another order."""
    return f"q-{sha256(question.encode()).hexdigest()[:16]}"


def metric_key(metric: str) -> str:
    """The name of a metric's field."""
    return f"m-{sha256(metric.encode()).hexdigest()[:16]}"


def impact_key(category: str) -> str:
    """The name of the field of one of the calculator's categories."""
    return f"i-{category}"


def fields_of(checklist: TriageChecklist) -> dict[str, tuple[AnswerKind, str]]:
    """The fields of the form, and what each answers."""
    found = {
        question_key(one.question): (AnswerKind.QUESTION, one.question)
        for one in checklist.questions
    }
    found |= {
        metric_key(one.metric): (AnswerKind.METRIC, one.metric) for one in checklist.thresholds
    }
    return found | {impact_key(name): (AnswerKind.IMPACT, name) for name in DEFAULT_CRITERIA.categories}  # fmt: skip


def triage_context(
    work: UnitOfWork,
    incident: Incident,
    typed: TypedTriage = NOTHING_TYPED,
    *,
    is_alone: bool = False,
) -> dict[str, Any]:
    """What `_triage.html` is told, under the one key `triage`; alone on its page, its form is open."""
    stand = incidents.triaging.stand(work, incident)
    answered = {
        key: _written(kept, stand.checklist)
        for key, kept in ((name, stand.current.get(what)) for name, what in fields_of(stand.checklist).items())
        if kept is not None
    }  # fmt: skip
    may_respond = work.viewer.may(Action.RESPOND)
    names = accounts.names_of(
        work, {one.by for one in (*stand.current.values(), *stand.before[:BEFORE_SHOWN])}
    )
    return {
        "triage": {
            "incident": incident,
            "address": f"/incidents/{incident.reference}",
            "may_respond": may_respond,
            "version": stand.version if typed.version is None else typed.version,
            "is_open": is_open(incident.status),
            **_still_open(stand.checklist, answered),
            "is_waiting": is_open(incident.status) and stand.version == 0,
            "fields": _fields(stand.checklist),
            "values": {**answered, **typed.values},
            "wrong": typed.wrong,
            "is_alone": is_alone,
            "is_typed": typed is not NOTHING_TYPED,
            "severities": [("", "As the answers give"), *((one.label, one.label) for one in Severity)],
            "answers": [_row(one, stand.checklist, names) for one in stand.current.values()],
            "before": [_row(one, stand.checklist, names) for one in stand.before[:BEFORE_SHOWN]],
            **outcome(work, incident, typed.found or (stand.found if stand.version else None)),
        }
    }  # fmt: skip


def outcome(work: UnitOfWork, incident: Incident, found: Triage | None) -> dict[str, Any]:
    """What answers come to, as the page tells it; with nothing answered, nothing.

    `tasks` are the actions that are no task yet; to declare a severity is none.
    """
    if found is None:
        return {"found": None}
    tasks = incidents.tasks(work, incident)
    there = {one.text.casefold() for one in tasks if one.status is not TaskStatus.DROPPED}
    asked = incidents.settings.checklist(work).questions
    declaring = {one.yes_action.casefold() for one in asked if one.declares}
    return {
        "found": found,
        "says_nothing": incident.severity is None and incidents.triaging.says_nothing(found),
        "now": incident.severity,
        "steps": [(one.severity.value, one.reason) for one in found.steps],
        "actions": found.actions,
        "tasks": [one for one in found.actions if one.casefold() not in there | declaring],
        "roles": found.roles,
        "unanswered": found.unanswered,
    }


def _still_open(checklist: TriageChecklist, answered: Mapping[str, str]) -> dict[str, Any]:
    """The questions that nobody answered, with their fields and what follows from a yes; and what else is not known."""
    others = [(metric_key(one.metric), one.metric) for one in checklist.thresholds]
    others += [(impact_key(name), spoken(name).lower()) for name in DEFAULT_CRITERIA.categories]
    return {
        "open_questions": [
            (key, one.question, f"Yes: {one.yes_action}" if one.yes_action else "")
            for one in checklist.questions
            if not answered.get(key := question_key(one.question))
        ],
        "open_others": [name for key, name in others if not answered.get(key)],
    }


def _fields(checklist: TriageChecklist) -> list[tuple[str, list[Asked]]]:
    """The groups of the form and their fields."""
    questions = [
        (
            question_key(one.question),
            one.question,
            f"Yes: {one.yes_action}" if one.yes_action else "",
            YES_OR_NO,
        )
        for one in checklist.questions
    ]
    metrics: list[Asked] = [
        (
            metric_key(one.metric),
            one.metric,
            f"{limit_text(one)}"
            + (f": {plural(one.steps, 'step')} more severe" if one.steps else ""),
            [],
        )
        for one in checklist.thresholds
    ]
    impacts = [
        (impact_key(name), spoken(name), "", [NOT_KNOWN, *((level, spoken(level)) for level in levels)])
        for name, levels in DEFAULT_CRITERIA.categories.items()
    ]  # fmt: skip
    groups = [("Right now", questions), ("Measured", metrics), ("Impact", impacts)]
    return [(title, rows) for title, rows in groups if rows]


def _written(kept: KeptAnswer, checklist: TriageChecklist) -> str:
    """An answer as its field holds it."""
    if kept.kind is not AnswerKind.METRIC:
        return kept.value
    units = {one.metric: one.unit for one in checklist.thresholds}
    return measure_text(float(kept.value), units.get(kept.name, ""))


def _row(
    kept: KeptAnswer, checklist: TriageChecklist, names: Mapping[str, str]
) -> tuple[str, str, str, Any]:
    """What was answered, how, by whom and when."""
    said = "not known" if not kept.value else _written(kept, checklist)
    shown = said if kept.kind is AnswerKind.METRIC else spoken(said)
    name = spoken(kept.name) if kept.kind is AnswerKind.IMPACT else kept.name
    return name, shown, names.get(kept.by, "Somebody"), kept.at
