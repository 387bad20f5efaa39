"""The record as statistics count it: incidents with what postmortems, people and the catalogue add, and actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from kintsugi.core.actions.item import ActionStatus
from kintsugi.core.analytics.facts import ActionFact, IncidentFact, fact_of
from kintsugi.core.postmortems.repeats import Repeat, repeats
from kintsugi.core.postmortems.required import reasons_required
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.analytics.service.patterns import shared_actions
from kintsugi.server.analytics.service.record import Case
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

AT_ONCE = 5_000
"""So many ids are asked for in one query."""


def facts_of(
    work: UnitOfWork, found: Sequence[Case], every: Sequence[Case] = ()
) -> list[IncidentFact]:
    """Each incident as statistics count it. Whether it asks for a postmortem is by the team's rules as they are now.

    What one repeats is looked for among `every` case, else among those `found`.
    """
    rules = postmortems.rules.team_rules(work).required
    repeated = _repeats(every or found, rules.repeated_within)
    rolled_back: set[str] = set()
    for start in range(0, len(found), AT_ONCE):
        some = [one.id for one in found[start : start + AT_ONCE]]
        rolled_back |= incidents.rolled_back(work, some)
    return [
        fact(
            one,
            bool(
                reasons_required(
                    one.incident, rolled_back=one.id in rolled_back,
                    repeat=repeated.get(one.id), rules=rules,
                )
            ),
        )
        for one in found
    ]  # fmt: skip


def _repeats(every: Sequence[Case], within: timedelta | None) -> dict[str, Repeat]:
    if within is None:
        return {}
    classes = {one.id: {key: key for key in one.confirmed} for one in every if one.confirmed}
    return repeats((one.incident for one in every), classes, within)


def fact(case: Case, is_required: bool | None = None) -> IncidentFact:
    """One incident as statistics count it."""
    told = [lesson.told for lesson in case.lessons]
    published = [one.published_at for one in case.lessons if one.published_at is not None]
    target = next((one.detection_target for one in told if one.detection_target), None)
    made = fact_of(
        case.incident, teams=tuple(sorted(case.teams)), factors=tuple(sorted(case.factors)),
        classes=tuple(sorted(case.confirmed)),
        root_cause="\n".join(filter(None, (one.texts.get("root cause", "") for one in told))),
        is_postmortem_required=is_required, postmortem_at=min(published, default=None),
    )  # fmt: skip
    return made if target is None else replace(made, detection_target=target)


def action_facts(
    work: UnitOfWork, every: Sequence[Case], wanted: Sequence[Case]
) -> list[ActionFact]:
    """The actions of published postmortems of these incidents."""
    ids = {one.id: one for one in wanted}
    verified = actions.verified_times(work)
    return [
        ActionFact(
            id=one.reference, created=one.created_at,
            closed=one.settled_at if one.item.status.is_closed else None,
            verified=(
                verified.get(one.id, one.settled_at)
                if one.item.status is ActionStatus.VERIFIED else None
            ),
            due=datetime.combine(one.due_on, time(23, 59, 59), tzinfo=UTC),
            incident_id=ids[one.source.incident_id].incident.reference,
            priority=one.item.priority.value if one.item.priority else "",
            type=one.item.type.value if one.item.type else "",
            classes=tuple(sorted(ids[one.source.incident_id].confirmed)),
        )
        for one in shared_actions(work, every)
        if one.source.incident_id in ids
    ]  # fmt: skip
