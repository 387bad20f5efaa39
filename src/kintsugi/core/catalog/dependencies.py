"""How services depend on one another: what hangs on what through any number of steps, and circles.

Dependencies are a mapping from each service's name to the names it depends on. A name that is no
key of it depends on nothing. Circles are allowed: the world has them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

Dependencies = Mapping[str, Iterable[str]]


def turned(dependencies: Dependencies) -> dict[str, tuple[str, ...]]:
    """The other way round: from each name to those that depend on it, in order of name."""
    found: dict[str, set[str]] = {}
    for name, needed in dependencies.items():
        for other in needed:
            found.setdefault(other, set()).add(name)
    return {name: tuple(sorted(others)) for name, others in found.items()}


def reached(name: str, dependencies: Dependencies) -> dict[str, int]:
    """All that the name depends on, each with the fewest steps to it; without the name itself."""
    steps = {name: 0}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        for other in sorted(dependencies.get(here, ())):
            if other not in steps:
                steps[other] = steps[here] + 1
                waiting.append(other)
    del steps[name]
    return steps


def through(name: str, dependencies: Dependencies) -> dict[str, str]:
    """All that the name depends on, each with the direct dependency on the shortest way to it.

    Of ways that are equally short, the one through the first by name.
    """
    first: dict[str, str] = {name: ""}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        for other in sorted(dependencies.get(here, ())):
            if other not in first:
                first[other] = first[here] or other
                waiting.append(other)
    del first[name]
    return first


def circle(name: str, dependencies: Dependencies) -> tuple[str, ...]:
    """The shortest way from the name back to it (`a, b, a`); empty when there is none."""
    before: dict[str, str] = {}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        for other in sorted(dependencies.get(here, ())):
            if other == name:
                way = [name, here]
                while way[-1] != name:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            if other not in before:
                before[other] = here
                waiting.append(other)
    return ()


def components(dependencies: Dependencies) -> list[tuple[str, ...]]:
    """All names, those that depend on each other together; each group after all that it depends on.

    Tarjan's algorithm, without recursion: a chain of services may be longer than Python's stack.
    """
    found: list[tuple[str, ...]] = []
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_names: dict[str, None] = {}
    for root in sorted({*dependencies, *(one for many in dependencies.values() for one in many)}):
        way = [] if root in number else [_entered(root, dependencies, number, lowest, open_names)]
        while way:
            here, left = way[-1]
            following = next(
                (other for other in left if _is_news(here, other, number, lowest, open_names)), None
            )
            if following is not None:
                way.append(_entered(following, dependencies, number, lowest, open_names))
                continue
            way.pop()
            if way:
                above = way[-1][0]
                lowest[above] = min(lowest[above], lowest[here])
            if lowest[here] == number[here]:
                group = [here]
                while (last := open_names.popitem()[0]) != here:
                    group.append(last)
                found.append(tuple(sorted(group)))
    return found


def _entered(
    name: str,
    dependencies: Dependencies,
    number: dict[str, int],
    lowest: dict[str, int],
    open_names: dict[str, None],
) -> tuple[str, Iterator[str]]:
    number[name] = lowest[name] = len(number)
    open_names[name] = None
    return name, iter(sorted(dependencies.get(name, ())))


def _is_news(
    here: str,
    other: str,
    number: dict[str, int],
    lowest: dict[str, int],
    open_names: dict[str, None],
) -> bool:
    """Whether nobody was at `other` before; notes the way back where somebody was."""
    if other not in number:
        return True
    if other in open_names:
        lowest[here] = min(lowest[here], number[other])
    return False
