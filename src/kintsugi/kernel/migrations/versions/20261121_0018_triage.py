"""Answers of triage, and what has to hold before an incident counts as over."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.append_only import make_append_only
from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0018"
down_revision = "20261121_0017"


def upgrade() -> None:
    """Make the tables; what was answered and settled can only be added to."""
    op.create_table(
        "incident_settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_incident_settings")),
    )
    _triage_answers()
    _recovery()
    for table in ("incident_triage_answers", "recovery_settlings"):
        make_append_only(op.get_bind(), table)


def _triage_answers() -> None:
    op.create_table(
        "incident_triage_answers",
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_incident_triage_answers_incident_id_incidents"),
        ),
        sa.PrimaryKeyConstraint("incident_id", "number", name=op.f("pk_incident_triage_answers")),
    )


def _recovery() -> None:
    op.create_table(
        "recovery_criteria",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_recovery_criteria_incident_id_incidents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_criteria")),
        sa.UniqueConstraint(
            "incident_id", "number", name=op.f("uq_recovery_criteria_incident_id_number")
        ),
    )
    op.create_index(
        op.f("ix_recovery_criteria_incident_id"), "recovery_criteria", ["incident_id"], unique=False
    )
    op.create_table(
        "recovery_settlings",
        sa.Column("criterion_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.String(length=64), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["recovery_criteria.id"],
            name=op.f("fk_recovery_settlings_criterion_id_recovery_criteria"),
        ),
        sa.PrimaryKeyConstraint("criterion_id", "number", name=op.f("pk_recovery_settlings")),
    )
