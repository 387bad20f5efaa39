"""The phases of an incident as the bar shows them: before, impact, easing, mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from kintsugi.formats.svg.moments import Moments


class PhaseKind(Enum):
    """What the system was like."""

    BEFORE = "Before"
    IMPACT = "Impact"
    EASING = "Easing"
    MENDED = "Mended"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of time; without an end it goes on, as does what is mended."""

    kind: PhaseKind
    start: datetime | None
    end: datetime | None

    @property
    def length(self) -> timedelta | None:
        """How long it lasted."""
        return None if self.start is None or self.end is None else self.end - self.start


def phases_of(moments: Moments) -> list[Phase]:
    """The phases that the milestones give, in order; none unless a beginning and an end are known.

    Impact begins at its start, else at detection; it eases from mitigation on and is mended at
    recovery, else at resolution. A milestone that goes back in time is not used.
    """
    start = moments.milestone("impact_start", "detected")
    if start is None:
        return []
    mended = moments.milestone("recovered", "resolved")
    if mended is not None and mended < start:
        mended = None
    eased = moments.milestone("mitigated")
    if eased is not None and not start <= eased <= (mended or eased):
        eased = None
    if mended is None and eased is None:
        return []
    phases = [Phase(PhaseKind.IMPACT, start, eased or mended)]
    if min(moments.all) < start:
        phases.insert(0, Phase(PhaseKind.BEFORE, None, start))
    if eased is not None and eased != mended:
        phases.append(Phase(PhaseKind.EASING, eased, mended))
    if mended is not None:
        phases.append(Phase(PhaseKind.MENDED, mended, None))
    return phases


def mending_began(phases: list[Phase]) -> datetime | None:
    """From when on things got better: what turns the rail of the timeline to gold."""
    better = [phase.start for phase in phases if phase.kind in (PhaseKind.EASING, PhaseKind.MENDED)]
    return better[0] if better else None
