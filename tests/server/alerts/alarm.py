"""Alerts with a word in every text, for a story that others must not hear."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kintsugi.core.alerts.event import AlertEvent, AlertLink, Happening
from kintsugi.kernel.auth import SYSTEM, Role, Viewer
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.replaying import record_within
from kintsugi.server.alerts.tables import alert_bodies

SECRET: dict[str, Any] = {"labels": {"team": "security"}}
"""What the rule for private incidents asks for."""


def sent(word: str, key: str) -> bytes:
    """A message of the tool about the alert of that key."""
    told = {"status": "firing", "fingerprint": f"{word}-{key}", "labels": {"alertname": word}}
    return json.dumps({"version": "4", "status": "firing", "alerts": [told]}).encode()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A tool that tells of alerts, and the rule for private incidents that somebody made."""

    works: Works
    made_by: str

    def install(self) -> None:
        """The source, and the rule before all others."""
        viewer = Viewer(self.made_by, "Bob", "bob@example.com", Role.ADMIN)
        with self.works.writing(viewer) as work:
            alerts.make_source(work, "Prometheus", "alertmanager")
            made = alerts.create_rule(
                work,
                "Security",
                {"matchers": ['team="security"']},
                {"kind": "open", "isPrivate": True},
            )
            alerts.move_rule(work, made, -9)

    def raised(self, word: str, key: str = "k", **said: Any) -> str:  # noqa: ANN401 - fields of an event
        """An alert with the word in every field that holds text, looked at; its id."""
        labels = {"host": word, **said.get("labels", {})}
        event = AlertEvent(
            Happening.TRIGGER, f"{word}-{key}", f"{word} title", f"{word} description",
            said.get("severity_word", "critical"),
            f"{word}-service", f"{word} rule", labels, {"summary": word}, {"value": word},
            (AlertLink(f"https://example.com/{word}", word),), f"https://example.com/{word}",
        )  # fmt: skip
        with self.works.writing(SYSTEM) as work:
            source = alerts.get_source(work, "Prometheus")
            headers = json.dumps({"user-agent": word})
            body = sent(word, key)
            body_id = work.new_id("bod")
            work.connection.execute(
                alert_bodies.insert().values(
                    id=body_id, source_id=source.id, received_at=work.now, headers=headers,
                    body=body, state="read", problem="",
                )
            )  # fmt: skip
            told = Delivery(source, headers, body, [event], at=work.now, body_id=body_id)
            record_within(work.connection, told)
        self.dispatch()
        with self.works.reading(SYSTEM) as work:
            page = alerts.list_alerts(work, alerts.Wanted(source_id=source.id), 100)
        return next(one.id for one in page.items if one.key == event.key)

    def dispatch(self) -> None:
        """Have all that waits looked at."""
        while alerts.dispatch(self.works):
            pass
