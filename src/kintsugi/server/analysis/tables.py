"""The tables of analysis. An incident belongs to a room below, so its id is plain text here."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata

fault_trees = sa.Table(
    "fault_trees",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("reference", sa.String(32), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("form", sa.String(16), nullable=False),
    sa.Column("incident_id", sa.String(64), nullable=True, index=True),
    sa.Column("exposure_days", sa.Integer, nullable=False),
    sa.Column("happened", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
"""`text` is the tree as somebody wrote it, `form` what it is written in. No `incident_id`: about no incident. Rates are
made probabilities for `exposure_days`. `happened` is a JSON list: the cut set that happened, empty for none."""

fault_tree_links = sa.Table(
    "fault_tree_links",
    metadata,
    sa.Column("tree_id", sa.ForeignKey("fault_trees.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)
"""Events whose rate comes from the history of a service or of a factor."""

fault_tree_measures = sa.Table(
    "fault_tree_measures",
    metadata,
    sa.Column("tree_id", sa.ForeignKey("fault_trees.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("action_id", sa.String(64), nullable=False, index=True),
    sa.Column("share", sa.Float, nullable=True),
    sa.Column("probability", sa.Float, nullable=True),
)
"""Actions that leave a share of an event's probability, or a probability: one of the two is set."""

why_trees = sa.Table(
    "why_trees",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("reference", sa.String(32), nullable=False, unique=True),
    sa.Column("incident_id", sa.String(64), nullable=False, index=True),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("tree", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
"""`tree` is the whole analysis as our own JSON, `words` what people wrote in it, to search in."""
