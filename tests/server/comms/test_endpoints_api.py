"""Webhook endpoints over the API: a secret once, changes by version, deliveries, and nothing for who is no admin."""

from __future__ import annotations

import pytest

from kintsugi.formats.standard_webhooks import is_signed
from kintsugi.server.comms.delivery import DeliveryState
from tests.receiver import Receiver
from tests.server.cast import Cast
from tests.server.comms.posting import Office, to

ADDRESS = "/api/webhook-endpoints"
NEW = {"name": "Status page", "url": "https://hooks.example.com/in"}


@pytest.mark.both_databases
def test_a_secret_is_shown_once(client: Cast) -> None:
    answer = client.alice.post(ADDRESS, json=NEW)
    made = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert made["secret"].startswith("whsec_")
    shown = client.alice.get(answer.headers["location"])
    assert shown.json() == {key: value for key, value in made.items() if key != "secret"}
    assert shown.headers["etag"] == '"1"'
    secret = made["secret"].removeprefix("whsec_")
    for address in (
        ADDRESS,
        "/api/audit",
        "/audit",
        "/settings",
        f"/settings/webhooks/{made['id']}",
    ):
        assert secret not in client.alice.get(address).text
    turned = client.alice.post(f"{ADDRESS}/{made['id']}/rotate", json={"overlapHours": 1}).json()
    assert turned["secret"] != made["secret"]
    assert turned["oldSecretUntil"] == "2026-03-02T10:00:00Z"


