"""Which action each item of a list continues, when the list was written again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kintsugi.core.actions.item import ActionItem


@dataclass(frozen=True, slots=True)
class Known:
    """An action that was there before: the names it goes by, and its words."""

    names: tuple[str, ...]
    description: str


def matched(before: Sequence[Known], said: Sequence[ActionItem]) -> tuple[int | None, ...]:
    """For each item the place of the action it continues, None for a new one; none is continued twice.

    Names go before words, whatever the order: an item that has an id is found by it alone (of several
    with one id, first by its words too); one without an id by its words, the earlier first.
    """
    found: list[int | None] = [None] * len(said)
    left = dict(enumerate(before))

    def take(fits: Callable[[ActionItem, Known], bool]) -> None:
        for place, item in enumerate(said):
            if found[place] is not None:
                continue
            twin = next((number for number, known in left.items() if fits(item, known)), None)
            if twin is not None:
                found[place] = twin
                del left[twin]

    take(lambda item, known: _is_named(item, known) and item.description == known.description)
    take(_is_named)
    take(lambda item, known: not item.id and item.description == known.description)
    return tuple(found)


def _is_named(item: ActionItem, known: Known) -> bool:
    return bool(item.id) and item.id in known.names
