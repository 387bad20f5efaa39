"""Which actions are hidden from somebody: those that follow from what other rooms hide."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kintsugi.kernel.audit import Hidden
from kintsugi.kernel.auth import Viewer
from kintsugi.server.actions.tables import actions


def hidden_by(rooms: Sequence[Hidden]) -> Hidden:
    """What hides the actions that follow from what these rooms hide: for the audit page."""

    def hidden_ids(viewer: Viewer) -> sa.Select[tuple[str]]:
        follows = [
            column.in_(room(viewer))
            for room in rooms
            for column in (actions.c.source_id, actions.c.incident_id)
        ]
        return sa.select(actions.c.id).where(sa.or_(sa.false(), *follows))

    return hidden_ids
