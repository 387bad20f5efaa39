"""What an incident's page shows of its recovery criteria."""

from __future__ import annotations

from typing import Any

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import is_open
from kintsugi.core.incidents.recovery import CriterionStatus, RecoveryCriterion
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents


def recovery_context(work: UnitOfWork, incident: Incident) -> dict[str, Any]:
    """What `_recovery.html` is told, under the one key `recovery`; open criteria first."""
    found = incidents.recovering.criteria(work, incident)
    checks = incidents.settings.recovery_checks(work)
    is_waiting = is_open(incident.status)
    left = sum(one.status is CriterionStatus.OPEN for one in found)
    return {
        "recovery": {
            "criteria": sorted(found, key=_open_first),
            "names": accounts.names_of(work, {one.by for each in found for one in each.history}),
            "left": left,
            "told": f"{left} of {len(found)} {'criterion' if len(found) == 1 else 'criteria'}",
            "offered": checks.offered(incident.severity, found) if is_waiting else (),
            "is_asked": is_waiting and not found and checks.asks(incident.severity),
            "is_needed": incident.severity in checks.needed_for,
            "severity": incident.severity.label if incident.severity else "",
        }
    }  # fmt: skip


def _open_first(criterion: RecoveryCriterion) -> tuple[bool, int]:
    return criterion.status is not CriterionStatus.OPEN, criterion.number
