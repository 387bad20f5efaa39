"""Classes of cause, and counts kept by quarter of an hour."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0021"
down_revision = "20261121_0020"


def upgrade() -> None:
    """Make the tables."""
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
