"""Incidents that ask for a postmortem and have none yet, with the clock that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.postmortems.repeats import Repeat, occurrences, repeats
from kintsugi.core.postmortems.required import DraftClock, draft_clock, reasons_required
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.events import ClassesAsked
from kintsugi.server.postmortems.service import rules
from kintsugi.server.postmortems.store import documents

MOST_LOOKED_AT = 100
NO_EARLIER = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing is looked for before this: the first days of the calendar have none before them."""
ENDED = (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class NotStarted:
    """An incident without a postmortem, why it asks for one, and by when."""

    incident: Incident
    reasons: tuple[str, ...]
    clock: DraftClock


def not_started(work: UnitOfWork) -> list[NotStarted]:
    """Of the newest 100 incidents that ended, those that ask for a postmortem and have none; the latest first.

    A merged duplicate asks for none: its incident does.
    """
    page = incidents.list_incidents(work, incidents.Wanted(statuses=ENDED), MOST_LOOKED_AT)
    begun = documents.with_postmortem(work.connection, [one.id for one in page.items])
    without = [one for one in page.items if one.id not in begun and not one.merged_into_id]
    asking = reasons(work, without)
    found = []
    for incident in without:
        clock = draft_clock(incident, work.now)
        if clock is not None and asking[incident.id]:
            found.append(NotStarted(incident, asking[incident.id], clock))
    return sorted(found, key=lambda one: one.clock.since, reverse=True)


def reasons(work: UnitOfWork, found: Sequence[Incident]) -> dict[str, tuple[str, ...]]:
    """Why each of these incidents asks for a postmortem, by its id; empty for one that does not.

    What one repeats is among the incidents that the viewer sees: two people may read different reasons.
    """
    required = rules.team_rules(work).required
    rolled_back = incidents.rolled_back(work, [one.id for one in found])
    repeated = _repeats(work, found, required.repeated_within)
    return {
        one.id: reasons_required(
            one, rolled_back=one.id in rolled_back, repeat=repeated.get(one.id), rules=required
        )
        for one in found
    }


def _repeats(
    work: UnitOfWork, found: Sequence[Incident], within: timedelta | None
) -> Mapping[str, Repeat]:
    """What these incidents repeat of those that the viewer sees."""
    if within is None or not found:
        return {}
    asked = ClassesAsked(tuple(one.id for one in found))
    work.publish(asked)
    since = max(min(one.began_at for one in found), NO_EARLIER)
    of_class = incidents.get_all(work, asked.told)
    titled = incidents.titled(work, sorted({one.title for one in found}), since - within)
    every = of_class | {one.id: one for one in (*titled, *found)}
    return repeats(occurrences(every.values()), asked.told, within)
