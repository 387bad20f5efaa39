"""What a reader of our Markdown could not take into a field, so that nothing is lost in silence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


class Misread(Exception):
    """A line of a section that cannot be read; `line` counts from 0 in the section's text."""

    def __init__(self, line: int, problem: str, expected: str) -> None:
        self.line = line
        self.problem = problem
        self.expected = expected
        super().__init__(problem)


@dataclass(slots=True)
class Aside:
    """What stands beside a section's fields while it is read.

    `rest` is text that is none of its fields, `made` the lines that a template makes (they are told
    apart only where `has_made` says that it made some here), `notes` what was assumed.
    """

    day: date | None = None
    has_made: bool = True
    rest: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def quoted(text: str) -> str:
    """A line of a file, short, for a message."""
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:59] + "…")


def digest(text: str) -> str:
    """Eight characters by which a text is known again, whatever blank lines stand around it."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:8]


PART = "+"
"""Before the digest of lines that a template made within a text of somebody's."""
TITLE = "#"
"""Stands for the document's title line among the texts made."""


@dataclass(slots=True)
class Made:
    """Digests of the texts a template made, by heading: what is left of them while a body is read."""

    left: dict[str, list[str]]

    @classmethod
    def of(cls, data: object) -> Made:
        """As the front matter states it: one digest or several for each heading."""
        if not isinstance(data, Mapping):
            return cls({})
        return cls(
            {
                str(key): [str(one) for one in value] if isinstance(value, list) else [str(value)]
                for key, value in data.items()
            }
        )

    def add(self, heading: str, text: str, mark: str = "") -> None:
        """Note a text that was made."""
        self.left.setdefault(heading, []).append(mark + digest(text))

    def stated(self) -> dict[str, object]:
        """As it stands in the front matter."""
        return {
            key: found[0] if len(found) == 1 else list(found) for key, found in self.left.items()
        }

    def has(self, heading: str, mark: str = "") -> bool:
        """Whether a text (or lines within one) under this heading is still unaccounted for."""
        return any(one.startswith(PART) == bool(mark) for one in self.left.get(heading, ()))

    def take(self, heading: str, text: str, mark: str = "") -> bool:
        """Account for a text under a heading if it is exactly as it was made."""
        if not self.has(heading, mark):
            return False
        known = mark + digest(text)
        if known not in self.left[heading]:
            return False
        self.left[heading].remove(known)
        return True

    def take_changed(self, heading: str, mark: str = "") -> bool:
        """Account for a text under a heading that was made, is not empty, and was changed."""
        for one in self.left.get(heading, ()):
            if one.startswith(PART) == bool(mark):
                self.left[heading].remove(one)
                return one != _EMPTY
        return False


_EMPTY = digest("")


def changed(heading: str) -> str:
    """The note on a text that is made from other fields and was changed by hand."""
    return (
        f"{heading!r} is made from the front matter and was changed in the text; "
        "that change is not read"
    )
