"""A day of a Slack channel, as an export has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.chat import ChatLog
from kintsugi.formats.chat import read_chat, without_the_rest
from kintsugi.formats.errors import InputError

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MINA = {"display_name": "", "real_name": "Mina Okafor", "name": "mina"}
DAY: list[dict[str, Any]] = [
    {"subtype": "channel_join", "user": "U1", "ts": "1772461000.000100", "text": "<@U1> has joined"},
    {
        "type": "message", "user": "U1", "ts": "1772461920.000200", "user_profile": MINA,
        "text": "pool is full &lt;100%&gt; <@U2>",
    },
    {
        "type": "message", "user": "U2", "ts": "1772461980.5", "thread_ts": "1772461920.000200",
        "user_profile": {"display_name": "bob"},
        "text": "ask <@U1>, see <https://x.example/d|the graph> <!here> <#C1|ops>",
        "edited": {"user": "U2", "ts": "1772461990.0"},
    },
    {
        "type": "message", "subtype": "bot_message", "username": "PagerBot", "ts": "1772461900.000000", "text": "",
        "attachments": [{"fallback": "Errors at 8%"}],
    },
    {"type": "message", "user": "U3", "ts": "1772462000.000000", "text": "", "files": [{"name": "graph.png"}]},
    {"type": "message", "user": "U3", "ts": "1772462001.000000", "text": ""},
]  # fmt: skip


def read(data: object) -> list[tuple[str, str, str]]:
    log = read_chat(json.dumps(data), NOW)
    return [(f"{one.at:%H:%M:%S}", one.author, one.text) for one in log.messages]


def test_messages_are_read_with_names_mentions_and_links() -> None:
    assert read(DAY) == [
        ("14:31:40", "PagerBot", "Errors at 8%"),
        ("14:32:00", "Mina Okafor", "pool is full <100%> @bob"),
        ("14:33:00", "bob", "ask @Mina Okafor, see the graph (https://x.example/d) @here #ops"),
        ("14:33:20", "U3", "(file: graph.png)"),
    ]
    log = read_chat(json.dumps({"ok": True, "messages": DAY}), NOW)
    assert log.left_out == 2
    assert [one.is_automatic for one in log.messages] == [True, False, False, False]
    assert [(one.is_reply, one.is_edited) for one in log.messages][2] == (True, True)
    assert log.messages[1].id == "slack:1772461920.000200:U1"
    assert log.messages[1].at.microsecond == 200


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('[{"ts": "1772461920.0",\n "text": "a"},\n 7]', 3, "no message"),
        ('[{"ts": "1772461920.0", "text": "a"},\n {"text": "b"}]', 2, "missing"),
        ('[{"text": "b",\n "ts": "yesterday"}]', 2, "no time"),
        ('[{"ts": "1",', 1, "ends before"),
        ('{"users": []}', 1, "no Slack export"),
    ],
)
def test_what_slack_never_wrote_is_refused_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(InputError, match=word) as refused:
        read_chat(text, NOW, file="day.json")
    assert refused.value.line == line


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12)
    | st.sampled_from(["1772461920.0001", "9" * 10, "<@U1|", "<!x^y>"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["ts", "text", "user", "name"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
FIELDS = (
    "type", "subtype", "ts", "text", "user", "user_profile", "bot_profile", "attachments", "files",
    "edited", "thread_ts",
)  # fmt: skip
MESSAGES = st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6) | VALUES, max_size=4)  # fmt: skip


@given(MESSAGES | st.builds(lambda found: {"messages": found}, MESSAGES))
def test_any_json_is_read_or_refused_with_a_line(data: object) -> None:
    text = json.dumps(data)
    try:
        log = read_chat(text, NOW)
    except InputError as error:
        log, line = ChatLog(()), error.line
    else:
        line = 1
    assert line == 1
    if not log.messages:
        return
    assert all(one.text for one in log.messages)
    assert read_chat(without_the_rest(text), NOW).messages == log.messages
