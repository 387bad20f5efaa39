"""Words of a closed set, as people and programs write them."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import either

Word = TypeVar("Word", bound=Enum)


def word_of(kind: type[Word], written: str, field: str) -> Word:
    """The member whose value is written here: in any case, with spaces or hyphens for underscores.

    Raises InvalidValue, at the field, for nothing and for any other word.
    """
    said = _plain(written)
    for member in kind:
        if _plain(member.value) == said:
            return member
    problem = f"{written.strip()[:60]!r} is not known" if said else "is missing"
    raise InvalidValue(problem, path=(field,), expected=either([one.value for one in kind]))


def _plain(written: str) -> str:
    return written.strip().casefold().replace("-", "_").replace(" ", "_")
