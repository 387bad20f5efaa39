"""What decides about alerts on a Kintsugi server: routing rules and silences; and what was changed, listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood

RULES, SILENCES, CHANGES = "/api/routing-rules", "/api/silences", "/api/changes"


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule at one version; `condition` and `outcome` are the API's data."""

    id: str
    name: str
    enabled: bool
    position: int
    condition: Mapping[str, Any]
    condition_text: str
    outcome: Mapping[str, Any]
    version: int
    data: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence or maintenance window at one version. `state`: pending, active or expired."""

    id: str
    kind: str
    state: str
    matchers: str
    starts_at: datetime
    ends_at: datetime
    comment: str
    created_by: str
    version: int
    data: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed. `source` is empty where a person told of it."""

    id: str
    at: datetime
    summary: str
    origin: str
    source: str
    services: tuple[str, ...]
    links: tuple[str, ...]
    data: Mapping[str, Any] = field(repr=False, compare=False)


def rules(connection: Connection) -> Iterator[Rule]:
    """Every rule, in the order in which they are asked. Raises ClientError."""
    return connection.items(RULES, _rule)


def add_rule(
    connection: Connection,
    name: str,
    outcome: Mapping[str, object],
    condition: Mapping[str, object] | None = None,
    *,
    enabled: bool = True,
) -> Rule:
    """A rule behind all others. Raises ClientError."""
    body = {
        "name": name, "enabled": enabled, "outcome": dict(outcome),
        "condition": dict(condition or {}),
    }  # fmt: skip
    return understood(_rule, connection.post(RULES, body).data)


def change_rule(connection: Connection, rule: Rule, **said: object) -> Rule:
    """Change name, enabled, condition or outcome. Raises ClientError: 412 for a lost race."""
    answer = connection.patch(_place(RULES, rule.id), said, etag=f'"{rule.version}"')
    return understood(_rule, answer.data)


def order_rules(connection: Connection, rule_ids: Sequence[str]) -> list[Rule]:
    """Put the rules into this order, which names each of them once. Raises ClientError."""
    answer = connection.put(f"{RULES}/order", {"rules": list(rule_ids)})
    return understood(lambda data: [_rule(one) for one in data["items"]], answer.data)


def remove_rule(connection: Connection, rule: Rule) -> None:
    """Take a rule away. Raises ClientError: 412 for a lost race."""
    connection.delete(_place(RULES, rule.id), etag=f'"{rule.version}"')


def silences(connection: Connection, state: str = "") -> Iterator[Silence]:
    """Silences in a state (empty: in any), the one that ends last first. Raises ClientError."""
    return connection.items(SILENCES, _silence, {"state": state} if state else None)


def silence(
    connection: Connection,
    matchers: Sequence[str],
    ends_at: datetime | str,
    *,
    starts_at: datetime | str | None = None,
    comment: str = "",
    source: str = "",
) -> Silence:
    """Silence what these matchers (`env=~"test|dev"`) are for; from now on unless it says when. Raises ClientError."""
    body = {"matchers": list(matchers), "comment": comment, "source": source}
    return _make_silence(connection, body, starts_at, ends_at)


def maintenance(
    connection: Connection,
    services: Sequence[str],
    ends_at: datetime | str,
    *,
    starts_at: datetime | str | None = None,
    comment: str = "",
) -> Silence:
    """Plan work on services: their alerts open nothing. Raises ClientError."""
    body = {"services": list(services), "comment": comment}
    return _make_silence(connection, body, starts_at, ends_at)


def expire(connection: Connection, silence: Silence) -> Silence:
    """End a silence now. Raises ClientError: 409 for one that is over, 412 for a lost race."""
    answer = connection.delete(_place(SILENCES, silence.id), etag=f'"{silence.version}"')
    return understood(_silence, answer.data)


def changes(
    connection: Connection, services: Sequence[str] = (), *, since: str = "", until: str = ""
) -> Iterator[Change]:
    """Changes, newest first; of several services those of any. Raises ClientError."""
    asked = {"service": list(services), "since": since, "until": until}
    return connection.items(CHANGES, _change, {name: said for name, said in asked.items() if said})


def _make_silence(
    connection: Connection,
    body: Mapping[str, object],
    starts_at: datetime | str | None,
    ends_at: datetime | str,
) -> Silence:
    times = {"startsAt": _written(starts_at), "endsAt": _written(ends_at)}
    return understood(_silence, connection.post(SILENCES, {**body, **times}).data)


def _place(path: str, name: str) -> str:
    return f"{path}/{quote(name, safe='')}"


def _written(at: datetime | str | None) -> str | None:
    return at.isoformat() if isinstance(at, datetime) else at


def _rule(data: Mapping[str, Any]) -> Rule:
    return Rule(
        data["id"], data["name"], data["enabled"], data["position"], data["condition"],
        data["conditionText"], data["outcome"], data["version"], data,
    )  # fmt: skip


def _silence(data: Mapping[str, Any]) -> Silence:
    return Silence(
        data["id"], data["kind"], data["state"], data["matchersText"],
        datetime.fromisoformat(data["startsAt"]), datetime.fromisoformat(data["endsAt"]),
        data["comment"], data["createdBy"], data["version"], data,
    )  # fmt: skip


def _change(data: Mapping[str, Any]) -> Change:
    return Change(
        data["id"], datetime.fromisoformat(data["at"]), data["summary"], data["origin"],
        data["source"], tuple(data["services"]), tuple(link["url"] for link in data["links"]), data,
    )  # fmt: skip
