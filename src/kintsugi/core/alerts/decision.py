"""What becomes of one alert: its facts, its silence, whether it flaps, its rule, its group, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from kintsugi.core.alerts import explain
from kintsugi.core.alerts.explain import Explained
from kintsugi.core.alerts.flapping import FLAPPING, FlappingLimits, calm_at, episodes_lately
from kintsugi.core.alerts.grouping import group_key, key_hash
from kintsugi.core.alerts.labels import facts as facts_of
from kintsugi.core.alerts.matchers import Find
from kintsugi.core.alerts.routing import Outcome, OutcomeKind, Rule, route
from kintsugi.core.alerts.silences import Silence, silence_for
from kintsugi.core.alerts.title import Titled, titled
from kintsugi.core.shared.severity import Severity


class Does(Enum):
    """What is made of an alert in the end.

    OPEN: an incident, or the one that its group has. JOIN: only the one that its group has, else it waits.
    WAIT: for a person. SILENCED: kept, and nothing more.
    """

    OPEN = "open"
    JOIN = "join"
    WAIT = "wait"
    SILENCED = "silenced"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about an alert. `source` is its source's name, `kind` its source's kind.

    `starts` are the moments at which episodes of its fingerprint began lately, the present one included.
    `severity_word` is what the sender wrote, and `severity` what that means. `is_open`: it is not over yet.
    """

    labels: Mapping[str, str]
    title: str
    rule: str
    service: str
    severity: Severity | None
    source_id: str
    source: str
    kind: str
    starts: tuple[datetime, ...]
    severity_word: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """By what alerts are decided on: rules in their order, silences, and how patterns are found."""

    rules: tuple[Rule, ...]
    silences: tuple[Silence, ...]
    find: Find
    flapping: FlappingLimits = FLAPPING


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an alert at a moment.

    `rule` and `outcome` stand there for a silenced alert too: what would be, were it heard. An alert that
    flaps or is over opens no incident; the one it joins may be over. `severity` is the incident's: the
    rule's, else the alert's. `again_at`: when to ask again if the alert is still open then, as its silence
    ends or it has stopped flapping.
    """

    subject: Subject
    policy: Policy
    now: datetime
    facts: Mapping[str, str]
    silence: Silence | None
    episodes: int
    is_flapping: bool
    rule: Rule | None
    outcome: Outcome
    does: Does
    group_key: str
    key_hash: str
    severity: Severity | None
    titled: Titled
    again_at: datetime | None

    @property
    def title(self) -> str:
        """The title of the incident that it would open."""
        return self.titled.text

    @property
    def steps(self) -> tuple[Explained, ...]:
        """Why, in words; put together when they are asked for."""
        subject, policy = self.subject, self.policy
        steps = (
            explain.severity(subject.severity_word, subject.severity),
            explain.quiet(self.silence),
            explain.flaps(self.episodes, policy.flapping, is_flapping=self.is_flapping),
            *explain.rules(policy.rules, self.rule, self.facts, self.now, policy.find),
            explain.group(self.outcome.grouping, self.group_key),
            explain.outcome(
                self.outcome.kind,
                self.silence,
                self.does.value,
                is_flapping=self.is_flapping,
                is_open=subject.is_open,
            ),
        )
        if self.does is not Does.OPEN:
            return steps
        return (*steps, explain.incident(self.outcome, subject.severity, self.titled))


def decide(subject: Subject, policy: Policy, now: datetime) -> Decision:
    """What becomes of this alert at this moment.

    1 Its facts are gathered: labels and own fields, by name.
    2 A silence or maintenance window that is for it keeps it quiet, whatever the rules say.
    3 The first rule that applies says what is made of it; without one it waits for a person.
    4 The rule's grouping gives its group.
    5 If it flaps it opens nothing: what would open an incident joins the last one of its group, or waits.
    """
    facts = facts_of(
        subject.labels,
        title=subject.title,
        rule=subject.rule,
        service=subject.service,
        severity=subject.severity,
        source=subject.source,
        kind=subject.kind,
    )
    silence = silence_for(policy.silences, facts, now, policy.find, subject.source_id)
    episodes = episodes_lately(subject.starts, now, policy.flapping)
    is_flapping = episodes >= policy.flapping.episodes
    route_found = route(policy.rules, facts, now, policy.find)
    rule, outcome = route_found.rule, route_found.outcome
    key = group_key(outcome.grouping, facts)
    does = (
        Does.SILENCED
        if silence
        else _does(outcome.kind, may_open=subject.is_open and not is_flapping)
    )
    if silence is not None:
        again_at: datetime | None = silence.ends_at
    else:
        again_at = calm_at(subject.starts, now, policy.flapping) if is_flapping else None
    return Decision(
        subject=subject,
        policy=policy,
        now=now,
        facts=facts,
        silence=silence,
        episodes=episodes,
        is_flapping=is_flapping,
        rule=rule,
        outcome=outcome,
        does=does,
        group_key=key,
        key_hash=key_hash(rule.id if rule else "", key),
        severity=outcome.severity or subject.severity,
        titled=titled(outcome.title, facts),
        again_at=again_at,
    )


def _does(kind: OutcomeKind, *, may_open: bool) -> Does:
    if kind is OutcomeKind.OPEN:
        return Does.OPEN if may_open else Does.JOIN
    if kind is OutcomeKind.JOIN:
        return Does.JOIN
    if kind is OutcomeKind.WAIT:
        return Does.WAIT
    assert_never(kind)
