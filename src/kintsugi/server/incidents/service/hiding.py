"""What other rooms ask of incidents: which are hidden from somebody, and which wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.kernel.auth import Viewer
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.incidents import store

CLOSE_WITHIN = timedelta(days=1)
"""A resolved incident that is open for follow-up longer than this waits for somebody to close it."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """What needs somebody now: the open incidents, the worst first, and the resolved ones that are not finished."""

    open_ones: tuple[Incident, ...]
    unfinished: tuple[Incident, ...]


def hidden_ids(viewer: Viewer) -> sa.Select[tuple[str]]:
    """The ids of the incidents that the viewer may not see, as a query to stand inside another."""
    return store.hidden_ids(viewer)


def waiting(work: UnitOfWork) -> Waiting:
    """What needs the viewer now, of what they see."""
    return Waiting(
        tuple(store.open_ones(work.connection, work.viewer, OPEN, MOST)),
        tuple(store.unfinished(work.connection, work.viewer, work.now - CLOSE_WITHIN, MOST)),
    )
