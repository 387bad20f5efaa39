"""What the words of a why-tree say of people, and what to ask in their place."""

from __future__ import annotations

import pytest

from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.analysis.why_wording import wording_hints


def told(question: str, answer: str = "A flag", *people: str) -> list[str]:
    found = wording_hints(WhyAnalysis("P", (Why(question, answer),)), people)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("question", "instead"),
    [
        ("Why did X forget the flag?", "What made it easy to miss?"),
        ("Why did Bob overlook it?", "What made it easy to miss?"),
        ("Why didn't the team check it?", "What made it easy to go on without looking?"),
        ("Why did the on-call ignore the page?", "What did it look like at the time, and what else rang?"),
        ("Why did the engineer push it?", "What made it look safe, and what let it through?"),
    ],
)  # fmt: skip
def test_a_question_about_a_deed_becomes_one_about_what_was_around_it(
    question: str, instead: str
) -> None:
    assert told(question, "A flag", "Bob") == [f"Try: {instead}"]


@pytest.mark.parametrize(
    "question",
    [
        "Why did the pool run dry?",
        "Why did Kubernetes miss the probe?",
        "What made it easy to miss?",
    ],
)
def test_a_question_about_a_system_stands(question: str) -> None:
    assert told(question) == []


def test_an_answer_that_names_a_person_says_what_to_write() -> None:
    (found,) = wording_hints(WhyAnalysis("P", (Why("Why?", "Human error"),)))
    assert found.about == "Human error"
    assert "Human error" in found.reason
    assert told("Why?", "The retry path has no limit") == []


def test_the_reframed_questions_pass_the_lint_they_come_from() -> None:
    for question in ("Why did X forget it?", "Why didn't the team check it?"):
        (said,) = told(question)
        assert told(said.removeprefix("Try: "), "A flag") == []