def test_an_answer_with_a_secret_is_not_kept_for_a_request_sent_again(client: Cast) -> None:
    key = {"Idempotency-Key": "once"}
    assert client.alice.post(ADDRESS, json=NEW, headers=key).status_code == 201
    assert client.alice.post(ADDRESS, json=NEW, headers=key).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [({**NEW, "url": "http://169.254.169.254/latest"}, "url"), ({**NEW, "url": "http://10.0.0.1/"}, "url"),
     ({**NEW, "url": "http://2130706433/"}, "url"), ({**NEW, "url": "ftp://x"}, "url"),
     ({**NEW, "url": "https://me:pass@x.example/"}, "url"), ({**NEW, "name": " "}, "name"),
     ({**NEW, "name": "x" * 101}, "name")],
)  # fmt: skip
def test_what_cannot_be_sent_to_is_refused_at_its_field(
    client: Cast, body: dict[str, str], field: str
) -> None:
    answer = client.alice.post(ADDRESS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert "pass@" not in answer.text


def test_a_change_needs_the_version_it_was_made_from(client: Cast) -> None:
    made = client.alice.post(ADDRESS, json=NEW).json()
    here = f"{ADDRESS}/{made['id']}"
    assert client.alice.patch(here, json={"name": "Chat"}).status_code == 428
    changed = client.alice.patch(here, json={"name": "Chat"}, headers={"If-Match": '"1"'})
    assert (changed.json()["name"], changed.headers["etag"]) == ("Chat", '"2"')
    lost = client.alice.patch(here, json={"name": "Wall"}, headers={"If-Match": '"1"'})
    assert lost.status_code == 412
    client.alice.post(ADDRESS, json=NEW)
    taken = client.alice.patch(here, json={"name": "Status page"}, headers={"If-Match": '"2"'})
    assert taken.status_code == 409
    assert client.alice.get(f"{ADDRESS}/Chat").json()["id"] == made["id"]


def test_a_ping_its_delivery_and_doing_it_again(
    client: Cast, office: Office, hook: Receiver
) -> None:
    endpoint, secret = office.endpoint(hook)
    here = f"{ADDRESS}/{endpoint.id}"
    made = client.alice.post(f"{here}/ping")
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    hook.answers = [404]
    office.work()
    assert is_signed(hook.got[0].headers, hook.got[0].body, secret, office.clock.now())
    office.work_on()
    whole = client.bob.get(f"/api/deliveries/{made.json()['id']}").json()
    assert (whole["state"], whole["event"]) == ("sent", "ping")
    assert [one["says"] for one in whole["tried"]] == ["answered 204", "answered 404"]
    again = client.bob.post(f"/api/deliveries/{made.json()['id']}/again").json()
    assert (again["state"], again["attempts"]) == ("waiting", 0)
    listed = client.alice.get(f"{here}/deliveries", params={"state": "waiting"}).json()
    assert [one["id"] for one in listed["items"]] == [made.json()["id"]]
    assert (
        client.alice.get(f"{here}/deliveries", params={"state": "given up"}).json()["items"] == []
    )
    assert client.alice.get(f"{here}/deliveries", params={"state": "lost"}).status_code == 422


def test_deliveries_come_in_pages(client: Cast, office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    made: list[str] = []
    for number in range(5):
        made += office.send([to(endpoint)], f"Word {number}")
        office.clock.forward(seconds=1)
    here, found, cursor = f"{ADDRESS}/{endpoint.id}/deliveries", [], None
    while True:
        asked = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.alice.get(here, params=asked).json()
        found += [one["id"] for one in page["items"]]
        cursor = page["nextCursor"]
        if not cursor:
            break
    assert found == made[::-1]


@pytest.mark.both_databases
def test_deleted_it_is_gone_and_what_was_sent_there_stays(
    client: Cast, office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    here = f"{ADDRESS}/{endpoint.id}"
    (sent,) = office.send([to(endpoint)])
    office.work()
    (waiting,) = office.send([to(endpoint)], "Too late.")
    assert client.alice.delete(here).status_code == 428
    assert client.alice.delete(here, headers={"If-Match": '"7"'}).status_code == 412
    assert office.delivery(waiting).state is DeliveryState.WAITING
    assert client.alice.delete(here, headers={"If-Match": '"1"'}).status_code == 204
    assert client.alice.get(here).status_code == 404
    assert office.work() == 0
    kept = [client.bob.get(f"/api/deliveries/{one}").json() for one in (sent, waiting)]
    assert [(one["state"], one["error"], one["name"]) for one in kept] == [
        ("sent", "", "Status page"), ("failed", "the endpoint was deleted", "Status page"),
    ]  # fmt: skip
    assert len(kept[0]["tried"]) == 1
    again = client.bob.post(f"/api/deliveries/{waiting}/again")
    assert (again.status_code, "deleted" in again.text) == (422, True)
    audited = client.alice.get("/api/audit").json()["items"][0]
    assert (audited["action"], audited["detail"]) == (
        "webhook_endpoint.delete", {"name": "Status page"},
    )  # fmt: skip
    assert office.endpoint(hook)[0].id != endpoint.id, "its name is free again"


def test_disabled_it_takes_no_ping_until_it_is_enabled(client: Cast) -> None:
    made = client.alice.post(ADDRESS, json=NEW).json()
    here = f"{ADDRESS}/{made['id']}"
    off = client.alice.post(f"{here}/disable").json()
    assert (off["isEnabled"], off["disabledBecause"]) == (False, "")
    assert client.alice.post(f"{here}/disable").json()["version"] == off["version"], "twice is once"
    assert client.alice.post(f"{here}/ping").status_code == 409
    assert client.alice.post(f"{here}/enable").json()["isEnabled"] is True
    assert client.alice.post(f"{here}/ping").status_code == 201


def test_who_is_no_admin_sees_no_address(client: Cast) -> None:
    made = client.alice.post(ADDRESS, json=NEW).json()
    for person in (client.bob, client.charlie):
        assert person.get(ADDRESS).status_code == 403
        assert person.get(f"{ADDRESS}/{made['id']}").status_code == 403
        assert person.post(f"{ADDRESS}/{made['id']}/ping").status_code == 403
        assert person.get("/settings/webhooks").status_code == 403
        assert "Webhook endpoints" not in person.get("/settings").text
    assert client.charlie.get("/api/deliveries/dlv_1").status_code == 403
    assert client.bob.get("/api/deliveries/dlv_1").status_code == 404
    assert client.alice.get(f"{ADDRESS}/whe_1").status_code == 404
