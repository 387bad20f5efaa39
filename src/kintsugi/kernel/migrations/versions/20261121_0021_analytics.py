"""Classes of cause, and counts kept by quarter of an hour."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0021"
down_revision = "20261121_0020"


def upgrade() -> None:
    """Make the tables, and mark every day on which an incident began: none is counted yet."""
    _classes()
    _rollups()
    _targets()
    _mark_what_is_there()


def _classes() -> None:
    op.create_table(
        "cause_classes",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cause_classes")),
    )
    op.create_table(
        "class_decisions",
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("class_key", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "class_key", name=op.f("pk_class_decisions")),
    )
    op.create_index(
        op.f("ix_class_decisions_class_key_decision"),
        "class_decisions",
        ["class_key", "decision"],
        unique=False,
    )


def _rollups() -> None:
    op.create_table(
        "incident_rollups",
        sa.Column("bucket", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.Column("first", UtcDateTime(), nullable=True),
        sa.Column("last", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("bucket", "kind", "name", name=op.f("pk_incident_rollups")),
    )
    op.create_table(
        "incident_rollup_marks",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_incident_rollup_marks")),
    )


def _targets() -> None:
    op.create_table(
        "analytics_targets",
        sa.Column("figure", sa.String(length=64), nullable=False),
        sa.Column("aim", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("figure", name=op.f("pk_analytics_targets")),
    )


def _mark_what_is_there() -> None:
    connection = op.get_bind()
    incidents = sa.table(
        "incidents",
        sa.column("impact_start", UtcDateTime()),
        sa.column("detected", UtcDateTime()),
        sa.column("created_at", UtcDateTime()),
    )
    rows = connection.execute(
        sa.select(incidents.c.impact_start, incidents.c.detected, incidents.c.created_at)
    )
    began: set[datetime] = {impact or detected or created for impact, detected, created in rows}
    days = sorted({at.date() for at in began})
    marks = sa.table("incident_rollup_marks", sa.column("day", sa.Date()), sa.column("version"))
    if days:
        connection.execute(sa.insert(marks), [{"day": day, "version": 1} for day in days])
