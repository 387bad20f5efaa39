"""Recovery criteria of an incident: recorded, met or overridden, open again when it is reopened."""

from __future__ import annotations

from dataclasses import dataclass

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.recovery import (
    CriterionStatus,
    RecoveryCheck,
    RecoveryCriterion,
    Settling,
    check_recovered,
)
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import shortened
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store
from kintsugi.server.incidents.events import RecoveryChanged
from kintsugi.server.incidents.service import recording, settings, wording

MOST = 100
LONGEST = 200


@dataclass(frozen=True, slots=True)
class CriterionEdit:
    """What is to change of a criterion; None leaves it. `note` and `evidence` go with a new status."""

    text: str | None = None
    expected: str | None = None
    status: CriterionStatus | None = None
    note: str = ""
    evidence: str = ""


def criteria(work: UnitOfWork, incident: Incident) -> list[RecoveryCriterion]:
    """What has to hold before the incident is resolved, by number."""
    return store.criteria(work.connection, incident)


def criterion_of(work: UnitOfWork, incident: Incident, name: str) -> RecoveryCriterion:
    """The criterion of an id or number. Raises NotFound."""
    for one in store.criteria(work.connection, incident):
        if name in (one.id, str(one.number)):
            return one
    raise NotFound("this incident has no such recovery criterion")


def offered(work: UnitOfWork, incident: Incident) -> tuple[RecoveryCheck, ...]:
    """The organisation's checks for its severity that are no criterion of it yet."""
    there = store.criteria(work.connection, incident)
    return settings.recovery_checks(work).offered(incident.severity, there)


def add(work: UnitOfWork, incident: Incident, text: str, expected: str = "") -> RecoveryCriterion:
    """One more thing that has to hold. Raises InvalidValue, Conflict for too many or one that is there."""
    said, value = _text(text), wording.line(expected, "expected", LONGEST)
    store.lock(work.connection, [incident.id])
    there = store.criteria(work.connection, incident)
    if len(there) >= MOST:
        raise Conflict(f"it has {MOST} recovery criteria, which is as many as it may")
    if any(one.text.casefold() == said.casefold() for one in there):
        raise Conflict(f"it has the recovery criterion “{said}” already")
    made = RecoveryCriterion(
        work.new_id("rcv"), 1 + store.last_number(work.connection, incident), said, value,
        work.viewer.user_id, work.now, 1,
    )  # fmt: skip
    store.add_criterion(work.connection, incident, made)
    _write_down(work, incident, f"Recovery criterion {made.number}: {made.words}")
    work.audit("incident.criterion-add", incident.id, criterion=made.id)
    return made


def add_offered(work: UnitOfWork, incident: Incident) -> list[RecoveryCriterion]:
    """All that the organisation offers for its severity; none where all are there."""
    store.lock(work.connection, [incident.id])
    return [add(work, incident, one.text, one.expected) for one in offered(work, incident)]


def change(
    work: UnitOfWork,
    incident: Incident,
    criterion: RecoveryCriterion,
    edit: CriterionEdit,
    expected: int | None,
) -> RecoveryCriterion:
    """The criterion after a change: other words while it is open, or settled anew.

    Overriding needs a note that says why. Raises InvalidValue, Conflict for other words of one that is
    settled, LostRace.
    """
    store.lock(work.connection, [incident.id])
    criterion = criterion_of(work, incident, criterion.id)
    if expected is not None and expected != criterion.version:
        raise LostRace(plain(criterion))
    told = _reworded(work, criterion, edit)
    important = False
    if edit.status is not None and (
        edit.status is not criterion.status or edit.note or edit.evidence
    ):
        if edit.status is CriterionStatus.OPEN and criterion.status is CriterionStatus.OPEN:
            raise Conflict("it is open already; a note goes with meeting or overriding it")
        told.append(_settled(work, criterion, edit))
        important = True
    if not told:
        return criterion
    if important:
        store.change_criterion(work.connection, criterion, None, {})
    made = criterion_of(work, incident, criterion.id)
    text = f"Recovery criterion {made.number} {', '.join(told)}"
    evidence = wording.line(edit.evidence, "evidence", wording.SHORT)
    _write_down(work, incident, text, evidence=evidence, important=important)
    work.audit(
        "incident.criterion-change", incident.id, criterion=made.id, status=made.status.value
    )
    return made


