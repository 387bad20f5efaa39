"""Classes of cause: what incidents have in common, suggested by terms of their text and confirmed by a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.kept import kept
from kintsugi.core.shared.text import clean, one_line, slug

LONGEST_TITLE = 100
LONGEST_TERM = 60
LONGEST_DESCRIPTION = 1_000
MOST_TERMS = 40

_BETWEEN = r"[\s-]+"

_TERMS: Mapping[str, tuple[str, ...]] = {
    "recent_deployment": (
        "deploy*", "release", "rolled out", "rollout", "new version", "canary", "shipped", "rolled back",
    ),
    "configuration_change": (
        "config*", "misconfig*", "feature flag", "setting", "environment variable", "parameter",
    ),
    "infrastructure": (
        "disk", "out of memory", "hardware", "network", "power", "kernel", "availability zone",
        "certificate", "dns", "node",
    ),
    "dependency_failure": (
        "third party", "upstream", "provider", "vendor", "dependency", "external api", "partner",
    ),
    "traffic_spike": (
        "traffic spike", "load spike", "surge", "peak traffic", "campaign", "flash sale", "ddos", "overload*",
    ),
    "inadequate_monitoring": (
        "no alert", "not monitored", "nothing watched", "no monitoring", "unnoticed", "went unseen",
        "alert threshold", "dashboard",
    ),
    "missing_safety_mechanism": (
        "no limit", "no timeout", "circuit breaker", "rate limit", "no validation", "kill switch",
        "no rollback", "single point of failure", "no quota",
    ),
    "poor_error_handling": (
        "retry storm", "retries", "retried", "unhandled", "error handling", "swallowed", "crash loop",
        "exception",
    ),
    "insufficient_documentation": ("undocumented", "runbook", "documentation", "not written down"),
    "process_gap": (
        "review", "approval", "handover", "checklist", "change management", "nobody owned", "no owner",
    ),
}  # fmt: skip


class Decision(Enum):
    """What a person said of an incident and a class."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CauseClass:
    """A class of cause. `terms` are the words that suggest it; one that ends in `*` stands for all that begin so."""

    key: str
    title: str
    terms: tuple[str, ...] = ()
    description: str = ""


SHIPPED: tuple[CauseClass, ...] = tuple(
    CauseClass(key, FACTOR_CATEGORIES[key], terms) for key, terms in _TERMS.items()
)
"""A class for each category of contributing factor, but for `other`, which says nothing they have in common."""


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A term, and the part of the record in which it stands."""

    term: str
    field: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class that an incident may belong to, and why.

    `is_named`: a factor of the postmortem has its category. `terms`: what stands in the text.
    """

    key: str
    terms: tuple[FoundTerm, ...]
    is_named: bool = False


def suggested(
    texts: Mapping[str, str], categories: Iterable[str], classes: Sequence[CauseClass]
) -> tuple[Suggestion, ...]:
    """The classes that a record suggests, the best founded first.

    `texts` are the parts of the record by name; `categories` those of its contributing factors. What
    somebody named goes before what words suggest; then more terms go before fewer; then the order of the
    classes. It suggests: only a person's word counts in any figure.
    """
    named = frozenset(categories)
    found = []
    for place, one in enumerate(classes):
        terms = tuple(
            FoundTerm(term, field)
            for term in one.terms
            for field in (
                next((name for name, text in texts.items() if stands_in(text, term)), ""),
            )
            if field
        )
        if terms or one.key in named:
            found.append((place, Suggestion(one.key, terms, one.key in named)))
    ranked = sorted(found, key=lambda each: (not each[1].is_named, -len(each[1].terms), each[0]))
    return tuple(suggestion for _, suggestion in ranked)


@kept
def stands_in(text: str, term: str) -> bool:
    """Whether a term stands in a text: whole words, in any case, singular or plural, joined by spaces or hyphens."""
    return _pattern(term).search(text) is not None


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str]:
    words = [re.escape(word) for word in term.rstrip("*").split()]
    ending = r"\w*" if term.endswith("*") else r"(?:s|es)?"
    return re.compile(rf"(?<!\w){_BETWEEN.join(words)}{ending}(?!\w)", re.IGNORECASE)


def class_of(title: str, terms: Iterable[str], description: str = "", key: str = "") -> CauseClass:
    """A class as somebody describes it; its key follows from the title unless it has one.

    Raises InvalidValue, at `title`, `terms` or `description`, for what is missing or too long.
    """
    named = one_line(clean(title))
    if not named:
        raise InvalidValue(
            "is missing", path=("title",), expected="what its incidents have in common"
        )
    if len(named) > LONGEST_TITLE:
        raise InvalidValue(
            f"has {len(named):,} characters", path=("title",), expected=f"at most {LONGEST_TITLE}"
        )
    said = clean(description).strip()
    if len(said) > LONGEST_DESCRIPTION:
        raise InvalidValue(
            f"has {len(said):,} characters", path=("description",),
            expected=f"at most {LONGEST_DESCRIPTION:,}",
        )  # fmt: skip
    return CauseClass(key or slug(named).replace("-", "_"), named, _terms(terms), said)


def _terms(written: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for place, each in enumerate(written):
        term = one_line(clean(each)).casefold()
        if not term:
            continue
        if len(term) > LONGEST_TERM or not term.rstrip("*").strip() or "*" in term[:-1]:
            raise InvalidValue(
                f"{term[:60]!r} is no term", path=("terms", place),
                expected=f"a word or a few, up to {LONGEST_TERM} characters, * at the end only",
            )  # fmt: skip
        found.setdefault(term, term)
    if len(found) > MOST_TERMS:
        raise InvalidValue(f"are {len(found)}", path=("terms",), expected=f"at most {MOST_TERMS}")
    return tuple(found)
