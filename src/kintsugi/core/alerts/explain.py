"""What happens to an alert, step by step and in words: what was asked of it, and what that decided.

Each step tells what the deciding function itself found (`lifecycle.next_step`, `routing.unmet`, and so on); none
decides again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import assert_never

from kintsugi.core.alerts.event import AlertEvent, Happening
from kintsugi.core.alerts.flapping import FlappingLimits
from kintsugi.core.alerts.grouping import Grouping
from kintsugi.core.alerts.labels import FIELDS, field
from kintsugi.core.alerts.lifecycle import Ending, Known, Step
from kintsugi.core.alerts.matchers import Find, Matcher, written_matchers
from kintsugi.core.alerts.routing import Outcome, OutcomeKind, Part, Rule, Unmet, unmet
from kintsugi.core.alerts.silences import Silence, SilenceKind
from kintsugi.core.alerts.title import Titled
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined, plural, shortened
from kintsugi.core.shared.times import written_duration

SHOWN = 120


@dataclass(frozen=True, slots=True)
class Explained:
    """One step: its name, what it found as a sentence, and in a few words what that decided."""

    name: str
    said: str
    decided: str


def message(event: AlertEvent, fingerprint: str, known: Known | None, step: Step) -> Explained:
    """What a message does to the alert of its fingerprint, and why (`lifecycle.next_step`)."""
    has_passed = event.happening is Happening.TRIGGER and step in (Step.RESOLVED, Step.EARLY)
    tells = _TELLS[Happening.RESOLVE if has_passed else event.happening]
    state = f"an alert that is {known.state.value}" if known is not None else "no alert yet"
    said = f'The sender says of "{_short(event.key)}" that {tells}. Its fingerprint {fingerprint} has {state}: '
    return Explained("message", said + _why(event, known, step), step.value)


def severity(word: str, mapped: Severity | None) -> Explained:
    """Which severity the sender's word means (`severity_mapping.severity_of`)."""
    if not word:
        said = "The sender writes no severity."
    elif mapped is None:
        said = f'The sender writes "{_short(word)}", which is no severity to us: its source can map it.'
    else:
        said = f'The sender writes "{_short(word)}", which is {mapped.label}.'
    return Explained("severity", said, mapped.label if mapped else "none")


def quiet(silence: Silence | None) -> Explained:
    """Whether a silence or a maintenance window keeps it quiet (`silences.silence_for`)."""
    if silence is None:
        return Explained("silence", "No silence and no maintenance window is for it.", "heard")
    what = "silence" if silence.kind is SilenceKind.SILENCE else "maintenance window"
    until = silence.ends_at.astimezone(UTC)
    said = f"A {what} is for {written_matchers(silence.matchers)} until {until:%Y-%m-%d %H:%M} UTC."
    return Explained("silence", said, "silenced")


def flaps(episodes: int, limits: FlappingLimits, *, is_flapping: bool) -> Explained:
    """Whether it comes and goes too often to open anything (`flapping.is_flapping`)."""
    times = plural(episodes, "time")
    said = f"It began {times} in {written_duration(limits.within)}; from {limits.episodes} on it flaps."
    return Explained("flapping", said, "flapping" if is_flapping else "steady")


def rules(
    rules: Iterable[Rule],
    applied: Rule | None,
    facts: Mapping[str, str],
    now: datetime,
    find: Find,
) -> tuple[Explained, ...]:
    """Each rule in order up to the one that applies, with why it does not (`routing.route`)."""
    steps: list[Explained] = []
    for rule in rules:
        if rule is applied:
            said = f'Rule "{rule.name}" applies: {condition_text(rule)}.'
            return (*steps, Explained("rule", said, "applies"))
        steps.append(_passed_over(rule, facts, now, find))
    said = "No rule applies." if steps else "There are no rules."
    return (*steps, Explained("rule", said, "waits for a person"))


def group(grouping: Grouping, key: str) -> Explained:
    """Which alerts are one thing with it (`grouping.group_key`)."""
    if not grouping.window:
        return Explained("group", "The rule groups nothing: each alert is a group of its own.", key)
    same = joined(grouping.by) if grouping.by else "rule"
    said = f"Alerts with the same {same} within {written_duration(grouping.window)} are one group."
    return Explained("group", said, key or "all alerts of the rule")


