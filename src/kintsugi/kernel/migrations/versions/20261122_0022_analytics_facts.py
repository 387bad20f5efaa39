"""What analytics reads of each incident, kept by event."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261122_0022"
down_revision = "20261121_0021"
AT_ONCE = 5_000


def upgrade() -> None:
    """Make the tables, and place every incident that counts in its week: what is known of each is written at night."""
    op.create_table(
        "incident_facts",
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_facts")),
    )
    op.create_index(op.f("ix_incident_facts_week"), "incident_facts", ["week"], unique=False)
    op.create_index(
        "ix_incident_facts_empty",
        "incident_facts",
        ["incident_id"],
        unique=False,
        sqlite_where=sa.text("fact = ''"),
        postgresql_where=sa.text("fact = ''"),
    )
    op.create_table(
        "analytics_stamps",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_analytics_stamps")),
    )
    _place_what_is_there()


def _place_what_is_there() -> None:
    connection = op.get_bind()
    incidents = sa.table(
        "incidents", sa.column("id"), sa.column("impact_start", UtcDateTime()),
        sa.column("detected", UtcDateTime()), sa.column("created_at", UtcDateTime()),
        sa.column("is_private", sa.Boolean()), sa.column("is_drill", sa.Boolean()),
        sa.column("merged_into_id"),
    )  # fmt: skip
    table = incidents.c
    counted = sa.select(table.id, table.impact_start, table.detected, table.created_at).where(
        table.is_private.is_(False), table.is_drill.is_(False), table.merged_into_id.is_(None)
    )
    weeks = {one: _week(impact or detected or created)
             for one, impact, detected, created in connection.execute(counted)}  # fmt: skip
    if not weeks:
        return
    rows = [
        {"incident_id": one, "week": week, "stamp": one, "fact": ""} for one, week in weeks.items()
    ]
    facts = sa.table(
        "incident_facts", sa.column("incident_id"), sa.column("week", sa.Date()),
        sa.column("stamp"), sa.column("fact"),
    )  # fmt: skip
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(sa.insert(facts), rows[start : start + AT_ONCE])
    names = sorted({week.isoformat() for week in weeks.values()})
    # The id of an incident of this database: no other has these stamps.
    own = max(weeks)
    stamps = sa.table("analytics_stamps", sa.column("name"), sa.column("stamp"))
    connection.execute(
        sa.insert(stamps), [{"name": name, "stamp": f"{own}:{name}"[-64:]} for name in names]
    )


def _week(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())
