"""Links of an action to the tracker in which it is followed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_ADDRESS = re.compile(
    r"https?://[^\s<>()\[\]\"']*(?:/issues/\d+|/pull/\d+|/merge_requests/\d+|/browse/[A-Z][A-Z0-9]*-\d+|/work_items/\d+"
    r"|linear\.app/[^\s<>()\[\]\"']+|trello\.com/c/[^\s<>()\[\]\"']+|app\.asana\.com/[^\s<>()\[\]\"']+)"
)
_REFERENCE = re.compile(r"\[(?P<text>[^\[\]]{1,80})\](?:\[(?P<name>[^\[\]]{0,80})\])?(?!\()")
_KEY = re.compile(r"(?<![\w/-])(?P<project>[A-Z][A-Z0-9]{1,9})-\d{1,6}(?![\w-])")
_NO_PROJECT = frozenset(
    {
        "SEV",
        "CVE",
        "UTF",
        "SHA",
        "ISO",
        "RFC",
        "HTTP",
        "TLS",
        "AES",
        "COVID",
        "CWE",
        "MD",
        "P",
        "UTC",
        "GMT",
    }
)
_DEFINITION = re.compile(r"^ {0,3}\[(?P<name>[^\[\]]{1,200})\]:\s*<?(?P<address>[^\s>]+)>?")


def ticket_in(text: str, links: Mapping[str, str]) -> str:
    """The first tracker's address in a text, by its references too, else a key such as OPS-12; empty if none."""
    found = _ADDRESS.search(text)
    if found:
        return found[0]
    for reference in _REFERENCE.finditer(text):
        address = links.get((reference["name"] or reference["text"]).casefold(), "")
        if _ADDRESS.match(address):
            return address
    key = next((key for key in _KEY.finditer(text) if key["project"] not in _NO_PROJECT), None)
    return key[0] if key else ""


def is_definition(line: str) -> bool:
    """Whether a line gives the address of a reference: `[name]: https://...`."""
    return bool(_DEFINITION.match(line))


def references(lines: Sequence[str]) -> dict[str, str]:
    """The addresses of a document's references, by name in lower case."""
    found = (_DEFINITION.match(line) for line in lines)
    return {one["name"].casefold(): one["address"] for one in found if one}
