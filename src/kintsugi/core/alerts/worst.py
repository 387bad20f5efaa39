"""The worst rules: where one change would have saved the most interruptions, and at night."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.lifecycle import Ending
from kintsugi.core.alerts.precision import JudgedAlert, Precision, precision_of
from kintsugi.core.alerts.quality import quality_of
from kintsugi.core.alerts.suggestions import (
    LIMITS,
    Firing,
    Suggestion,
    SuggestionLimits,
    suggestion_for,
)
from kintsugi.core.alerts.weekly_hours import Span, WeeklyHours
from kintsugi.core.shared.errors import InvalidValue

MOST = 10
WINDOW = timedelta(days=30)
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)


@dataclass(frozen=True, slots=True)
class Saved:
    """Alerts there would not have been over the window, and how many of them came at night."""

    alerts: int
    at_night: int


@dataclass(frozen=True, slots=True)
class WorstRule:
    """A rule of a source, what its alerts were like, and the one change suggested.

    `noisy` counts its alerts of a quality under 60, of those whose quality is known.
    """

    source: str
    rule: str
    alerts: int
    at_night: int
    noisy: int
    precision: Precision
    suggestion: Suggestion
    saved: Saved


def night_in(zone: str) -> WeeklyHours:
    """Every night, 22:00 to 07:00 by the clock of a zone (IANA name)."""
    return WeeklyHours(zone, (Span(tuple(range(7)), NIGHT_BEGINS, NIGHT_ENDS),))


def firing_of(alert: Alert, source_format: str = "") -> Firing:
    """What judging its rule needs of an alert that is kept. Without a rule its title stands for one."""
    return Firing(
        alert_id=alert.id, source=alert.source, rule=alert.rule or alert.title, service=alert.service,
        fingerprint=alert.fingerprint, began_at=alert.began_at, raised_at=alert.raised_at,
        ended_at=alert.resolved_at if alert.resolved_how == Ending.SENDER.value else None,
        quality=quality_of(alert, source_format), verdict=alert.verdict,
        group_id=alert.group_id or "", source_format=source_format,
    )  # fmt: skip


def worst_rules(
    firings: Iterable[Firing],
    *,
    now: datetime,
    zone: str = "UTC",
    window: timedelta = WINDOW,
    most: int = MOST,
    limits: SuggestionLimits = LIMITS,
) -> tuple[WorstRule, ...]:
    """The worst rules of the alerts raised in [now - window, now], worst first.

    Worst is the rule whose suggestion would have saved the most alerts; then the most at night, the most noisy
    alerts, the most alerts; ties by source and name. A rule about which there is nothing to say is left out.
    Raises InvalidValue for a zone that is not there.
    """
    if now.tzinfo is None:
        raise InvalidValue("has no zone", path=("now",), expected="a moment with its zone")
    night = night_in(zone)
    night.contains(now)
    rules: defaultdict[tuple[str, str], list[Firing]] = defaultdict(list)
    for firing in firings:
        if now - window <= firing.raised_at <= now:
            rules[firing.source, firing.rule].append(firing)
    found: list[WorstRule] = []
    for (source, rule), alerts in rules.items():
        suggestion = suggestion_for(alerts, limits)
        if suggestion is not None:
            found.append(_told(source, rule, alerts, suggestion, night))
    return tuple(sorted(found, key=_rank)[:most])


def _told(
    source: str, rule: str, alerts: Sequence[Firing], suggestion: Suggestion, night: WeeklyHours
) -> WorstRule:
    judged = [
        JudgedAlert(alert.alert_id, source, rule, alert.verdict, alert.raised_at)
        for alert in alerts
        if alert.verdict is not None
    ]
    return WorstRule(
        source, rule, len(alerts), _at_night(alerts, night),
        sum(alert.quality is not None and not alert.quality.actionable for alert in alerts),
        precision_of(source, rule, judged, len(alerts)), suggestion,
        Saved(len(suggestion.spared), _at_night(suggestion.spared, night)),
    )  # fmt: skip


def _at_night(alerts: Sequence[Firing], night: WeeklyHours) -> int:
    return sum(night.contains(alert.raised_at) for alert in alerts)


def _rank(rule: WorstRule) -> tuple[int, int, int, int, str, str]:
    return (
        -rule.saved.alerts, -rule.saved.at_night, -rule.noisy, -rule.alerts, rule.source, rule.rule,
    )  # fmt: skip
