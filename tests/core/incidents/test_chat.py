"""What was said in a chat may enter the timeline once, whatever is pasted again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.chat import (
    MOST_TAKEN,
    ChatLog,
    ChatMessage,
    Choice,
    chosen,
    keys_of,
    offered,
)
from kintsugi.core.shared.errors import InvalidValue

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MESSAGES = st.lists(
    st.builds(
        ChatMessage,
        at=st.sampled_from([NOW - timedelta(seconds=one) for one in (0, 20, 70, 3600)]),
        author=st.sampled_from(["Mina", "MINA", "Bob", ""]),
        text=st.sampled_from(["ok", "o k", "pool  is full", "pool is full"]),
        id=st.sampled_from(["", "slack:1", "slack:2"]),
    ),
    max_size=8,
)


@given(MESSAGES, st.integers(0, 8))
def test_what_is_in_is_found_again_and_a_longer_copy_brings_only_what_is_new(
    messages: list[ChatMessage], first: int
) -> None:
    keys = keys_of(messages)
    assert len(set(keys)) == len(messages)
    assert keys_of(messages[:first]) == keys[:first]
    known = set(keys[:first])
    again = offered(ChatLog(tuple(messages)), known, NOW)
    assert [one.is_in for one in again[:first]] == [True] * len(again[:first])
    assert not any(one.is_in for one in again[first:])
    assert not any(one.is_proposed for one in again if one.is_in)


def test_an_export_finds_what_was_copied_and_what_it_calls_the_same() -> None:
    copied = ChatMessage(NOW.replace(second=0), "Mina", "pool is full")
    exported = ChatMessage(NOW.replace(second=17), "mina", "pool  is full", id="slack:1")
    assert keys_of([copied]) == keys_of([exported])
    edited = ChatMessage(NOW, "Mina", "pool was full", id="slack:1")
    assert offered(ChatLog((edited,)), {"slack:1"}, NOW)[0].is_in


def test_what_no_person_wrote_is_not_proposed_and_what_is_to_come_cannot_enter() -> None:
    bot = ChatMessage(NOW, "PagerBot", "Errors at 8%", is_automatic=True)
    later = ChatMessage(NOW + timedelta(hours=1), "Mina", "done")
    long = ChatMessage(NOW, "Mina", "x" * 20_001)
    found = offered(ChatLog((bot, later, long)), (), NOW)
    assert [one.may_enter for one in found] == [True, False, False]
    assert not any(one.is_proposed for one in found)
    assert [one for one, _ in chosen(found, {1: Choice(1)})] == [found[0]]
    for number in (2, 3, 4, 0):
        with pytest.raises(InvalidValue):
            chosen(found, {number: Choice(number)})


def test_so_many_enter_at_once_and_no_more() -> None:
    many = tuple(ChatMessage(NOW, "Mina", str(one)) for one in range(MOST_TAKEN + 1))
    found = offered(ChatLog(many), (), NOW)
    choices = {one.number: Choice(one.number) for one in found}
    with pytest.raises(InvalidValue, match="500"):
        chosen(found, choices)
    assert len(chosen(found, {number: choices[number] for number in list(choices)[1:]})) == 500
