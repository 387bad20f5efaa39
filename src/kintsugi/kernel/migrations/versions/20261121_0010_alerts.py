"""Alerts: sources, bodies, alerts, groups, rules, silences, changes."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from kintsugi.kernel.database import UtcDateTime

revision = "20261121_0010"
down_revision = "20261121_0009"


def upgrade() -> None:
    """Make the tables."""
    _alert_bodies()
    _alert_groups()
    _alert_rollups()
    _alert_sources()
    _alerts()
    _changes()
    _routing_rules()
    _silences()
    _alert_events()
    _alert_source_keys()
    _alert_marks()
    _waiting_bodies()


def _alert_bodies() -> None:
    op.create_table(
        "alert_bodies",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_bodies")),
    )
    op.create_index(
        "ix_alert_bodies_dead",
        "alert_bodies",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )


def _alert_groups() -> None:
    op.create_table(
        "alert_groups",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("incident_id", sa.String(length=64), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_groups")),
    )
    op.create_index(
        op.f("ix_alert_groups_incident_id"), "alert_groups", ["incident_id"], unique=False
    )
    op.create_index("ix_alert_groups_open", "alert_groups", ["key_hash", "last_at"], unique=False)


def _alert_rollups() -> None:
    op.create_table(
        "alert_rollups",
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("bucket", UtcDateTime(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("noisy", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("service", "bucket", name=op.f("pk_alert_rollups")),
    )
    op.create_index("ix_alert_rollups_bucket", "alert_rollups", ["bucket"], unique=False)


def _alert_sources() -> None:
    op.create_table(
        "alert_sources",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("severities", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("max_per_minute", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("last_event_at", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_alert_sources_name")),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("runbook_url", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_how", sa.String(length=16), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.String(length=64), nullable=True),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("is_flapping", sa.Boolean(), nullable=False),
        sa.Column("silence_id", sa.String(length=64), nullable=True),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("incident_id", sa.String(length=64), nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("counted_as", sa.String(length=64), nullable=True),
        sa.Column("is_noisy", sa.Boolean(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("verdict_by", sa.String(length=64), nullable=False),
        sa.Column("verdict_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    _alert_indexes()


def _alert_indexes() -> None:
    op.create_index(
        "ix_alerts_ends_at",
        "alerts",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("state <> 'resolved' AND ends_at IS NOT NULL"),
        postgresql_where=sa.text("state <> 'resolved' AND ends_at IS NOT NULL"),
    )
    op.create_index(
        "ix_alerts_counted",
        "alerts",
        ["raised_at", "counted_as", "is_noisy"],
        unique=False,
        sqlite_where=sa.text("counted_as IS NOT NULL"),
        postgresql_where=sa.text("counted_as IS NOT NULL"),
    )
    for name in ("group_id", "incident_id"):
        op.create_index(
            f"ix_alerts_{name}",
            "alerts",
            [name],
            unique=False,
            sqlite_where=sa.text(f"{name} IS NOT NULL"),
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    op.create_index("ix_alerts_inbox", "alerts", ["raised_at", "id"], unique=False)
    op.create_index("ix_alerts_last", "alerts", ["fingerprint", "raised_at"], unique=False)
    op.create_index("ix_alerts_rule", "alerts", ["rule", "raised_at"], unique=False)
    op.create_index(
        "ix_alerts_service", "alerts", ["service", "raised_at", "quality"], unique=False
    )
    op.create_index("ix_alerts_state", "alerts", ["state", "raised_at", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "uq_alerts_open",
            "alerts",
            ["fingerprint"],
            unique=True,
            postgresql_where=sa.text("state <> 'resolved'"),
        )


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_at"), "changes", ["at"], unique=False)


def _routing_rules() -> None:
    rules = op.create_table(
        "routing_rules",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    # Here and nowhere else, so that whoever removes the rule is rid of it.
    now = datetime.now(UTC)
    op.bulk_insert(
        rules,
        [
            {
                "id": "rul_default", "position": 1, "is_enabled": True, "is_private": False,
                "name": "Critical and major alerts open an incident",
                "condition": '{"severities": ["SEV-1", "SEV-2"]}',
                "outcome": '{"kind": "open", "grouping": {"by": ["service", "rule"], "windowSeconds": 300},'
                ' "whenResolved": "resolve"}',
                "created_by": "system", "created_at": now, "updated_at": now, "version": 1,
            }
        ],
    )  # fmt: skip


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("matchers", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_ends_at"), "silences", ["ends_at"], unique=False)


def _alert_events() -> None:
    op.create_table(
        "alert_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_events_alert_id_alerts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_events")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_alert_events_alert_id"), "alert_events", ["alert_id"], unique=False)
    op.create_index(
        "ix_alert_events_waiting",
        "alert_events",
        ["id"],
        unique=False,
        sqlite_where=sa.text("is_waiting = 1"),
        postgresql_where=sa.text("is_waiting"),
    )


def _alert_source_keys() -> None:
    op.create_table(
        "alert_source_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["alert_sources.id"],
            name=op.f("fk_alert_source_keys_source_id_alert_sources"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_source_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_alert_source_keys_key_hash")),
    )
    op.create_index(
        op.f("ix_alert_source_keys_source_id"), "alert_source_keys", ["source_id"], unique=False
    )


def _alert_marks() -> None:
    marks = op.create_table(
        "alert_marks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_marks")),
    )
    op.bulk_insert(marks, [{"id": 1, "number": 0}])
    if op.get_bind().dialect.name != "sqlite":
        return
    is_other = "old.state IS NOT new.state OR old.content IS NOT new.content"
    marked = "BEGIN UPDATE alert_marks SET number = number + 1; END"
    op.execute(
        f"CREATE TRIGGER alerts_changed AFTER UPDATE OF state, content ON alerts WHEN {is_other} {marked}"
    )
    op.execute(f"CREATE TRIGGER alerts_gone AFTER DELETE ON alerts {marked}")


def _waiting_bodies() -> None:
    op.create_table(
        "waiting_bodies",
        sa.Column("body_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("body_id", name=op.f("pk_waiting_bodies")),
        sqlite_with_rowid=False,
    )
