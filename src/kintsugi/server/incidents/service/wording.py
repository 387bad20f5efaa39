"""What people may write into an incident: cleaned, and within limits that fit a page."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line

TITLE = 200
NAME = 100
SHORT = 2_000
LONG = 20_000
NAMES = 50


def line(text: str, field: str, most: int, *, required: bool = False) -> str:
    """The text on one line. Raises InvalidValue when it is too long, or missing where it is required."""
    return _checked(one_line(clean(text)), field, most, required=required)


def prose(text: str, field: str, most: int = LONG, *, required: bool = False) -> str:
    """The text with its lines. Raises InvalidValue when it is too long, or missing where it is required."""
    return _checked(clean(text).strip(), field, most, required=required)


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


def _checked(text: str, field: str, most: int, *, required: bool) -> str:
    if required and not text:
        raise InvalidValue("is missing", path=(field,), expected="some text")
    if len(text) > most:
        raise InvalidValue(
            f"has {len(text):,} characters", path=(field,), expected=f"{most:,} at most"
        )
    return text
