"""Files of an incident: what they may be called, and which of them a browser may show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.shared.text import clean, one_line

LONGEST_NAME = 200
OTHER = "application/octet-stream"
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_FIRST_BYTES = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
)
"""The raster images a page may show: what they are is read from the file, not from what was claimed."""
SHOWN = frozenset(kind for kind, _ in _FIRST_BYTES)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file somebody added. Once it is withdrawn its content is gone; that it was there stays known."""

    id: str
    incident_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it in the page; all else is downloaded."""
        return self.media_type in SHOWN and self.withdrawn_at is None


def file_name(written: str) -> str:
    """A name that is safe to show and to save as: no folders, no controls, nothing that turns the reading direction.

    A name too long is cut in the middle, so that it keeps its ending; without any it is `file`.
    """
    name = _DIRECTIONS.sub("", clean(written)).replace("\\", "/").rsplit("/", 1)[-1]
    name = one_line(name.replace("\ufffd", "")).strip(". ")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 20 else ""
        name = name[: LONGEST_NAME - len(ending)] + ending
    return name or "file"


def media_type(claimed: str, content: bytes) -> str:
    """What a file is: an image by its first bytes, else what was claimed; nothing else counts as an image to show."""
    for kind, first in _FIRST_BYTES:
        if first.match(content):
            return kind
    said = claimed.split(";", 1)[0].strip().lower()
    return said if _TYPE.fullmatch(said) and said not in SHOWN else OTHER
