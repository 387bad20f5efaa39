"""What a reading of the language found: where it stands, why it matters, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How much a finding matters; the value is what SARIF and the command line call it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a text. `rewrite` is an offer to its author, never a verdict on them.

    `start` and `end` are positions in the text that was read, and `quote` is what stands there.
    `rule` is a stable name such as `L1.human-error`: people suppress findings by it.
    """

    rule: str
    level: Level
    start: int
    end: int
    quote: str
    why: str
    rewrite: str
    source: str


@dataclass(frozen=True, slots=True)
class LanguageRule:
    """What every finding of one rule has in common."""

    id: str
    level: Level
    why: str
    rewrite: str
    source: str

    def at(self, text: str, start: int, end: int) -> Finding:
        """A finding of this rule for text[start:end]."""
        quote = text[start:end]
        return Finding(self.id, self.level, start, end, quote, self.why, self.rewrite, self.source)


Reader = Callable[[str], Iterable[Finding]]
"""A wording question: reads a text and answers with what it found."""


def without_overlaps(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of the text; where some overlap, the first and longest stays."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
    return tuple(kept)
