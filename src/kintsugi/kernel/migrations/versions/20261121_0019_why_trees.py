"""Why-trees kept with incidents, and from which answer an action follows."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0019"
down_revision = "20261121_0018"


def upgrade() -> None:
    """Make the table; actions of before follow from no answer."""
    op.create_table(
        "why_trees",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("tree", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_why_trees")),
        sa.UniqueConstraint("number", name=op.f("uq_why_trees_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_why_trees_reference")),
    )
    op.create_index(op.f("ix_why_trees_incident_id"), "why_trees", ["incident_id"], unique=False)
    with op.batch_alter_table("actions") as batch:
        batch.add_column(sa.Column("because", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("actions") as batch:
        batch.alter_column("because", server_default=None)
