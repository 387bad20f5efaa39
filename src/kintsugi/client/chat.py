"""What was said in a chat, on a Kintsugi server: shown message by message, and taken into the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from kintsugi.client.http import Connection, understood


@dataclass(frozen=True, slots=True)
class RemoteMessage:
    """A message that may enter the timeline, by its number in the text."""

    number: int
    at: datetime
    author: str
    text: str
    is_automatic: bool
    is_in: bool
    is_proposed: bool
    problem: str


@dataclass(frozen=True, slots=True)
class RemoteChat:
    """The messages of a text, how many were left out, and what was assumed."""

    messages: tuple[RemoteMessage, ...]
    left_out: int
    notes: tuple[str, ...]
    data: Mapping[str, Any]


def preview(
    connection: Connection, incident: str, text: str, zone: str = "", date: str = ""
) -> RemoteChat:
    """What a text would bring. Raises ClientError: 422, with its line, for one that cannot be read."""
    body = {"text": text, "zone": zone, "date": date}
    return understood(_chat, connection.post(f"{_path(incident)}/preview", body).data)


def take(
    connection: Connection,
    incident: str,
    text: str,
    messages: Sequence[Mapping[str, object]],
    zone: str = "",
    date: str = "",
) -> list[Mapping[str, Any]]:
    """The entries of the messages that were taken: `messages` says `number`, `kind` and `important` of each.

    Raises ClientError.
    """
    body = {"text": text, "zone": zone, "date": date, "messages": list(messages)}
    data = connection.post(_path(incident), body).data
    return understood(lambda found: list(found["items"]), data)


def _path(incident: str) -> str:
    return f"/api/incidents/{quote(incident, safe='')}/chat"


def _chat(data: Mapping[str, Any]) -> RemoteChat:
    messages = tuple(
        RemoteMessage(
            one["number"], datetime.fromisoformat(one["at"]), one["author"], one["text"],
            one["automatic"], one["inTimeline"], one["proposed"], one["problem"],
        )
        for one in data["items"]
    )  # fmt: skip
    return RemoteChat(messages, data["leftOut"], tuple(data["notes"]), data)
