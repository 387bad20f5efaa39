"""The external view shows no name, host or internal link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import ExternalAccount, Postmortem
from kintsugi.core.postmortems.external import external_view
from kintsugi.demo.records import samples
from kintsugi.formats.markdown.templating import render, shipped_template

PERSON = st.sampled_from(
    ["Mina Okafor", "alice", "bob.smith@corp.example", "Søren Kjær", "jun-ho", "O'Brien"]
)


@given(
    PERSON, st.sampled_from(["owner", "commander", "facilitator", "actor", "action", "contributor"])
)
def test_everybody_the_record_knows_is_left_out_of_the_text(person: str, role: str) -> None:
    account = ExternalAccount(
        f"{person} restarted it. Ask {person.upper()} or ({person}).", f"with {person}", person
    )
    postmortem = Postmortem(f"Down, says {person}", external=account)
    if role == "actor":
        postmortem = replace(postmortem, timeline=(TimelineEvent(None, "x", person),))
    elif role == "action":
        postmortem = replace(postmortem, action_items=(ActionItem("x", owner=person),))
    elif role == "contributor":
        postmortem = replace(postmortem, contributors=(person,))
    else:
        named: dict[str, Any] = {role: person}
        postmortem = replace(postmortem, **named)
    shown = render(shipped_template("external"), external_view(postmortem)).casefold()
    for part in person.replace("@", " ").replace(".", " ").split():
        if part not in ("corp", "example"):
            assert part.casefold() not in shown


SECRETS = [
    "https://grafana.corp.internal/d/abc?x=1", "http://10.2.3.4:9090/graph", "db-01", "db01.eu.example.internal",
    "10.20.30.40", "fd00:12::1", "ops@example.com", "@mina", "api.payments.svc.cluster", "payments-7.example.com:8443",
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_hosts_addresses_and_internal_links_are_left_out(secret: str) -> None:
    postmortem = Postmortem(
        "T", external=ExternalAccount(f"It failed on {secret}, see [the graph]({secret}).")
    )
    assert secret not in external_view(postmortem).external.summary


def test_a_link_to_a_public_host_stays() -> None:
    text = "See https://status.example.com/incidents/1 for updates."
    shown = external_view(
        Postmortem("T", external=ExternalAccount(text)), public_hosts=["status.example.com"]
    )
    assert shown.external.summary == text


def test_only_the_sections_meant_for_customers_are_there() -> None:
    postmortem = Postmortem(
        "T", summary="S", root_cause="canary-cause", trigger="canary-trigger", lessons=("canary-lesson",),
        timeline=(TimelineEvent(None, "canary-event"),), action_items=(ActionItem("canary-action"),),
        commander="canary-person", tags=("canary-tag",), extra=(("canary", '"canary"'),),
    )  # fmt: skip
    view = external_view(postmortem)
    assert "canary" not in repr(view)
    assert view.external.summary == "S", (
        "the summary stands in where nothing was written for customers"
    )


def test_the_samples_read_well_outside() -> None:
    for sample in samples():
        view = external_view(sample.postmortem)
        assert view.external.summary == sample.postmortem.external.summary, sample.name
        assert view.external.what_happened == sample.postmortem.external.what_happened, sample.name


@given(st.text(max_size=200))
def test_any_text_goes_through(text: str) -> None:
    external_view(Postmortem(text, external=ExternalAccount(text, text, text), owner=text[:20]))


def test_a_word_for_a_tool_or_a_team_is_no_name() -> None:
    postmortem = Postmortem(
        "T", timeline=(TimelineEvent(None, "x", "PagerDuty"), TimelineEvent(None, "x", "push tool")),
        action_items=(ActionItem("x", owner="platform team"),),
        external=ExternalAccount("Our platform team fixed the push tool."),
    )  # fmt: skip
    assert external_view(postmortem).external.summary == "Our platform team fixed the push tool."
