"""What to change about a rule that interrupts too often: one suggestion, with the alerts it would have spared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from types import MappingProxyType

from kintsugi.core.alerts.grouping import Grouping, still_open
from kintsugi.core.alerts.precision import LIST_BELOW, Verdict
from kintsugi.core.alerts.quality import ENOUGH_METRICS, LONGER_THAN, WEIGHTS, AlertQuality
from kintsugi.core.shared.distributions import proportion_interval
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import written_duration


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert of a rule, in what judging the rule needs.

    `rule` is named within its source; give the title where the sender names no rule. `began_at` is when it began
    (`Alert.began_at`), `raised_at` when we heard of it. `ended_at` is when its source ended it: None while it is
    open, and when a person or time ended it. Alerts with the same `group_id` interrupted somebody once.
    """

    alert_id: str
    source: str
    rule: str
    service: str
    fingerprint: str
    began_at: datetime
    raised_at: datetime
    ended_at: datetime | None = None
    quality: AlertQuality | None = None
    verdict: Verdict | None = None
    group_id: str = ""
    source_format: str = ""


class SuggestionKind(Enum):
    """What is to be changed."""

    REPORT = "report"
    WAIT_LONGER = "wait_longer"
    KEEP_FIRING = "keep_firing"
    GROUP = "group"
    RUNBOOK = "runbook"
    DESCRIPTION = "description"
    METRICS = "metrics"
    TITLE = "title"
    SERVICE = "service"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One change: what to do and why, and what it costs. `spared` are the alerts there would not have been."""

    kind: SuggestionKind
    text: str
    cost: str = ""
    spared: tuple[Firing, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestionLimits:
    """From when on something is suggested.

    A rule with fewer than `least_firings` is left alone, and so is a change that spares less than `least_share`
    of them. A rule becomes a report when so few verdicts found it of any use that its true share is under
    `useless_below` with 95% confidence. Waiting and keeping on are tried in `steps`.
    """

    least_firings: int = 6
    least_share: float = 1 / 3
    useless_below: float = 0.25
    steps: tuple[timedelta, ...] = tuple(timedelta(minutes=count) for count in (1, 2, 5, 10, 15))
    group_window: timedelta = timedelta(minutes=5)


LIMITS = SuggestionLimits()
_NEARLY = 0.9
"""A shorter wait is taken if it spares nearly as much as the best one."""

_WAITS: Mapping[str, str] = MappingProxyType(
    {
        "alertmanager": "Raise `for:`", "alertmanager-api": "Raise `for:`",
        "grafana": "Raise the pending period", "cloudwatch": "Raise the time it must last (datapoints to alarm)",
    }
)  # fmt: skip
_KEEPS: Mapping[str, str] = MappingProxyType(
    {
        "alertmanager": " (`keep_firing_for:`)", "alertmanager-api": " (`keep_firing_for:`)",
        "grafana": " (keep firing for)",
    }
)  # fmt: skip


def suggestion_for(
    firings: Sequence[Firing], limits: SuggestionLimits = LIMITS
) -> Suggestion | None:
    """The one change to a rule, from its alerts, that would have spared the most of them.

    If none would have, the part of its alerts' quality that is worth the most points and that most of them lack;
    else to judge its alerts, as long as there are too few verdicts. None when there is nothing to say.
    """
    in_order = sorted(firings, key=lambda firing: (firing.raised_at, firing.alert_id))
    if len(in_order) < limits.least_firings:
        return _quality(in_order)
    asked: tuple[Callable[[Sequence[Firing], SuggestionLimits], Suggestion | None], ...] = (
        _report, _wait_longer, _keep_firing, _group,
    )  # fmt: skip
    found = [change for ask in asked if (change := ask(in_order, limits)) is not None]
    if found:
        return max(found, key=lambda change: len(change.spared))
    return _quality(in_order) or _judge(in_order)


def _report(firings: Sequence[Firing], limits: SuggestionLimits) -> Suggestion | None:
    """Nobody acts on it. A duplicate counts as of use here: what it told was true, only told before."""
    counts = Counter(firing.verdict for firing in firings if firing.verdict is not None)
    judged, useful = counts.total(), counts[Verdict.USEFUL]
    if not judged:
        return None
    of_use = proportion_interval(useful + counts[Verdict.DUPLICATE], judged)
    if of_use.high >= limits.useless_below:
        return None
    if useful:
        found = proportion_interval(useful, judged)
        said = f"{useful} of {plural(judged, 'verdict')} {'is' if useful == 1 else 'are'} useful"
        said += f" (95%: {found.low:.0%} to {found.high:.0%})"
    else:
        said = f"no verdict of {judged} is useful"
    return Suggestion(
        SuggestionKind.REPORT, f"Turn it into a report: {said}", "Nobody hears of it at once.",
        tuple(firings),
    )  # fmt: skip


def _wait_longer(firings: Sequence[Firing], limits: SuggestionLimits) -> Suggestion | None:
    """Many end by themselves at once. A wait is not offered that would have swallowed a useful one."""
    found: list[tuple[timedelta, list[Firing]]] = []
    for step in limits.steps:
        short = [one for one in firings if one.ended_at and one.ended_at - one.began_at < step]
        if any(one.verdict is Verdict.USEFUL for one in short):
            break
        found.append((step, short))
    chosen = _shortest(found, len(firings), limits)
    if chosen is None:
        return None
    step, short = chosen
    time, rest = written_duration(step), len(firings) - len(short)
    what = _WAITS.get(firings[0].source_format, "Raise the time it must last")
    return Suggestion(
        SuggestionKind.WAIT_LONGER,
        f"{what} by {time}: {len(short):,} of {len(firings):,} firings ended within {time}",
        f"The other {rest:,} come {time} later." if rest else "",
        tuple(short),
    )


def _keep_firing(firings: Sequence[Firing], limits: SuggestionLimits) -> Suggestion | None:
    """It comes back as soon as it is gone: one that would not have ended would not have begun again."""
    again = list(_repeats(firings))
    found = [(step, [one for one, gap in again if gap < step]) for step in limits.steps]
    chosen = _shortest(found, len(firings), limits)
    if chosen is None:
        return None
    step, spared = chosen
    time, how = written_duration(step), _KEEPS.get(firings[0].source_format, "")
    return Suggestion(
        SuggestionKind.KEEP_FIRING,
        f"Keep it firing for {time} after it clears{how}: {len(spared):,} of {len(firings):,} firings"
        f" began within {time} of the last one's end",
        f"Each ends {time} later.",
        tuple(spared),
    )


def _repeats(firings: Sequence[Firing]) -> Iterator[tuple[Firing, timedelta]]:
    """Each firing that followed one of the same fingerprint, with the time between the two."""
    by_fingerprint: defaultdict[str, list[Firing]] = defaultdict(list)
    for firing in firings:
        by_fingerprint[firing.fingerprint].append(firing)
    for episodes in by_fingerprint.values():
        episodes.sort(key=lambda firing: (firing.began_at, firing.alert_id))
        for before, after in pairwise(episodes):
            if before.ended_at is not None:
                yield after, after.began_at - before.ended_at


def _shortest(
    found: Sequence[tuple[timedelta, list[Firing]]], firings: int, limits: SuggestionLimits
) -> tuple[timedelta, list[Firing]] | None:
    """The shortest time that spares nearly as many as any; None if too few are spared to be worth it."""
    most = max((len(spared) for _, spared in found), default=0)
    if most < max(1, firings * limits.least_share):
        return None
    return next(one for one in found if len(one[1]) >= max(1, most * _NEARLY))


def _group(firings: Sequence[Firing], limits: SuggestionLimits) -> Suggestion | None:
    """Many come together. What is in one group already has interrupted once, and saves nothing more."""
    heard = list(_first_of_groups(firings))
    services = len({firing.service for firing in heard})
    by_service = _followers(heard, lambda firing: firing.service, limits.group_window)
    by_rule = _followers(heard, lambda _: "", limits.group_window)
    is_enough = len(by_service) >= len(by_rule) * _NEARLY
    spared = by_service if is_enough else by_rule
    if len(spared) < max(1, len(firings) * limits.least_share):
        return None
    groups = plural(len(heard) - len(spared), "group")
    if is_enough:
        text = f"Group by service: {plural(len(heard), 'alert')} in {groups}"
    else:
        text = f"Group by rule, over all services: {plural(len(heard), 'alert')} of {services:,} services in {groups}"
    return Suggestion(SuggestionKind.GROUP, text, "", tuple(spared))


def _first_of_groups(firings: Sequence[Firing]) -> Iterator[Firing]:
    seen: set[str] = set()
    for firing in firings:
        if firing.group_id and firing.group_id in seen:
            continue
        seen.add(firing.group_id)
        yield firing


def _followers(
    firings: Sequence[Firing], key: Callable[[Firing], str], window: timedelta
) -> list[Firing]:
    """Those that would have joined a group, were alerts with the same key grouped within the window."""
    grouping = Grouping((), window)
    opened: dict[str, tuple[datetime, datetime]] = {}
    joined: list[Firing] = []
    for firing in firings:
        at, group = firing.raised_at, opened.get(key(firing))
        if group and still_open(grouping, last_at=group[1], opened_at=group[0], now=at):
            joined.append(firing)
            opened[key(firing)] = group[0], at
        else:
            opened[key(firing)] = at, at
    return joined


_ADVICE: Mapping[str, tuple[SuggestionKind, str]] = MappingProxyType(
    {
        "runbook": (SuggestionKind.RUNBOOK, "Add a runbook link: {} {have} none"),
        "description": (
            SuggestionKind.DESCRIPTION,
            f"Write a description of more than {LONGER_THAN} characters: {{}} {{have}} none so long",
        ),
        "metrics": (
            SuggestionKind.METRICS,
            f"Send {ENOUGH_METRICS} values or more with it: {{}} {{have}} fewer",
        ),
        "service": (SuggestionKind.SERVICE, "Name its service: {} {have} none"),
        "title": (SuggestionKind.TITLE, "Give it a title that says what is wrong: {} {have} none"),
    }
)


def _quality(firings: Sequence[Firing]) -> Suggestion | None:
    scored = [firing.quality for firing in firings if firing.quality is not None]
    lacking = Counter(part.part for quality in scored for part in quality.points if not part.points)
    common = [part for part in _ADVICE if lacking[part] * 2 > len(scored)]
    if not common:
        return None
    worst = max(common, key=lambda part: lacking[part] * WEIGHTS[part])
    kind, advice = _ADVICE[worst]
    lack = f"{lacking[worst]:,} of {plural(len(scored), 'alert')}"
    return Suggestion(kind, advice.format(lack, have="has" if lacking[worst] == 1 else "have"))


def _judge(firings: Sequence[Firing]) -> Suggestion | None:
    judged = sum(firing.verdict is not None for firing in firings)
    if judged >= LIST_BELOW:
        return None
    verdicts = "has a verdict" if judged == 1 else "have a verdict"
    text = f"Judge its alerts: {judged or 'none'} of {len(firings):,} {verdicts}"
    return Suggestion(SuggestionKind.JUDGE, text)
