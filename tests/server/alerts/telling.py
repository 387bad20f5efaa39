"""Alerts for tests, told and looked at step by step: what intake's writer and the dispatcher do by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kintsugi.core.alerts.event import AlertEvent, ChangeEvent, Happening
from kintsugi.formats.alerts import FORMATS
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.http import Kernel
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.replaying import record_within
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.tables import alert_bodies
from tests.server.cast import Cast, MovableClock

GOOD = "The share of failed requests is above 5% for ten minutes; see the dashboard"
"""Long enough to be a description."""


def works_of(client: Cast) -> Works:
    """The works of the application, with what every room does when something happens."""
    kernel: Kernel = client.stranger.app.state.kernel  # type: ignore[attr-defined] # the client's application
    return kernel.works


def event(key: str = "k1", **said: Any) -> AlertEvent:  # noqa: ANN401 - fields of an event
    """A trigger, of SEV-2 unless it says otherwise."""
    told: dict[str, Any] = {
        "happening": Happening.TRIGGER, "title": "Error rate high", "severity_word": "error",
        "service": "checkout", "rule": "HighErrorRate",
    }  # fmt: skip
    return AlertEvent(key=key, **(told | said))


@dataclass
class Tool:
    """A monitoring tool that tells of alerts, as one source."""

    works: Works
    clock: MovableClock
    source: Source

    def tell(self, *events: AlertEvent, at: datetime | None = None) -> list[str]:
        """Send alerts in one body; the ids of those that are there for them, in order."""
        with self.works.writing(SYSTEM) as work:
            made = Delivery(self.source, "{}", b"", events, at=at or work.now)
            record_within(work.connection, made)
            names = [message.fingerprint.hex() for message in made.messages]
        with self.works.reading(SYSTEM) as work:
            page = alerts.list_alerts(work, alerts.Wanted(source_id=self.source.id), 100)
        newest = {one.fingerprint: one.id for one in reversed(page.items)}
        return [newest[name] for name in names]

    def sent(self, body: bytes) -> dict[str, str]:
        """Send a body in the source's format, and keep it; the ids of its alerts by their keys."""
        source = again(self).source
        decoded = FORMATS[source.format].decode(body, {}, source.mapping)
        with self.works.writing(SYSTEM) as work:
            body_id = work.new_id("bod")
            work.connection.execute(
                alert_bodies.insert().values(
                    id=body_id, source_id=source.id, received_at=work.now, headers="{}", body=body,
                    state="read", problem="",
                )
            )  # fmt: skip
            made = Delivery(
                source, "{}", body, decoded.events, decoded.changes, at=work.now, body_id=body_id
            )
            record_within(work.connection, made)
        with self.works.reading(SYSTEM) as work:
            page = alerts.list_alerts(work, alerts.Wanted(source_id=source.id), 100)
        return {one.key: one.id for one in reversed(page.items)}

    def dead(self, body: bytes, problem: str = "is no JSON") -> str:
        """Have a body lie among the dead letters; its id."""
        with self.works.writing(SYSTEM) as work:
            body_id = work.new_id("bod")
            work.connection.execute(
                alert_bodies.insert().values(
                    id=body_id, source_id=self.source.id, received_at=work.now,
                    headers='{"content-type": "application/json"}', body=body, state="dead",
                    problem=problem,
                )
            )  # fmt: skip
        return body_id

    def one(self, key: str = "k1", **said: Any) -> str:  # noqa: ANN401 - fields of an event
        """Send one alert; its id."""
        return self.tell(event(key, **said))[0]

    def ended(self, key: str = "k1", **said: Any) -> str:  # noqa: ANN401 - fields of an event
        """Say that one is over."""
        return self.tell(event(key, happening=Happening.RESOLVE, **said))[0]

    def told(self, *changes: ChangeEvent) -> None:
        """Tell of changes."""
        with self.works.writing(SYSTEM) as work:
            made = Delivery(self.source, "{}", b"", (), changes, at=work.now)
            record_within(work.connection, made)

    def dispatch(self) -> int:
        """Have all that waits looked at."""
        done = 0
        while found := alerts.dispatch(self.works):
            done += found
        return done

    def sweep(self) -> None:
        """Have time do to alerts what it does."""
        with self.works.writing(SYSTEM) as work:
            alerts.sweep(work)
        self.dispatch()

    def raised(self, key: str = "k1", **said: Any) -> str:  # noqa: ANN401 - fields of an event
        """Send one alert and have it looked at; its id."""
        made = self.one(key, **said)
        self.dispatch()
        return made


def tool(client: Cast, clock: MovableClock, name: str = "Prometheus", **said: Any) -> Tool:  # noqa: ANN401 - fields of an event
    """A source, and a tool that sends to it."""
    works = works_of(client)
    with works.writing(SYSTEM) as work:
        source, _ = alerts.make_source(work, name, said.pop("format", "alertmanager"), **said)
    return Tool(works, clock, source)


def again(one: Tool) -> Tool:
    """The same tool with its source as it is now."""
    with one.works.reading(SYSTEM) as work:
        return replace(one, source=alerts.get_source(work, one.source.id))
