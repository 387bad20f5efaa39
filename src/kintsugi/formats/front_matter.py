"""YAML front matter: the fenced block at the top of a Markdown file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import dump_yaml, load_yaml

FENCE = "---"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file's front matter and its body; `data` is empty when it has none. `body_line` is where the body begins."""

    data: dict[str, Any]
    source: str
    body: str
    body_line: int


def split_front_matter(text: str, *, file: str = "") -> FrontMatter:
    """Take the front matter off. Raises InputError when it is opened and not closed, or is no mapping."""
    if not text.startswith(FENCE + "\n"):
        return FrontMatter({}, "", text, 1)
    end = text.find(f"\n{FENCE}\n", len(FENCE))
    if end < 0 and text.endswith(f"\n{FENCE}"):
        end = len(text) - len(FENCE) - 1
    if end < 0:
        raise InputError(
            "the front matter has no end", file=file, line=1, expected="a line --- after it"
        )
    source = text[len(FENCE) + 1 : end + 1]
    data = load_yaml(source, file=file, first_line=2)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise InputError(
            "the front matter is not a mapping", file=file, line=2, expected="key: value"
        )
    body = text[end + len(FENCE) + 2 :]
    return FrontMatter(data, source, body, text[: end + 1].count("\n") + 2)


def with_front_matter(data: dict[str, Any], body: str) -> str:
    """A Markdown file of front matter and body."""
    return f"{FENCE}\n{dump_yaml(data)}{FENCE}\n\n{body}"
