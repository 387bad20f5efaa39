"""Alerts counted by day as well, from the quarters of an hour that are there."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0013"
down_revision = "20261121_0012"


def upgrade() -> None:
    """Make the table, and fill it."""
    op.create_table(
        "alert_daily_rollups",
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("bucket", UtcDateTime(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("noisy", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("service", "bucket", name=op.f("pk_alert_daily_rollups")),
    )
    op.create_index(
        op.f("ix_alert_daily_rollups_bucket"), "alert_daily_rollups", ["bucket"], unique=False
    )
    counted: dict[tuple[str, object], list[int]] = {}
    connection = op.get_bind()
    for service, bucket, total, noisy in connection.execute(sa.select(_rollups("alert_rollups"))):
        day = bucket.replace(hour=0, minute=0, second=0, microsecond=0)
        counts = counted.setdefault((service, day), [0, 0])
        counts[0] += total
        counts[1] += noisy
    rows = [
        {"service": service, "bucket": day, "total": total, "noisy": noisy}
        for (service, day), (total, noisy) in counted.items()
    ]
    if rows:
        connection.execute(_rollups("alert_daily_rollups").insert(), rows)


def _rollups(name: str) -> sa.TableClause:
    return sa.table(
        name, sa.column("service", sa.String), sa.column("bucket", UtcDateTime),
        sa.column("total", sa.Integer), sa.column("noisy", sa.Integer),
    )  # fmt: skip
