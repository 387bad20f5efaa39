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
    text, is_indented = readable(body.content.decode("utf-8", "replace"))
    return Sent(
        body.received_at, headers_of(body.headers), text[:SHOWN], len(body.content),
        len(text) > SHOWN, is_indented,
    )  # fmt: skip


def headers_of(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The headers that say something, by name."""
    names = {":method": "method", ":path": "path"}
    return tuple(
        (names.get(name, name), clean(value)) for name, value in sorted(headers.items()) if value
    )


def readable(content: str) -> tuple[str, bool]:
    """A text that can be shown, and whether it was indented for reading."""
    text = clean(content)
    if "\n" in text.strip() or len(text) > 10 * SHOWN:
        return text, False
    try:
        found = json.loads(text)
        if isinstance(found, dict | list):
            return clean(json.dumps(found, indent=2, ensure_ascii=False)), True
    except (ValueError, RecursionError):
        pass
    return text, False