def remove(
    work: UnitOfWork, incident: Incident, criterion: RecoveryCriterion, expected: int | None
) -> None:
    """It has not to hold after all. Raises Conflict for one that is settled, LostRace."""
    if criterion.status is not CriterionStatus.OPEN:
        raise Conflict(f"it is {criterion.status.value}; open it again first")
    values = {"removed_at": work.now}
    if not store.change_criterion(work.connection, criterion, expected, values):
        raise LostRace(plain(criterion))
    _write_down(work, incident, f"Recovery criterion {criterion.number} removed: {criterion.words}")
    work.audit("incident.criterion-remove", incident.id, criterion=criterion.id)


def check(work: UnitOfWork, incident: Incident, to: IncidentStatus) -> None:
    """Whether the incident may be said to be over. Raises RecoveryOpen, naming what is open."""
    there = store.criteria(work.connection, incident)
    check_recovered(to, incident.severity, there, settings.recovery_checks(work))


def fall_back(work: UnitOfWork, incident: Incident) -> None:
    """It is reopened: what was met or overridden is open again; how it was settled stays in its history."""
    fallen = [
        one
        for one in store.criteria(work.connection, incident)
        if one.status is not CriterionStatus.OPEN
    ]
    for one in fallen:
        again = Settling(
            len(one.history) + 1,
            CriterionStatus.OPEN,
            "reopened",
            "",
            work.viewer.user_id,
            work.now,
        )
        store.add_settling(work.connection, one, again)
        store.change_criterion(work.connection, one, None, {})
    if fallen:
        told = "Recovery criterion" if len(fallen) == 1 else "Recovery criteria"
        text = f"{told} open again: " + "; ".join(f"{one.number}. {one.text}" for one in fallen)
        _write_down(work, incident, text, important=True)


def plain(criterion: RecoveryCriterion) -> dict[str, object]:
    """What the loser of a race is shown, with the API's keys."""
    return {
        "number": criterion.number, "text": criterion.text, "expected": criterion.expected,
        "status": criterion.status.value, "version": criterion.version,
    }  # fmt: skip


def _reworded(work: UnitOfWork, criterion: RecoveryCriterion, edit: CriterionEdit) -> list[str]:
    values: dict[str, object] = {}
    if edit.text is not None and _text(edit.text) != criterion.text:
        values["text"] = _text(edit.text)
    if edit.expected is not None:
        value = wording.line(edit.expected, "expected", LONGEST)
        if value != criterion.expected:
            values["expected"] = value
    if not values:
        return []
    if criterion.status is not CriterionStatus.OPEN:
        raise Conflict(f"it is {criterion.status.value}; open it again before you change its words")
    store.change_criterion(work.connection, criterion, None, values)
    text = str(values.get("text", criterion.text))
    value = str(values.get("expected", criterion.expected))
    return [f"is now: {text}{f' ({value})' if value else ''}"]


def _settled(work: UnitOfWork, criterion: RecoveryCriterion, edit: CriterionEdit) -> str:
    """Keep the new status, and say it."""
    status = edit.status or criterion.status
    note = wording.prose(edit.note, "note", wording.SHORT)
    if status is CriterionStatus.OVERRIDDEN and not note:
        raise InvalidValue(
            "is missing", path=("note",), expected="why the incident is over without it"
        )
    evidence = wording.line(edit.evidence, "evidence", wording.SHORT)
    store.add_settling(
        work.connection, criterion,
        Settling(len(criterion.history) + 1, status, note, evidence, work.viewer.user_id, work.now),
    )  # fmt: skip
    said = {"open": "is open again", "met": "is met", "overridden": "is overridden"}[status.value]
    return f"{said} ({criterion.words})" + (f": {note}" if note else "")


def _text(written: str) -> str:
    said = wording.line(written, "text", LONGEST)
    if not said:
        raise InvalidValue("is missing", path=("text",), expected="what has to hold")
    return said


def _write_down(
    work: UnitOfWork, incident: Incident, text: str, *, evidence: str = "", important: bool = False
) -> None:
    sequence = store.next_sequence(work.connection, incident.id)
    entry = {"text": shortened(text, wording.LONG), "evidence": evidence, "recovery": "yes"}
    recording.write_down(work, incident, sequence, entry, kind=EventKind.NOTE, important=important)
    work.publish(RecoveryChanged(incident.id, work.now))
