"""Tells what the company's tools said: sources and rules on the first day, then each message as it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from kintsugi.core.alerts.precision import Verdict
from kintsugi.demo.company.alarms import Alarm, Alarms, Given, Judged, Ruled, Sent, Silenced
from kintsugi.kernel.auth import SYSTEM, Viewer
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.source import Source
from kintsugi.server.incidents import service as incidents

JSON = {"content-type": "application/json"}
AsOf = Callable[[datetime, Viewer], UnitOfWork]


@dataclass(slots=True)
class Control:
    """The room where alerts come in. `viewers` and `incident_ids` are by the keys of people and stories."""

    as_of: AsOf
    told: Alarms
    viewers: Mapping[str, Viewer]
    incident_ids: Mapping[str, str]
    declared_by: Mapping[str, str]
    sources: dict[str, Source] = field(default_factory=dict)
    bells: dict[str, str] = field(default_factory=dict)

    def found(self, at: datetime, admin: Viewer) -> None:
        """The first day: sources, and rules before the shipped one, which is switched off."""
        work = self.as_of(at, admin)
        for key, one in self.told.sources.items():
            self.sources[key], _ = alerts.make_source(
                work, one["name"], one["format"], service=one.get("service", "")
            )
        shipped = alerts.list_rules(work)[0]
        alerts.change_rule(work, shipped, shipped.version, is_enabled=False)
        for rule in self.told.rules:
            alerts.create_rule(work, rule["name"], rule["condition"], rule["outcome"])
        ids = [one.rule.id for one in alerts.list_rules(work)]
        alerts.order_rules(work, [*ids[1:], ids[0]])

    def ring(self, at: datetime, alarm: Alarm) -> None:
        """One thing that a tool says, or that somebody does about it."""
        match alarm:
            case Sent():
                self._take(at, alarm)
            case Given():
                work = self.as_of(at, self.viewers[self.declared_by[alarm.story]])
                incident = incidents.get(work, self.incident_ids[alarm.story])
                incidents.give_alerts(work, incident, [self.bells[alarm.bell]])
            case Judged():
                work = self.as_of(at, self.viewers[alarm.who])
                judged = alerts.chosen(work, [self.bells[alarm.bell]])
                alerts.judge(work, judged, Verdict(alarm.verdict))
            case Silenced():
                work = self.as_of(at, self.viewers[alarm.who])
                if alarm.services:
                    alerts.create_maintenance(work, alarm.services, alarm.until, comment=alarm.why)
                else:
                    alerts.create_silence(
                        work, list(alarm.matchers), alarm.until, comment=alarm.why
                    )
            case Ruled():
                work = self.as_of(at, self.viewers[alarm.who])
                shipped = alerts.list_rules(work)[-1]
                alerts.change_rule(work, shipped, shipped.version, is_enabled=True)
            case _:
                assert_never(alarm)

    def _take(self, at: datetime, sent: Sent) -> None:
        work, source = self.as_of(at, SYSTEM), self.sources[sent.source]
        headers = {**JSON, ":path": sent.path} if sent.path else JSON
        taken = alerts.take(work, source, sent.body, headers)
        if taken.events and not sent.can_wait:
            alerts.dispatch_within(work)
        if sent.bell:
            key, began = taken.events[0].key, at - timedelta(seconds=1)
            wanted = alerts.Wanted(source_id=source.id, raised_after=began)
            found = alerts.list_alerts(work, wanted, 10).items
            self.bells[sent.bell] = next(one.id for one in found if one.key == key)
