"""The parts of a drawing: escaped elements, the colours of the look, and how wide a text is about."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from kintsugi.core.shared.text import clean, one_line, shortened

_LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "surface": "#ffffff",
        "sunken": "#ededea",
        "ink": "#1b1b19",
        "ink-2": "#4f4f49",
        "ink-3": "#66665f",
        "line": "#dadad4",
        "line-2": "#85857d",
        "gold": "#e9b949",
        "on-gold": "#1b1503",
        "gold-line": "#a57a0a",
        "bad": "#a61c12",
        "bad-bg": "#fce9e7",
        "sev1": "#b42318",
        "sev2-ink": "#8a3b00",
        "sev2-bg": "#fdebdd",
        "sev2-line": "#c25a12",
    }
)
_OF_THE_READER = frozenset({"ink", "ink-2", "ink-3", "line", "line-2"})
"""Without the page's variables these take the reader's own text colour, so that a dark page stays legible."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Names of the look's colours to what is written in the file."""

    is_fixed: bool = False

    def __getitem__(self, name: str) -> str:
        if self.is_fixed:
            return _LIGHT[name]
        fallback = "currentColor" if name in _OF_THE_READER else _LIGHT[name]
        return f"var(--{name}, {fallback})"


BY_THEME = Palette()
"""Colours as CSS variables: light or dark as the page around the drawing."""

ON_PAPER = Palette(is_fixed=True)
"""The light colours as they are, for what knows no CSS variables: PDF, and files on their own."""


def element(name: str, content: str = "", **attributes: str | float) -> str:
    """An element; `stroke_width=2` is written stroke-width. The content is markup already."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return escaped(value)
    return f"{value:.1f}".removesuffix(".0")


def escaped(text: str) -> str:
    """Text for an element or an attribute, without characters that XML forbids."""
    return html.escape(clean(text), quote=True)


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """About how wide a text is in Inter, on the large side: nothing here can measure fonts."""
    return sum(map(_advance, text)) * size * (1.06 if is_bold else 1.0)


@lru_cache(maxsize=2048)
def _advance(character: str) -> float:
    if character in " .,:;!|'ijlI()[]":
        return 0.32
    if character.isdigit():
        return 0.64
    if character in "mwMW—…@%":
        return 0.9
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0x1F000:
        return 1.05
    return 0.7 if character.isupper() else 0.59


def fitted(text: str, size: float, room: float, *, is_bold: bool = False) -> str:
    """As much of the text as the room holds, on one line, an ellipsis for the rest; empty when that is nothing."""
    text = one_line(clean(text[:2_000]))
    if width_of(text, size, is_bold=is_bold) <= room:
        return text
    kept, used = 0, size
    for character in text:
        used += width_of(character, size, is_bold=is_bold)
        if used > room:
            break
        kept += 1
    return shortened(text, kept + 1) if kept > 3 else ""


def isolated(text: str) -> str:
    """Text that may run right to left, kept from turning what stands beside it."""
    plain = "".join(c for c in text if unicodedata.bidirectional(c) not in _TURNING)
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in plain):
        return f"\u2068{plain}\u2069"
    return plain


_TURNING = frozenset({"RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDI", "PDF"})
