"""How far back a search looks at once: what no index answers is looked for among the newest that one finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Viewer
from kintsugi.server.alerts.store.inbox import OPEN, Place, Wanted
from kintsugi.server.alerts.store.rows import visible
from kintsugi.server.alerts.tables import alerts

_EVERY = Wanted()


def edge(
    connection: sa.Connection,
    viewer: Viewer,
    hidden: Sequence[Hidden],
    wanted: Wanted,
    most: int,
    after: Place | None = None,
) -> datetime | None:
    """Since when alerts were raised of which a page after this place can be found by looking at about `most`.

    None where all can be looked at. Only what the viewer sees is counted, so that the moment tells of nothing hidden.
    """
    if not _is_search(wanted):
        return None
    within = _within(wanted, after)
    # Each index alone tells nearly always that there are not so many, without a look at the alerts.
    if not any(_after_most(connection, [one, *within], most) for one in _indexed(wanted)):
        return None
    within.append(visible(viewer, hidden))
    seen = [_after_most(connection, [one, *within], most) for one in _indexed(wanted)]
    return max((moment for moment in seen if moment is not None), default=None)


def _is_search(wanted: Wanted) -> bool:
    """Whether alerts must be looked at that may all turn out to be others.

    Those that are open, or of one incident or group, are few beside a year's.
    """
    is_open = wanted.is_waiting or (wanted.states and set(wanted.states) <= set(OPEN))
    if is_open or wanted.incident_id or wanted.group_id:
        return False
    by_index = [bool(one) for one in (wanted.states, wanted.service, wanted.rule)]
    rest = replace(
        wanted, states=(), service="", rule="", raised_after=None, raised_before=None
    )  # fmt: skip
    return rest != _EVERY or sum(by_index) > 1


def _indexed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """The conditions that an index answers in the order of time, each by itself: the database may choose any."""
    found: list[sa.ColumnElement[bool]] = [alerts.c.state == state.value for state in wanted.states]
    if wanted.service:
        found.append(alerts.c.service == wanted.service)
    if wanted.rule:
        found.append(alerts.c.rule == wanted.rule)
    return found or [sa.true()]


def _within(wanted: Wanted, after: Place | None) -> list[sa.ColumnElement[bool]]:
    column = alerts.c.raised_at
    found: list[sa.ColumnElement[bool]] = []
    if wanted.raised_after is not None:
        found.append(column >= wanted.raised_after)
    if wanted.raised_before is not None:
        found.append(column < wanted.raised_before)
    if after is not None:
        found.append(column <= after[0] if after[1] else column < after[0])
    return found


def _after_most(
    connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]], most: int
) -> datetime | None:
    """When the last of so many alerts was raised, the newest first; None if there are no more."""
    query = (
        sa.select(alerts.c.raised_at)
        .where(*conditions)
        .order_by(alerts.c.raised_at.desc())
        .limit(1)
        .offset(most)
    )
    moment: datetime | None = connection.scalars(query).first()
    return moment
