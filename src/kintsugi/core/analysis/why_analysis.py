"""What a why-tree comes to: where it stopped, what it suggests, and the factors in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import BELIEF, Why, depth_of, ends, walk
from kintsugi.core.shared.severity import Severity

INDICATORS = (
    "lack of", "absence of", "missing", "no process", "not implemented", "never established", "assumption",
)  # fmt: skip
"""The guide's words for something that is not there. To the guide they end the questions; to us they ask one more."""

RECOMMENDATIONS: Mapping[str, str] = MappingProxyType(
    {
        "process": "Write down how it is done, or mend the way it is done now.",
        "monitoring": "Have monitoring tell of it, earlier or at all.",
        "testing": "Cover it with a test that fails when it happens again.",
        "communication": "Agree who tells whom, by which channel and when.",
    }
)
"""The guide's four words in a cause, and what each suggests."""

LEAST_FACTORS = 2
_STRICT = frozenset({Severity.SEV_1, Severity.SEV_2})


@dataclass(frozen=True, slots=True)
class WhyAnalysis:
    """A problem and the tree of whys about it; and what would have halved the time to see and to stop it."""

    problem: str
    whys: tuple[Why, ...] = ()
    halve_detection: str = ""
    halve_mitigation: str = ""


@dataclass(frozen=True, slots=True)
class WhyHint:
    """Something worth a thought, about one answer or, where `about` is empty, about the whole; with its reason."""

    text: str
    reason: str
    about: str = ""


def causes(analysis: WhyAnalysis) -> tuple[Why, ...]:
    """The answers at which people stopped on purpose: actionable and within our control."""
    return tuple(why for why in ends(analysis.whys) if why.is_actionable)


def open_ends(analysis: WhyAnalysis) -> tuple[Why, ...]:
    """The answers after which nobody asked on, and nobody said why not."""
    return tuple(why for why in ends(analysis.whys) if not why.is_actionable)


def factors(analysis: WhyAnalysis) -> tuple[ContributingFactor, ...]:
    """The answers at which the tree stops, as contributing factors; each once."""
    found: dict[str, ContributingFactor] = {}
    for why in ends(analysis.whys):
        if why.answer:
            found.setdefault(why.answer.casefold(), ContributingFactor(why.answer, why.category))
    return tuple(found.values())


def recommendations(analysis: WhyAnalysis) -> tuple[str, ...]:
    """The guide's recommendations for the answers people stopped at, each once; without such an answer, to go on."""
    stopped = causes(analysis)
    if not stopped:
        return ("Ask on, until an answer is actionable and within our control.",)
    said = " ".join(why.answer for why in stopped).casefold()
    return tuple(text for word, text in RECOMMENDATIONS.items() if word in said)


def hints(analysis: WhyAnalysis, severity: Severity | None = None) -> tuple[WhyHint, ...]:
    """What the tree still asks for: ends nobody marked, beliefs without evidence, one cause where two are asked.

    `severity` is that of the incident; SEV-1 and SEV-2 ask for two factors of two categories (practice.md 15).
    """
    return (*_of_answers(analysis), *_of_the_whole(analysis, severity))


def _of_answers(analysis: WhyAnalysis) -> Iterator[WhyHint]:
    for _, why in walk(analysis.whys):
        said = why.answer.casefold()
        if not why.answer:
            yield WhyHint("Answer it.", "The question has no answer.", why.question)
            continue
        if not why.whys and not why.is_actionable:
            word = next((one for one in INDICATORS if one in said), "")
            if word:
                reason = f"It says {word!r}: something was not there. That may be the end, and only people can say so."
            else:
                reason = "It ends here, and nobody said that it can be acted on."
            yield WhyHint(
                "Ask on, or mark it as actionable and within our control.", reason, why.answer
            )
        if not why.evidence or why.evidence.casefold() == BELIEF:
            yield WhyHint(
                "Show it: an event, a graph, a change.",
                "It rests on belief." if why.evidence else "Nothing shows it yet.", why.answer,
            )  # fmt: skip


def _of_the_whole(analysis: WhyAnalysis, severity: Severity | None) -> Iterator[WhyHint]:
    if not analysis.whys:
        yield WhyHint("Ask the first why.", "There is none yet.")
        return
    found = factors(analysis)
    kinds = {one.category for one in found if one.category}
    if (
        severity is not None
        and severity in _STRICT
        and (len(found) < LEAST_FACTORS or len(kinds) < LEAST_FACTORS)
    ):
        yield WhyHint(
            "Look for a second cause of another kind.",
            f"{severity.label} asks for {LEAST_FACTORS} factors of {LEAST_FACTORS} categories; "
            f"here are {len(found)} of {len(kinds)}.",
        )
    if not analysis.halve_detection:
        yield WhyHint("How would we halve the time to detect?", "It is not answered.")
    if not analysis.halve_mitigation:
        yield WhyHint("How would we halve the time to mitigate?", "It is not answered.")


def as_guide(analysis: WhyAnalysis) -> dict[str, object]:
    """The guide's report: problem, analysis, root_cause, depth, recommendations.

    A tree is told from each question down its first branch before the next. `root_cause` is the first answer that
    people marked as actionable, or None; the guide takes the answer with a certain word, or the fifth. Its `depth`
    counts answers; ours is the longest chain, which is the same in a tree without branches.
    """
    stopped = causes(analysis)
    return {
        "problem": analysis.problem,
        "analysis": [
            {"level": level, "question": why.question, "answer": why.answer}
            for level, why in walk(analysis.whys)
        ],
        "root_cause": stopped[0].answer if stopped else None,
        "depth": depth_of(analysis.whys),
        "recommendations": list(recommendations(analysis)),
    }
