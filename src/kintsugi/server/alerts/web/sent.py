"""What a sender wrote, as a page shows it: text alone, cut where it is long, indented where it is JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.shared.text import clean
from kintsugi.server.alerts.service import Body

SHOWN = 20_000
"""So many characters of a body stand on a page; the download has all of it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A body to be read, and the headers that are kept of it."""

    received_at: datetime
    headers: tuple[tuple[str, str], ...]
    text: str
    size: int
    is_cut: bool
    is_indented: bool


def sent_of(body: Body) -> Sent:
    """A body as it is shown."""
    text, is_indented = readable(body.content)
    headers = tuple(
        (_name(name), clean(value)) for name, value in sorted(body.headers.items()) if value
    )
    return Sent(
        body.received_at, headers, text[:SHOWN], len(body.content), len(text) > SHOWN, is_indented
    )  # fmt: skip


def readable(content: bytes) -> tuple[str, bool]:
    """The bytes as text, and whether they were indented for reading."""
    text = clean(content.decode("utf-8", "replace"))
    if "\n" in text.strip() or len(text) > 10 * SHOWN:
        return text, False
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text, False
    if not isinstance(found, Mapping | list):
        return text, False
    return clean(json.dumps(found, indent=2, ensure_ascii=False)), True


def _name(name: str) -> str:
    return {":method": "Method", ":path": "Path"}.get(name, name)
