"""The page of alert quality: what wears people out, what was worth it, and the worst rules with what to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from kintsugi.core.alerts.fatigue import Fatigue, FatigueLevel
from kintsugi.core.alerts.precision import LIST_BELOW, Precision, Verdict
from kintsugi.core.alerts.worst import WorstRule
from kintsugi.core.shared.distributions import Interval
from kintsugi.core.shared.text import plural
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.asked import VERDICTS, WITHIN, address

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

USUAL = "24h"
WINDOWS = ("24h", "7d", "30d")
ORDER = list(FatigueLevel)


@dataclass(frozen=True, slots=True)
class FatigueRow:
    """The fatigue of a service, as a page shows it."""

    service: str
    level: FatigueLevel
    alerts: int
    rate: str
    rate_between: str
    noise: str
    noise_between: str
    href: str


@dataclass(frozen=True, slots=True)
class PrecisionRow:
    """How often a rule or a source was worth it; `share` and `bar` only where there are verdicts enough."""

    name: str
    source: str
    raised: int
    judged: int
    useful: int
    said: str
    share: str
    between: str
    bar: tuple[float, float, float] | None
    href: str


@dataclass(frozen=True, slots=True)
class WorstRow:
    """One of the worst rules, with what to change."""

    rule: WorstRule
    share: str
    judged: str
    saved: str
    href: str


@router.get("/alerts/quality", response_model=None)
@door(Action.READ)
def show_quality(work: UnitOfWork, window: Annotated[str, Query(max_length=10)] = USUAL) -> Answer:
    chosen = window if window in WINDOWS else USUAL
    length = WITHIN[chosen][1]
    worn = sorted(
        alerts.fatigue(work, length).values(),
        key=lambda one: (-ORDER.index(one.fatigue_level), -one.total_alerts, one.service),
    )
    found = alerts.precision(work)
    worst = alerts.worst(work, work.viewer.zone)
    links = _Links(work)
    context: dict[str, Any] = {
        "chips": [(WITHIN[one][0], f"/alerts/quality?window={one}", one == chosen) for one in WINDOWS],
        "window": WITHIN[chosen][0].lower(),
        "fatigue": [_fatigue_row(one, chosen) for one in worn],
        "rules": [_precision_row(one, links) for one in sorted(found.rules, key=_least_first)],
        "sources": [_precision_row(one, links) for one in sorted(found.sources, key=_least_first)],
        "worst": [_worst_row(one, links) for one in worst.rules],
        "worst_since": worst.since,
        "worst_of": worst.alerts,
        "list_below": LIST_BELOW,
    }  # fmt: skip
    return page(work, "alerts/quality.html", context)


class _Links:
    """Addresses of the alerts behind a number. A rule without a name is looked for by its title."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._ids = {one.name: one.id for one in alerts.list_sources(work)}

    def of(self, source: str, rule: str) -> str:
        asked = {"view": "all", "within": "30d", "source": source}
        if not rule:
            return address(asked)
        wanted = alerts.Wanted(source_id=self._ids.get(source, "none"), rule=rule)
        is_named = bool(alerts.list_alerts(self._work, wanted, 1).items)
        return address({**asked, "rule" if is_named else "q": rule})


def _fatigue_row(one: Fatigue, window: str) -> FatigueRow:
    noise, rate = one.noise_interval, one.rate_interval
    asked = {"view": "all", "within": window, "service": one.service}
    return FatigueRow(
        one.service, one.fatigue_level, one.total_alerts, _number(one.alerts_per_hour),
        f"{_number(rate.low)} to {_number(rate.high)}", f"{one.noise_ratio:.0f}%",
        f"{noise.low:.0f}% to {noise.high:.0f}%" if noise else "",
        address(asked) if one.service else "",
    )  # fmt: skip


def _least_first(one: Precision) -> tuple[float, int, str, str]:
    """What was least worth it first; what has too few verdicts last."""
    value = 2.0 if one.value is None else one.value
    return (value, -one.judged, one.source, one.rule)


def _precision_row(one: Precision, links: _Links) -> PrecisionRow:
    return PrecisionRow(
        one.rule or one.source, one.source if one.rule else "", one.raised, one.judged, one.useful,
        _said(one.counts), _percent(one.value), _between(one.interval), _bar(one.value, one.interval),
        links.of(one.source, one.rule),
    )  # fmt: skip


def _worst_row(one: WorstRule, links: _Links) -> WorstRow:
    saved = ""
    if one.saved.alerts:
        saved = f"{one.saved.alerts:,} of {plural(one.alerts, 'alert')}"
        if one.saved.at_night:
            saved += f", {one.saved.at_night:,} at night"
    return WorstRow(
        one, _percent(one.precision.value), plural(one.precision.judged, "verdict"), saved,
        links.of(one.source, one.rule),
    )  # fmt: skip


def _said(counts: Mapping[Verdict, int]) -> str:
    """The verdicts in words: `2 useful, 40 noise`."""
    return ", ".join(
        f"{counts[one]:,} {word.lower()}" for one, word in VERDICTS.items() if counts.get(one)
    )


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _between(found: Interval | None) -> str:
    return "" if found is None else f"{found.low:.0%} to {found.high:.0%}"


def _bar(value: float | None, found: Interval | None) -> tuple[float, float, float] | None:
    """From where to where the interval goes and where the share is, of a hundred."""
    if value is None or found is None:
        return None
    return round(found.low * 100, 1), round(value * 100, 1), round(found.high * 100, 1)


def _number(value: float) -> str:
    """Two digits that say something: `0.0014`, `0.5`, `47`."""
    return f"{value:.2g}" if 0.0001 < value < 10 else f"{value:,.0f}"
