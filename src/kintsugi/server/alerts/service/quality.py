"""How good alerts are: the score of one, what they wear people out with, which were worth it, which rules are worst.

No alert of a private incident, or of a rule for such, is in any of the numbers but those of the alert itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.core.alerts import quality
from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.fatigue import DEFAULT_WINDOW, Fatigue, Tally, fatigue_of, parts
from kintsugi.core.alerts.precision import Precision, precision_per_rule, precision_per_source
from kintsugi.core.alerts.quality import AlertQuality
from kintsugi.core.alerts.worst import WINDOW, WorstRule, firing_of, worst_rules
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.alerts import SourceKind
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import store
from kintsugi.server.alerts.service.following import TOPIC
from kintsugi.server.alerts.store import counting, statistics

LONGEST_WINDOW = timedelta(days=366)
MOST_JUDGED = 50_000
MOST_FIRINGS = 20_000
"""So many alerts of the last 30 days are looked at for the worst rules: enough to tell, and done in a second."""


@dataclass(frozen=True, slots=True)
class Precisions:
    """How often alerts were worth it since a moment, per rule and per source."""

    since: datetime
    rules: tuple[Precision, ...]
    sources: tuple[Precision, ...]


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst rules, of the alerts raised since a moment; later than asked where there are too many to look at."""

    since: datetime
    rules: tuple[WorstRule, ...]
    alerts: int


def quality_of(alert: Alert) -> AlertQuality:
    """The score, grade and issues of an alert as it stands."""
    return quality.quality_of(alert, alert.source_format)


def fatigue(
    work: UnitOfWork, window: timedelta = DEFAULT_WINDOW, now: datetime | None = None
) -> dict[str, Fatigue]:
    """The fatigue of each service by name: whole days and quarters of an hour from rollups, the ends alert by alert.

    Raises InvalidValue for a window that is none.
    """
    _check(window)
    split = parts(now or work.now, window)
    tallies: list[Tally] = []
    for span in split.days:
        tallies.extend(counting.days_between(work.connection, *span))
    for span in split.quarters:
        tallies.extend(counting.rollups_between(work.connection, *span))
    for since, until in split.ends:
        tallies.extend(counting.tallies_between(work.connection, since, until))
    return fatigue_of(tallies, window)


def fatigue_by_alerts(
    work: UnitOfWork, window: timedelta = DEFAULT_WINDOW, now: datetime | None = None
) -> dict[str, Fatigue]:
    """The same, all of it counted from the alerts: what the rollups are held against."""
    _check(window)
    until = (now or work.now) + timedelta(microseconds=1)
    since = until - timedelta(microseconds=1) - window
    return fatigue_of(counting.tallies_between(work.connection, since, until), window)


def precision(work: UnitOfWork, window: timedelta = WINDOW) -> Precisions:
    """How often alerts were worth the interruption, by the verdicts on those raised in a window until now."""
    _check(window)
    since = work.now - window
    judged = statistics.judged(work.connection, since, MOST_JUDGED)
    raised = statistics.raised(work.connection, since)
    by_source: Counter[str] = Counter()
    for (source, _), count in raised.items():
        by_source[source] += count
    return Precisions(
        since, precision_per_rule(judged, raised), precision_per_source(judged, by_source)
    )


def worst(work: UnitOfWork, zone: str = "UTC") -> Worst:
    """The ten worst rules of the last 30 days, each with what to change and what that would have saved."""
    since = work.now - WINDOW
    found = statistics.counted(work.connection, since, MOST_FIRINGS)
    if len(found) == MOST_FIRINGS:
        since = found[-1].raised_at
    firings = [
        firing_of(alert, alert.source_format)
        for alert in found
        if alert.source_kind
        != SourceKind.CUSTOMER.value  # people report, and no rule of theirs can be tuned
    ]
    return Worst(since, worst_rules(firings, now=work.now, zone=zone), len(found))


def recount(work: UnitOfWork, incident_id: str) -> None:
    """Have the alerts of an incident counted as it is now: none while it is private."""
    ids = store.ids_of_incident(work.connection, incident_id)
    recount_alerts(work, ids)
    if ids:
        work.touch(TOPIC)  # they appear in everybody's lists, or leave them


def recount_alerts(work: UnitOfWork, alert_ids: Sequence[str]) -> None:
    """The same for some alerts, after they were given to an incident or taken from one."""
    store.recount(work.connection, work.incidents_hidden, alert_ids)


def as_guide(found: Mapping[str, Fatigue]) -> dict[str, dict[str, object]]:
    """What the guide's calculate_alert_fatigue returns."""
    return {service: one.as_guide() for service, one in found.items()}


def _check(window: timedelta) -> None:
    if not timedelta() < window <= LONGEST_WINDOW:
        hours = LONGEST_WINDOW // timedelta(hours=1)
        raise InvalidValue(
            "is out of range", path=("windowHours",), expected=f"more than 0, at most {hours:,}"
        )
