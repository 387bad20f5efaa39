"""Triage of an incident: the answers to the checklist, what they come to, and their place in the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.incidents.severity import NOTHING_KNOWN
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.incidents.triage import Triage, TriageChecklist
from kintsugi.core.incidents.triage_record import (
    AnswerKind,
    Answers,
    Change,
    KeptAnswer,
    answers_of,
    assessed,
    changes,
    current,
    has_consequences,
    told,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import shortened
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import TriageAnswered
from kintsugi.server.incidents.service import changing, reading, recording, settings, wording

BY_TRIAGE = "triage"
"""The key in the detail of an entry that says: the answers of triage set this severity."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How triage of an incident stands: what is asked and answered, by whom, and what it comes to.

    `version` is the number of the last answer, 0 without one; `before` are the answers that count no more,
    newest first: given again since, taken back, or to what is not asked any more.
    """

    checklist: TriageChecklist
    said: Answers
    found: Triage
    version: int
    current: Mapping[tuple[AnswerKind, str], KeptAnswer]
    before: tuple[KeptAnswer, ...]


def stand(work: UnitOfWork, incident: Incident) -> Stand:
    """What is answered now, and what it comes to."""
    checklist = settings.checklist(work)
    kept = store.triage_answers(work.connection, incident)
    counting = current(kept)
    said = answers_of(counting, checklist)
    asked = set(said.values())
    counts = {one.number for key, one in counting.items() if key in asked}
    return Stand(
        checklist, said, _assessed(work, incident, said, checklist), kept[-1].number if kept else 0,
        {key: one for key, one in counting.items() if key in asked},
        tuple(one for one in reversed(kept) if one.number not in counts),
    )  # fmt: skip


def is_waiting(work: UnitOfWork, incident: Incident) -> bool:
    """Whether it is open and nobody has triaged it."""
    return is_open(incident.status) and not store.triage_answers(work.connection, incident)


def answers_at(work: UnitOfWork, incident: Incident, version: int) -> Answers:
    """What was answered at a version, of what is asked now."""
    kept = store.triage_answers(work.connection, incident)
    return answers_of(current(kept, version), settings.checklist(work))


def hold(work: UnitOfWork, incident: Incident) -> None:
    """Let nobody else answer until the commit: for who reads the answers, puts others in and writes them."""
    store.lock(work.connection, [incident.id])


def weigh(work: UnitOfWork, incident: Incident, said: Answers) -> Triage:
    """What answers would come to; nothing is kept. Raises InvalidValue."""
    return _assessed(work, incident, said, settings.checklist(work))


def answer(
    work: UnitOfWork,
    incident: Incident,
    said: Answers,
    expected: int | None,
    severity: Severity | None = None,
    reason: str = "",
) -> Incident:
    """Keep the answers, and set the severity that they come to, or another one with a reason.

    1. What is answered otherwise than before is added to the record. 2. The timeline tells it, with what
    follows from it. 3. The severity is set, and with it the roles that are asked for; not where there was
    none and the answers so far say nothing of it. What is not in `said` is not known any more. Raises
    InvalidValue, LostRace when there are answers since `expected`.
    """
    reason = wording.prose(reason, "reason", wording.SHORT)
    store.lock(work.connection, [incident.id])
    now = stand(work, incident)
    if expected is not None and expected != now.version:
        raise LostRace({"answers": written(now.said), "version": now.version})
    found = _assessed(work, incident, said, now.checklist)
    to = severity or found.severity
    if to is not found.severity and not reason:
        raise InvalidValue(
            "is missing", path=("reason",),
            expected=f"why it is {to.label} where the answers give {found.severity.label}",
        )  # fmt: skip
    changed = changes(now.said, said)
    if changed:
        _keep(work, incident, now, changed, to)
    is_guess = severity is None and incident.severity is None and says_nothing(found)
    if to is not incident.severity and not is_guess:
        changing.change_severity(
            work, incident, to, None, _because(found, to, reason), detail={BY_TRIAGE: "yes"}
        )
    return recording.found(work, incident.id)


def says_nothing(found: Triage) -> bool:
    """Whether no answer says yet how severe it is, and some are still to come."""
    return bool(found.unanswered) and [one.reason for one in found.steps] == [NOTHING_KNOWN]


def written(said: Answers) -> dict[str, object]:
    """Answers as JSON holds them, with the API's keys."""
    return {
        "questions": dict(said.questions), "measured": dict(said.measured),
        "impacts": dict(said.impacts),
    }  # fmt: skip


def _assessed(
    work: UnitOfWork, incident: Incident, said: Answers, checklist: TriageChecklist
) -> Triage:
    return assessed(said, incident.impact_numbers, _stated(work, incident), checklist)


def _stated(work: UnitOfWork, incident: Incident) -> Severity | None:
    """The severity that somebody gave it last, at the declaration or since; what triage set is none."""
    said = [
        entry.detail.get("severity") or entry.detail.get("to", "")
        for entry in reading.severity_history(work, incident)
        if BY_TRIAGE not in entry.detail
    ]
    return parse_severity(said[-1]) if said else None


def _keep(
    work: UnitOfWork, incident: Incident, now: Stand, changed: tuple[Change, ...], to: Severity
) -> None:
    """Add the answers to the record and tell of them in the timeline."""
    me = work.viewer.user_id
    store.add_triage_answers(
        work.connection,
        incident,
        [
            KeptAnswer(now.version + place, one.kind, one.name, one.after, me, work.now)
            for place, one in enumerate(changed, start=1)
        ],
    )
    title = "Triage changed" if now.version else "Triage"
    text = f"{title}: {'; '.join(told(one, now.checklist) for one in changed)}"
    sequence = store.next_sequence(work.connection, incident.id)
    recording.write_down(
        work, incident, sequence, {"text": shortened(text, wording.LONG), BY_TRIAGE: str(now.version + 1)},
        kind=EventKind.NOTE,
        important=to is not incident.severity
        or any(has_consequences(one, now.checklist) for one in changed),
    )  # fmt: skip
    work.audit("incident.triage", incident.id, answers=len(changed))
    work.publish(TriageAnswered(incident.id, work.now))


def _because(found: Triage, to: Severity, reason: str) -> str:
    """Why it is this severity: what the answers give, step by step, and why it is another one."""
    steps = "; ".join(f"{one.severity.label} {one.reason}" for one in found.steps)
    if to is found.severity:
        return shortened(f"triage: {steps}{f'. {reason}' if reason else ''}", wording.SHORT)
    return shortened(f"{reason} (triage gives {found.severity.label}: {steps})", wording.SHORT)
