"""The rows of routing rules, in their order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.alerts.matchers import Find
from kintsugi.core.alerts.routing import Rule
from kintsugi.core.alerts.rule_values import (
    parse_condition,
    parse_outcome,
    written_condition,
    written_outcome,
)
from kintsugi.server.alerts.tables import routing_rules


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule, where it stands, and its version."""

    rule: Rule
    position: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


def rules(connection: sa.Connection, find: Find) -> list[KeptRule]:
    """All rules, those that are off too, in the order in which they are asked."""
    query = sa.select(routing_rules).order_by(routing_rules.c.position, routing_rules.c.id)
    return [_kept(row, find) for row in connection.execute(query).mappings()]


def rule(connection: sa.Connection, rule_id: str, find: Find) -> KeptRule | None:
    """The rule of an id."""
    query = sa.select(routing_rules).where(routing_rules.c.id == rule_id)
    row = connection.execute(query).mappings().first()
    return _kept(row, find) if row is not None else None


def add_rule(connection: sa.Connection, kept: KeptRule) -> None:
    """One more rule."""
    connection.execute(routing_rules.insert().values(id=kept.rule.id, **_values(kept)))


def change_rule(connection: sa.Connection, kept: KeptRule, expected: int) -> bool:
    """The rule as it is to be from now on; False when it is no longer at the expected version."""
    update = routing_rules.update().where(
        routing_rules.c.id == kept.rule.id, routing_rules.c.version == expected
    )
    return connection.execute(update.values(**_values(kept))).rowcount == 1


def place_rules(connection: sa.Connection, places: Mapping[str, int]) -> None:
    """Where these rules, by id, stand from now on."""
    for rule_id, position in places.items():
        connection.execute(
            routing_rules.update().where(routing_rules.c.id == rule_id).values(position=position)
        )


def remove_rule(connection: sa.Connection, rule_id: str, expected: int) -> bool:
    """Take a rule away; False when it is no longer at the expected version."""
    delete = routing_rules.delete().where(
        routing_rules.c.id == rule_id, routing_rules.c.version == expected
    )
    return connection.execute(delete).rowcount == 1


def _values(kept: KeptRule) -> dict[str, object]:
    rule = kept.rule
    return {
        "position": kept.position, "name": rule.name, "is_enabled": rule.is_enabled,
        "is_private": rule.outcome.is_private,
        "condition": json.dumps(written_condition(rule.condition), ensure_ascii=False),
        "outcome": json.dumps(written_outcome(rule.outcome), ensure_ascii=False),
        "created_by": kept.created_by, "created_at": kept.created_at,
        "updated_at": kept.updated_at, "version": kept.version,
    }  # fmt: skip


def _kept(row: sa.RowMapping, find: Find) -> KeptRule:
    made = Rule(
        row["id"], row["name"], bool(row["is_enabled"]),
        parse_condition(json.loads(row["condition"]), find), parse_outcome(json.loads(row["outcome"])),
    )  # fmt: skip
    return KeptRule(
        made, row["position"], row["created_by"], row["created_at"], row["updated_at"],
        row["version"],
    )  # fmt: skip
