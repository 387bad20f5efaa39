"""What a rule of profile `full` looks like: what it answers, and the numbers that a team may change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from types import MappingProxyType

from kintsugi.core.actions.review import SetLimits
from kintsugi.core.language.acronyms import WELL_KNOWN
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue


class RuleLevel(Enum):
    """REQUIRED must be there before a review; WARNING is expected; INFO is an offer."""

    REQUIRED = "required"
    WARNING = "warning"
    INFO = "info"


class Outcome(Enum):
    """Whether a rule is met; NOT_APPLICABLE where there is nothing yet that it could look at."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


_WEIGHTS: Mapping[RuleLevel, float] = {
    RuleLevel.REQUIRED: 6,
    RuleLevel.WARNING: 2,
    RuleLevel.INFO: 1,
}
_OWN_WEIGHTS: Mapping[str, float] = {"3.estimates": 0}


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every number of the rules; the defaults are those of the practice notes, the weights are ours.

    `weights` is what a rule of each level counts, `rule_weights` what single rules count instead.
    `off` names rules that are not asked: an id (`6.evidence`) or a whole number (`6`).
    Raises InvalidValue for negative numbers and for shares outside 0..1.
    """

    min_events: int = 3
    summary_max_words: int = 150
    summary_max_paragraphs: int = 1
    external_sentences: tuple[int, int] = (2, 3)
    max_gap: timedelta = _minutes(15)
    evidenced_share: float = 0.8
    known_acronyms: frozenset[str] = WELL_KNOWN
    max_log_lines: int = 40
    min_factors: int = 2
    min_factor_categories: int = 2
    why_depth: tuple[int, int] = (3, 7)
    actions: SetLimits = SetLimits()
    flag_below: float = 80
    weights: Mapping[RuleLevel, float] = field(
        default_factory=lambda: MappingProxyType(dict(_WEIGHTS))
    )
    rule_weights: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(dict(_OWN_WEIGHTS))
    )
    off: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in (
            "min_events",
            "summary_max_words",
            "summary_max_paragraphs",
            "max_log_lines",
            "min_factors",
        ):
            if getattr(self, name) < 0:
                raise InvalidValue("is negative", path=(name,), expected="0 or more")
        for name in ("external_sentences", "why_depth"):
            least, most = getattr(self, name)
            if not 0 <= least <= most:
                raise InvalidValue(
                    f"{least} to {most} is not a range", path=(name,), expected="least and most"
                )
        if not 0 <= self.evidenced_share <= 1:
            raise InvalidValue(
                "is not a share", path=("evidenced_share",), expected="a number from 0 to 1"
            )
        named = {level.value: weight for level, weight in self.weights.items()}
        for name, weight in (named | dict(self.rule_weights)).items():
            if not 0 <= weight < 1_000_000:
                raise InvalidValue("is no weight", path=("weights", name), expected="0 or more")

    def weight_of(self, rule: str, level: RuleLevel) -> float:
        """What a rule counts."""
        return self.rule_weights.get(rule, self.weights.get(level, 0))

    def asks(self, rule: str) -> bool:
        """Whether the rule is switched on."""
        return rule not in self.off and rule.partition(".")[0] not in self.off


DEFAULT = Settings()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the rules: its id, title, level, the field it is about, and where it comes from."""

    id: str
    title: str
    level: RuleLevel
    field: str
    source: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule found: the share of its points that are earned, 0 to 1, or None where it does not apply."""

    asked: Asked
    share: float | None
    explanation: str

    @property
    def outcome(self) -> Outcome:
        """PASS only for the whole share."""
        if self.share is None:
            return Outcome.NOT_APPLICABLE
        return Outcome.PASS if self.share >= 1 else Outcome.FAIL


Rule = Callable[[Postmortem, Settings], Iterable[Answer]]
"""A rule reads the postmortem and answers one or more questions. Pass more of them to `assess_full`."""


def passed(asked: Asked, explanation: str) -> Answer:
    """The question is answered well."""
    return Answer(asked, 1.0, explanation)


def failed(asked: Asked, explanation: str, share: float = 0.0) -> Answer:
    """Something is missing; `share` is what counts all the same, and is never the whole."""
    return Answer(asked, min(max(share, 0.0), 0.999), explanation)


def either(asked: Asked, holds: object, good: str, bad: str) -> Answer:
    """Passed or failed, each with its explanation."""
    return passed(asked, good) if holds else failed(asked, bad)


def not_applicable(asked: Asked, explanation: str) -> Answer:
    """There is nothing to look at yet, or the severity does not ask for it."""
    return Answer(asked, None, explanation)
