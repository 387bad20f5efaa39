"""Routing rules: written, put in order, changed, taken away. What comes from outside is refused here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kintsugi.core.alerts.routing import Condition, Outcome, Rule
from kintsugi.core.alerts.rule_values import parse_condition, parse_outcome
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import store
from kintsugi.server.alerts.service.patterns import find
from kintsugi.server.alerts.store import KeptRule

RULES = "alert_rules"
"""Touched by every change of a rule."""
MOST_RULES = 200
LONGEST_NAME = 100


def list_rules(work: UnitOfWork) -> list[KeptRule]:
    """All rules, in the order in which they are asked."""
    return store.rules(work.connection, find)


def get_rule(work: UnitOfWork, rule_id: str) -> KeptRule:
    """The rule of an id. Raises NotFound."""
    found = store.rule(work.connection, clean(rule_id), find)
    if found is None:
        raise NotFound("there is no such rule")
    return found


def create_rule(
    work: UnitOfWork,
    name: str,
    condition: object,
    outcome: object,
    *,
    is_enabled: bool = True,
) -> KeptRule:
    """A rule behind all others, from the data of the API. Raises InvalidValue, Conflict when there are too many."""
    others = list_rules(work)
    if len(others) >= MOST_RULES:
        raise Conflict(f"there are {MOST_RULES} rules; nobody could say what they do together")
    rule = Rule(
        work.new_id("rul"), _checked_name(name), is_enabled, _condition(condition), _outcome(outcome)
    )  # fmt: skip
    position = max((one.position for one in others), default=0) + 1
    kept = KeptRule(rule, position, work.viewer.user_id, work.now, work.now, 1)
    store.add_rule(work.connection, kept)
    _told(work, "rule.create", kept)
    return kept


def change_rule(
    work: UnitOfWork,
    kept: KeptRule,
    expected: int,
    *,
    name: str | None = None,
    condition: object = None,
    outcome: object = None,
    is_enabled: bool | None = None,
) -> KeptRule:
    """Change what is said; the rest stays. Raises InvalidValue, LostRace."""
    _at_version(kept, expected)
    rule = kept.rule
    changed = Rule(
        rule.id,
        rule.name if name is None else _checked_name(name),
        rule.is_enabled if is_enabled is None else is_enabled,
        rule.condition if condition is None else _condition(condition),
        rule.outcome if outcome is None else _outcome(outcome),
    )
    if changed == rule:
        return kept
    made = replace(kept, rule=changed, updated_at=work.now, version=expected + 1)
    if not store.change_rule(work.connection, made, expected):
        _lost(get_rule(work, rule.id))
    _told(work, "rule.change", made)
    return made


def order_rules(work: UnitOfWork, rule_ids: Sequence[str]) -> list[KeptRule]:
    """Put the rules into this order, which names each of them once.

    Raises Conflict when it does not: somebody added or removed one since it was read.
    """
    rules = {one.rule.id: one for one in list_rules(work)}
    if len(rule_ids) != len(rules) or set(rule_ids) != set(rules):
        raise Conflict(
            "these are not the rules there are now; read them again and repeat the order"
        )
    places = {
        rule_id: place
        for place, rule_id in enumerate(rule_ids, start=1)
        if rules[rule_id].position != place
    }
    if places:
        store.place_rules(work.connection, places)
        work.audit("rule.order", "rules", order=list(rule_ids))
        work.touch(RULES)
    return list_rules(work)


def move_rule(work: UnitOfWork, kept: KeptRule, places: int) -> list[KeptRule]:
    """Have a rule asked so many places later, or earlier for a number below zero; at most to either end."""
    ids = [one.rule.id for one in list_rules(work)]
    at = ids.index(kept.rule.id)
    ids.insert(max(0, min(len(ids) - 1, at + places)), ids.pop(at))
    return order_rules(work, ids)


def remove_rule(work: UnitOfWork, kept: KeptRule, expected: int) -> None:
    """Take a rule away; what it made stays. Raises LostRace."""
    _at_version(kept, expected)
    if not store.remove_rule(work.connection, kept.rule.id, expected):
        _lost(get_rule(work, kept.rule.id))
    _told(work, "rule.remove", kept)


def _condition(written: object) -> Condition:
    try:
        return parse_condition(written, find)
    except InvalidValue as error:
        raise error.under("condition") from error


def _outcome(written: object) -> Outcome:
    try:
        return parse_outcome(written)
    except InvalidValue as error:
        raise error.under("outcome") from error


def _checked_name(name: str) -> str:
    made = one_line(clean(name))
    if not 1 <= len(made) <= LONGEST_NAME:
        raise InvalidValue(
            "is empty or too long", path=("name",), expected=f"1 to {LONGEST_NAME} characters"
        )
    return made


def _told(work: UnitOfWork, action: str, kept: KeptRule) -> None:
    work.audit(action, kept.rule.id, name=kept.rule.name, enabled=kept.rule.is_enabled)
    work.touch(RULES)


def _at_version(kept: KeptRule, expected: int) -> None:
    if kept.version != expected:
        _lost(kept)


def _lost(current: KeptRule) -> None:
    raise LostRace({"id": current.rule.id, "name": current.rule.name, "version": current.version})
