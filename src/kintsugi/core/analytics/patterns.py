"""What many incidents have in common: terms, factors that come together, what would have helped the response."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

from kintsugi.core.analytics.comparison import holm
from kintsugi.core.shared.kept import kept

LEAST_DOCUMENTS = 2
"""A term of one incident is none that they have in common."""
ALPHA = 0.05

_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]|[^\W\d_]{2,}")
_BREAK = re.compile(r"[.!?;:,()\[\]{}\"|\n]+")
_COMMON = frozenset(
    """a about above after again all also an and another answer answered answers any are as at back be because
    been before began begins being between both but by can cannot cause client clients could customer
    customers day days did do does done down due during each eight error errors every few first five for found
    four from further get go goes got had half has have having he her here him his hour hours how however
    hundred if impact in incident incidents into is it its itself just kept last later least less like long
    made make many may me million minute minutes more most much must my new next nine no nobody none nor not
    nothing now of off on once one only onto or other our out outage over own page part per postmortem request
    requests root said same say says second seconds seven several she should since six so some stands still
    stood such take taken ten than that the their them then there these they thing this those thousand three
    through time times to together too took twelve two under until up upon us use used using utc very via want
    was way we week weeks went were what when where which while who whole whose why will with within without
    would yet you your behind evening list lists moved morning names night old sent takes waits""".split()
)
"""Words that say nothing of a cause; and those that every incident has."""


@dataclass(frozen=True, slots=True)
class CommonTerm:
    """A term that stands in the texts of `count` of `n` incidents."""

    term: str
    count: int
    n: int
    ids: tuple[str, ...]


def common_terms(texts: Iterable[tuple[str, str]], most: int = 20) -> tuple[CommonTerm, ...]:
    """The words, and pairs of words, that the most incidents use: (id, text) in, the most common first.

    Each incident counts once for a term, however often it says it. A word that is never there but in a
    pair gives way to the pair. Ties go by name.
    """
    where: dict[str, list[str]] = {}
    listed = list(texts)
    for name, text in listed:
        for term in terms_of(text):
            where.setdefault(term, []).append(name)
    kept_terms = {term: ids for term, ids in where.items() if len(ids) >= LEAST_DOCUMENTS}
    swallowed = {
        word for term, ids in kept_terms.items() if " " in term
        for word in term.split() if len(kept_terms.get(word, ())) <= len(ids)
    }  # fmt: skip
    ranked = sorted(
        ((term, ids) for term, ids in kept_terms.items() if term not in swallowed),
        key=lambda one: (-len(one[1]), one[0]),
    )
    return tuple(CommonTerm(term, len(ids), len(listed), tuple(ids)) for term, ids in ranked[:most])


@kept
def terms_of(text: str) -> frozenset[str]:
    """The words of a text that can say something, and its pairs of neighbouring ones, in lower case."""
    found: set[str] = set()
    for clause in _BREAK.split(text.casefold()):
        words = _WORD.findall(clause)
        says = [word for word in words if word not in _COMMON and len(word) > 2]
        found.update(says)
        found.update(
            f"{first} {second}" for first, second in pairwise(words)
            if first in says and second in says
        )  # fmt: skip
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two factors of `n` incidents: how many have both, how many each, and how many would by chance.

    `chance` is how likely at least so many have both if the two have nothing to do with one another (Fisher's
    exact test), after Holm's correction for all pairs that were looked at.
    """

    first: str
    second: str
    both: int
    first_count: int
    second_count: int
    n: int
    chance: float

    @property
    def expected(self) -> float:
        """How many would have both by chance."""
        return self.first_count * self.second_count / self.n

    @property
    def is_more_than_chance(self) -> bool:
        """Whether it is shown as a finding."""
        return self.chance < ALPHA


def co_occurring(incidents: Iterable[Iterable[str]]) -> tuple[Pair, ...]:
    """The pairs of factors that stand together in an incident at least once; the least likely by chance first.

    `incidents` are the factors of each incident; those without any belong in: they are incidents too.
    """
    sets = [frozenset(one) for one in incidents]
    n = len(sets)
    single = Counter(name for one in sets for name in one)
    both = Counter(pair for one in sets for pair in combinations(sorted(one), 2))
    pairs = list(combinations(sorted(single), 2))
    raw = {pair: _at_least(both[pair], single[pair[0]], single[pair[1]], n) for pair in pairs}
    adjusted = dict(zip(raw, holm(list(raw.values())), strict=True))
    found = [
        Pair(first, second, both[first, second], single[first], single[second], n, adjusted[first, second])
        for first, second in pairs if both[first, second]
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.chance, -one.both, one.first, one.second)))


def _at_least(both: int, first: int, second: int, n: int) -> float:
    """The upper tail of the hypergeometric distribution."""

    def log_choose(total: int, some: int) -> float:
        return math.lgamma(total + 1) - math.lgamma(some + 1) - math.lgamma(total - some + 1)

    every = log_choose(n, second)
    low = max(both, first + second - n)
    terms = (
        math.exp(log_choose(first, k) + log_choose(n - first, second - k) - every)
        for k in range(low, min(first, second) + 1)
    )
    return 1.0 if both <= max(0, first + second - n) else min(1.0, math.fsum(terms))


@dataclass(frozen=True, slots=True)
class Improvement:
    """What a postmortem says would have helped the response; `kind` says which question it answers."""

    incident_id: str
    kind: str
    text: str


QUESTIONS = {
    "halve_detection": "How to halve the time to detect",
    "halve_mitigation": "How to halve the time to mitigate",
    "communication": "Communication",
    "what_went_poorly": "What went poorly",
}
"""The questions of a postmortem about the response, in the order they are shown in (practice rule 17)."""


def improvements(answers: Iterable[tuple[str, str, str]]) -> tuple[Improvement, ...]:
    """(incident, question, answer) in the order of the questions; what is empty says nothing."""
    order = list(QUESTIONS)
    found = [Improvement(one, kind, text.strip()) for one, kind, text in answers if text.strip()]
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))
