"""The tables of incidents. People are ids of another room, so they are plain text here."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata
from kintsugi.kernel.settled import settings_table

MILESTONES = (
    "impact_start", "detected", "acknowledged", "declared", "mitigated", "recovered", "resolved",
)  # fmt: skip
"""Each is a column of its own, named as in `core.incidents.milestones`."""

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("reference", sa.String(32), nullable=False, unique=True),
    sa.Column("external_id", sa.String(200), nullable=True, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("severity", sa.Integer, nullable=True, index=True),
    sa.Column("is_private", sa.Boolean, nullable=False),
    sa.Column("is_drill", sa.Boolean, nullable=False),
    sa.Column("detection_how", sa.String(16), nullable=True),
    sa.Column("impact_text", sa.Text, nullable=False),
    sa.Column("impact_numbers", sa.Text, nullable=True),
    sa.Column("services", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("commander_id", sa.String(64), nullable=True, index=True),
    sa.Column("merged_into_id", sa.String(64), nullable=True, index=True),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_sequence", sa.Integer, nullable=False),
    *(sa.Column(name, UtcDateTime, nullable=True) for name in MILESTONES),
)

incident_events = sa.Table(
    "incident_events",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("happened_at", UtcDateTime, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("important", sa.Boolean, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.UniqueConstraint("incident_id", "sequence"),
    sa.Index(None, "incident_id", "happened_at", "sequence"),
)
"""Append-only: triggers refuse UPDATE and DELETE."""

milestone_corrections = sa.Table(
    "milestone_corrections",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("name", sa.String(16), nullable=False),
    sa.Column("old", UtcDateTime, nullable=True),
    sa.Column("new", UtcDateTime, nullable=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

incident_grants = sa.Table(
    "incident_grants",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("granted_by", sa.String(64), nullable=False),
    sa.Column("granted_at", UtcDateTime, nullable=False),
    sa.Index(None, "user_id", "incident_id"),
)
"""Who may see a private incident besides the person who declared it."""

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.String(130), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("added_by", sa.String(64), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("withdrawn_by", sa.String(64), nullable=True),
    sa.Column("withdrawn_at", UtcDateTime, nullable=True),
)
"""The content is a blob of the kernel with the same id, gone once the file is withdrawn."""

incident_links = sa.Table(
    "incident_links",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("from_id", sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("to_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("from_id", "to_id", "kind"),
)
"""A merge is a link too, beside `incidents.merged_into_id`."""

incident_roles = sa.Table(
    "incident_roles",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("role", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("offered_to", sa.String(64), nullable=False),
    sa.Column("offered_at", UtcDateTime, nullable=True),
)
"""Who holds which role. The commander is `incidents.commander_id`; a row of theirs here holds only an offer."""

incident_tasks = sa.Table(
    "incident_tasks",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("assignee_id", sa.String(64), nullable=False, index=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=True),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("settled_at", UtcDateTime, nullable=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("incident_id", "number"),
)
"""What is to be done during an incident; an action of its postmortem is another thing."""

incident_settings = settings_table("incident_settings")
"""What the organisation settles for incidents, as the file it gave, by name; an empty text is the default."""

incident_triage_answers = sa.Table(
    "incident_triage_answers",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("answered_by", sa.String(64), nullable=False),
    sa.Column("answered_at", UtcDateTime, nullable=False),
)
"""Append-only: every answer there ever was, the newest of a name counts; an empty value takes it back."""

recovery_criteria = sa.Table(
    "recovery_criteria",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("expected", sa.Text, nullable=False),
    sa.Column("added_by", sa.String(64), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("removed_at", UtcDateTime, nullable=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("incident_id", "number"),
)
"""What has to hold before an incident is resolved; how each stands is its last settling."""

recovery_settlings = sa.Table(
    "recovery_settlings",
    metadata,
    sa.Column("criterion_id", sa.ForeignKey("recovery_criteria.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("settled_by", sa.String(64), nullable=False),
    sa.Column("settled_at", UtcDateTime, nullable=False),
)
"""Append-only: each time a criterion was met, overridden, or opened again."""
