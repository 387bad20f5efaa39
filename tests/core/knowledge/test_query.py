"""The language of the search: what is read of a question, whatever is typed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.knowledge.query import Filter, Kind, Phrase, Query, read_query
from kintsugi.core.knowledge.snippets import asked_phrases, marked, snippet
from kintsugi.core.knowledge.words import spelled
from kintsugi.core.shared.severity import Severity

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")


def read(text: str) -> Query:
    return read_query(text, NOW, WARSAW)


def words(*said: str, is_beginning: bool = False) -> Phrase:
    return Phrase(said, is_beginning)


def test_words_phrases_beginnings_either_and_without() -> None:
    query = read('Pool "Connection Leak" conn* time-out leak OR drain -drill -"fire bell"')
    assert query.groups == (
        (words("pool"),), (words("connection", "leak"),), (words("conn", is_beginning=True),),
        (words("time", "out"),), (words("leak"), words("drain")),
    )  # fmt: skip
    assert query.without == (words("drill"), words("fire", "bell"))


def test_filters_are_conditions_and_any_other_colon_is_words() -> None:
    query = read(
        'kind:incidents,actions service:a,b -service:c severity:sev-2 team:"Customer care" http://x'
    )
    assert query.kinds == (Kind.INCIDENT, Kind.ACTION)
    assert query.services == (Filter(("a", "b")), Filter(("c",), is_not=True))
    assert query.severities == (Severity.SEV_2,)
    assert query.teams == (Filter(("Customer care",)),)
    assert query.groups == ((words("http", "x"),),)
    assert "todo" in read("status:open").statuses[0].values


def test_days_are_the_askers_and_the_last_one_counts_whole() -> None:
    query = read("since:2026-03-01 until:2026-03-02")
    assert query.since == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert query.until == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert read("since:2d").since == datetime(2026, 2, 28, 9, tzinfo=UTC)
    assert read("since:0002-01-01").since == datetime(1970, 1, 1, tzinfo=UTC)
    assert read("since:900y").since == datetime(1970, 1, 1, tzinfo=UTC)


def test_what_cannot_be_meant_is_passed_over_and_named() -> None:
    query = read("severity:bad kind:beast status:odd since:never -kind:alert until:9999-12-31")
    assert query.is_empty
    assert len(query.notes) == 6
    assert read("!!! ?? -").is_empty
    assert len(read(" ".join(["word"] * 100)).groups) == 40


def test_words_have_no_case_and_no_accents_and_ideographs_stand_alone() -> None:
    assert spelled("Café-Öl 5xx ŁÓDŹ_x") == ("cafe", "ol", "5xx", "łodz", "x")
    assert spelled("博多港 search") == ("博", "多", "港", "search")


def test_a_snippet_shows_the_place_where_most_of_it_stands() -> None:
    text = (
        "A pool.\n"
        + "Nothing here. " * 30
        + "The connection\nPOOL leaks: pooling. "
        + "More. " * 60
    )
    pieces = snippet(text, asked_phrases(read('"connection pool" leak* pool*')))
    assert "".join(one.text for one in pieces).startswith("… ")
    hits = [one.text for one in pieces if one.is_hit]
    assert hits == ["connection POOL", "leaks", "pooling"]
    assert [one.text for one in marked("Café pool", (words("cafe"),)) if one.is_hit] == ["Café"]
    assert "".join(one.text for one in snippet("short", ())) == "short"


SHARP = st.text("ab\"'*-:()^~!&|<>\\ \nORkindsevrty,é検½ﬁ\u0000", max_size=80)


@given(text=st.one_of(st.text(max_size=80), SHARP), body=st.one_of(st.text(max_size=300), SHARP))
def test_nothing_that_is_typed_is_an_error_and_a_text_loses_no_word(text: str, body: str) -> None:
    query = read(text)
    every = [*asked_phrases(query), *query.without]
    assert all(word.isalnum() for phrase in every for word in phrase.words)
    assert "".join(one.text for one in marked(body, every)) == body
    assert len("".join(one.text for one in snippet(body, every))) <= len(body) + 4
