"""Bad input gets one clear message with its place, or a safe document; never a traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.milestones import out_of_order
from kintsugi.core.shared.errors import DomainError
from kintsugi.formats.errors import InputError
from kintsugi.formats.files import read_record


def refused(text: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read_record(text, file="in.json")
    return caught.value


def test_truncated_json_says_where_it_ends() -> None:
    error = refused('{"title": "T",\n "timeline": [{"time": "14:35"')
    assert error.line == 2
    assert "ends before it is complete" in str(error)


FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"impact": {"affected_users": "many"}}, "impact.affected_users", "number"),
    ({"impact": {"affected_users": -3}}, "impact.affected_users", "negative"),
    ({"impact": {"affected_users": 1.5}}, "impact.affected_users", "whole"),
    ({"impact": {"duration_minutes": -5}}, "impact.duration_minutes", "negative"),
    ({"impact": {"duration_minutes": "a while"}}, "impact.duration_minutes", "duration"),
    ({"impact": {"affected_percent": 140}}, "impact.affected_percent", "percentage"),
    ({"impact": {"revenue": {"amount": "1", "currency": "EURO"}}}, "impact.revenue", "currency"),
    ({"impact": []}, "impact", "mapping"),
    ({"severity": "sev9"}, "severity", "SEV-1"),
    ({"severity": True}, "severity", "severity"),
    ({"date": "03/04/2024"}, "date", "date"),
    ({"date": 20240315}, "date", "date"),
    ({"zone": "Mars/Olympus"}, "zone", "zone"),
    ({"timeline": "x" * 9 + "\n"}, "", ""),
    ({"timeline": [{"time": "25:99", "description": "x"}]}, "timeline[0].time", "time"),
    ({"timeline": [{"time": "10:00", "description": {"a": 1}}]}, "timeline[0].description", "text"),
    ({"timeline": 7}, "timeline", "list"),
    ({"sections": {"summary": "the generator's own output"}}, "sections", "list"),
    ({"action_items": [{"description": "x", "priority": "soon"}]}, "action_items[0].priority", "CRITICAL"),
    ({"action_items": [{"text": "x", "title": "y"}]}, "action_items[0].title", "same"),
    ({"title": ["a"]}, "title", "text"),
    ({"summary": "x" * 1_000_001}, "summary", "1,000,000"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "place", "word"), [row for row in FIELDS if row[1]])
def test_a_wrong_value_is_named_with_its_field_and_what_would_be_right(
    fields: dict[str, Any], place: str, word: str
) -> None:
    error = refused(json.dumps({"title": "T"} | fields, indent=1))
    assert error.field.startswith(place)
    assert word in str(error)
    assert error.line > 1, "the line of the field is found"


def test_the_line_of_a_field_is_right_in_json_and_in_yaml() -> None:
    assert refused('{\n "title": "T",\n "impact": {\n  "affected_users": "x"\n }\n}').line == 4
    assert (
        refused("title: T\ntimeline:\n  - time: 10:00\n    description: a\n  - time: nope\n").line
        == 5
    )


def test_an_end_before_its_start_is_kept_and_can_be_told() -> None:
    data = {
        "title": "T",
        "milestones": {"declared": "2024-01-01T10:00:00Z", "resolved": "2024-01-01T09:00:00Z"},
    }
    postmortem = read_record(json.dumps(data)).postmortem
    assert out_of_order(postmortem.milestones)[0].later == "resolved"


TEXTS: list[tuple[str | bytes, str]] = [
    ("", "empty"),
    ("   \n", "empty"),
    ("[1, 2]", "mapping"),
    ("just words", "no record"),
    ("# A heading\n\ntext", "front matter"),
    ("---\ntitle: x\n---\n# not ours\n", "front matter"),
    ('{"title": NaN}', "NaN"),
    ('{"a": 1, "a": 2}', "twice"),
    ("{" * 100_000, "JSON"),
    ("[" * 100_000, "deep"),
    ("a: " + "[" * 5_000, "deep"),
    ('{"title": "T", "impact": {"affected_users": ' + "9" * 5_000 + "}}", "JSON"),
    (b"\xff\xfe\x00", "UTF"),
    (b'{"title": "\xc3\x28"}', "UTF-8"),
    ("a: !!python/object/apply:os.system ['true']", "YAML"),
    ("a: &a [*a]", "inside what it names"),
    ("a: *nothing", "alias"),
    ("title: T\n\tbad: tab", "YAML"),
    ("--- 1\n--- 2\n", "YAML"),
]


@pytest.mark.parametrize(("text", "word"), TEXTS, ids=range(len(TEXTS)))
def test_a_text_that_holds_no_record_is_refused_in_words(text: str | bytes, word: str) -> None:
    assert word in str(refused(text))


def test_a_yaml_bomb_is_refused_by_what_it_would_expand_to() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "expands" in str(refused("\n".join(levels)))


def test_ordinary_aliases_are_welcome() -> None:
    text = "title: T\nwhat_went_well: &well [fast]\nwhat_went_poorly: *well\n"
    assert read_record(text).postmortem.what_went_poorly == ("fast",)


def test_control_characters_become_visible_and_move_nothing() -> None:
    postmortem = read_record(json.dumps({"title": "a\x00b\x1b[31mc\r\nd"})).postmortem
    assert postmortem.title == "a\ufffdb\ufffd[31mc\nd"


def read_or_refuse(text: str | bytes) -> bool:
    """Whether the text is read, or refused with a message; any other error ends the test."""
    try:
        return bool(read_record(text).postmortem)
    except DomainError as error:
        return bool(str(error))


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from([
    "title", "severity", "date", "impact", "timeline", "action_items", "whys", "milestones", "detection", "links",
    "schema", "zone", "extra", "contributing_factors", "external", "glossary", "tags", "status", "duration", "sections",
])  # fmt: skip


@given(st.dictionaries(KEYS | st.text(max_size=8), json_values, max_size=6))
def test_any_json_object_is_read_or_refused_never_worse(data: dict[str, Any]) -> None:
    assert read_or_refuse(json.dumps(data))


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_text_is_read_or_refused_never_worse(text: str | bytes) -> None:
    assert read_or_refuse(text)
