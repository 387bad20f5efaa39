"""Whether what was learnt is acted on: postmortems written, actions closed, and how long both take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.core.analytics.facts import ActionFact, IncidentFact, Period, in_period
from kintsugi.core.analytics.statistics import Share, Summary, share, summary
from kintsugi.core.analytics.survival import Survival, survival
from kintsugi.core.postmortems.required import DRAFT_LIMIT

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PostmortemFigures:
    """Of the incidents that began in a period and ask for a postmortem, how many have one published.

    `completed` leaves out those `not_due`, whose 72 hours after the end still run and that have none yet; open ones
    are not due. `unpublished` names those that are. `undecided` is how many nobody decided about.
    `days_to_publish` counts from the end of the incident, what is unpublished as still running.
    """

    completed: Share
    not_due: int
    unpublished: tuple[str, ...]
    undecided: int
    days_to_publish: Survival


def postmortem_figures(
    facts: Iterable[IncidentFact], period: Period, now: datetime
) -> PostmortemFigures:
    """The postmortem completion rate of those required, and the time to publish (practice rule 30)."""
    inside = in_period(facts, period)
    required = [fact for fact in inside if fact.is_postmortem_required]
    published = not_due = 0
    unpublished: list[str] = []
    took: list[float] = []
    waiting: list[float] = []
    for fact in required:
        ended = fact.resolved or fact.ended
        if fact.postmortem_at is not None:
            published += 1
            if ended is not None:
                took.append(max((fact.postmortem_at - ended) / DAY, 0.0))
            continue
        if ended is not None:
            waiting.append(max((now - ended) / DAY, 0.0))
        if (ended is None and fact.is_open) or (ended is not None and now < ended + DRAFT_LIMIT):
            not_due += 1
        else:
            unpublished.append(fact.id)
    return PostmortemFigures(
        completed=share(published, published + len(unpublished)),
        not_due=not_due,
        unpublished=tuple(unpublished),
        undecided=sum(fact.is_postmortem_required is None for fact in inside),
        days_to_publish=survival(took, waiting),
    )


@dataclass(frozen=True, slots=True)
class ActionFigures:
    """The actions that were created in a period: that is whose closing is counted, whenever it came.

    `closed` and `verified` are of all of them, `overdue` of the open ones that have a due date. `open_age` is how
    many days the open ones have been so; `days_to_close` has them in it as still running.
    """

    closed: Share
    verified: Share
    overdue: Share
    overdue_ids: tuple[str, ...]
    open_age: Summary
    days_to_close: Survival


def action_figures(actions: Iterable[ActionFact], period: Period, now: datetime) -> ActionFigures:
    """The action closure rate of a cohort, its overdue, and the time to close (practice rule 30)."""
    inside = [action for action in actions if period.holds(action.created)]
    over = [action for action in inside if action.closed is not None]
    still_open = [action for action in inside if action.closed is None]
    ages = [max((now - action.created) / DAY, 0.0) for action in still_open]
    due = [action for action in still_open if action.due is not None]
    late = sorted(action.id for action in due if action.due is not None and action.due < now)
    took = [
        max((action.closed - action.created) / DAY, 0.0)
        for action in over
        if action.closed is not None
    ]
    return ActionFigures(
        closed=share(len(over), len(inside)),
        verified=share(sum(action.verified is not None for action in inside), len(inside)),
        overdue=share(len(late), len(due)),
        overdue_ids=tuple(late),
        open_age=summary(ages),
        days_to_close=survival(took, ages),
    )
