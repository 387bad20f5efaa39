"""Which incidents ask for a postmortem because they repeat another: said of a week by it and those before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kintsugi.core.postmortems.repeats import Occurrence, repeats
from kintsugi.server.analytics.service.packing import Item

WEEK = timedelta(days=7)


def repeating(
    weeks: Mapping[str, Sequence[Item]], changed: Collection[str], within: timedelta | None
) -> dict[str, tuple[Item, ...]]:
    """The weeks, by their Monday, in which another postmortem is required now that some of them changed."""
    if within is None:
        return {}
    days = {date.fromisoformat(name): items for name, items in weeks.items()}
    reach = within + WEEK
    others = [date.fromisoformat(name) for name in changed]
    touched = [day for day in sorted(days) if any(_is_near(day, one, reach) for one in others)]
    found: dict[str, tuple[Item, ...]] = {}
    for first, last in spans(touched, reach):
        among = [
            one for day, items in days.items() if _is_near(last, day, last - first + reach) for one in items
        ]  # fmt: skip
        repeated = _repeated(among, within)
        for day in touched:
            if first <= day <= last:
                made = tuple(_required(one, one.id in repeated) for one in days[day])
                if any(one is not other for one, other in zip(made, days[day], strict=True)):
                    found[day.isoformat()] = made
    return found


def with_repeats(items: Sequence[Item], within: timedelta | None) -> list[Item]:
    """All incidents, each with whether it asks for a postmortem, by itself or because it repeats another."""
    repeated = _repeated(items, within) if within is not None else frozenset()
    return [_required(one, one.id in repeated) for one in items]


def spans(days: Sequence[date], gap: timedelta) -> Iterator[tuple[date, date]]:
    """Days in order, those no further apart than a gap together, as the first and the last of them."""
    start = last = None
    for day in days:
        if start is not None and last is not None and day - last > gap:
            yield start, last
            start = day
        start, last = start or day, day
    if start is not None and last is not None:
        yield start, last


def _is_near(day: date, earlier: date, reach: timedelta) -> bool:
    return timedelta(0) <= day - earlier <= reach


def _repeated(among: Iterable[Item], within: timedelta) -> frozenset[str]:
    known = [(one, one.fact) for one in among]
    classes = {one.id: {key: key for key in fact.classes} for one, fact in known if fact.classes}
    return frozenset(
        repeats(
            (
                Occurrence(one.id, one.number, fact.id, fact.title, fact.services, one.began)
                for one, fact in known
            ),
            classes,
            within,
        )
    )


def _required(one: Item, is_repeat: bool) -> Item:
    """It with what is required of it; itself where that is so already."""
    is_required = one.is_asking or is_repeat
    if one.fact.is_postmortem_required == is_required:
        return one
    return replace(one, fact=replace(one.fact, is_postmortem_required=is_required))
