"""Matchers are written and mean what they do in Alertmanager."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.matchers import (
    Matcher,
    does_match,
    find_whole,
    matches,
    parse_matcher,
    parse_matchers,
    written_matchers,
)
from kintsugi.core.shared.errors import InvalidValue
from tests.core.alerts.strategies import labels, matchers, texts

CHECKOUT = {"service": "checkout", "env": "prod"}


def is_for(text: str, labels: dict[str, str]) -> bool:
    return matches(parse_matchers(text), labels, find_whole)


@pytest.mark.parametrize(
    ("written", "is_met"),
    [
        ('service="checkout"', True),
        ('service="check"', False),
        ('service!="checkout"', False),
        ('service!="payments"', True),
        ('service=~"check"', False),
        ('service=~"check.*"', True),
        ('service=~"payments|checkout"', True),
        ('service!~"check.*"', False),
        ('service!~"check"', True),
        ('service="checkout", env="prod"', True),
        ('service="checkout", env="test"', False),
    ],
)
def test_a_pattern_matches_the_whole_value_and_all_matchers_must_hold(
    written: str, is_met: bool
) -> None:
    assert is_for(written, CHECKOUT) is is_met


def test_an_absent_label_is_an_empty_one() -> None:
    assert is_for('team=""', CHECKOUT)
    assert is_for('team=~".*"', CHECKOUT)
    assert is_for('team!="sre"', CHECKOUT)
    assert not is_for('team!=""', CHECKOUT)
    assert not is_for('team=~".+"', CHECKOUT)
    assert is_for('env=""', {**CHECKOUT, "env": ""})


def test_a_dot_is_not_a_line_end_unless_asked() -> None:
    assert not is_for('text=~"a.b"', {"text": "a\nb"})
    assert is_for('text=~"(?s)a.b"', {"text": "a\nb"})


def test_no_matcher_at_all_is_for_everything() -> None:
    assert is_for("", {})
    assert is_for("{}", CHECKOUT)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("foo=bar", [Matcher("foo", "bar")]),
        ('{foo="bar"}', [Matcher("foo", "bar")]),
        ('{foo = "bar", dings != "bums", }', [Matcher("foo", "bar"), Matcher("dings", "bums", is_equal=False)]),
        ("foo=bar,dings!=bums", [Matcher("foo", "bar"), Matcher("dings", "bums", is_equal=False)]),
        ('{foo="bar,quux", job="job1"}', [Matcher("foo", "bar,quux"), Matcher("job", "job1")]),
        ('statuscode=~"5.."', [Matcher("statuscode", "5..", is_regex=True)]),
        ("instance=~db-\\d{2}", [Matcher("instance", "db-\\d{2}", is_regex=True)]),
        ("tricky=~~~", [Matcher("tricky", "~~", is_regex=True)]),
        (r"trickier==\\=\=\"", [Matcher("trickier", r'=\=\="')]),
        (r'quote="She said: \"Hi\""', [Matcher("quote", 'She said: "Hi"')]),
        (r'foo="bar\n"', [Matcher("foo", "bar\n")]),
        (r'foo="back\\slash"', [Matcher("foo", r"back\slash")]),
        ('foo=""', [Matcher("foo", "")]),
        ('"foo bar"!~"x"', [Matcher("foo bar", "x", is_regex=True, is_equal=False)]),
        ("größe=xl", [Matcher("größe", "xl")]),
        (' contains_quote != "\\"" , contains_comma !~ "foo,bar" , ', [
            Matcher("contains_quote", '"', is_equal=False),
            Matcher("contains_comma", "foo,bar", is_regex=True, is_equal=False),
        ]),
    ],
)  # fmt: skip
def test_matchers_are_read_as_amtool_reads_them(written: str, read: list[Matcher]) -> None:
    assert list(parse_matchers(written)) == read


@pytest.mark.parametrize(
    "written",
    [
        "job=", 'job="value', 'job=value"', 'x=foo"bar', "{", "}", 'foo="bar"}', '{foo="bar"', "foo", ",",
        'foo="a" bar="b"', '"{foo=\\"bar\\"}"', '"foo="bar""', "=bar", "a=b,,c=d", "a\\b=c",
    ],
)  # fmt: skip
def test_what_is_no_matcher_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(InvalidValue, match="service="):
        parse_matchers(written)


def test_one_matcher_is_asked_for_and_one_is_read() -> None:
    assert parse_matcher("a=b") == Matcher("a", "b")
    for written in ("", "a=b,c=d"):
        with pytest.raises(InvalidValue, match="not one matcher"):
            parse_matcher(written)


def test_what_is_far_too_long_is_refused() -> None:
    for written in ("a" * 201 + "=b", "a=" + "b" * 2_001, "a=b," * 6_000):
        with pytest.raises(InvalidValue, match="characters"):
            parse_matchers(written)


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidValue, match="not a pattern"):
        find_whole("in[valid", "x")


@pytest.mark.parametrize(
    "text", ['foo="bar"', 'a!="b"', 'a=~"b.*"', '"foo bar"!~"b\\\\.c"', 'x="new\\nline"']
)
def test_matchers_are_written_as_alertmanager_writes_them(text: str) -> None:
    assert str(parse_matcher(text)) == text


@given(st.lists(matchers, max_size=4))
def test_what_is_written_reads_back(found: list[Matcher]) -> None:
    assert list(parse_matchers(written_matchers(found))) == found
    assert list(parse_matchers("{" + written_matchers(found) + "}")) == found


@given(st.text(alphabet="ab=~!\"\\,{} \n'é", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_matchers(text)
    except InvalidValue:
        return
    assert parse_matchers(written_matchers(found)) == found


@given(matchers, labels)
def test_a_matcher_and_its_opposite_share_the_world(one: Matcher, labels: dict[str, str]) -> None:
    other = Matcher(one.name, one.value, one.is_regex, not one.is_equal)
    assert does_match(one, labels, find_whole) is not does_match(other, labels, find_whole)


@given(matchers, labels)
def test_an_absent_label_and_an_empty_one_are_the_same(
    one: Matcher, labels: dict[str, str]
) -> None:
    without = {name: value for name, value in labels.items() if name != one.name}
    empty = {**without, one.name: ""}
    assert does_match(one, without, find_whole) is does_match(one, empty, find_whole)


@given(st.lists(matchers, max_size=4), labels, texts)
def test_more_matchers_are_for_fewer_alerts(
    found: list[Matcher], labels: dict[str, str], value: str
) -> None:
    more = [*found, Matcher("service", value)]
    assert matches(found, labels, find_whole) or not matches(more, labels, find_whole)
