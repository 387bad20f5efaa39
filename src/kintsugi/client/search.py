"""Searching a Kintsugi server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kintsugi.client.http import Connection, understood

SEARCH = "/api/search"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found; `name` is its reference, or the id of an alert."""

    kind: str
    name: str
    title: str
    snippet: str
    status: str
    severity: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """The best of what was found, how much there is of each kind, and what of the question was passed over."""

    hits: tuple[Hit, ...]
    counts: Mapping[str, int]
    counted_up_to: int
    notes: tuple[str, ...]


def search(connection: Connection, text: str, kind: str, limit: int) -> Found:
    """The best `limit` things that match; `kind` empty for every kind. Raises ClientError."""
    hits: list[Hit] = []
    query = {"q": text, "limit": str(min(limit, 100))} | ({"kind": kind} if kind else {})
    while True:
        data = connection.get(SEARCH, query).data
        hits += understood(_hits, data)
        cursor = data.get("nextCursor")
        if not cursor or len(hits) >= limit:
            notes = tuple(data["notes"])
            return Found(tuple(hits[:limit]), data["counts"], data["countedUpTo"], notes)
        query["cursor"] = cursor


def _hits(data: Mapping[str, Any]) -> list[Hit]:
    return [
        Hit(
            one["kind"], one["reference"] or one["id"], one["title"], one["snippet"],
            one["status"], one["severity"] or "", datetime.fromisoformat(one["at"]), one,
        )
        for one in data["items"]
    ]  # fmt: skip
