"""The tables of analytics: classes of cause, what people said of them, counts by quarter of an hour, targets."""

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

incident_rollups = sa.Table(
    "incident_rollups",
    metadata,
    sa.Column("bucket", UtcDateTime, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("measured", sa.Integer, nullable=False),
    sa.Column("microseconds", sa.BigInteger, nullable=False),
    sa.Column("first", UtcDateTime, nullable=True),
    sa.Column("last", UtcDateTime, nullable=True),
)
"""Incidents that began in a quarter of an hour, UTC; nothing of a private, drill or merged one."""

incident_rollup_marks = sa.Table(
    "incident_rollup_marks",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
"""The days, UTC, whose rollups do not say what the incidents say: asked of the incidents until counted anew."""

analytics_targets = sa.Table(
    "analytics_targets",
    metadata,
    sa.Column("figure", sa.String(64), primary_key=True),
    sa.Column("aim", sa.String(16), nullable=False),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)
"""What a team wants its figures to be, in each figure's own unit."""

EMPTY = "fact = ''"
"""Which facts are to be written; said so in queries too, that they find the index."""

incident_facts = sa.Table(
    "incident_facts",
    metadata,
    sa.Column("incident_id", sa.String(64), primary_key=True),
    sa.Column("week", sa.Date, nullable=False, index=True),
    sa.Column("stamp", sa.String(64), nullable=False),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Index(
        "ix_incident_facts_empty",
        "incident_id",
        sqlite_where=sa.text(EMPTY),
        postgresql_where=sa.text(EMPTY),
    ),
)
"""Each incident that is in statistics, by the Monday (UTC) of the week in which it began, with what they need of it:
written at night, and empty since its last change; `stamp` is another after each."""

analytics_stamps = sa.Table(
    "analytics_stamps",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("stamp", sa.String(64), nullable=False),
)
"""A stamp for each week with incidents, and one for all actions: another one once any of them changed. Stamps never
come again, so that what a process remembers under one is right also after a backup was brought back."""
