"""The tables of what is sent: webhook endpoints, contents, deliveries and their attempts."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("old_secret", sa.Text, nullable=False),
    sa.Column("old_secret_until", UtcDateTime, nullable=True),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("succeeded_at", UtcDateTime, nullable=True),
    sa.Column("failing_since", UtcDateTime, nullable=True),
    sa.Column("disabled_at", UtcDateTime, nullable=True),
    sa.Column("disabled_because", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
"""`secret` signs what is sent, and until `old_secret_until` so does `old_secret`; neither is shown again.
`failing_since`: the first failure after the last success. `disabled_because`: empty where a person did it."""

message_contents = sa.Table(
    "message_contents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("event", sa.String(100), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
"""What is sent, once for all its recipients, and the same at every attempt."""

message_deliveries = sa.Table(
    "message_deliveries",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("content_id", sa.ForeignKey("message_contents.id"), nullable=False, index=True),
    sa.Column("message_id", sa.String(64), nullable=False, index=True),
    sa.Column("incident_id", sa.String(64), nullable=False, index=True),
    sa.Column("way", sa.String(16), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("endpoint_id", sa.ForeignKey("webhook_endpoints.id"), nullable=True, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("next_at", UtcDateTime, nullable=True),
    sa.Column("tried_at", UtcDateTime, nullable=True),
    sa.Column("settled_at", UtcDateTime, nullable=True),
)
"""`round` counts the times it was begun: once, and once more for each replay; `attempts` are those of the round.
`endpoint_id` is null for e-mail, and once the endpoint was deleted; `address` still holds its id then."""

delivery_attempts = sa.Table(
    "delivery_attempts",
    metadata,
    sa.Column("delivery_id", sa.ForeignKey("message_deliveries.id"), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("is_sent", sa.Boolean, nullable=False),
    sa.Column("says", sa.Text, nullable=False),
)
"""How each attempt ended. One that was killed is not here: it is made again, under the same number."""
