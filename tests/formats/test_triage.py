"""Triage checklists as files: the guide's as it stands, our own back, and what is wrong with its place."""

from __future__ import annotations

import pytest

from kintsugi.core.incidents.triage import GUIDE_CHECKLIST, limit_text
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.formats.plain import dump_yaml, load_yaml
from kintsugi.formats.triage import checklist_data, read_checklist, read_measure

GUIDE = """\
triage_checklist:
  immediate_assessment:
    - question: "Is the service completely down?"
      yes_action: "Declare SEV-1"
    - question: "Are customers actively impacted?"
      yes_action: "Check scope of impact"
    - question: "Is there data loss or corruption?"
      yes_action: "Escalate to data team"
    - question: "Is this a security incident?"
      yes_action: "Engage security team"
  impact_assessment:
    - {metric: "Error rate", threshold: "> 10%", severity_modifier: "+1"}
    - {metric: "Response time", threshold: "> 5s", severity_modifier: "+0"}
    - {metric: "Active users affected", threshold: "> 1000", severity_modifier: "+1"}
  resource_needs:
    - {role: "Incident Commander", required_for: ["SEV-1", "SEV-2"]}
    - {role: "Communications Lead", required_for: ["SEV-1", "SEV-2"]}
    - {role: "Technical Lead", required_for: ["SEV-1", "SEV-2", "SEV-3"]}
    - {role: "Scribe", required_for: ["SEV-1"]}
"""


def test_the_guides_checklist_is_read_as_it_stands_and_is_the_default() -> None:
    assert read_checklist(load_yaml(GUIDE)) == GUIDE_CHECKLIST


def test_a_checklist_reads_back_to_the_same_value() -> None:
    assert read_checklist(load_yaml(dump_yaml(checklist_data(GUIDE_CHECKLIST)))) == GUIDE_CHECKLIST


def test_limits_and_measurements_are_read_in_one_unit() -> None:
    data = {
        "impact_assessment": [{"metric": "p99", "threshold": ">= 1,500 ms", "severity_modifier": 2}]
    }
    [found] = read_checklist(data).thresholds
    assert (found.limit, found.unit, found.steps, limit_text(found)) == (1.5, "s", 2, ">= 1.5 s")
    assert [read_measure(one, "s") for one in ("2", "2s", "2000ms", "0.5 min")] == [2, 2, 2, 30]
    assert read_measure("12 %", "%") == read_measure("12", "%") == 12
    assert read_measure("12,000") == 12_000


@pytest.mark.parametrize(
    ("action", "declares"),
    [
        ("Declare SEV-1", Severity.SEV_1), ("declare a sev 2 now", Severity.SEV_2),
        ("Ask whether to call it SEV-1", None), ("", None),
    ],
)  # fmt: skip
def test_only_an_action_that_declares_a_severity_declares_one(
    action: str, declares: Severity | None
) -> None:
    data = {"immediate_assessment": [{"question": "Is it?", "yes_action": action}]}
    assert read_checklist(data).questions[0].declares is declares


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], ""), ({"questions": []}, "questions"), ({"triage_checklist": 3}, "triage_checklist"),
        ({"immediate_assessment": {}}, "immediate_assessment"),
        ({"immediate_assessment": [{"yes_action": "x"}]}, "immediate_assessment[0].question"),
        ({"impact_assessment": [{"metric": "m", "threshold": "10%"}]}, "impact_assessment[0].threshold"),
        ({"impact_assessment": [{"metric": "m", "threshold": "> 1 parsec"}]}, "impact_assessment[0].threshold"),
        (
            {"impact_assessment": [{"metric": "m", "threshold": "> 1", "severity_modifier": "-1"}]},
            "impact_assessment[0].severity_modifier",
        ),
        ({"resource_needs": [{"role": "r"}]}, "resource_needs[0].required_for"),
        ({"resource_needs": [{"role": "r", "required_for": ["loud"]}]}, "resource_needs[0].required_for[0]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(data: object, place: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_checklist(data)
    assert refused.value.field == place
    assert refused.value.expected


@pytest.mark.parametrize(
    ("written", "unit"), [("much", "%"), ("3s", "%"), ("3", "parsec x"), ("-1", ""), ("3%", "")]
)
def test_what_is_no_measurement_is_refused(written: str, unit: str) -> None:
    if unit == "parsec x":
        assert read_measure(written, unit) == 3
        return
    with pytest.raises(InvalidValue):
        read_measure(written, unit)
