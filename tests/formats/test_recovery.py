"""Recovery checks as files: ours back, and what a value or a key that cannot be is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.recovery import DEFAULT_CHECKS, RecoveryCheck, RecoveryChecks
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.plain import dump_yaml, load_yaml
from kintsugi.formats.recovery import read_recovery, recovery_data

WORDS = st.text("abcdefghij :-'\"#{}[]%<>äß0123", min_size=1, max_size=40).map(
    lambda said: " ".join(said.split())
)
LEVELS = st.frozensets(st.sampled_from(list(Severity)))
CHECKS = st.builds(
    RecoveryChecks,
    st.lists(
        st.builds(RecoveryCheck, WORDS.filter(bool), WORDS, LEVELS),
        max_size=5,
        unique_by=lambda one: one.text.casefold(),
    ).map(tuple),
    LEVELS,
)


@given(CHECKS)
def test_checks_read_back_to_the_same_value(checks: RecoveryChecks) -> None:
    assert read_recovery(load_yaml(dump_yaml(recovery_data(checks)))) == checks


def test_ours_ask_severe_incidents_and_block_none() -> None:
    assert [one.label for one in Severity if DEFAULT_CHECKS.asks(one)] == ["SEV-1", "SEV-2"]
    assert not DEFAULT_CHECKS.needed_for
    assert read_recovery({}) == RecoveryChecks()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], ""), ({"checks": []}, "checks"), ({"recovery_checks": "x"}, "recovery_checks"),
        ({"recovery_checks": [{"check": ""}]}, "recovery_checks[0].check"),
        ({"recovery_checks": [{"check": "x" * 201}]}, "recovery_checks[0].check"),
        ({"recovery_checks": [{"check": "a"}, {"check": "A"}]}, "recovery_checks[1].check"),
        ({"recovery_checks": [3]}, "recovery_checks[0]"),
        ({"needed_to_resolve": ["SEV-0"]}, "needed_to_resolve[0]"),
        ({"recovery_checks": [{"check": "a", "required_for": "SEV-1"}]}, "recovery_checks[0].required_for"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(data: object, place: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_recovery(data)
    assert refused.value.field == place
