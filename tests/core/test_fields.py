"""What people type into fields: words of a closed set, lines and prose."""

from __future__ import annotations

from enum import Enum

import pytest

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import either, sentence, spoken
from kintsugi.core.shared.words import word_of
from kintsugi.core.shared.written import line, prose


class State(Enum):
    """A closed set of words."""

    TODO = "TODO"
    IN_PROGRESS = "IN_PROGRESS"
    WONT_DO = "WONT_DO"


@pytest.mark.parametrize("written", ["in_progress", " In Progress ", "IN-PROGRESS"])
def test_a_word_is_known_however_it_is_spelled(written: str) -> None:
    assert word_of(State, written, "status") is State.IN_PROGRESS


@pytest.mark.parametrize(
    ("written", "problem"), [("done", "'done' is not known"), (" ", "is missing")]
)
def test_any_other_word_is_refused_with_what_there_is(written: str, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        word_of(State, written, "status")
    assert (caught.value.field, caught.value.problem) == ("status", problem)
    assert caught.value.expected == "TODO, IN_PROGRESS or WONT_DO"


def test_a_line_is_one_line_and_prose_keeps_its_lines() -> None:
    assert line(" a\r\n b\0 ", "title", 10) == "a b\ufffd"
    assert prose(" a\r\n b ", "text", 10) == "a\n b"
    assert line("", "title", 10) == ""
    for read in (line, prose):
        with pytest.raises(InvalidValue, match="title: is missing; expected a title"):
            read(" \n ", "title", 10, required=True, expected="a title")
        with pytest.raises(InvalidValue, match="title: has 11 characters; expected 10 at most"):
            read("x" * 11, "title", 10)


def test_words_of_the_code_become_words_of_the_page() -> None:
    assert [either(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a or b", "a, b or c",
    ]  # fmt: skip
    assert [spoken(name) for name in ("user_impact", "externalId", "")] == [
        "User impact", "External id", "",
    ]  # fmt: skip
    assert [sentence(text) for text in ("it is closed", "Done.")] == ["It is closed.", "Done."]
