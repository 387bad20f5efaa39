"""The tables of actions. What they follow from (a postmortem, an incident) is plain text: rooms above this one."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata

actions = sa.Table(
    "actions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("reference", sa.String(32), nullable=False, unique=True),
    sa.Column("source_id", sa.String(64), nullable=False, index=True),
    sa.Column("source_reference", sa.String(32), nullable=False),
    sa.Column("incident_id", sa.String(64), nullable=False, index=True),
    sa.Column("local_id", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("owner_id", sa.String(64), nullable=True, index=True),
    sa.Column("collaborators", sa.Text, nullable=False),
    sa.Column("priority", sa.String(16), nullable=True, index=True),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("type", sa.String(16), nullable=True),
    sa.Column("horizon", sa.String(16), nullable=True),
    sa.Column("due", sa.Date, nullable=True),
    sa.Column("due_on", sa.Date, nullable=False, index=True),
    sa.Column("done_when", sa.Text, nullable=False),
    sa.Column("ticket", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("approver", sa.Text, nullable=False),
    sa.Column("expires", sa.Date, nullable=True),
    sa.Column("is_measure", sa.Boolean, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("settled_at", UtcDateTime, nullable=True),
    sa.Column("withdrawn_at", UtcDateTime, nullable=True),
    sa.Column("worth", sa.Float, nullable=True, index=True),
    sa.Column("version", sa.Integer, nullable=False),
)
"""`local_id` is the id the document gave it, `due` what somebody typed, `due_on` the day that follows from it.
`worth` is set by a room above: by how much the probability of something falls once it is done."""

action_changes = sa.Table(
    "action_changes",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("action_id", sa.ForeignKey("actions.id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
)
"""Append-only: what each change was from and to, as JSON."""

action_reminders = sa.Table(
    "action_reminders",
    metadata,
    sa.Column("action_id", sa.ForeignKey("actions.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("nudge", sa.String(16), nullable=False),
    sa.Column("sent_to", sa.Text, nullable=False),
    sa.Column("queued_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime, nullable=True),
)
"""One a day and action at most, whatever is killed in between."""
