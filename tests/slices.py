"""How much is asked: a fixed part in `make test`, everything in `make test-all` and CI, for long in `make soak`."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable
from typing import TypeVar

IS_SLICE = bool(os.environ.get("SLICE"))
IS_SOAK = bool(os.environ.get("SOAK"))

T = TypeVar("T")


def part(
    things: Iterable[T], every: int, of: object = "", name: Callable[[T], str] = str
) -> list[T]:
    """All of these things; in `make test` about one in `every`.

    Which ones is drawn from their names, so that they are the same everywhere and none moves when another thing
    comes; and from what they are asked for (`of`), so that each question is put to others.
    """
    return [one for one in things if not IS_SLICE or drawn(f"{of} {name(one)}", every) == 0]


def drawn(name: str, sides: int) -> int:
    """What a die of so many sides shows for a name: always the same."""
    return zlib.crc32(name.encode()) % sides
