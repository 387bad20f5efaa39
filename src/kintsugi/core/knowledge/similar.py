"""Which incidents are like one: by the rare words and the services that they share."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kintsugi.core.knowledge.words import words_of
from kintsugi.core.shared.text import joined, plural

RAREST = 12
"""So many words of a text are looked for: all at once would cost a hundred times as much, and find little more."""
FEW = 30
"""A text of no more stems says little: what is likest to it is asked as well."""
_LIKEST = 3
_LENT = 40
"""So many stems that weigh most in the three likest are lent to a text of few words."""
_LENDING = 0.8
"""What likeness to the lent stems counts beside likeness to its own."""
LOOKED_AT = 4_000
"""Words of a text that are compared; what it is about stands before."""
_TITLE = 3.0
"""A word of the title counts as three of the text."""
_SERVICE = 1.5
"""What a service weighs, beside a word that is said once."""
SERVICE = "@"
"""Stands before the name of a service among stems: no word has it."""
_COMMON = 0.5
"""A word in more than half of all texts says nothing about any of them."""
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "er", "ers", "e", "y", "s")
_STOP = frozenset(
    """
    a about after again all also an and any are as at be because been before being between both but by can could did do
    does down during each few for from further had has have having he her here how i if in into is it its itself just
    like may me might more most must my no nor not now of off on once one only or other our out over own per same she
    should so some still such than that the their them then there these they this those through to too two three under
    until up us use used using very via was we were what when where which while who why will with within without would
    you your new old first last next time times day days hour hours minute minutes min utc cet pst pt am pm
    monday tuesday wednesday thursday friday saturday sunday
    jan feb mar apr jun jul aug sep oct nov dec january february
    march april june july august september october november december
    incident incidents issue issues problem problems summary timeline impact root cause causes caused resolution
    detection postmortem mortem post report action actions item items lesson lessons learned event events date team
    investigation investigating investigated started start began identified found noticed discovered reported happened
    declared declare changed status severity sev commander service services inc
    fix fixed fixes resolved resolve affected due http https www com github html
    """.split()
)


@dataclass(frozen=True, slots=True)
class Described:
    """A text that is compared: a title, what stands below it, and the services it is about."""

    title: str
    text: str
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of `total` texts a word stands; words of fewer than two are not listed."""

    documents: Mapping[str, int]
    total: int

    def rarity(self, word: str) -> float:
        """0 for a word that says nothing, the more the fewer texts have it."""
        count = self.documents.get(word, 1)
        if count > max(3.0, _COMMON * self.total):
            return 0.0
        return math.log(1 + max(self.total, 1) / count)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two are: 0 for not at all; which words and services make it so, what counts most first."""

    score: float
    words: tuple[str, ...]
    services: tuple[str, ...]

    @property
    def reason(self) -> str:
        """`same service booking; 3 rare words: deadlock, index and lock`."""
        same = (
            f"same service{'' if len(self.services) == 1 else 's'} {joined(self.services)}"
            if self.services
            else ""
        )
        shown = self.words[:5]
        rare = f"{plural(len(self.words), 'rare word')}: {joined(shown)}" if shown else ""
        if len(self.words) > len(shown):
            rare = f"{plural(len(self.words), 'rare word')}, among them {joined(shown)}"
        return "; ".join(one for one in (same, rare) if one)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What each stem of a text weighs in it, and how the word was written."""

    weights: Mapping[str, float]
    forms: Mapping[str, str]


@lru_cache(maxsize=256)
def weigh(about: Described) -> Weighed:
    """The stems of a text: each weighs more in the title, and more where it is said again.

    The last texts are remembered: a page that is opened again asks for the same ones.
    """
    found: defaultdict[str, float] = defaultdict(float)
    forms: dict[str, str] = {}
    for part, weight in ((about.title, _TITLE), (about.text, 1.0)):
        for word in words_of(part, LOOKED_AT):
            if _says_something(word.text):
                stem = stem_of(word.text)
                found[stem] += weight
                forms.setdefault(stem, word.text)
    weights = {stem: 1 + math.log(count) for stem, count in found.items()}
    weights |= dict.fromkeys(services_of(about.services), _SERVICE)
    return Weighed(weights, forms)


def services_of(names: Iterable[str]) -> tuple[str, ...]:
    """Services as they stand among stems."""
    return tuple(f"{SERVICE}{name.casefold()}" for name in names)


def stem_of(word: str) -> str:
    """A word without its ending, so that expired, expires and expire are one; always a beginning of the word.

    Endings of English alone, and few of them: what is compared is the same text cut in the same way.
    """
    if not word.isascii():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (3 if ending == "s" else 4):
            if ending == "s" and word.endswith("ss"):
                continue
            return word[: -len(ending)]
    return word


