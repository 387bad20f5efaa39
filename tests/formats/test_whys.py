"""Why-trees as files: outlines, chains, YAML, JSON and the guide's report; errors with their line and field."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analysis.five_whys import Confidence, Why, depth_of, walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis, as_guide
from kintsugi.formats.codec import encode
from kintsugi.formats.errors import InputError
from kintsugi.formats.whys import read_whys, whys_markdown, whys_mermaid
from tests.core.test_why_analysis import GUIDE, chain
from tests.strategies import whys

NUMBERED = "# Website was down for 2 hours\n\n" + "".join(
    f"{number}. {question} {answer}\n" for number, (question, answer) in enumerate(GUIDE, 1)
)


def read(text: str) -> WhyAnalysis:
    return read_whys(text.encode(), file="whys")[0]


def test_a_numbered_list_is_a_chain_and_bullets_are_a_tree() -> None:
    assert read(NUMBERED) == WhyAnalysis("Website was down for 2 hours", chain(*GUIDE))
    tree = read("Problem: Slow\n\n- Why? A\n  - Why A? B\n  - Why else A? C\n- Why also? D\n")
    assert tree.problem == "Slow"
    assert [(level, why.answer) for level, why in walk(tree.whys)] == [
        (1, "A"), (2, "B"), (2, "C"), (1, "D"),
    ]  # fmt: skip


def test_the_guides_report_is_read_and_its_root_cause_is_marked() -> None:
    analysis = WhyAnalysis("Website was down", chain(*GUIDE, is_actionable=True))
    assert read(json.dumps(as_guide(analysis))) == analysis


def test_yaml_and_json_hold_all_that_an_answer_has() -> None:
    written = """\
problem: Checkout was slow
halveDetection: An alert on the queue
whys:
  - question: Why?
    answer: The pool was full
    evidence: belief
    confidence: low
    category: configuration_change
    whys:
      - {question: Why was it full?, answer: It is sized by hand, actionable: true, confidence: high}
"""
    deep = Why(
        "Why was it full?", "It is sized by hand", is_actionable=True, confidence=Confidence.HIGH
    )
    made = read(written)
    assert made == WhyAnalysis(
        "Checkout was slow",
        (Why("Why?", "The pool was full", "belief", "configuration_change", False, (deep,), Confidence.LOW),),
        "An alert on the queue",
    )  # fmt: skip
    assert read(whys_markdown(made)) == made


WORDS = st.text(alphabet="abc deXYZ", min_size=1, max_size=12).map(str.strip).filter(bool)
PLAIN = st.recursive(
    st.builds(Why, WORDS.map("{}?".format), WORDS, is_actionable=st.booleans()),
    lambda children: st.builds(
        Why, WORDS.map("{}?".format), WORDS, st.sampled_from(["", "belief"]),
        st.sampled_from(["", "process_gap"]), st.booleans(), st.lists(children, max_size=3).map(tuple),
        st.none() | st.sampled_from(Confidence),
    ),
    max_leaves=8,
)  # fmt: skip


@given(WORDS, st.lists(PLAIN, min_size=1, max_size=3), st.just("") | WORDS)
def test_markdown_reads_back_to_the_same_value(
    problem: str, given_whys: list[Why], halved: str
) -> None:
    analysis = WhyAnalysis(" ".join(problem.split()), tuple(given_whys), " ".join(halved.split()))
    squeezed = read(re.sub(" +", " ", json.dumps({"whys": encode(analysis.whys)}))).whys
    assert read(whys_markdown(analysis)) == replace(analysis, whys=squeezed)


@given(st.text(max_size=300) | st.text(alphabet="#-*1. ?{}[]:|>\n\t aA", max_size=200))
def test_any_text_is_an_analysis_or_refused_with_a_reason(text: str) -> None:
    try:
        said = whys_markdown(read_whys(text.encode("utf-8", "surrogatepass"), file="f")[0])
    except InputError as error:
        said = str(error)
    assert said.strip()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no list of whys"),
        ("Nothing here is a list.", "has no list of whys"),
        ("3", "has no list of whys"),
        ('{"whys": 3}', "f:1: whys: 3 is no list"),
        ('{"whys": [3]}', "f:1: whys[0]: 3 is no why"),
        ('{"whys":\n [{"question": "a",\n  "confidence": "sure"}]}', "f:3: whys[0].confidence"),
        (
            '{"analysis": [{"level": 2, "question": "a"}]}',
            "f:1: analysis[0].level: 2 is no level here",
        ),
        ('{"analysis": [], "whys": []}', "analysis: stands beside whys"),
        ('{"problem": [1]}', "problem"),
        ("{", "f:1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read_whys(text.encode(), file="f")
    assert says in str(refused.value)


def test_a_tree_that_is_too_deep_is_refused_however_it_is_written() -> None:
    numbered = "".join(f"{n}. Why {n}? Because\n" for n in range(1, 400))
    data = json.dumps({"whys": nested(60)})
    for text in (numbered, data):
        with pytest.raises(InputError, match="deeper than 50"):
            read(text)
    assert depth_of(read("".join(f"{n}. Why {n}? Because\n" for n in range(1, 51))).whys) == 50


def nested(depth: int) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for _ in range(depth):
        made = [{"question": "Why?", "answer": "So", "whys": made}]
    return made


def test_what_is_passed_over_is_said() -> None:
    _, notes = read_whys(b'{"problem": "p", "author": "x", "whys": []}')
    assert notes == ("'author' is not a key of an analysis, and is passed over",)
    _, notes = read_whys(b"# P\n\nSome prose.\n\n- Why? So\n")
    assert notes == ("'Some prose.' is no why, and is passed over",)


@given(st.lists(whys, max_size=3), st.text(max_size=40))
def test_mermaid_draws_every_answer_and_no_text_breaks_out(
    given_whys: list[Why], problem: str
) -> None:
    drawn = whys_mermaid(WhyAnalysis(problem, tuple(given_whys)))
    assert drawn.count(" -->|") == len(list(walk(given_whys)))
    for line in drawn.splitlines()[1:]:
        assert re.fullmatch(
            r'  \w+(?: -->\|"[^"<>`]*"\| \w+|(?:\["|\(\[")[^"<>`]*(?:"\]|"\]\)))', line
        ), line
