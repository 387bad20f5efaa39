"""Attachments, and incidents merged and linked."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0004"
down_revision = "20261121_0003"


def upgrade() -> None:
    """Make the tables."""
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.String(length=64), nullable=True))
        batch.create_index(op.f("ix_incidents_commander_id"), ["commander_id"])
        batch.create_index(op.f("ix_incidents_merged_into_id"), ["merged_into_id"])
    op.create_index(
        op.f("ix_incident_grants_user_id_incident_id"),
        "incident_grants",
        ["user_id", "incident_id"],
    )
    _attachments()
    _links()


def _attachments() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=130), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_attachments_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_incident_id"), "attachments", ["incident_id"])


def _links() -> None:
    op.create_table(
        "incident_links",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("from_id", sa.String(length=64), nullable=False),
        sa.Column("to_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_id"], ["incidents.id"], name=op.f("fk_incident_links_from_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["incidents.id"], name=op.f("fk_incident_links_to_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_links")),
        sa.UniqueConstraint(
            "from_id", "to_id", "kind", name=op.f("uq_incident_links_from_id_to_id_kind")
        ),
    )
    op.create_index(op.f("ix_incident_links_to_id"), "incident_links", ["to_id"])
