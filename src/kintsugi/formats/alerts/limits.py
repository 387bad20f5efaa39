"""How much a sender may say: longer texts and larger maps are shortened, never refused, and a note says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from kintsugi.core.alerts.event import AlertLink
from kintsugi.core.shared.text import clean, one_line, shortened

MAX_TITLE = 1024
MAX_DESCRIPTION = 32 * 1024
MAX_LABELS = 100
MAX_LABEL_NAME = 200
MAX_LABEL_VALUE = 1000
MAX_KEY = 512
MAX_SERVICE = 64
MAX_RULE = 200
MAX_WORD = 100
MAX_LINKS = 20
MAX_URL = 2048
MAX_NOTES = 20

_OPENING = frozenset("$*{<%")
_PLACEHOLDER = re.compile(
    r"\$\{?[A-Za-z_][A-Za-z0-9_.]{0,80}\}?|\*[A-Za-z][A-Za-z0-9_]{0,80}\*|\*insert [^*\n]{1,80}\*"
    r"|\{\{[^{}\n]{0,200}\}\}|\{[A-Z][A-Z0-9_.]{0,80}\}|<no value>|%[A-Z][A-Z0-9_]{0,80}%"
)


class Notes:
    """What is told about a reading, each thing once."""

    __slots__ = ("told",)

    def __init__(self) -> None:
        self.told: tuple[str, ...] = ()

    def say(self, text: str) -> None:
        """Note it, unless it is noted or there are too many."""
        if text not in self.told and len(self.told) < MAX_NOTES:
            self.told = (*self.told, text)


def is_placeholder(text: str) -> bool:
    """Whether the whole text is a place of a template that nobody filled in: `$ALERT_ID`, `*link*`, `{{ x }}`."""
    return text[:1] in _OPENING and _PLACEHOLDER.fullmatch(text) is not None


def says_something(whole: str) -> bool:
    """Whether no text in this run of texts can be a placeholder: none of their first characters is in it."""
    return (
        "$" not in whole
        and "*" not in whole
        and "{" not in whole
        and "<" not in whole
        and "%" not in whole
    )


def bounded(text: str, limit: int, what: str, notes: Notes) -> str:
    """Text that every database can hold, of at most `limit` characters; a place never filled in is no text."""
    text = text.strip()
    if not text.isprintable():
        text = clean(text)
    if is_placeholder(text):
        return ""
    if len(text) > limit:
        notes.say(f"{what} is shortened to {limit:,} characters")
        return shortened(text, limit)
    return text


def line(text: str, limit: int, what: str, notes: Notes) -> str:
    """As `bounded`, on one line."""
    return one_line(bounded(text, limit, what, notes))


def first(*texts: str) -> str:
    """The first that says something, or nothing."""
    for text in texts:
        if text and not text.isspace() and not is_placeholder(text):
            return text
    return ""


def key_of(text: str) -> str:
    """A key no longer than it may be, and no less telling: a long one keeps its start and a hash of it all."""
    text = text.strip()
    if not text.isprintable():
        text = clean(text)
    if is_placeholder(text):
        return ""
    if len(text) <= MAX_KEY:
        return text
    return text[: MAX_KEY - 33] + "#" + digest(text.encode())


def digest(content: bytes) -> str:
    """32 hex digits that stand for the content."""
    return blake2b(content, digest_size=16).hexdigest()


def tidied(
    pairs: Mapping[str, str], notes: Notes, *, limit: int = MAX_LABEL_VALUE, what: str = "label"
) -> Mapping[str, str]:
    """The pairs with clean texts, within the limits, without those that say nothing.

    The usual map is small and clean; it is looked at as two texts and given back as it is.
    """
    if len(pairs) <= MAX_LABELS:
        names, values = "".join(pairs), "".join(pairs.values())
        if (
            len(values) <= limit
            and len(names) <= MAX_LABEL_NAME
            and values.isprintable()
            and names.isprintable()
            and says_something(values)
            and "" not in pairs.values()
            and "" not in pairs
        ):
            return pairs
    return _tidied_one_by_one(pairs, notes, limit, what)


def _tidied_one_by_one(
    pairs: Mapping[str, str], notes: Notes, limit: int, what: str
) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in pairs.items():
        if len(kept) >= MAX_LABELS:
            notes.say(f"of {len(pairs):,} {what}s the first {MAX_LABELS} are kept")
            break
        name_kept = line(name, MAX_LABEL_NAME, f"the name of a {what}", notes)
        value_kept = bounded(value, limit, f"{what} {name_kept[:60]}", notes)
        if name_kept and value_kept:
            kept[name_kept] = value_kept
    return kept


def links_of(pairs: Iterable[tuple[str, str]], notes: Notes) -> tuple[AlertLink, ...]:
    """Links from (address, text): web addresses only, each once."""
    found: dict[str, AlertLink] = {}
    for url, text in pairs:
        address = web_address(url)
        if not address or address in found:
            continue
        if len(found) >= MAX_LINKS:
            notes.say(f"the first {MAX_LINKS} links are kept")
            break
        found[address] = AlertLink(
            address, line(text, MAX_LABEL_VALUE, "the text of a link", notes)
        )
    return tuple(found.values())


def web_address(url: str) -> str:
    """The address if it is one of the web that a page may link to, else empty."""
    url = url.strip()
    if url[:8].lower().startswith(("http://", "https://")) and len(url) <= MAX_URL:
        return url if url.isprintable() and " " not in url else ""
    return ""
