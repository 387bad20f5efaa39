"""Who holds which role of an incident, and its tasks."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0014"
down_revision = "20261121_0013"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "incident_roles",
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("offered_to", sa.String(length=64), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_roles_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("incident_id", "role", "user_id", name=op.f("pk_incident_roles")),
    )
    op.create_table(
        "incident_tasks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_tasks_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_tasks")),
        sa.UniqueConstraint(
            "incident_id", "number", name=op.f("uq_incident_tasks_incident_id_number")
        ),
    )
    op.create_index(
        op.f("ix_incident_tasks_assignee_id"), "incident_tasks", ["assignee_id"], unique=False
    )
    op.create_index(
        op.f("ix_incident_tasks_incident_id"), "incident_tasks", ["incident_id"], unique=False
    )
