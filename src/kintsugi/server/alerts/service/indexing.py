"""What a search keeps of alerts, and which it may show. It hears of them by `AlertsSeenTo`, after intake."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kintsugi.core.alerts.alert import Alert
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts.store import indexing as store


def to_index(work: UnitOfWork, ids: Sequence[str]) -> list[Alert]:
    """The alerts of these ids, whoever may see them; those that were purged are gone."""
    return store.whole(work.connection, ids)


def ids_after(work: UnitOfWork, after: str, most: int) -> list[str]:
    """The ids behind one, in order, whoever may see the alerts."""
    return store.ids_after(work.connection, after, most)


def visible_ids(work: UnitOfWork) -> sa.Select[tuple[str]]:
    """The ids of the alerts that the viewer sees, as a query to stand inside another."""
    return store.visible_ids(work.viewer, work.incidents_hidden)


def existing(work: UnitOfWork, ids: Sequence[str]) -> set[str]:
    """Those of these ids that have an alert still, whoever may see it."""
    return store.existing(work.connection, ids)
