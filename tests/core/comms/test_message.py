"""Messages: the guide's four, never with a gap, and no value that becomes a variable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.comms.message import (
    STAKEHOLDERS,
    TEMPLATES,
    Audience,
    MessageTemplate,
    MissingVariables,
    checked_template,
    fill,
    template_named,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

GUIDE = {
    "initial": ("severity", "service", "impact", "status_url", "channel", "commander"),
    "update": ("incident_id", "timestamp", "status", "progress", "next_update"),
    "resolution": ("incident_id", "duration", "root_cause", "customer_impact", "postmortem_date"),
    "customer_facing": ("issue_description", "status", "eta", "status_page_url"),
}


@pytest.mark.parametrize("name", GUIDE)
def test_each_of_the_guides_templates_has_its_variables(name: str) -> None:
    template = template_named(name)
    assert set(GUIDE[name]) <= set(template.variables)
    message = fill(template, {one: f"<{one}>" for one in template.variables})
    for one in template.variables:
        assert f"<{one}>" in message.text
    assert message.not_available == ()


def test_every_missing_variable_is_named_at_once_and_an_empty_one_is_missing() -> None:
    with pytest.raises(MissingVariables) as refused:
        fill(template_named("update"), {"status": "identified", "progress": "  "})
    assert refused.value.names == ("incident_id", "timestamp", "progress", "next_update")
    assert "progress" in str(refused.value)


def test_what_is_marked_as_not_available_says_so_unless_it_is_known() -> None:
    template = MessageTemplate("mine", Audience.RESPONDERS, "{a} and {b} and {a}")
    message = fill(template, {"b": "B"}, ["a", "b"])
    assert (message.text, message.not_available) == (
        "not available and B and not available",
        ("a",),
    )
    with pytest.raises(InvalidValue, match="no variable of mine"):
        fill(template, {"b": "B"}, ["c"])


def test_an_unknown_template_is_refused_with_those_there_are() -> None:
    assert template_named("Customer-Facing") is TEMPLATES["customer_facing"]
    with pytest.raises(InvalidValue, match="customer_facing, initial, resolution, update"):
        template_named("loud")


@pytest.mark.parametrize(
    "text", ["{severity", "}", "{ severity }", "{severity.__class__}", "{0}", "", "  "]
)
def test_a_text_with_another_brace_is_no_template(text: str) -> None:
    with pytest.raises(InvalidValue):
        checked_template(MessageTemplate("mine", Audience.CUSTOMERS, text))


@given(st.dictionaries(st.sampled_from(GUIDE["update"]), st.text(min_size=1), min_size=5))
def test_a_value_is_told_as_it_is_whatever_stands_in_it(values: dict[str, str]) -> None:
    try:
        message = fill(TEMPLATES["update"], values)
    except MissingVariables as error:
        assert all(not values[name].strip() for name in error.names)  # noqa: PT017 - which names
        return
    for value in values.values():
        assert value.strip() in message.text


def test_stakeholders_are_the_guides_by_severity() -> None:
    assert [len(STAKEHOLDERS[severity]) for severity in Severity] == [5, 3, 2, 1, 0]
    assert "customers" in STAKEHOLDERS[Severity.SEV_1]
