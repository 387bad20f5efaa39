"""Alertmanager, Prometheus and Grafana, as they really send: zero times, missing names, wrong types, too much."""

import json
from datetime import UTC, datetime

import pytest

from kintsugi.core.alerts.event import Happening
from kintsugi.formats.alerts import FORMATS, Undecodable
from kintsugi.formats.alerts.limits import MAX_LABEL_NAME
from tests.formats.alerts.hostile import survives
from tests.formats.alerts.samples import data, decode, sample


def group(*alerts: dict[str, object], **more: object) -> dict[str, object]:
    return {"version": "4", "status": "firing", "alerts": list(alerts), **more}


def test_each_alert_of_a_group_counts_by_its_own_status() -> None:
    events = sample("alertmanager/firing.json").decode().events
    assert [event.happening for event in events] == [Happening.TRIGGER, Happening.RESOLVE]


def test_an_alert_without_a_status_has_that_of_its_group() -> None:
    assert (
        decode("alertmanager", group({"labels": {"a": "b"}}, status="resolved")).events[0].happening
        is Happening.RESOLVE
    )


def test_the_zero_time_is_none_and_nanoseconds_are_cut() -> None:
    event = sample("alertmanager/firing.json").decode().events[0]
    assert event.ends_at is None
    assert event.starts_at == datetime(2026, 11, 21, 8, 0, 0, 965463, tzinfo=UTC)


def test_what_the_tool_left_out_is_said() -> None:
    assert sample("alertmanager/firing.json").decode().notes == (
        "Alertmanager left out 3 more alerts (max_alerts)",
    )


def test_without_a_fingerprint_the_labels_are_the_key() -> None:
    one = decode("alertmanager", group({"labels": {"a": "1", "b": "2"}}))
    other = decode(
        "alertmanager", group({"labels": {"b": "2", "a": "1"}, "annotations": {"x": "y"}})
    )
    third = decode("alertmanager", group({"labels": {"a": "1", "b": "3"}}))
    assert one.events[0].key == other.events[0].key != third.events[0].key


@pytest.mark.parametrize(
    ("alert", "title"),
    [
        ({"labels": {"alertname": "X", "instance": "i"}, "annotations": {"summary": "S"}}, "S"),
        ({"labels": {"alertname": "X", "instance": "i"}}, "X on i"),
        ({"labels": {"alertname": "X"}}, "X"),
        ({"labels": {"job": "j"}, "annotations": {"description": "D\nmore"}}, "D more"),
        ({"labels": {"job": "j"}}, "Alert without a name"),
        ({"labels": {}, "annotations": None}, "Alert without a name"),
    ],
)
def test_an_alert_without_a_name_or_summary_still_has_a_title(
    alert: dict[str, object], title: str
) -> None:
    assert decode("alertmanager", group(alert)).events[0].title == title


def test_numbers_nulls_and_truths_stand_where_texts_belong() -> None:
    event = decode(
        "alertmanager",
        group({"labels": {"alertname": 7, "port": 8080, "up": False, "gone": None, "r": 1.5}}),
    ).events[0]
    assert event.labels == {"alertname": "7", "port": "8080", "up": "false", "r": "1.5"}


def test_the_patient_reading_agrees_with_the_quick_one() -> None:
    written = data("alertmanager/firing.json")
    quick = decode("alertmanager", written)
    written["alerts"][0]["startsAt"] = written["alerts"][0]["startsAt"]
    written["status"] = None
    assert decode("alertmanager", written) == quick


def test_the_same_alert_twice_in_a_body_counts_once() -> None:
    alert: dict[str, object] = {"labels": {"alertname": "X"}, "status": "firing"}
    ended = alert | {"status": "resolved"}
    assert len(decode("alertmanager", group(*[alert] * 10_000)).events) == 1
    told = decode("alertmanager", group(alert, alert, ended, ended, alert)).events
    assert [event.happening.value for event in told] == ["trigger", "resolve", "trigger"]


def test_more_alerts_than_a_body_may_hold_are_refused_and_counted() -> None:
    with pytest.raises(Undecodable, match="10,001 alerts in one body"):
        decode("alertmanager-api", [{"labels": {"a": "b"}}] * 10_001)


def test_too_many_and_too_long_labels_are_shortened_and_said() -> None:
    labels = {f"l{at}": "v" for at in range(300)} | {"l1": "x" * 5000}
    found = decode("alertmanager", group({"labels": labels}))
    event = found.events[0]
    assert len(event.labels) == 100
    assert len(event.labels["l1"]) == 1000
    assert found.notes == (
        "label l1 is shortened to 1,000 characters",
        "of 300 labels the first 100 are kept",
    )


