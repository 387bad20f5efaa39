"""The tables of analytics: classes of cause, and what people said of incidents and classes."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata

cause_classes = sa.Table(
    "cause_classes",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("is_retired", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)
"""The classes that people made, and the shipped ones that they changed; `terms` is a JSON list."""

class_decisions = sa.Table(
    "class_decisions",
    metadata,
    sa.Column("incident_id", sa.String(64), primary_key=True),
    sa.Column("class_key", sa.String(64), primary_key=True),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index(None, "class_key", "decision"),
)
"""`decision` is confirmed or refused. What is confirmed counts; what is refused is suggested no more."""