def _says_something(word: str) -> bool:
    if not word.isascii():
        # Of Japanese, kana alone are mostly grammar: ideographs carry what it is about.
        return len(word) > 1 or not "\u3040" <= word <= "\u30ff"
    return len(word) > 2 and word not in _STOP and not word[0].isdecimal()


def rarest(
    weighed: Mapping[str, float], frequencies: Frequencies, most: int = RAREST
) -> tuple[str, ...]:
    """The words of a text by which others like it are looked for: those that are rare and weigh much.

    Of words that were counted the best, and of those that were not as many again: they stand in one text, or in
    newer ones, or in none, where looking for them costs nothing.
    """
    scored = {word: weight * frequencies.rarity(word) for word, weight in weighed.items()}
    best_first = sorted(
        (word for word in scored if scored[word] > 0), key=lambda word: (-scored[word], word)
    )
    known = [word for word in best_first if word in frequencies.documents]
    unknown = [word for word in best_first if word not in frequencies.documents]
    return (*known[:most], *unknown[:most])


def likeness(
    about: Described, weighed: Weighed, other: Described, theirs: Weighed, frequencies: Frequencies
) -> Likeness:
    """How alike a text is to another.

    The cosine of both, with each stem and service counted by its rarity (tf-idf).
    """
    gains = _gains(weighed, theirs, frequencies)
    cosine = _cosine(weighed, theirs, frequencies)
    stems = sorted(
        (stem for stem in gains if gains[stem] > 0), key=lambda stem: (-gains[stem], stem)
    )
    named = {one.casefold() for one in other.services}
    services = tuple(one for one in about.services if one.casefold() in named)
    told = {stem_of(word.text) for one in services for word in words_of(one)}
    words = tuple(weighed.forms[one] for one in stems if one in weighed.forms and one not in told)
    return Likeness(cosine, words, services)


def asked_again(
    weighed: Weighed, found: Sequence[tuple[str, Weighed, Likeness]], frequencies: Frequencies
) -> list[Likeness]:
    """The likenesses of what was found for a text of few words, by what the likest of it say too; in the same order.

    `found` has names, texts and likenesses; texts of one name count as one. Pseudo-relevance feedback: of those
    who call it a full pool, one may have written what the others call it (Rocchio, in Salton's SMART, 1971).
    What shares nothing with the text itself gains nothing.
    """
    if len(weighed.weights) > FEW:
        return [one for _, _, one in found]
    likest = dict(best([(name, one) for name, _, one in found], _LIKEST, 0.0))
    lent: defaultdict[str, float] = defaultdict(float)
    for name, theirs, _ in found:
        length = _length(theirs, frequencies) if name in likest else 0.0
        if length:
            for stem, weight in theirs.weights.items():
                lent[stem] += weight * frequencies.rarity(stem) / length
    most = sorted(
        (stem for stem in lent if not stem.startswith(SERVICE)),
        key=lambda stem: (-lent[stem], stem),
    )[:_LENT]
    more = Weighed(dict.fromkeys(set(most) - weighed.weights.keys(), 1.0), {})
    return [
        replace(one, score=one.score + _LENDING * _cosine(more, theirs, frequencies))
        if one.score > 0
        else one
        for _, theirs, one in found
    ]


def _cosine(one: Weighed, other: Weighed, frequencies: Frequencies) -> float:
    lengths = _length(one, frequencies) * _length(other, frequencies)
    return sum(_gains(one, other, frequencies).values()) / lengths if lengths else 0.0


def _gains(one: Weighed, other: Weighed, frequencies: Frequencies) -> dict[str, float]:
    """What each stem that both have adds."""
    return {
        stem: one.weights[stem] * other.weights[stem] * frequencies.rarity(stem) ** 2
        for stem in one.weights.keys() & other.weights.keys()
    }


def _length(weighed: Weighed, frequencies: Frequencies) -> float:
    squares = ((weight * frequencies.rarity(stem)) ** 2 for stem, weight in weighed.weights.items())
    return math.sqrt(sum(squares))


def counted(texts: Iterable[Described]) -> tuple[dict[str, int], int]:
    """In how many texts each stem and service stands that stands in two or more; and how many texts there are."""
    found: Counter[str] = Counter()
    total = 0
    for one in texts:
        total += 1
        said = (word.text for word in words_of(f"{one.title}\n{one.text}", LOOKED_AT))
        stems = {stem_of(word) for word in said if _says_something(word)}
        found.update(stems.union(services_of(one.services)))
    return {stem: count for stem, count in found.items() if count > 1}, total


def best(
    found: Sequence[tuple[str, Likeness]], most: int, least: float
) -> list[tuple[str, Likeness]]:
    """The likest, of each name its best, without those that are hardly alike."""
    kept: dict[str, Likeness] = {}
    for name, one in found:
        if one.score >= least and (name not in kept or one.score > kept[name].score):
            kept[name] = one
    return sorted(kept.items(), key=lambda pair: (-pair[1].score, pair[0]))[:most]
