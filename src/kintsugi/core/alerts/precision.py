"""How often an alert was worth the interruption: responders' verdicts, per rule and per source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kintsugi.core.shared.distributions import Interval, proportion_interval

LIST_BELOW = 6
"""With fewer verdicts than this they are listed one by one, and no share is made of them (practice rule 26)."""


class Verdict(Enum):
    """What a responder says of an alert, with one tap. Only USEFUL counts as worth the interruption."""

    USEFUL = "useful"
    NOISE = "noise"
    DUPLICATE = "duplicate"
    NOTHING_TO_DO = "nothing_to_do"


@dataclass(frozen=True, slots=True)
class JudgedAlert:
    """An alert with its verdict. `rule` is the check that raised it, named within its source."""

    alert_id: str
    source: str
    rule: str
    verdict: Verdict
    raised_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class Precision:
    """The verdicts on one rule, or on all of a source (`rule` empty), and what they allow to be said.

    `raised` counts its alerts, judged or not: the verdicts are of those that somebody cared to judge.
    `listed` has the judged alerts, newest first, where there are too few for a share.
    """

    source: str
    rule: str
    counts: Mapping[Verdict, int]
    raised: int = 0
    listed: tuple[JudgedAlert, ...] = ()

    @property
    def judged(self) -> int:
        """How many verdicts there are: the n of everything said here."""
        return sum(self.counts.values())

    @property
    def useful(self) -> int:
        """How many of them are USEFUL."""
        return self.counts.get(Verdict.USEFUL, 0)

    @property
    def value(self) -> float | None:
        """The share of verdicts that are USEFUL, 0 to 1; None under LIST_BELOW."""
        return self.useful / self.judged if self.judged >= LIST_BELOW else None

    @property
    def interval(self) -> Interval | None:
        """The exact 95% interval of that share (Clopper-Pearson); None under LIST_BELOW."""
        if self.judged < LIST_BELOW:
            return None
        return proportion_interval(self.useful, self.judged)


def precision_per_rule(
    judged: Iterable[JudgedAlert], raised: Mapping[tuple[str, str], int] | None = None
) -> tuple[Precision, ...]:
    """The precision of each rule, by source and name. `raised` counts the alerts of each (source, rule)."""
    found: defaultdict[tuple[str, str], list[JudgedAlert]] = defaultdict(list)
    for alert in judged:
        found[alert.source, alert.rule].append(alert)
    known = raised or {}
    return tuple(
        precision_of(source, rule, found[source, rule], known.get((source, rule), 0))
        for source, rule in sorted(found)
    )


def precision_per_source(
    judged: Iterable[JudgedAlert], raised: Mapping[str, int] | None = None
) -> tuple[Precision, ...]:
    """The precision of each source, by name. `raised` counts the alerts of each."""
    found: defaultdict[str, list[JudgedAlert]] = defaultdict(list)
    for alert in judged:
        found[alert.source].append(alert)
    known = raised or {}
    return tuple(
        precision_of(source, "", found[source], known.get(source, 0)) for source in sorted(found)
    )


def precision_of(
    source: str, rule: str, judged: Iterable[JudgedAlert], raised: int = 0
) -> Precision:
    """The precision of one rule (or source) from its judged alerts."""
    alerts = sorted(judged, key=lambda alert: (alert.raised_at, alert.alert_id), reverse=True)
    counts = Counter(alert.verdict for alert in alerts)
    listed = tuple(alerts) if len(alerts) < LIST_BELOW else ()
    return Precision(source, rule, dict(counts), max(raised, len(alerts)), listed)
