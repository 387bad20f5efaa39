"""What a why-tree comes to: the guide's report, hints with their reasons, factors; no word ends it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import Why, ends, walk
from kintsugi.core.analysis.why_analysis import (
    RECOMMENDATIONS,
    WhyAnalysis,
    as_guide,
    causes,
    factors,
    hints,
    open_ends,
    recommendations,
)
from kintsugi.core.shared.severity import Severity
from tests.strategies import whys

GUIDE = (
    ("Why was the website down?", "The web server ran out of memory"),
    ("Why did the server run out of memory?", "A memory leak in the application"),
    ("Why was there a memory leak?", "Unclosed database connections"),
    ("Why were connections not closed?", "Missing connection pooling configuration"),
    ("Why was connection pooling not configured?", "Lack of production readiness checklist"),
)


def chain(*said: tuple[str, str], is_actionable: bool = False) -> tuple[Why, ...]:
    """Whys of which each asks about the answer before."""
    made: tuple[Why, ...] = ()
    for place, (question, answer) in enumerate(reversed(said)):
        made = (Why(question, answer, is_actionable=is_actionable and place == 0, whys=made),)
    return made


def test_the_guides_five_levels_are_told_under_its_keys() -> None:
    made = as_guide(WhyAnalysis("Website was down for 2 hours", chain(*GUIDE, is_actionable=True)))
    assert list(made) == ["problem", "analysis", "root_cause", "depth", "recommendations"]
    assert made["analysis"] == [
        {"level": level, "question": question, "answer": answer}
        for level, (question, answer) in enumerate(GUIDE, 1)
    ]
    assert (made["root_cause"], made["depth"]) == (GUIDE[-1][1], 5)
    assert made["recommendations"] == []  # as the guide's own code: none of its four words is there


def test_neither_a_word_nor_the_fifth_answer_is_a_root_cause() -> None:
    analysis = WhyAnalysis("Website was down", chain(*GUIDE))
    assert as_guide(analysis)["root_cause"] is None
    assert causes(analysis) == ()
    assert [why.answer for why in open_ends(analysis)] == [GUIDE[-1][1]]
    [asked] = [one for one in hints(analysis) if one.text.startswith("Ask on")]
    assert asked.about == GUIDE[-1][1]
    assert "'lack of'" in asked.reason


def test_recommendations_follow_from_the_answers_people_stopped_at() -> None:
    said = "Neither monitoring nor testing covers the process"
    whys = (Why("Why?", said, is_actionable=True), Why("And why?", "Communication broke off"))
    assert recommendations(WhyAnalysis("p", whys)) == tuple(
        RECOMMENDATIONS[word] for word in ("process", "monitoring", "testing")
    )
    assert recommendations(WhyAnalysis("p", whys[1:])) == (
        "Ask on, until an answer is actionable and within our control.",
    )


def test_a_severe_incident_asks_for_two_factors_of_two_categories() -> None:
    def asks(severity: Severity | None, *categories: str) -> bool:
        found = tuple(Why("Why?", f"Cause {n}", category=one) for n, one in enumerate(categories))
        return any("second cause" in one.text for one in hints(WhyAnalysis("p", found), severity))

    assert asks(Severity.SEV_1, "process_gap")
    assert asks(Severity.SEV_2, "process_gap", "process_gap")
    assert not asks(Severity.SEV_1, "process_gap", "infrastructure")
    assert not asks(Severity.SEV_3, "process_gap")
    assert not asks(None, "process_gap")


def test_an_answer_that_rests_on_belief_asks_to_be_shown() -> None:
    shown, believed = (
        Why("Why?", "A", evidence="https://graphs.example/1"),
        Why("Why?", "B", "belief"),
    )
    found = [one for one in hints(WhyAnalysis("p", (shown, believed))) if "Show it" in one.text]
    assert [(one.about, one.reason) for one in found] == [("B", "It rests on belief.")]


def test_both_halving_questions_are_asked_until_they_are_answered() -> None:
    analysis = WhyAnalysis("p", (Why("Why?", "A", "e", "", True),))
    assert [one.text for one in hints(analysis)] == [
        "How would we halve the time to detect?", "How would we halve the time to mitigate?",
    ]  # fmt: skip
    assert hints(replace(analysis, halve_detection="Alert", halve_mitigation="Flag")) == ()


def test_factors_are_the_answers_at_which_the_tree_stops_each_once() -> None:
    whys = (
        Why("a?", "The pool is small", category="configuration_change"),
        Why("b?", "x", whys=(Why("c?", "the pool is small"), Why("d?", "Nobody is told", category="process_gap"))),
    )  # fmt: skip
    assert factors(WhyAnalysis("p", whys)) == (
        ContributingFactor("The pool is small", "configuration_change"),
        ContributingFactor("Nobody is told", "process_gap"),
    )


@given(st.lists(whys, max_size=3))
def test_every_end_is_a_cause_or_open_and_every_answer_is_told(given_whys: list[Why]) -> None:
    analysis = WhyAnalysis("p", tuple(given_whys))
    both = [*causes(analysis), *open_ends(analysis)]
    assert sorted(map(repr, both)) == sorted(map(repr, ends(analysis.whys)))
    told = as_guide(analysis)["analysis"]
    assert isinstance(told, list)
    assert [one["answer"] for one in told] == [why.answer for _, why in walk(analysis.whys)]
    assert {one.text for one in factors(analysis)} <= {why.answer for why in ends(analysis.whys)}