def test_a_long_title_and_description_are_shortened_and_said() -> None:
    found = decode(
        "grafana",
        group(
            {
                "labels": {"a": "b"},
                "annotations": {"summary": "t" * 2000, "description": "d" * 40_000},
            }
        ),
    )
    event = found.events[0]
    assert len(event.title) == 1024
    assert len(event.description) == 32 * 1024
    assert len(found.notes) == 2


def test_controls_and_half_characters_become_visible() -> None:
    body = b'{"alerts": [{"labels": {"alertname": "a\\u0000b\\ud800c"}}]}'
    event = decode("alertmanager", body).events[0]
    assert event.labels["alertname"] == "a\ufffdb\ufffdc"
    event.key.encode()


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"alerts": [{"labels": {"a": "b"}}]}',
        '{"alerts": [{"labels": {"a": "b"}}]}'.encode("utf-16"),
        b'{"alerts": [{"labels": {"a": "b"}, "annotations": {"summary": "two\nlines"}}]}',
        b'{"alerts": [{"labels": {"a": "b"}, "annotations": {"summary": "caf\xe9"}}]}',
        b'{"alerts": [{"labels": {"a": "b"}, "value": NaN}]}',
        b'{"alerts": [null, {"labels": {"a": "b"}, "extra": ' + b"9" * 5000 + b"}]}",
    ],
)
def test_marks_encodings_and_line_breaks_do_not_stop_it(body: bytes) -> None:
    assert decode("alertmanager", body).events[0].labels == {"a": "b"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the body is empty"),
        (b"{}", "alerts: the list of alerts is missing"),
        (b'{"alerts": 7}', "alerts: an object or a list is expected, not a number"),
        (b'{"alerts": ["x"]}', "alerts[0]: an object is expected, not text"),
        (b"[]", "an object is expected, not a list"),
        (b"{", "the body is no JSON"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"alerts": ' + b'[{"labels": ' * 50_000, "nested too deep"),
    ],
)
def test_what_is_no_group_of_alerts_is_refused_with_the_reason(body: bytes, problem: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode("alertmanager", body)
    assert problem in str(caught.value)


def test_prometheus_tells_until_when_an_alert_is_to_be_believed() -> None:
    firing, over = sample("alertmanager-api/firing.json").decode().events
    assert (firing.happening, over.happening) == (Happening.TRIGGER, Happening.TRIGGER)
    assert firing.ends_at == datetime(2026, 11, 21, 9, 4, 0, 123456, tzinfo=UTC)
    assert over.ends_at == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


def test_an_alert_without_labels_is_refused_as_alertmanager_refuses_it() -> None:
    with pytest.raises(Undecodable) as caught:
        decode("alertmanager-api", [{"labels": {"a": "b"}}, {"labels": {}}])
    assert caught.value.path == (1, "labels")


def test_only_web_addresses_become_links() -> None:
    event = decode(
        "alertmanager",
        group(
            {
                "labels": {"a": "b"},
                "generatorURL": "javascript:alert(1)",
                "annotations": {"runbook_url": "file:///x"},
            }
        ),
    ).events[0]
    assert (event.links, event.runbook_url) == ((), "")


def test_values_of_grafana_are_measurements_and_repeated_metrics_stay_apart() -> None:
    assert sample("grafana/unified.json").decode().events[0].values == {"A": "12000", "B": "0.5"}
    assert sample("grafana/legacy.json").decode().events[0].values == {
        "waiting": "12000",
        "waiting (2)": "9000.5",
    }


def test_a_legacy_state_that_is_neither_good_nor_bad_is_passed_over() -> None:
    found = decode("grafana", {"ruleId": 1, "ruleName": "X", "state": "pending"})
    assert found.events == ()
    assert len(found.notes) == 1
    with pytest.raises(Undecodable):
        decode("grafana", {"ruleId": 1, "ruleName": "X", "state": "odd"})


def test_a_name_alone_may_not_be_longer_than_names_may_be() -> None:
    body = {
        "version": "4", "status": "firing",
        "alerts": [{"status": "firing", "labels": {"alertname": "Latency", "n" * 262: "x"}}],
    }  # fmt: skip
    survives("alertmanager", json.dumps(body).encode(), {})
    [event] = FORMATS["alertmanager"].decode(json.dumps(body).encode(), {}).events
    assert max(map(len, event.labels)) == MAX_LABEL_NAME
