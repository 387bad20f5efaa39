"""The pages of the docs as tests read them: their prose, their headings, their blocks of code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
FILES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_FENCE = re.compile(r"^(`{3,})")
LINK = re.compile(r"(?<!\\)\]\(<?([^)>\s]+)>?\)|<img[^>]* src=\"([^\"]+)\"")


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


class Block(NamedTuple):
    """A code block: the file it stands in, its language, the name to save it under, its text."""

    page: Path
    language: str
    save_as: str
    text: str


@cache
def blocks_of(page: Path) -> tuple[Block, ...]:
    text = page.read_text("utf-8")
    found = re.finditer(
        r"(?:<!-- file: (?P<file>\S+) -->\n\n?)?^(?P<fence>`{3,})(?P<language>\S*)\n(?P<text>.*?)^(?P=fence)$",
        text,
        re.MULTILINE | re.DOTALL,
    )
    return tuple(Block(page, each["language"], each["file"] or "", each["text"]) for each in found)


def prose_of(page: Path) -> list[str]:
    """The lines of a page that are not in a code block."""
    kept, fence = [], ""
    for line in page.read_text("utf-8").splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or line.rstrip() == fence):
            fence = "" if fence else mark[1]
        elif not fence:
            kept.append(line)
    return kept


def headings_of(page: Path) -> list[str]:
    return [line.lstrip("#").strip() for line in prose_of(page) if re.match(r"#{1,6} ", line)]


def section(page: Path, heading: str) -> str:
    """The text under a heading, up to the next of its level or above."""
    text = page.read_text("utf-8")
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found, f"{named(page)} has no heading {heading!r}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> dict[str, str]:
    """The rows of the tables in a text by their first `code`."""
    return {found[1]: found[0] for found in re.finditer(r"^\| `([^`]+)`.*$", text, re.MULTILINE)}
