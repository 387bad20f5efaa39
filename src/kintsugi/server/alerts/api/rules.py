"""Routing rules, over HTTP: in their order, as plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from kintsugi.core.alerts.explain import condition_text
from kintsugi.core.alerts.rule_values import written_condition, written_outcome
from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, matched_version, with_etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.api.bodies import Id

router = APIRouter()


class RuleBody(Body):
    id: str
    name: str
    enabled: bool
    position: int
    condition: dict[str, Any]
    condition_text: str
    outcome: dict[str, Any]
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class RuleList(Body):
    items: list[RuleBody]
    next_cursor: str | None


class NewRuleBody(Body):
    name: str
    enabled: bool = True
    condition: dict[str, Any] = Field(default_factory=dict)
    outcome: dict[str, Any]


class RuleChangeBody(Body):
    name: str | None = None
    enabled: bool | None = None
    condition: dict[str, Any] | None = None
    outcome: dict[str, Any] | None = None


class OrderBody(Body):
    rules: list[str]


@router.get("/api/routing-rules", response_model=RuleList)
@door(Action.READ)
def list_rules(work: UnitOfWork) -> RuleList:
    """Every rule, in the order in which they are asked; the first that applies decides alone."""
    return _listed(alerts.list_rules(work))


@router.post("/api/routing-rules", status_code=201, response_model=RuleBody)
@door(Action.EDIT, writes=True)
def add_rule(work: UnitOfWork, body: NewRuleBody) -> Answer:
    """A rule behind all others."""
    kept = alerts.create_rule(
        work, body.name, body.condition, body.outcome, is_enabled=body.enabled
    )
    return with_etag(_written(kept), kept.version, 201, f"/api/routing-rules/{kept.rule.id}")


@router.put("/api/routing-rules/order", response_model=RuleList)
@door(Action.EDIT, writes=True)
def order_rules(work: UnitOfWork, body: OrderBody) -> RuleList:
    """Put the rules into this order, which names each of them once."""
    return _listed(alerts.order_rules(work, body.rules))


@router.get("/api/routing-rules/{id}", response_model=RuleBody)
@door(Action.READ)
def show_rule(work: UnitOfWork, name: Id) -> Answer:
    """One rule."""
    kept = alerts.get_rule(work, name)
    return with_etag(_written(kept), kept.version)


@router.patch("/api/routing-rules/{id}", response_model=RuleBody)
@door(Action.EDIT, writes=True)
def change_rule(
    work: UnitOfWork,
    name: Id,
    body: RuleChangeBody,
    if_match: IfMatch = None,
) -> Answer:
    """Change what is sent; a condition or an outcome is sent whole."""
    kept, version = alerts.get_rule(work, name), matched_version(if_match)
    made = alerts.change_rule(
        work, kept, version, name=body.name, condition=body.condition, outcome=body.outcome,
        is_enabled=body.enabled,
    )  # fmt: skip
    return with_etag(_written(made), made.version)


@router.delete("/api/routing-rules/{id}", status_code=204, response_model=None)
@door(Action.EDIT, writes=True)
def remove_rule(
    work: UnitOfWork,
    name: Id,
    if_match: IfMatch = None,
) -> Answer:
    """Take a rule away; what it made stays."""
    kept, version = alerts.get_rule(work, name), matched_version(if_match)
    alerts.remove_rule(work, kept, version)
    return lambda: Response(status_code=204)


def _listed(found: list[alerts.KeptRule]) -> RuleList:
    return RuleList(items=[_written(one) for one in found], next_cursor=None)


def _written(kept: alerts.KeptRule) -> RuleBody:
    rule = kept.rule
    return RuleBody(
        id=rule.id, name=rule.name, enabled=rule.is_enabled, position=kept.position,
        condition=written_condition(rule.condition), condition_text=condition_text(rule),
        outcome=written_outcome(rule.outcome), created_by=kept.created_by,
        created_at=kept.created_at, updated_at=kept.updated_at, version=kept.version,
    )  # fmt: skip
