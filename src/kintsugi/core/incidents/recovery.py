"""Recovery criteria: what has to hold before an incident is resolved, and how each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.errors import RefusedBecause
from kintsugi.core.shared.severity import Severity


class CriterionStatus(Enum):
    """How a recovery criterion stands."""

    OPEN = "open"
    MET = "met"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Settling:
    """One time that a criterion was met, overridden or opened again: by whom, when, and with what."""

    number: int
    status: CriterionStatus
    note: str
    evidence: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryCriterion:
    """One thing that has to hold, numbered within its incident; `expected` says by which value one sees it.

    `history` is every settling in order; none yet is open.
    """

    id: str
    number: int
    text: str
    expected: str
    added_by: str
    added_at: datetime
    version: int
    history: tuple[Settling, ...] = ()

    @property
    def last(self) -> Settling | None:
        """How it was settled last."""
        return self.history[-1] if self.history else None

    @property
    def status(self) -> CriterionStatus:
        """How it stands."""
        return self.last.status if self.last else CriterionStatus.OPEN

    @property
    def words(self) -> str:
        """The criterion as it is told: `Error rate is back to normal (< 0.1%)`."""
        return f"{self.text} ({self.expected})" if self.expected else self.text


@dataclass(frozen=True, slots=True)
class RecoveryCheck:
    """A criterion that an organisation offers for incidents of some severities."""

    text: str
    expected: str
    required_for: frozenset[Severity]


@dataclass(frozen=True, slots=True)
class RecoveryChecks:
    """What is offered, and for which severities no incident is resolved without any recorded criterion."""

    checks: tuple[RecoveryCheck, ...] = ()
    needed_for: frozenset[Severity] = field(default_factory=frozenset)

    def offered(
        self, severity: Severity | None, there: Iterable[RecoveryCriterion] = ()
    ) -> tuple[RecoveryCheck, ...]:
        """The checks for a severity that are no criterion yet, in their order."""
        known = {one.text.casefold() for one in there}
        return tuple(
            one
            for one in self.checks
            if severity in one.required_for and one.text.casefold() not in known
        )

    def asks(self, severity: Severity | None) -> bool:
        """Whether an incident of this severity is asked for recovery criteria."""
        return severity in self.needed_for or any(
            severity in one.required_for for one in self.checks
        )


_SEVERE = frozenset({Severity.SEV_1, Severity.SEV_2})
DEFAULT_CHECKS = RecoveryChecks(
    (
        RecoveryCheck("The error rate is back to normal", "< 0.1% for 5 minutes", _SEVERE),
        RecoveryCheck("Response times are back to normal", "for 5 minutes", _SEVERE),
        RecoveryCheck("What failed works again for a customer who tries it", "", _SEVERE),
        RecoveryCheck("Data is whole: nothing is lost, doubled or wrong", "", _SEVERE),
        RecoveryCheck(
            "The status page and stakeholders are told, data loss yes or no", "",
            frozenset({Severity.SEV_1}),
        ),
    )
)  # fmt: skip
"""After the guide's recovery verification and the success criteria of its runbook; practice.md rules 13 and 25."""


class RecoveryOpen(RefusedBecause):
    """An incident is not over while recovery criteria of it are open."""


def check_recovered(
    to: IncidentStatus,
    severity: Severity | None,
    criteria: Sequence[RecoveryCriterion],
    checks: RecoveryChecks,
) -> None:
    """Whether an incident may be said to be over. Raises RecoveryOpen, naming each open criterion.

    NIST SP 800-61r3, RC.RP-05 and RC.RP-06: recovery is verified, and its end declared by criteria.
    """
    if to not in (IncidentStatus.RESOLVED, IncidentStatus.CLOSED):
        return
    if not criteria and severity is not None and severity in checks.needed_for:
        raise RecoveryOpen(
            f"{severity.label} is not {to.value} without recovery criteria; record what has to hold, then meet it",
            ("no recovery criterion is recorded",),
        )
    waiting = [
        f"{one.number}. {one.words}" for one in criteria if one.status is CriterionStatus.OPEN
    ]
    if waiting:
        raise RecoveryOpen(
            f"it is not {to.value} while recovery criteria are open: {'; '.join(waiting)}."
            " Meet each of them, or override it with a reason",
            tuple(waiting),
        )


def recovery_text(criteria: Sequence[RecoveryCriterion]) -> str:
    """The criteria as a postmortem tells them: how each stands, since when, and what showed it."""
    if not criteria:
        return ""
    lines = ["How it was seen that it was over:", ""]
    for one in criteria:
        last = one.last
        if last is None or one.status is CriterionStatus.OPEN:
            lines.append(f"- {one.words}: open")
            continue
        note = f", {last.note}" if last.note else ""
        evidence = f" ({last.evidence})" if last.evidence else ""
        lines.append(
            f"- {one.words}: {one.status.value} {last.at:%Y-%m-%d %H:%M} UTC{note}{evidence}"
        )
    return "\n".join(lines)
