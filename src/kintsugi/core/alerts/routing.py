"""Routing rules: the first whose condition an alert meets says what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from kintsugi.core.alerts.grouping import Grouping
from kintsugi.core.alerts.matchers import Find, Matcher, does_match
from kintsugi.core.alerts.title import ALERTS_OWN
from kintsugi.core.alerts.weekly_hours import WeeklyHours
from kintsugi.core.shared.severity import Severity

SEVERITY, SERVICE = "alert.severity", "alert.service"

_BY_LABEL: Mapping[str, Severity] = MappingProxyType({one.label: one for one in Severity})


class OutcomeKind(Enum):
    """What is made of an alert. There is none that throws it away: a silence has an end, a rule has not."""

    OPEN = "open"
    JOIN = "join"
    WAIT = "wait"


class WhenResolved(Enum):
    """What happens to the incident when all its alerts are over: it is resolved, or its timeline notes it."""

    RESOLVE = "resolve"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Condition:
    """Which alerts a rule is for; every part that is not empty must hold. With no part at all: every alert.

    `matchers` mean labels, as in Alertmanager; `severities` and `services` are the alert's own, as its source
    maps them. It holds `during` these hours, and not `not_during` those.
    """

    matchers: tuple[Matcher, ...] = ()
    severities: tuple[Severity, ...] = ()
    services: tuple[str, ...] = ()
    during: WeeklyHours | None = None
    not_during: WeeklyHours | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule makes of an alert: OPEN an incident for its group, JOIN the group's if it has one, or WAIT.

    `severity` None: as the alerts say. `title` is a template (`title.titled`). `services` are added to the
    alert's own.
    """

    kind: OutcomeKind
    grouping: Grouping = Grouping()
    severity: Severity | None = None
    title: str = ALERTS_OWN
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    is_private: bool = False
    when_resolved: WhenResolved = WhenResolved.NOTE


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule. Rules have an order, and the first that applies decides alone."""

    id: str
    name: str
    is_enabled: bool
    condition: Condition
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Route:
    """The rule that applied, None if none did, and what it makes of the alert."""

    rule: Rule | None
    outcome: Outcome


class Part(Enum):
    """A part of a condition, in the order in which they are looked at."""

    SEVERITY = "severity"
    SERVICE = "service"
    MATCHER = "matcher"
    DURING = "during"
    NOT_DURING = "not during"


@dataclass(frozen=True, slots=True)
class Unmet:
    """The first part of a condition that an alert does not meet; which matcher, if it is one."""

    part: Part
    matcher: Matcher | None = None


UNROUTED = Outcome(OutcomeKind.WAIT)
"""What is made of an alert that no rule applies to: it waits for a person."""

DEFAULT_RULES = (
    Rule(
        id="default",
        name="Critical and major alerts open an incident",
        is_enabled=True,
        condition=Condition(severities=(Severity.SEV_1, Severity.SEV_2)),
        outcome=Outcome(
            OutcomeKind.OPEN,
            Grouping(("service", "rule"), timedelta(minutes=5)),
            when_resolved=WhenResolved.RESOLVE,
        ),
    ),
)
"""The rules of a new installation; the rest waits for a person."""


def route(rules: Iterable[Rule], facts: Mapping[str, str], now: datetime, find: Find) -> Route:
    """What the first enabled rule whose condition holds makes of an alert with these facts (`labels.facts`)."""
    for rule in rules:
        if rule.is_enabled and unmet(rule.condition, facts, now, find) is None:
            return Route(rule, rule.outcome)
    return Route(None, UNROUTED)


def unmet(
    condition: Condition, facts: Mapping[str, str], now: datetime, find: Find
) -> Unmet | None:
    """The first part of a condition that these facts do not meet; None if they meet it all."""
    severities, services = condition.severities, condition.services
    if severities and _BY_LABEL.get(facts.get(SEVERITY, "")) not in severities:
        return Unmet(Part.SEVERITY)
    if services and facts.get(SERVICE, "") not in services:
        return Unmet(Part.SERVICE)
    for matcher in condition.matchers:
        if not does_match(matcher, facts, find):
            return Unmet(Part.MATCHER, matcher)
    if condition.during is not None and not condition.during.contains(now):
        return Unmet(Part.DURING)
    if condition.not_during is not None and condition.not_during.contains(now):
        return Unmet(Part.NOT_DURING)
    return None
