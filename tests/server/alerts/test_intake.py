"""Intake: what a sender is answered, and what it has come to."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.observability import shown_path
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.intake import reception
from kintsugi.server.alerts.service import recording
from kintsugi.server.alerts.service.sources import add_key, changed
from kintsugi.server.alerts.tables import (
    alert_bodies,
    alert_events,
    alert_source_keys,
    alert_sources,
    changes,
)
from tests.server.alerts.intake import firing, full, locked, recorded, rows, sender
from tests.server.cast import Cast, MovableClock


def test_an_alert_that_is_new_is_recorded_with_its_body_and_told_to_the_dispatcher(
    client: Cast, clock: MovableClock
) -> None:
    prometheus = sender(client, service="checkout")
    answer = prometheus.send(firing("db-1"))
    assert answer.status_code == 200
    assert answer.headers["x-request-id"]
    (alert,) = prometheus.rows()
    assert (alert["state"], alert["title"], alert["service"]) == (
        "firing",
        "db-1 is slow",
        "checkout",
    )
    assert (alert["severity"], alert["rule"], alert["events"]) == (1, "HighLatency", 1)
    assert (alert["raised_at"], alert["seen_at"]) == (clock.now(), clock.now())
    assert json.loads(alert["labels"])["instance"] == "db-1"
    (event,) = rows(prometheus.works, alert_events)
    assert (event["kind"], event["alert_id"], event["actor"]) == (
        "triggered",
        alert["id"],
        "Prometheus",
    )
    (body,) = rows(prometheus.works, alert_bodies)
    assert (body["id"], body["state"]) == (alert["body_id"], "read")
    assert json.loads(body["body"]) == [firing("db-1")]


def test_an_alert_is_one_from_its_trigger_to_its_end_and_the_next_trigger_is_a_new_one(
    client: Cast, clock: MovableClock
) -> None:
    prometheus = sender(client)
    prometheus.send(firing())
    prometheus.send(firing(annotations={"summary": "still slow"}))
    clock.forward(minutes=5)
    prometheus.send(firing(endsAt=clock.now().isoformat()))
    clock.forward(minutes=5)
    prometheus.send(firing(startsAt=clock.now().isoformat()))
    first, second = prometheus.rows()
    assert (first["title"], first["state"], first["resolved_how"]) == (
        "still slow",
        "resolved",
        "sender",
    )
    assert (first["events"], first["version"]) == (3, 3)
    assert first["resolved_at"] == clock.now() - timedelta(minutes=5)
    assert (second["state"], second["raised_at"]) == ("firing", clock.now())
    kinds = [row["kind"] for row in rows(prometheus.works, alert_events)]
    assert kinds == ["triggered", "changed", "resolved", "triggered"]


def test_the_same_event_ten_thousand_times_is_one_alert_and_one_body(client: Cast) -> None:
    tool = sender(client, "pagerduty")
    told = {
        "event_action": "trigger", "dedup_key": "disk", "routing_key": tool.key,
        "payload": {"summary": "Disk full", "source": "db-1", "severity": "critical"},
    }  # fmt: skip
    for number in range(20):
        answer = tool.client.post("/v2/enqueue", json=told)
        assert (answer.status_code, answer.json()["dedup_key"]) == (202, "disk"), number
        recorded(tool.works)
    assert len(rows(tool.works, alert_bodies)) == 1
    prometheus = sender(client, name="Other")
    many = [firing("same")] * 500
    for _ in range(20):
        assert prometheus.send(*many).status_code == 200
    assert len([row for row in prometheus.rows() if row["source_id"] == prometheus.source.id]) == 1


def test_what_was_counted_is_written_when_the_service_stops(client: Cast) -> None:
    prometheus = sender(client)
    for _ in range(5):
        prometheus.send(firing())
        recorded(prometheus.works)
    prometheus.send(firing("b"))
    recorded(prometheus.works)
    client.stranger.app.intake.stop()  # type: ignore[attr-defined] # the client's application
    assert [row["events"] for row in prometheus.rows()] == [5, 1]
    assert [row["last_event_at"] is not None for row in rows(prometheus.works, alert_sources)] == [
        True
    ]
    assert prometheus.send(firing()).status_code == 503


def test_a_resolve_before_its_trigger_keeps_the_late_trigger_shut(client: Cast) -> None:
    prometheus = sender(client)
    prometheus.send(firing(endsAt="2026-03-02T08:59:30Z"))
    recorded(prometheus.works)
    prometheus.send(firing())
    (alert,) = prometheus.rows()
    assert alert["state"] == "resolved"
    assert [row["kind"] for row in rows(prometheus.works, alert_events)] == ["resolved"]


def test_one_body_may_hold_an_alert_from_beginning_to_end_and_its_next_beginning(
    client: Cast,
) -> None:
    prometheus = sender(client)
    prometheus.send(
        firing(),
        firing(endsAt="2026-03-02T08:59:30Z"),
        firing(startsAt="2026-03-02T08:59:40Z"),
        firing(startsAt="2026-03-02T08:59:40Z", endsAt="2026-03-02T08:59:50Z"),
    )
    assert [row["state"] for row in prometheus.rows()] == ["resolved", "resolved"]


def test_a_change_event_is_kept_as_a_change(client: Cast) -> None:
    tool = sender(client, "pagerduty")
    told = {
        "routing_key": tool.key,
        "payload": {
            "summary": "Deploy 42", "timestamp": "2026-03-02T08:00:00Z", "source": "ci",
            "custom_details": {"service": "checkout"},
        },
    }  # fmt: skip
    answer = tool.client.post("/v2/change/enqueue", json=told)
    assert (answer.status_code, answer.json()["status"]) == (202, "success")
    recorded(tool.works)
    (change,) = rows(tool.works, changes)
    assert (change["summary"], change["services"]) == ("Deploy 42", '["checkout"]')


def test_an_opsgenie_client_needs_only_another_address(client: Cast) -> None:
    tool = sender(client, "opsgenie")
    headers = {"Authorization": f"GenieKey {tool.key}"}
    made = tool.client.post(
        "/v2/alerts", json={"message": "Disk full", "alias": "disk 1"}, headers=headers
    )
    assert (made.status_code, made.json()["result"]) == (202, "Request will be processed")
    recorded(tool.works)
    taken = "/v2/alerts/disk%201/acknowledge?identifierType=alias"
    assert tool.client.post(taken, json={}, headers=headers).status_code == 202
    recorded(tool.works)
    ended = f"/ingest/opsgenie/{tool.key}/v2/alerts/disk%201?identifierType=alias"
    assert tool.client.delete(ended).status_code == 202
    assert [
        (row["key"], row["state"])
        for row in rows(tool.works, alert_bodies.metadata.tables["alerts"])
    ]
    recorded(tool.works)
    kinds = [row["kind"] for row in rows(tool.works, alert_events)]
    assert kinds == ["triggered", "acknowledged", "resolved"]


def test_what_cannot_be_decoded_is_refused_and_kept_as_a_dead_letter(client: Cast) -> None:
    tool = sender(client, "pagerduty")
    body = json.dumps({"routing_key": tool.key, "event_action": "explode"}).encode()
    answer = tool.client.post("/v2/enqueue", content=body)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    (letter,) = rows(tool.works, alert_bodies)
    assert letter["state"] == "dead"
    assert "'explode' is no action" in letter["problem"]
    assert letter["body"] == body.replace(tool.key.encode(), b"*" * 32), "the key is not kept"
    assert tool.key not in letter["headers"]


@pytest.mark.parametrize(
    "path",
    [
        "/ingest/alertmanager-api/{wrong}/api/v2/alerts", "/ingest/pagerduty/{key}",
        "/ingest/nonsense/{key}", "/ingest/alertmanager-api/{key}/api/v2/alerts/more",
        "/ingest/alertmanager-api/", "/ingest/", "/ingest/alertmanager-api/%00/api/v2/alerts",
        "/ingest/alertmanager-api/{long}/api/v2/alerts",
    ],
)  # fmt: skip
def test_no_address_but_the_right_one_of_a_key_is_there(client: Cast, path: str) -> None:
    prometheus = sender(client)
    asked = path.format(wrong="0" * 32, key=prometheus.key, long="k" * 5000)
    answer = prometheus.client.post(asked, json=[firing()])
    assert answer.status_code == 404
    assert prometheus.key not in answer.text
    assert rows(prometheus.works, alert_bodies) == []


def test_a_key_without_its_source_opens_nothing_in_a_body_or_a_header(client: Cast) -> None:
    tool = sender(client)
    told = {"routing_key": tool.key, "event_action": "trigger", "payload": {"summary": "x"}}
    assert tool.client.post("/v2/enqueue", json=told).status_code == 404
    assert tool.client.post("/v2/enqueue", content=b"no json").status_code == 404
    headers = {"Authorization": f"GenieKey {tool.key}"}
    assert tool.client.post("/v2/alerts", json={"message": "x"}, headers=headers).status_code == 404
    assert tool.client.post("/v2/alerts", json={"message": "x"}).status_code == 404


def test_a_key_holds_until_it_expires_and_a_retired_source_takes_nothing(
    client: Cast, clock: MovableClock
) -> None:
    prometheus = sender(client)
    with prometheus.works.writing(SYSTEM) as work:
        old = add_key(work, prometheus.source.id, work.now + timedelta(hours=1))
    path = prometheus.path.replace(prometheus.key, old)
    assert prometheus.client.post(path, json=[firing()]).status_code == 200
    clock.forward(hours=1)
    assert prometheus.client.post(path, json=[firing()]).status_code == 404
    assert prometheus.send(firing()).status_code == 200
    with prometheus.works.writing(SYSTEM) as work:
        work.connection.execute(alert_sources.update().values(retired_at=work.now))
        changed(work)
    assert prometheus.send(firing()).status_code == 404
    assert len(rows(prometheus.works, alert_source_keys)) == 2


def test_a_key_that_sends_too_much_is_told_when_to_come_again(client: Cast) -> None:
    prometheus = sender(client, max_per_minute=3)
    answers = [prometheus.send(firing()) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["retry-after"]) in range(1, 21)


def test_a_source_with_a_secret_takes_only_what_is_signed_with_it(client: Cast) -> None:
    tool = sender(client, "grafana", secret="s3cret")  # noqa: S106 - of an invented source
    unsigned = tool.client.post(tool.path, json={"alerts": []})
    assert unsigned.status_code == 401
    header = tool.source.format and "X-Grafana-Alerting-Signature"
    wrong = tool.client.post(tool.path, json={"alerts": []}, headers={header: "0" * 64})
    assert wrong.status_code == 403
    assert rows(tool.works, alert_bodies) == [], "what cannot be verified is not kept"


def test_a_person_who_opens_the_address_learns_that_it_is_ready(client: Cast) -> None:
    tool = sender(client, "cloudevents")
    assert tool.client.get(tool.path).json() == {"status": "ready"}
    head = tool.client.head(tool.path)
    assert (head.status_code, head.content) == (200, b"")
    assert tool.client.options(tool.path).headers["webhook-allowed-origin"] == "*"
    assert tool.client.get(tool.path.replace(tool.key, "0" * 32)).status_code == 404
    put = tool.client.put(tool.path, json={})
    assert (put.status_code, put.headers["allow"]) == (405, "POST")
    assert tool.client.get("/v2/enqueue").status_code == 405


def test_metrics_tell_of_intake_and_hold_no_key(client: Cast) -> None:
    prometheus = sender(client)
    prometheus.send(firing())
    prometheus.send(firing())
    prometheus.client.post("/v2/enqueue", content=b"{")
    recorded(prometheus.works)
    told = client.stranger.get("/metrics").text
    assert 'kintsugi_intake_events_total{did="new"} 1.0' in told
    assert 'kintsugi_intake_requests_total{status="200"} 2.0' in told
    assert 'kintsugi_intake_refused_total{reason="unknown"} 1.0' in told
    assert prometheus.key not in told


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", [locked, full])
def test_while_the_database_refuses_senders_are_asked_to_come_again(
    client: Cast, how: Callable[[Works], AbstractContextManager[None]]
) -> None:
    prometheus = sender(client)
    assert prometheus.client.get(prometheus.path).status_code == 200, "the key is known by now"
    with how(prometheus.works):
        answer = prometheus.send(firing("meanwhile", padding="x" * 500_000))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert prometheus.send(firing("after")).status_code == 200
    client.stranger.app.intake.stop()  # type: ignore[attr-defined] # the client's application
    assert [row["title"] for row in prometheus.rows()] == ["after is slow"]


def test_when_too_much_waits_senders_are_asked_to_come_again(
    client: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    prometheus = sender(client)
    monkeypatch.setattr(reception, "MOST_WAITING", 0)
    assert prometheus.send(firing()).status_code == 503
    monkeypatch.undo()
    monkeypatch.setattr(recording, "MOST_UNRECORDED", -1)
    answer = prometheus.send(firing())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert rows(prometheus.works, alert_bodies) == []


def test_no_log_shows_the_key_of_an_address() -> None:
    path = "/ingest/alertmanager-api/0123456789abcdef/api/v2/alerts"
    assert shown_path(path) == "/ingest/alertmanager-api/.../api/v2/alerts"
    assert shown_path("/ingest/pagerduty/0123456789abcdef") == "/ingest/pagerduty/..."
