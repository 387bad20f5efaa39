"""What people may write into an incident: cleaned, and within limits that fit a page."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.written import line, prose

__all__ = ["LONG", "NAME", "NAMES", "SHORT", "TITLE", "line", "names", "prose"]

TITLE = 200
NAME = 100
SHORT = 2_000
LONG = 20_000
NAMES = 50


def names(words: Sequence[str], field: str) -> tuple[str, ...]:
    """Names without the empty and the repeated ones. Raises InvalidValue for too many, or one with a quote in it."""
    if len(words) > NAMES:
        raise InvalidValue(f"has {len(words)} names", path=(field,), expected=f"{NAMES} at most")
    found: dict[str, str] = {}
    for index, word in enumerate(words):
        try:
            name = line(word, field, NAME)
        except InvalidValue as error:
            raise InvalidValue(
                error.problem, path=(field, index), expected=error.expected
            ) from error
        if '"' in name or "\\" in name:
            raise InvalidValue(
                "has a quote or backslash in it", path=(field, index), expected="a plain name"
            )
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())
