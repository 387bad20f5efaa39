"""Which severity a sender's word means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.alerts.severity_mapping import COMMON, mapping_of, severity_of
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

ONE, TWO, THREE, FOUR, FIVE = Severity


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("critical Critical CRIT fatal disaster p1 page emergency SEV-1 sev1 1", ONE),
        ("error high major P2 SEV-2 2", TWO),
        ("warning average P3 medium", THREE),
        ("low notice P4 4", FOUR),
        ("info Information ok none debug P5", FIVE),
    ],
)
def test_the_words_of_common_tools_are_known(words: str, severity: Severity) -> None:
    assert {severity_of(word) for word in words.split()} == {severity}


@pytest.mark.parametrize(
    "word", ["", "purple", "$ALERT_PRIORITY", "{{ .Labels.severity }}", "0", "6", "x" * 10_000]
)
def test_a_word_nobody_knows_is_no_severity(word: str) -> None:
    assert severity_of(word) is None


def test_a_sources_own_mapping_comes_first() -> None:
    azure = mapping_of({"Sev0": "SEV-1", "Sev1": 2, " Purple ": "minor"})
    assert severity_of("sev1") is ONE
    assert [severity_of(word, azure) for word in ("SEV1", " purple", "critical")] == [
        TWO,
        THREE,
        ONE,
    ]


def test_a_mapping_to_no_severity_is_refused_under_its_word() -> None:
    with pytest.raises(InvalidValue, match="Sev0: 'purple' is not a severity"):
        mapping_of({"Sev0": "purple"})
    with pytest.raises(InvalidValue, match="stands twice"):
        mapping_of({"High": 1, "high ": 2})
    with pytest.raises(InvalidValue, match="1 to 60"):
        mapping_of({" ": 1})


@given(st.text(max_size=70))
def test_every_word_has_a_severity_or_none(word: str) -> None:
    assert severity_of(word) in (None, *Severity)


@given(st.sampled_from(sorted(COMMON)), st.sampled_from(("{}", " {} ", "{}\n")))
def test_case_and_spaces_do_not_matter(word: str, around: str) -> None:
    assert severity_of(around.format(word.upper())) is COMMON[word]
