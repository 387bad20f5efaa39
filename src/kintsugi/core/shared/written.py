"""What people write into a field: cleaned, and within a limit that fits where it is shown."""

from __future__ import annotations

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line


def line(
    text: str, field: str, most: int, *, required: bool = False, expected: str = "some text"
) -> str:
    """The text on one line. Raises InvalidValue when it is too long, or missing where it is required."""
    return _checked(one_line(clean(text)), field, most, expected if required else "")


def prose(
    text: str, field: str, most: int, *, required: bool = False, expected: str = "some text"
) -> str:
    """The text with its lines. Raises InvalidValue when it is too long, or missing where it is required."""
    return _checked(clean(text).strip(), field, most, expected if required else "")


def _checked(text: str, field: str, most: int, expected: str) -> str:
    if expected and not text:
        raise InvalidValue("is missing", path=(field,), expected=expected)
    if len(text) > most:
        raise InvalidValue(
            f"has {len(text):,} characters", path=(field,), expected=f"{most:,} at most"
        )
    return text
