"""Alerts and changes told to a Kintsugi server with the key of a source, by PagerDuty's Events v2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import httpx2

from kintsugi.client.http import Connection, understood
from kintsugi.core.shared.errors import InvalidValue

ENQUEUE, CHANGE = "/v2/enqueue", "/v2/change/enqueue"


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of an alert. `key` tells it from others; `severity` is a word such as critical, or SEV-2.

    An alert is of the first of `services`. `details` become labels, values and annotations.
    `happened_at` is a full time; empty: now.
    """

    title: str
    key: str = ""
    severity: str = ""
    services: Sequence[str] = ()
    rule: str = ""
    description: str = ""
    runbook: str = ""
    origin: str = ""
    happened_at: str = ""
    links: Sequence[str] = ()
    details: Mapping[str, str] | None = None


class Sender:
    """Tells a server of alerts; also a context manager that closes itself.

    The key goes in the body and never in an address, which proxies write down. Every method raises
    ClientError when the server refuses or cannot be reached.
    """

    def __init__(
        self, url: str, key: str, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        if not key.strip() or not key.strip().isascii() or not key.strip().isprintable():
            raise InvalidValue("is empty, or holds what no key has", path=("key",))
        self._key = key.strip()
        self.connection = Connection(url, None, transport=transport)

    def __enter__(self) -> Sender:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()

    def trigger(self, said: Telling) -> str:
        """Say that something is wrong; the key by which it is ended."""
        return self._send("trigger", said)

    def acknowledge(self, key: str) -> str:
        """Say that somebody looks at it."""
        return self._send("acknowledge", Telling("", key))

    def resolve(self, key: str) -> str:
        """Say that it is over."""
        return self._send("resolve", Telling("", key))

    def change(self, said: Telling) -> None:
        """Tell of a change: its title, services, origin, time, links and details."""
        payload = _payload(said)
        self.connection.post(CHANGE, {"routing_key": self._key, "payload": payload, **_links(said)})

    def _send(self, action: str, said: Telling) -> str:
        body = {
            "routing_key": self._key, "event_action": action, "dedup_key": said.key,
            "payload": _payload(said), **_links(said),
        }  # fmt: skip
        answer = self.connection.post(ENQUEUE, body).data
        return understood(lambda data: str(data["dedup_key"]), answer)


def _payload(said: Telling) -> dict[str, object]:
    own: dict[str, object] = {"description": said.description, "runbook_url": said.runbook}
    if said.services:
        several = len(said.services) > 1
        own |= {"services": list(said.services)} if several else {"service": said.services[0]}
    payload = {
        "summary": said.title, "severity": said.severity, "source": said.origin,
        "class": said.rule, "timestamp": said.happened_at,
        "custom_details": {**(said.details or {}), **{k: v for k, v in own.items() if v}},
    }  # fmt: skip
    return {name: value for name, value in payload.items() if value}


def _links(said: Telling) -> dict[str, object]:
    return {"links": [{"href": url} for url in said.links]} if said.links else {}
