"""Which alerts are hidden from somebody: those of incidents that are."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Viewer
from kintsugi.server.alerts.tables import alerts


def hidden_by(incidents: Hidden) -> Hidden:
    """What hides the alerts that belong to incidents which this hides: for the audit page."""

    def hidden_ids(viewer: Viewer) -> sa.Select[tuple[str]]:
        return sa.select(alerts.c.id).where(alerts.c.incident_id.in_(incidents(viewer)))

    return hidden_ids
