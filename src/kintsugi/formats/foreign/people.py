"""Who an action of a foreign document belongs to, in the ways that people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[^\W\d_][\w.@ '’-]{0,40}?"
_FIRST = re.compile(rf"^\[(?P<name>@?{_NAME})\](?![(\[:])\s*[:-]?\s*")
_HANDLE = re.compile(r"^(?P<name>@[\w.-]+)(?:\s*[:–—-]\s+|\s+(?:to|will)\s+)")
_SAID = re.compile(
    r"(?:^|[\s(\[,;*_-])(?:\*\*|__)?(?:owner|assignee|assigned to|dri|responsible|who)(?:\*\*|__)?"
    r"\s*[:=]\s*(?:\*\*|__)?\s*"
    r"(?P<name>@?[^\W\d_][^,;()\[\]\n|*]{0,60}?)\s*(?=$|[,;)\]\n|*]|\.\s|\.$)",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\s*(?:[(\[]\s*(?P<inner>@[\w.-]+)\s*[)\]]|\s[-–—]+\s*(?P<outer>@[\w.-]+|[\w.+-]+@[\w-]+\.[\w.-]+))\s*[.]?$"
)
_NO_NAME = re.compile(
    r"^(?:P[0-3]|critical|high|medium|low|done|todo|wip|in progress|optional|ongoing|completed|x|[A-Z][A-Z0-9]+-\d+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A text without the owner it named, the owner, and the words that were taken out of the text."""

    text: str
    owner: str = ""
    written: str = ""


def owner_in(text: str) -> Said:
    """The owner an action names: `[Alice] ...`, `@alice: ...`, `... (@alice)`, `... Owner: Alice`."""
    first = _FIRST.match(text) or _HANDLE.match(text)
    if first and not _NO_NAME.match(first["name"]):
        return Said(text[first.end() :], first["name"].removeprefix("@").strip(), first[0])
    said = _SAID.search(text)
    if said:
        return Said(text, said["name"].removeprefix("@").strip())
    head, _, tail = text.partition("\n")
    last = _LAST.search(head)
    if last and head[: last.start()].strip():
        return Said(text, (last["inner"] or last["outer"]).removeprefix("@"))
    return Said(head + ("\n" + tail if tail else ""))


def without_brackets(text: str) -> str:
    """A name in a cell, without marks, an @ or brackets around it; empty for a dash or TBD."""
    name = text.strip("*_` ")
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    return (
        ""
        if name.casefold() in ("-", "–", "—", "tbd", "tba", "n/a", "none", "?")
        else name.removeprefix("@")
    )
