"""How alerts are shown: rows of a list and what stands around them, worked out before a template is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.lifecycle import Ending
from kintsugi.core.alerts.quality import grade_of
from kintsugi.core.shared.times import written_duration
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.asked import VERDICTS

STATES = {
    AlertState.FIRING: "Firing",
    AlertState.ACKNOWLEDGED: "Acknowledged",
    AlertState.RESOLVED: "Resolved",
}
ENDINGS = {
    Ending.SENDER.value: "by its source",
    Ending.PERSON.value: "by a person",
    Ending.TIMEOUT.value: "its source fell silent",
}
"""Who ended an alert, in words."""


@dataclass(frozen=True, slots=True)
class Row:
    """An alert as a list has it. `incident` is a link to its incident, if the viewer sees that."""

    alert: Alert
    state: str
    grade: str
    verdict: str
    lasted: str
    incident: Markup | None


def counted(count: int | None) -> str:
    """How many there are, up to where they are counted; nothing where nobody counted."""
    if count is None:
        return ""
    return f"{count:,}+" if count >= alerts.COUNTED else f"{count:,}"


def rows(work: UnitOfWork, found: Iterable[Alert]) -> list[Row]:
    """Rows of alerts."""
    listed = list(found)
    links = incident_links(work, listed)
    return [
        Row(
            one, STATES[one.state], grade(one), VERDICTS[one.verdict] if one.verdict else "",
            lasted(one, work.now), links.get(one.incident_id or ""),
        )
        for one in listed
    ]  # fmt: skip


def incident_links(work: UnitOfWork, found: Iterable[Alert]) -> Mapping[str, Markup]:
    """A link to each incident that these alerts belong to, by its id, as the room of incidents gives it."""
    ids = dict.fromkeys(one.incident_id for one in found if one.incident_id)
    panels = {one: work.panels("incident_link", one) for one in ids}
    return {one: made[0] for one, made in panels.items() if made}


def grade(alert: Alert) -> str:
    """Its grade with its points, such as `B 80`; empty before it was looked at."""
    return "" if alert.quality is None else f"{grade_of(alert.quality)} {alert.quality}"


def lasted(alert: Alert, now: datetime) -> str:
    """How long it has been, or was, open."""
    until = alert.resolved_at or now
    length = max(timedelta(0), until - alert.began_at)
    if length >= timedelta(days=1):
        return written_duration(timedelta(hours=length // timedelta(hours=1)))
    if length >= timedelta(minutes=1):
        return written_duration(timedelta(minutes=length // timedelta(minutes=1)))
    return written_duration(length)


def web_links(alert: Alert) -> list[tuple[str, str]]:
    """Its links to pages of the web, each with a text; what is no such link is not one here."""
    return [(one.url, one.text or one.url) for one in alert.links if is_web(one.url)]


def is_web(address: str) -> bool:
    """Whether a browser may be sent there by a link that a stranger wrote."""
    return address.startswith(("https://", "http://")) and not any(map(str.isspace, address))