def outcome(
    kind: OutcomeKind, silence: Silence | None, does: str, *, is_flapping: bool, is_open: bool
) -> Explained:
    """What is made of it in the end; `does` is the value of a `decision.Does`."""
    if silence is not None:
        said = "It is kept and opens nothing while it is silenced."
    elif kind is OutcomeKind.OPEN and not is_open:
        said = (
            "It is over already, so it opens nothing: it joins the incident of its group, or waits."
        )
    elif kind is OutcomeKind.OPEN and is_flapping:
        said = "It flaps, so it opens nothing: it joins the last incident of its group, or waits."
    elif kind is OutcomeKind.OPEN:
        said = "It opens an incident for its group, or joins the one that the group has."
    elif kind is OutcomeKind.JOIN:
        said = "It joins the incident that its group has, or waits for a person."
    elif kind is OutcomeKind.WAIT:
        said = "It waits in the inbox for a person."
    else:
        assert_never(kind)
    return Explained("outcome", said, does)


def incident(outcome: Outcome, mapped: Severity | None, title: Titled) -> Explained:
    """With what an incident is opened: severity, title, and whom it is for."""
    if outcome.severity is not None:
        level = f"{outcome.severity.label}, as the rule says"
    else:
        level = (
            f"{mapped.label}, as the alert says" if mapped else "left open, as the alert has none"
        )
    said = f"Its severity is {level}."
    if title.missing:
        names = joined([f"{{{name}}}" for name in title.missing])
        said += f" The alert has nothing for {names} of the title: nothing stands there."
    if outcome.is_private:
        said += " It is private."
    return Explained("incident", said, title.text)


def condition_text(rule: Rule) -> str:
    """A rule's condition in words: `severity is SEV-1 or SEV-2, service is checkout`."""
    asked = rule.condition
    parts: list[str] = []
    if asked.severities:
        parts.append(f"severity is {_either([one.label for one in asked.severities])}")
    if asked.services:
        parts.append(f"service is {_either(asked.services)}")
    parts += [str(matcher) for matcher in asked.matchers]
    if asked.during is not None:
        parts.append(f"during {asked.during}")
    if asked.not_during is not None:
        parts.append(f"not during {asked.not_during}")
    return ", ".join(parts) or "it is for every alert"


def _passed_over(rule: Rule, facts: Mapping[str, str], now: datetime, find: Find) -> Explained:
    if not rule.is_enabled:
        return Explained("rule", f'Rule "{rule.name}" is off.', "off")
    failed = unmet(rule.condition, facts, now, find)
    why = _failure(rule, failed, facts) if failed else "a rule before it applies"
    return Explained("rule", f'Rule "{rule.name}" does not apply: {why}.', "does not apply")


def _failure(rule: Rule, failed: Unmet, facts: Mapping[str, str]) -> str:
    asked = rule.condition
    if failed.part is Part.SEVERITY:
        wanted = _either([one.label for one in asked.severities])
        return f"severity is {field(facts, 'severity') or 'unknown'}, not {wanted}"
    if failed.part is Part.SERVICE:
        return f"service is {field(facts, 'service') or 'unknown'}, not {_either(asked.services)}"
    if failed.part is Part.MATCHER:
        return _matcher_failure(failed.matcher, facts) if failed.matcher else ""
    if failed.part is Part.DURING:
        return f"it is not {asked.during} now"
    if failed.part is Part.NOT_DURING:
        return f"it is {asked.not_during} now"
    assert_never(failed.part)


def _matcher_failure(matcher: Matcher, facts: Mapping[str, str]) -> str:
    value = facts.get(matcher.name, "")
    if not value:
        return f"{matcher} asks for {matcher.name}, and there is none"
    own = "" if matcher.name not in FIELDS or value == field(facts, matcher.name) else " as a label"
    return f'{matcher.name}{own} is "{_short(value)}", and the rule asks for {matcher}'


_TELLS: Mapping[Happening, str] = MappingProxyType(
    {
        Happening.TRIGGER: "it is wrong",
        Happening.ACKNOWLEDGE: "somebody has taken it",
        Happening.RESOLVE: "it is over",
    }
)
_WHY: Mapping[Step, str] = MappingProxyType(
    {
        Step.NEW: "it is a new alert.",
        Step.REPEAT: "nothing is new, so it is only counted.",
        Step.CHANGED: "what it says has changed, and the alert shows it.",
        Step.ACKNOWLEDGED: "the alert is acknowledged.",
        Step.RESOLVED: "the alert is resolved.",
        Step.EARLY: "it is over: kept as a resolved alert, so that a late trigger stays shut.",
        Step.STALE: "it is a late message about an episode that is over, and it changes nothing.",
    }
)


def _why(event: AlertEvent, known: Known | None, step: Step) -> str:
    if step is not Step.STALE:
        return _WHY[step]
    if event.happening is Happening.ACKNOWLEDGE:
        return "nothing is open that could be acknowledged."
    if known is not None and known.ending is Ending.PERSON:
        return "a person ended this episode, so it stays shut until it begins anew."
    return _WHY[step]


def _either(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _short(text: str) -> str:
    return shortened(text, SHOWN)
