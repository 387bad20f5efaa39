"""The tables of services. A name is kept in lower case, so that its uniqueness is one of letters in any case."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata

services = sa.Table(
    "services",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("owner_team", sa.String(100), nullable=False, index=True),
    sa.Column("tier", sa.Integer, index=True),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("retired_at", UtcDateTime),
)

service_links = sa.Table(
    "service_links",
    metadata,
    sa.Column("service_id", sa.ForeignKey("services.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
)

service_dependencies = sa.Table(
    "service_dependencies",
    metadata,
    sa.Column("service_id", sa.ForeignKey("services.id"), primary_key=True),
    sa.Column("depends_on_id", sa.ForeignKey("services.id"), primary_key=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
)
