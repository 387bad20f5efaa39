"""A delivery whose job was parked says that it was given up."""

import json

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261122_0024"
down_revision = "20261122_0023"

_jobs = sa.table(
    "jobs", sa.column("kind"), sa.column("state"), sa.column("payload"), sa.column("error"),
    sa.column("changed_at", UtcDateTime()),
)  # fmt: skip
_deliveries = sa.table(
    "message_deliveries", sa.column("id"), sa.column("state"), sa.column("round"),
    sa.column("attempts"), sa.column("error"), sa.column("next_at", UtcDateTime()),
    sa.column("settled_at", UtcDateTime()),
)  # fmt: skip


def upgrade() -> None:
    """Give up what waits for a job that is parked, with the job's reason."""
    connection, column = op.get_bind(), _deliveries.c
    parked = sa.select(_jobs.c.payload, _jobs.c.error, _jobs.c.changed_at).where(
        _jobs.c.kind == "comms.deliver", _jobs.c.state == "parked"
    )
    for written, error, changed_at in connection.execute(parked).all():
        payload = json.loads(written)
        is_it = sa.and_(
            column.id == payload["delivery"], column.state == "waiting",
            column.round == payload["round"], column.attempts == payload["attempt"] - 1,
        )  # fmt: skip
        connection.execute(
            _deliveries.update()
            .where(is_it)
            .values(state="given up", error=error, next_at=None, settled_at=changed_at)
        )
