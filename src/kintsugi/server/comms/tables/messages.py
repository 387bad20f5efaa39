"""The tables of messages: what was sent, own templates with their versions, settings, the clocks of next updates."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata
from kintsugi.kernel.settled import settings_table

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("template", sa.String(64), nullable=False),
    sa.Column("template_version", sa.Integer, nullable=False),
    sa.Column("audience", sa.String(16), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("not_available", sa.Text, nullable=False),
    sa.Column("recipients", sa.Integer, nullable=False),
    sa.Column("next_update_at", UtcDateTime, nullable=True),
    sa.Column("left_house", sa.Boolean, nullable=False),
    sa.Column("sent_by", sa.String(64), nullable=False),
    sa.Column("sent_at", UtcDateTime, nullable=False),
)
"""Append-only. `key` makes a form that is sent twice one message; `template_version` is 0 for a shipped template;
`recipients` counts them, their names and addresses stand in the deliveries; `left_house` says that it went to somebody
who does not see the private incident, which its sender confirmed."""

message_templates = sa.Table(
    "message_templates",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("audience", sa.String(16), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("is_retired", sa.Boolean, nullable=False),
)
"""Every version of every own template; a message names the one it was made from."""

message_settings = settings_table("message_settings")
"""`stakeholders` and `values`, as JSON."""

message_clocks = sa.Table(
    "message_clocks",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("due_at", UtcDateTime, nullable=False),
)
"""The next update that timers are set for, so that they can be taken back."""
