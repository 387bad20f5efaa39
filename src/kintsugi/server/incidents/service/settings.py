"""What the organisation settles for incidents, as files of its own: triage checklist and recovery checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kintsugi.core.incidents.recovery import DEFAULT_CHECKS, RecoveryChecks
from kintsugi.core.incidents.triage import GUIDE_CHECKLIST, TriageChecklist
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import dump_yaml, line_of, load_yaml
from kintsugi.formats.recovery import read_recovery, recovery_data
from kintsugi.formats.triage import checklist_data, read_checklist
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store

CHECKLIST, RECOVERY = "triage_checklist", "recovery_checks"
LONGEST = 100_000
"""Characters that such a file may have."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as a file; `version` 0 and no `changed_at` where nobody settled it."""

    text: str
    is_default: bool
    version: int
    changed_by: str
    changed_at: datetime | None


def checklist(work: UnitOfWork) -> TriageChecklist:
    """The organisation's triage checklist; the guide's where it has none."""
    kept = store.settled(work.connection, CHECKLIST)
    return _checklist_of(kept.value) if kept and kept.value else GUIDE_CHECKLIST


def recovery_checks(work: UnitOfWork) -> RecoveryChecks:
    """What the organisation offers to be checked before an incident is over; ours where it settled nothing."""
    kept = store.settled(work.connection, RECOVERY)
    return _recovery_of(kept.value) if kept and kept.value else DEFAULT_CHECKS


def setting(work: UnitOfWork, name: str) -> Setting:
    """A setting as a file to read and change: the organisation's, else the default."""
    kept = store.settled(work.connection, name)
    text = kept.value if kept else ""
    return Setting(
        text or dump_yaml(_DEFAULTS[name]), not text, kept.version if kept else 0,
        kept.changed_by if kept else "", kept.changed_at if kept else None,
    )  # fmt: skip


def settle(work: UnitOfWork, name: str, text: str, file: str, expected: int) -> None:
    """Another file for a setting from now on; an empty one goes back to the default.

    `file` names it in a refusal. Raises InputError with line and field, LostRace.
    """
    said = clean(text).strip()
    if len(said) > LONGEST:
        raise InputError(
            f"it has {len(said):,} characters", file=file, expected=f"{LONGEST:,} at most"
        )
    if said:
        _READERS[name](said, file)
    by = work.viewer.user_id
    if not store.settle(work.connection, name, f"{said}\n" if said else "", expected, by, work.now):
        raise LostRace({"text": setting(work, name).text})
    work.audit("incident.setting", name, default=not said)


def _read(text: str, file: str, read: Callable[[object], object]) -> None:
    try:
        read(load_yaml(text, file=file))
    except InvalidValue as error:
        raise InputError.from_value(error, file=file, line=line_of(text, error.path)) from error


@lru_cache(maxsize=8)
def _checklist_of(text: str) -> TriageChecklist:
    return read_checklist(load_yaml(text))


@lru_cache(maxsize=8)
def _recovery_of(text: str) -> RecoveryChecks:
    return read_recovery(load_yaml(text))


def _asking(data: object) -> None:
    """Raises InvalidValue for what is no checklist, or asks nothing."""
    if not read_checklist(data).questions and not read_checklist(data).thresholds:
        raise InvalidValue("it asks nothing", expected="immediate_assessment or impact_assessment")


_READERS: Mapping[str, Callable[[str, str], None]] = {
    CHECKLIST: lambda text, file: _read(text, file, _asking),
    RECOVERY: lambda text, file: _read(text, file, read_recovery),
}
_DEFAULTS: Mapping[str, object] = {
    CHECKLIST: checklist_data(GUIDE_CHECKLIST),
    RECOVERY: recovery_data(DEFAULT_CHECKS),
}
