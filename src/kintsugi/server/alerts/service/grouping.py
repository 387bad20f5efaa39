"""Groups of alerts, and the incident that a group leads to."""

from __future__ import annotations

from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import store


def lead_to(work: UnitOfWork, group_id: str, incident_id: str) -> None:
    """From now on these alerts, and those that join their group, belong to this incident."""
    store.lead_to(work.connection, group_id, incident_id)


def incident_ended(work: UnitOfWork, incident_id: str) -> None:
    """The incident is over: its groups take further alerts within their window alone."""
    store.close(work.connection, incident_id, work.now)


def incident_reopened(work: UnitOfWork, incident_id: str) -> None:
    """The incident is open again: its groups take alerts for as long as it is."""
    store.close(work.connection, incident_id, None)
