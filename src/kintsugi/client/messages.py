"""Messages about an incident on a Kintsugi server: looked at, and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wants to say; empty: as the template and the lists of the organisation have it."""

    template: str = "update"
    audience: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    not_available: Sequence[str] = ()
    subject: str = ""
    to: Sequence[str] = ()
    leave_out: Sequence[str] = ()

    def body(self) -> dict[str, Any]:
        """As the API takes it."""
        return {
            "template": self.template, "audience": self.audience, "values": dict(self.values),
            "notAvailable": list(self.not_available), "subject": self.subject,
            "to": list(self.to), "leaveOut": list(self.leave_out),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RemoteMessage:
    """A message as it would be or was sent, and the answer it came in."""

    audience: str
    subject: str
    text: str
    recipients: tuple[str, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    data: Mapping[str, Any]


def preview(connection: Connection, incident: str, said: Said) -> RemoteMessage:
    """The message as its audience would get it; nothing is sent. Raises ClientError."""
    data = connection.post(f"{_path(incident)}/preview", said.body()).data
    return understood(lambda found: _previewed(found["items"][0]), data)


def send(
    connection: Connection, incident: str, said: Said, *, is_confirmed: bool = False
) -> RemoteMessage:
    """Send it. Raises ClientError: 422 for what is missing, 409 for what has to be confirmed."""
    body = {**said.body(), "confirmed": is_confirmed}
    return understood(_sent, connection.post(_path(incident), body).data)


def _previewed(data: Mapping[str, Any]) -> RemoteMessage:
    return RemoteMessage(
        data["audience"], data["subject"], data["text"],
        tuple(one["name"] for one in data["recipients"]), tuple(data["missing"]),
        tuple(data["warnings"]), data,
    )  # fmt: skip


def _sent(data: Mapping[str, Any]) -> RemoteMessage:
    names = tuple(one["name"] for one in data["deliveries"])
    return RemoteMessage(data["audience"], data["subject"], data["text"], names, (), (), data)


def _path(incident: str) -> str:
    return f"/api/incidents/{quote(incident, safe='')}/messages"
