"""For tests of plugins that send: an outbound that keeps what it is given, and a message to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pluggy

from kintsugi.core.comms.recipient import Way
from kintsugi.plugins import hookspecs
from kintsugi.plugins.outbound import NO_HEADERS, Answer, SendFailed
from kintsugi.plugins.sending import Outgoing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Posted:
    """A request that was made."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was handed over."""

    key: str
    to: str
    subject: str
    text: str


@dataclass(slots=True)
class RecordingOutbound:
    """An Outbound that sends nothing and keeps everything. `answers` come one each, then 204; an error is raised."""

    answers: list[Answer | SendFailed] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
        """Keep a request and give the next answer. Raises the next one where it is a SendFailed."""
        self.posted.append(Posted(url, body, dict(headers)))
        return self._next()

    def letter(self, key: str, to: str, subject: str, text: str) -> None:
        """Keep a letter. Raises the next answer where it is a SendFailed."""
        self.letters.append(Letter(key, to, subject, text))
        self._next()

    def _next(self) -> Answer:
        answer = self.answers.pop(0) if self.answers else Answer(204)
        if isinstance(answer, SendFailed):
            raise answer
        return answer


def outgoing(way: Way = Way.WEBHOOK, **changes: Any) -> Outgoing:  # noqa: ANN401 - fields of Outgoing
    """A message about an incident, to a webhook endpoint or an e-mail address; `changes` are fields of Outgoing."""
    is_webhook = way is Way.WEBHOOK
    usual: dict[str, Any] = {
        "key": "dlv_1",
        "way": way,
        "address": "https://hooks.example.com/in" if is_webhook else "support@example.com",
        "name": "Support",
        "subject": "INC-1: Checkout is slow",
        "text": "Checkout is slow. Next update at 09:20 UTC.",
        "event": "incident.update",
        "facts": {"incident": "INC-1", "severity": "SEV-2"},
        "created_at": NOW,
        "secrets": ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",) if is_webhook else (),
    }
    return Outgoing(**{**usual, **changes})


def manager_of(**plugins: object) -> pluggy.PluginManager:
    """A manager with these plugins alone, by name."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for name, plugin in plugins.items():
        manager.register(plugin, name=name)
    return manager
