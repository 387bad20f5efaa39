"""PagerDuty's and Opsgenie's APIs: what they ask for, what they refuse, what they answer."""

import json

import pytest

from kintsugi.core.alerts.event import Happening
from kintsugi.formats.alerts import Undecodable, opsgenie, pagerduty
from tests.formats.alerts.samples import data, decode, sample

CHANGE = {":path": "/v2/change/enqueue"}


def opsgenie_at(path: str, body: bytes = b"{}", method: str = "POST") -> Happening:
    headers = {":path": path, ":method": method}
    return decode("opsgenie", body, headers).events[0].happening


def test_a_trigger_without_a_key_is_known_by_its_own_bytes() -> None:
    event = data("pagerduty/trigger.json") | {"dedup_key": None}
    once, twice = (decode("pagerduty", event).events[0].key for _ in range(2))
    event["payload"]["summary"] = "Another"
    assert once == twice != decode("pagerduty", event).events[0].key


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"event_action": "explode"}, ("event_action",)),
        ({"event_action": None}, ("event_action",)),
        ({"payload": {"severity": "info"}}, ("payload", "summary")),
        ({"payload": None}, ("payload", "summary")),
        ({"event_action": "resolve", "dedup_key": ""}, ("dedup_key",)),
        ({"event_action": "acknowledge", "dedup_key": "$KEY"}, ("dedup_key",)),
    ],
)
def test_pagerduty_events_that_say_too_little_are_refused(
    changed: dict[str, object], path: tuple[str, ...]
) -> None:
    with pytest.raises(Undecodable) as caught:
        decode("pagerduty", data("pagerduty/trigger.json") | changed)
    assert caught.value.path == path


def test_a_summary_longer_than_a_title_is_kept_as_the_description() -> None:
    found = decode(
        "pagerduty",
        {"event_action": "trigger", "dedup_key": "k", "payload": {"summary": "s" * 3000}},
    )
    assert len(found.events[0].title) == 1024
    assert found.events[0].description == "s" * 3000


def test_the_routing_key_is_found_before_the_body_is_believed() -> None:
    assert pagerduty.routing_key(sample("pagerduty/trigger.json").body) == "R012"
    assert pagerduty.routing_key(sample("pagerduty/events-v1.json").body) == "S1"
    assert pagerduty.routing_key(b'{"routing_key": 12}') == "12"
    for body in (b"", b"[1]", b"[" * 100_000):
        with pytest.raises(Undecodable):
            pagerduty.routing_key(body)


def test_a_change_needs_a_summary_and_reads_one_service_or_several() -> None:
    def change(**details: object) -> tuple[str, ...]:
        payload = {"summary": "x", "custom_details": details}
        return decode("pagerduty", {"payload": payload}, CHANGE).changes[0].services

    assert change(service="a") == ("a",)
    assert change(services=["a", "b", "a", None]) == ("a", "b")
    assert change(services="a, b") == ("a", "b")
    assert change() == ()
    with pytest.raises(Undecodable, match="summary"):
        decode("pagerduty", {"payload": {}}, CHANGE)


def test_pagerdutys_answers() -> None:
    assert json.loads(pagerduty.accepted("k")) == {
        "status": "success",
        "message": "Event processed",
        "dedup_key": "k",
    }
    assert json.loads(pagerduty.change_accepted())["message"] == "Change event processed"
    assert json.loads(pagerduty.refused("no"))["errors"] == ["no"]
    assert json.loads(pagerduty.throttled())["status"] == "throttle exceeded"


def test_details_may_be_text_pairs_or_nothing() -> None:
    def details(given: object) -> tuple[str, dict[str, str]]:
        payload = {"summary": "x", "custom_details": given}
        event = decode("pagerduty", {"event_action": "trigger", "payload": payload}).events[0]
        return event.description, dict(event.labels)

    assert details("all is lost") == ("all is lost", {})
    assert details([{"key": "env", "value": {"stringValue": "prod"}}]) == ("", {"env": "prod"})
    assert details(None) == details([]) == details({}) == ("", {})


def test_opsgenie_alerts_are_made_acknowledged_and_closed_by_their_alias() -> None:
    by_alias = "identifierType=alias"
    assert opsgenie_at("/v2/alerts", b'{"message": "x"}') is Happening.TRIGGER
    assert opsgenie_at(f"/v2/alerts/a%2F1/acknowledge?{by_alias}") is Happening.ACKNOWLEDGE
    assert opsgenie_at(f"/v2/alerts/a1/unacknowledge?{by_alias}") is Happening.TRIGGER
    assert opsgenie_at(f"/v2/alerts/a1/close?{by_alias}", b"") is Happening.RESOLVE
    assert opsgenie_at(f"/v2/alerts/a1?{by_alias}", b"", "DELETE") is Happening.RESOLVE


def test_the_alias_in_an_address_is_read_as_it_was_meant() -> None:
    asked = opsgenie.asked("/v2/alerts/a%2F1%20b/close?identifierType=alias")
    assert asked == ("close", "a/1 b", "alias")


def test_opsgenie_ids_are_not_known_and_it_says_so() -> None:
    for path in ("/v2/alerts/a1/close", "/v2/alerts/a1/close?identifierType=tiny"):
        with pytest.raises(Undecodable, match="identifierType=alias"):
            opsgenie_at(path)


def test_what_does_not_open_or_close_an_opsgenie_alert_is_passed_over() -> None:
    found = decode("opsgenie", b"{}", {":path": "/v2/alerts/a1/notes?identifierType=alias"})
    assert found.events == ()
    assert found.notes == ("notes does not change whether an alert is open",)


def test_opsgenie_tags_become_labels_where_they_are_pairs() -> None:
    event = sample("opsgenie/create.json").decode().events[0]
    assert event.labels["tags"] == "nightly"
    assert event.labels["team"] == "storage"


def test_opsgenie_refuses_an_alert_without_a_message() -> None:
    with pytest.raises(Undecodable, match="message"):
        decode("opsgenie", {"alias": "a"})


def test_opsgenies_answers() -> None:
    assert json.loads(opsgenie.accepted("r1", 0.01234)) == {
        "result": "Request will be processed",
        "took": 0.012,
        "requestId": "r1",
    }
    assert json.loads(opsgenie.refused("no", "r1", 0))["message"] == "no"
