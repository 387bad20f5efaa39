"""Postmortems: text, people, history, approvals, comments, shares, templates."""

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.append_only import make_append_only
from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0009"
down_revision = "20261121_0008"


def upgrade() -> None:
    """Make the tables."""
    _postmortem_settings()
    _postmortem_templates()
    _postmortems()
    _postmortem_approvals()
    _postmortem_comments()
    _postmortem_edits()
    _postmortem_people()
    _postmortem_revisions()
    _postmortem_shares()
    for table in (
        "postmortem_edits",
        "postmortem_revisions",
    ):
        make_append_only(op.get_bind(), table)


def _postmortem_settings() -> None:
    op.create_table(
        "postmortem_settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_postmortem_settings")),
    )


def _postmortem_templates() -> None:
    op.create_table(
        "postmortem_templates",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_postmortem_templates")),
    )


def _postmortems() -> None:
    op.create_table(
        "postmortems",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("completeness", sa.Float(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposals", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=100), nullable=False),
        sa.Column("template_text", sa.Text(), nullable=False),
        sa.Column("scenario", sa.String(length=100), nullable=False),
        sa.Column("section_versions", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postmortems")),
        sa.UniqueConstraint("number", name=op.f("uq_postmortems_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_postmortems_reference")),
    )
    op.create_index(op.f("ix_postmortems_day"), "postmortems", ["day"], unique=False)
    op.create_index(
        op.f("ix_postmortems_incident_id"), "postmortems", ["incident_id"], unique=False
    )
    op.create_index(op.f("ix_postmortems_status"), "postmortems", ["status"], unique=False)


def _postmortem_approvals() -> None:
    op.create_table(
        "postmortem_approvals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_approvals_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postmortem_approvals")),
    )
    op.create_index(
        op.f("ix_postmortem_approvals_postmortem_id"),
        "postmortem_approvals",
        ["postmortem_id"],
        unique=False,
    )


def _postmortem_comments() -> None:
    op.create_table(
        "postmortem_comments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("thread_id", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_comments_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postmortem_comments")),
    )
    op.create_index(
        op.f("ix_postmortem_comments_postmortem_id"),
        "postmortem_comments",
        ["postmortem_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_postmortem_comments_thread_id"), "postmortem_comments", ["thread_id"], unique=False
    )


def _postmortem_edits() -> None:
    op.create_table(
        "postmortem_edits",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_edits_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postmortem_edits")),
    )
    op.create_index(
        op.f("ix_postmortem_edits_postmortem_id_version"),
        "postmortem_edits",
        ["postmortem_id", "version"],
        unique=False,
    )


def _postmortem_people() -> None:
    op.create_table(
        "postmortem_people",
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=320), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_people_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint(
            "postmortem_id", "person", "part", name=op.f("pk_postmortem_people")
        ),
    )
    op.create_index(
        op.f("ix_postmortem_people_person"), "postmortem_people", ["person"], unique=False
    )


def _postmortem_revisions() -> None:
    op.create_table(
        "postmortem_revisions",
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_revisions_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint("postmortem_id", "revision", name=op.f("pk_postmortem_revisions")),
    )


def _postmortem_shares() -> None:
    op.create_table(
        "postmortem_shares",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("postmortem_id", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["postmortem_id"],
            ["postmortems.id"],
            name=op.f("fk_postmortem_shares_postmortem_id_postmortems"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postmortem_shares")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_postmortem_shares_secret_hash")),
    )
    op.create_index(
        op.f("ix_postmortem_shares_postmortem_id"),
        "postmortem_shares",
        ["postmortem_id"],
        unique=False,
    )
