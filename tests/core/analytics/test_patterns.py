"""What incidents have in common: classes suggested with their reason, common terms, factors beyond chance, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analytics.facts import IncidentFact
from kintsugi.core.analytics.measures import detection_gap
from kintsugi.core.analytics.patterns import (
    co_occurring,
    common_terms,
    improvements,
    terms_of,
)
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.knowledge.classes import (
    SHIPPED,
    CauseClass,
    FoundTerm,
    class_of,
    stands_in,
    suggested,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

POOL = CauseClass("pool", "Connection pool exhausted", ("connection pool", "pool*"))


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("The connection-pool was empty", "connection pool", True),
        ("Two Connection  Pools", "connection pool", True),
        ("whirlpool", "pool*", False),
        ("pooling was off", "pool*", True),
        ("a carpool", "pool", False),
        ("DNS, of course", "dns", True),
        ("", "dns", False),
    ],
)
def test_a_term_stands_in_a_text_as_whole_words_in_any_case_and_number(
    text: str, term: str, expected: bool
) -> None:
    assert stands_in(text, term) is expected


def test_a_class_is_suggested_with_the_terms_that_suggest_it_and_where_they_stand() -> None:
    texts = {"root cause": "The connection pool ran dry.", "trigger": "A release."}
    [first, second] = suggested(texts, (), [*SHIPPED, POOL])
    assert (first.key, first.terms) == (
        "pool", (FoundTerm("connection pool", "root cause"), FoundTerm("pool*", "root cause")),
    )  # fmt: skip
    assert (second.key, second.terms) == ("recent_deployment", (FoundTerm("release", "trigger"),))


def test_what_somebody_named_goes_before_what_words_suggest() -> None:
    found = suggested({"summary": "deploy, rollout, canary"}, ["process_gap"], SHIPPED)
    assert [one.key for one in found] == ["process_gap", "recent_deployment"]
    assert found[0].is_named
    assert not found[0].terms


def test_a_record_that_says_nothing_suggests_nothing() -> None:
    assert suggested({"title": "It was slow"}, (), SHIPPED) == ()


@pytest.mark.parametrize(
    ("title", "terms", "field"),
    [("", [], "title"), ("x" * 101, [], "title"), ("Pool", ["*"], "terms[0]"), ("Pool", ["a*b"], "terms[0]")],
)  # fmt: skip
def test_a_class_without_a_title_or_with_a_term_that_is_none_is_refused(
    title: str, terms: list[str], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        class_of(title, terms)
    assert refused.value.field == field


def test_a_class_gets_a_key_of_its_title_and_each_term_once() -> None:
    made = class_of(" Connection  pool exhausted ", ["Pool", "pool", " "])
    assert (made.key, made.title, made.terms) == (
        "connection_pool_exhausted", "Connection pool exhausted", ("pool",),
    )  # fmt: skip


def test_common_terms_count_each_incident_once_and_prefer_the_pair() -> None:
    found = common_terms(
        [("a", "connection pool, connection pool"), ("b", "The connection pool ran dry"), ("c", "dry run")]
    )  # fmt: skip
    assert [(one.term, one.count, one.n) for one in found] == [
        ("connection pool", 2, 3),
        ("dry", 2, 3),
    ]


@given(st.permutations([("a", "cache miss storm"), ("b", "cache miss"), ("c", "storm of retries")]))
def test_the_order_of_incidents_does_not_matter(texts: list[tuple[str, str]]) -> None:
    found = {(one.term, one.count, frozenset(one.ids)) for one in common_terms(texts)}
    assert found == {("cache miss", 2, frozenset("ab")), ("storm", 2, frozenset("ac"))}


def test_a_word_beside_a_full_stop_is_no_pair_with_the_next_sentence() -> None:
    assert "cache pool" not in terms_of("It hit the cache. Pool was dry")


def test_factors_that_always_come_together_are_more_than_chance_and_others_are_not() -> None:
    sets = (
        [{"deploy", "monitoring"}] * 6 + [{"config"}] * 6 + [{"deploy", "config"}, {"monitoring"}]
    )
    [first, second] = co_occurring(sets)
    assert (first.first, first.second, first.both) == ("deploy", "monitoring", 6)
    assert first.expected == pytest.approx(7 * 7 / 14)
    assert first.is_more_than_chance
    assert not second.is_more_than_chance
    exact = sum(comb(7, k) * comb(7, 7 - k) for k in (6, 7)) / comb(14, 7)
    assert first.chance == pytest.approx(3 * exact)


NAMES = st.frozensets(st.sampled_from("abcd"))


@given(st.lists(NAMES, max_size=25))
def test_pairs_add_up_and_no_chance_leaves_0_to_1(sets: list[frozenset[str]]) -> None:
    found = co_occurring(sets)
    assert sum(one.both for one in found) == sum(len(list(combinations(one, 2))) for one in sets)
    assert found == co_occurring(sets[::-1])
    for one in found:
        assert 0 <= one.chance <= 1
        assert one.both <= min(one.first_count, one.second_count) <= one.n


def at(minutes: int) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)


def test_a_gap_is_a_detection_by_customers_or_later_than_the_severitys_target() -> None:
    late = IncidentFact(
        "a", severity=Severity.SEV_1, detection=DetectionMethod.CUSTOMER,
        impact_start=at(0), detected=at(8),
    )  # fmt: skip
    assert detection_gap(late).reasons == (
        "customers noticed it first", "noticed after 8 min; the target is 5 min",
    )  # fmt: skip
    other = replace(late, severity=Severity.SEV_2, detection=DetectionMethod.MONITORING)
    assert detection_gap(other).reasons == ()
    assert detection_gap(replace(other, detection_target=timedelta(minutes=1))).is_late


def test_detection_before_impact_is_no_gap() -> None:
    early = IncidentFact("a", severity=Severity.SEV_1, impact_start=at(9), detected=at(0))
    assert detection_gap(early).took == timedelta(0)
    assert not detection_gap(early).reasons


def test_improvements_stand_by_question_and_silence_is_none() -> None:
    found = improvements(
        [
            ("i", "what_went_poorly", " slow "),
            ("j", "halve_detection", "x"),
            ("i", "communication", " "),
        ]
    )
    assert [(one.incident_id, one.kind, one.text) for one in found] == [
        ("j", "halve_detection", "x"), ("i", "what_went_poorly", "slow"),
    ]  # fmt: skip
