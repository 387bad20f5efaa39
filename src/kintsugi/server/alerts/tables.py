"""The tables of alerts. An alert is one row from its trigger to its end; the next trigger of its key is a new one."""

from __future__ import annotations

import sqlalchemy as sa

from kintsugi.kernel.database import UtcDateTime, metadata

alert_sources = sa.Table(
    "alert_sources",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("format", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("mapping", sa.Text, nullable=False),
    sa.Column("severities", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("max_per_minute", sa.Integer, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("last_event_at", UtcDateTime),
    sa.Column("retired_at", UtcDateTime),
    sa.Column("version", sa.Integer, nullable=False),
)
"""`secret` verifies signatures; it is never shown again. `max_per_minute` 0: no limit."""

alert_source_keys = sa.Table(
    "alert_source_keys",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("source_id", sa.ForeignKey("alert_sources.id"), nullable=False, index=True),
    sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("hint", sa.String(8), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
)
"""The keys of a source: the newest, and those before it until they expire, so that senders can be changed over."""

alert_bodies = sa.Table(
    "alert_bodies",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Index(
        "ix_alert_bodies_dead",
        "id",
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    ),
)
"""What was sent, byte for byte but for the source's key, for 30 days. State: read, dead (could not be decoded),
replayed, dismissed. Ids rise with time: bodies of before a moment are those below `new_id("bod", moment)`."""

waiting_bodies = sa.Table(
    "waiting_bodies",
    metadata,
    sa.Column("body_id", sa.String(64), primary_key=True),
    sqlite_with_rowid=False,
)
"""Bodies that were answered and whose alerts are not recorded yet: for some milliseconds, or until a process that was
killed is started again. Whoever takes a row away records the body."""

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("fingerprint", sa.String(32), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("severity", sa.Integer),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("rule", sa.String(200), nullable=False),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Column("annotations", sa.Text, nullable=False),
    sa.Column("values", sa.Text, nullable=False),
    sa.Column("links", sa.Text, nullable=False),
    sa.Column("runbook_url", sa.Text, nullable=False),
    sa.Column("content", sa.String(16), nullable=False),
    sa.Column("starts_at", UtcDateTime),
    sa.Column("ends_at", UtcDateTime),
    sa.Column("raised_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("acknowledged_at", UtcDateTime),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("resolved_how", sa.String(16), nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("body_id", sa.String(64)),
    sa.Column("quality", sa.Integer),
    sa.Column("is_flapping", sa.Boolean, nullable=False),
    sa.Column("silence_id", sa.String(64)),
    sa.Column("group_id", sa.String(64)),
    sa.Column("incident_id", sa.String(64)),
    sa.Column("is_private", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("counted_as", sa.String(64)),
    sa.Column("is_noisy", sa.Boolean),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("verdict_by", sa.String(64), nullable=False),
    sa.Column("verdict_at", UtcDateTime),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index(
        "uq_alerts_open",
        "fingerprint",
        unique=True,
        postgresql_where=sa.text("state <> 'resolved'"),
    ).ddl_if(dialect="postgresql"),
    sa.Index(
        "ix_alerts_ends_at",
        "ends_at",
        sqlite_where=sa.text("state <> 'resolved' AND ends_at IS NOT NULL"),
        postgresql_where=sa.text("state <> 'resolved' AND ends_at IS NOT NULL"),
    ),
    sa.Index("ix_alerts_last", "fingerprint", "raised_at"),
    # Partial: a new alert, of which there are thousands a second, has none of them yet.
    sa.Index(
        "ix_alerts_group_id",
        "group_id",
        sqlite_where=sa.text("group_id IS NOT NULL"),
        postgresql_where=sa.text("group_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_alerts_incident_id",
        "incident_id",
        sqlite_where=sa.text("incident_id IS NOT NULL"),
        postgresql_where=sa.text("incident_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_alerts_counted",
        "raised_at",
        "counted_as",
        "is_noisy",
        sqlite_where=sa.text("counted_as IS NOT NULL"),
        postgresql_where=sa.text("counted_as IS NOT NULL"),
    ),
    sa.Index("ix_alerts_inbox", "raised_at", "id"),
    sa.Index("ix_alerts_state", "state", "raised_at", "id"),
    sa.Index("ix_alerts_service", "service", "raised_at", "quality"),
    sa.Index("ix_alerts_rule", "rule", "raised_at"),
)
"""No two open alerts have one fingerprint. PostgreSQL is told so; on SQLite, where the index would cost a tenth of
all that intake does, whoever writes is alone and has looked before.

`raised_at`: when we recorded the trigger. `content` is a hash of what the sender said, to see an unchanged repeat.

`quality`, `group_id` and what follows are filled in by the dispatcher, in the moments after. `is_private`: the
rule for it makes private incidents, so without one it is for admins alone. `counted_as` is the service under which
it is in the statistics, `is_noisy` as what; both are NULL for an alert that is in none.
"""

alert_marks = sa.Table(
    "alert_marks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
)
"""One row, on SQLite: a trigger counts every change of an alert's state or content, whoever makes it.

By it intake knows whether what it remembers still holds. A migration that makes `alerts` anew makes the triggers anew.
"""

alert_events = sa.Table(
    "alert_events",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("is_waiting", sa.Boolean, nullable=False),
    sa.Index(
        "ix_alert_events_waiting",
        "id",
        sqlite_where=sa.text("is_waiting = 1"),
        postgresql_where=sa.text("is_waiting"),
    ),
    sqlite_with_rowid=False,
)
"""An alert's history, and the outbox of intake: what waits is what the dispatcher has not told the rooms above."""

alert_groups = sa.Table(
    "alert_groups",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("key_hash", sa.String(32), nullable=False),
    sa.Column("rule_id", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("alerts", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("incident_id", sa.String(64), index=True),
    sa.Column("closed_at", UtcDateTime),
    sa.Index("ix_alert_groups_open", "key_hash", "last_at"),
)
"""Alerts that belong together by their attributes, within a window; a group leads to one incident at most."""

routing_rules = sa.Table(
    "routing_rules",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("is_enabled", sa.Boolean, nullable=False),
    sa.Column("is_private", sa.Boolean, nullable=False),
    sa.Column("condition", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

silences = sa.Table(
    "silences",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("matchers", sa.Text, nullable=False),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False, index=True),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
"""Kind: silence, or maintenance (a planned window for services). `source_id`: empty for all sources."""

alert_rollups = sa.Table(
    "alert_rollups",
    metadata,
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("bucket", UtcDateTime, primary_key=True),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("noisy", sa.Integer, nullable=False),
    sa.Index("ix_alert_rollups_bucket", "bucket"),
)
"""Alerts raised in a quarter of an hour (UTC) per service, and those of a quality under 60."""

alert_daily_rollups = sa.Table(
    "alert_daily_rollups",
    metadata,
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("bucket", UtcDateTime, primary_key=True),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("noisy", sa.Integer, nullable=False),
    sa.Index("ix_alert_daily_rollups_bucket", "bucket"),
)
"""The same by day (UTC), so that a month is thirty rows and not three thousand."""

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("services", sa.Text, nullable=False),
    sa.Column("links", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)
