"""Fault trees."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0014"
down_revision = "20261121_0013"


def upgrade() -> None:
    """Make the tables."""
    _fault_trees()


def _fault_trees() -> None:
    op.create_table(
        "fault_trees",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_trees")),
        sa.UniqueConstraint("number", name=op.f("uq_fault_trees_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_fault_trees_reference")),
    )
    op.create_index(
        op.f("ix_fault_trees_incident_id"), "fault_trees", ["incident_id"], unique=False
    )
