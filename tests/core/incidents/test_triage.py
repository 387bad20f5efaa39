"""Triage: +1 is one step more severe, a declared severity wins, nothing makes it milder, what is open is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.triage import (
    GUIDE_CHECKLIST,
    Comparison,
    TriageAnswers,
    TriageChecklist,
    TriageQuestion,
    TriageThreshold,
    triage,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

DOWN, IMPACTED, LOSS, SECURITY = (one.question for one in GUIDE_CHECKLIST.questions)
severities = st.sampled_from(Severity)
answers = st.builds(
    TriageAnswers,
    st.dictionaries(st.sampled_from([DOWN, IMPACTED, LOSS, SECURITY]), st.booleans()),
    st.dictionaries(
        st.sampled_from([one.metric for one in GUIDE_CHECKLIST.thresholds]),
        st.floats(0, 1e6, allow_nan=False),
    ),
)


def test_a_passed_threshold_is_one_step_more_severe_and_the_limit_itself_is_not_past_it() -> None:
    at, past = ({"Error rate": value} for value in (10.0, 10.1))
    assert triage(TriageAnswers({}, at), Severity.SEV_3).severity is Severity.SEV_3
    found = triage(TriageAnswers({}, past), Severity.SEV_3)
    assert found.severity is Severity.SEV_2
    assert [(one.reason, one.severity.value) for one in found.steps] == [
        ("calculated", 3), ("Error rate > 10%", 2),
    ]  # fmt: skip


def test_two_thresholds_are_two_steps_and_never_past_sev_1() -> None:
    both = {"Error rate": 50.0, "Active users affected": 2000.0, "Response time": 9.0}
    assert triage(TriageAnswers({}, both), Severity.SEV_4).severity is Severity.SEV_2
    assert triage(TriageAnswers({}, both), Severity.SEV_2).severity is Severity.SEV_1
    assert triage(TriageAnswers({}, both), Severity.SEV_1).severity is Severity.SEV_1


def test_a_service_that_is_down_is_sev_1_whatever_was_calculated() -> None:
    found = triage(TriageAnswers({DOWN: True, IMPACTED: True}), Severity.SEV_5)
    assert found.severity is Severity.SEV_1
    assert found.actions == ("Declare SEV-1", "Check scope of impact")
    assert found.roles == ("Incident Commander", "Communications Lead", "Technical Lead", "Scribe")
    assert found.unanswered == (
        LOSS,
        SECURITY,
        "Error rate",
        "Response time",
        "Active users affected",
    )


def test_roles_are_those_of_the_severity_it_comes_to() -> None:
    asked = {severity: triage(TriageAnswers(), severity).roles for severity in Severity}
    assert [len(asked[severity]) for severity in Severity] == [4, 3, 1, 0, 0]
    assert asked[Severity.SEV_3] == ("Technical Lead",)


def test_a_declaration_that_is_milder_changes_nothing() -> None:
    checklist = TriageChecklist((TriageQuestion("Is it small?", "Declare SEV-4", Severity.SEV_4),))
    said = TriageAnswers({"Is it small?": True})
    assert triage(said, Severity.SEV_2, checklist).severity is Severity.SEV_2
    assert triage(said, Severity.SEV_5, checklist).severity is Severity.SEV_4


@pytest.mark.parametrize(
    ("sign", "past"), [(">", [11.0]), (">=", [10.0, 11.0]), ("<", [9.0]), ("<=", [9.0, 10.0])]
)
def test_each_comparison_means_what_its_sign_says(sign: str, past: list[float]) -> None:
    checklist = TriageChecklist((), (TriageThreshold("m", Comparison(sign), 10, "", 1),))
    found = [
        value
        for value in (9.0, 10.0, 11.0)
        if triage(TriageAnswers({}, {"m": value}), Severity.SEV_3, checklist).severity.value == 2
    ]
    assert found == past


def test_an_answer_to_what_is_not_asked_is_refused() -> None:
    for said in (TriageAnswers({"Is it raining?": True}), TriageAnswers({}, {"Rain": 3.0})):
        with pytest.raises(InvalidValue, match="of the checklist"):
            triage(said, Severity.SEV_3)


@given(answers, severities)
def test_triage_is_never_milder_than_what_was_calculated_and_ends_where_its_steps_end(
    said: TriageAnswers, calculated: Severity
) -> None:
    found = triage(said, calculated)
    assert found.severity.value <= calculated.value
    assert found.steps[-1].severity is found.severity
    values = [one.severity.value for one in found.steps]
    assert values == sorted(values, reverse=True)
    assert len(found.unanswered) == 7 - len(said.questions) - len(said.measured)


@given(answers, severities)
def test_one_more_yes_never_makes_it_milder(said: TriageAnswers, calculated: Severity) -> None:
    more = TriageAnswers({**said.questions, DOWN: True}, said.measured)
    assert triage(more, calculated).severity is Severity.SEV_1
    assert set(triage(said, calculated).actions) <= {*triage(more, calculated).actions}
