"""Fault trees, and what actions buy in them."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0015"
down_revision = "20261121_0014"


def upgrade() -> None:
    """Make the tables, and give actions what they buy; those of before have none."""
    _fault_trees()
    _fault_tree_links()
    _fault_tree_measures()
    with op.batch_alter_table("actions") as batch:
        batch.add_column(sa.Column("worth", sa.Float(), nullable=True))
        batch.create_index(op.f("ix_actions_worth"), ["worth"], unique=False)


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
        sa.Column("exposure_days", sa.Integer(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
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


def _fault_tree_links() -> None:
    op.create_table(
        "fault_tree_links",
        sa.Column("tree_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tree_id"], ["fault_trees.id"], name=op.f("fk_fault_tree_links_tree_id_fault_trees")
        ),
        sa.PrimaryKeyConstraint("tree_id", "position", name=op.f("pk_fault_tree_links")),
    )


def _fault_tree_measures() -> None:
    op.create_table(
        "fault_tree_measures",
        sa.Column("tree_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("action_id", sa.String(length=64), nullable=False),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tree_id"], ["fault_trees.id"], name=op.f("fk_fault_tree_measures_tree_id_fault_trees")
        ),
        sa.PrimaryKeyConstraint("tree_id", "position", name=op.f("pk_fault_tree_measures")),
    )
    op.create_index(
        op.f("ix_fault_tree_measures_action_id"), "fault_tree_measures", ["action_id"], unique=False
    )
