"""What a module's probability becomes when one of its leaves surely fails or surely holds: for all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.diagrams import Diagram
from kintsugi.core.analysis.faulttree.probability import Chances, chance_of

NEARLY_ALL = 1e-6
"""Below this share of the whole, what is left is summed without rounding, not found by a subtraction."""

SMALLEST_EXPONENT = 1074
"""Every float is a whole multiple of 2 to the power of minus this."""

Pairs = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Conditional:
    """The module's probability when the leaf has failed, when it has not, and the first minus the second."""

    failed: float
    held: float
    slope: float


@dataclass(slots=True)
class _Sums:
    """By level: what paths through it add to the three, and their probability; `edges` are those paths' steps."""

    failed: list[float]
    held: list[float]
    slope: list[float]
    through: list[float]


def conditionals_in(diagram: Diagram, chances: Chances, found: Pairs) -> list[Conditional]:
    """Of each leaf of the diagram, by level. `found` are the chances of the diagram's nodes."""
    size = len(diagram.leaves)
    sums = _Sums([0.0] * size, [0.0] * size, [0.0] * size, [0.0] * size)
    reach = _reach(diagram, chances, found, sums)
    whole = chance_of(diagram, list(found))[0]
    past = [max(0.0, whole - through) for through in sums.through]
    if any(
        min(failed, held) + skipped < whole * NEARLY_ALL
        for failed, held, skipped in zip(sums.failed, sums.held, past, strict=True)
    ):
        past = _exactly_past(diagram, chances, found, reach)
    return [
        Conditional(failed + skipped, held + skipped, slope)
        for failed, held, slope, skipped in zip(
            sums.failed, sums.held, sums.slope, past, strict=True
        )
    ]


def _reach(
    diagram: Diagram, chances: Chances, found: Pairs, sums: _Sums
) -> dict[int, tuple[float, float]]:
    """Of each node: the probability that a walk from the top comes by it, unnegated and negated."""
    bdd = diagram.bdd
    nodes = bdd.reached(diagram.root)
    reach = dict.fromkeys(nodes, (0.0, 0.0))
    reach[0] = (0.0, 0.0)
    reach[diagram.root >> 1] = (0.0, 1.0) if diagram.root & 1 else (1.0, 0.0)
    pairs = [chances[leaf] for leaf in diagram.leaves]
    for node in reversed(nodes):
        level, high, low = bdd.level[node], bdd.high[node] >> 1, bdd.low[node]
        p, q = pairs[level]
        plain, negated = reach[node]
        high_yes, high_no = found[high]
        low_yes, low_no = found[low >> 1]
        if low & 1:
            low_yes, low_no = low_no, low_yes
        failed = plain * high_yes + negated * high_no
        held = plain * low_yes + negated * low_no
        # The smaller pair loses less when one is taken from the other.
        rise = high_yes - low_yes if high_yes + low_yes < high_no + low_no else low_no - high_no
        sums.failed[level] += failed
        sums.held[level] += held
        sums.slope[level] += (plain - negated) * rise
        sums.through[level] += p * failed + q * held
        before = reach[high]
        reach[high] = (before[0] + plain * p, before[1] + negated * p)
        if low & 1:
            plain, negated = negated, plain
        before = reach[low >> 1]
        reach[low >> 1] = (before[0] + plain * q, before[1] + negated * q)
    return reach


def _exactly_past(
    diagram: Diagram, chances: Chances, found: Pairs, reach: dict[int, tuple[float, float]]
) -> list[float]:
    """By level: the probability of paths to the top event that ask nothing of it, as a sum of whole numbers.

    A difference of floats would leave rounding where nothing is left, and call what is infinite large.
    """
    bdd, size = diagram.bdd, len(diagram.leaves)
    steps = [0] * (size + 1)

    def add(start: int, end: int, mass: float) -> None:
        if end > start and mass > 0:
            top, bottom = mass.as_integer_ratio()
            scaled = top << (SMALLEST_EXPONENT - (bottom.bit_length() - 1))
            steps[start] += scaled
            steps[end] -= scaled

    def below(node: int) -> int:
        return bdd.level[node] if node else size

    add(0, below(diagram.root >> 1), chance_of(diagram, list(found))[0])
    for node in bdd.reached(diagram.root):
        level = bdd.level[node]
        p, q = chances[diagram.leaves[level]]
        plain, negated = reach[node]
        high, low = bdd.high[node] >> 1, bdd.low[node]
        yes, no = found[high]
        add(level + 1, below(high), p * (plain * yes + negated * no))
        yes, no = found[low >> 1]
        if low & 1:
            yes, no = no, yes
        add(level + 1, below(low >> 1), q * (plain * yes + negated * no))
    past, running = [], 0
    for step in steps[:size]:
        running += step
        past.append(_scaled_back(running))
    return past


def _scaled_back(whole: int) -> float:
    # Integer true division is rounded once and takes numbers of any size.
    return whole / (1 << SMALLEST_EXPONENT) if whole > 0 else 0.0
