"""Services over HTTP: what each role may do, what is refused, and that nothing is half done."""

from __future__ import annotations

import threading

import pytest

from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cast import Cast

CHECKOUT = {
    "name": "Checkout",
    "title": "Checkout page",
    "description": "Takes **money**",
    "ownerTeam": "Payments",
    "tier": 1,
    "links": [{"kind": "runbook", "url": "https://wiki.example.com/checkout", "label": "Restart"}],
    "tags": ["money", "Money", "eu"],
    "dependsOn": ["payments", "PAYMENTS"],
}


def added(client: Cast, name: str, **said: object) -> str:
    answer = client.alice.post("/api/services", json={"name": name, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["etag"])


def shown(client: Cast, name: str) -> dict[str, object]:
    answer = client.charlie.get(f"/api/services/{name}")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_a_service_is_added_as_it_is_said_and_found_by_its_name_in_any_case(client: Cast) -> None:
    added(client, "payments")
    made = client.alice.post("/api/services", json=CHECKOUT)
    assert made.status_code == 201
    assert made.headers["location"] == "/api/services/checkout"
    body = made.json()
    assert body["id"].startswith("svc_")
    told = {key: body[key] for key in CHECKOUT}
    assert told == CHECKOUT | {
        "name": "checkout", "tags": ["money", "eu"], "dependsOn": ["payments"],
    }  # fmt: skip
    for name in ("checkout", "CheckOut", body["id"]):
        assert shown(client, name) == body
    assert shown(client, "payments")["dependents"] == ["checkout"]
    assert shown(client, "payments")["title"] == "payments"


@pytest.mark.both_databases
def test_two_services_never_share_a_name(client: Cast) -> None:
    added(client, "payments")
    again = client.alice.post("/api/services", json={"name": "PayMents"})
    assert again.status_code == 409
    assert "payments" in again.json()["detail"]


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"name": "a b"}, "name", "is not a name"),
        ({"name": " "}, "name", "is missing"),
        ({"name": "add"}, "name", "a page here"),
        ({"name": "x" * 65}, "name", "is not a name"),
        ({"tier": 5}, "tier", "is not a tier"),
        ({"tier": "gold"}, "tier", "is not a tier"),
        ({"links": [{"kind": "runbook", "url": "javascript:alert(1)"}]}, "links[0].url", "address"),
        ({"links": [{"kind": "runbook", "url": "https://u:p@h/"}]}, "links[0].url", "address"),
        ({"links": [{"kind": "map", "url": "https://h/"}]}, "links[0].kind", "kind of link"),
        ({"dependsOn": ["nowhere"]}, "dependsOn[0]", "'nowhere' is no service"),
        ({"dependsOn": ["svc"]}, "dependsOn[0]", "cannot depend on itself"),
        ({"title": "x" * 201}, "title", "201 characters"),
        ({"tags": ["a, b"]}, "tags[0]", "comma"),
        ({"tags": ["x"] * 31}, "tags", "31"),
        ({"owner": "x"}, "owner", ""),
    ],
)
def test_what_is_no_service_is_refused_by_field(
    client: Cast, said: dict[str, object], field: str, told: str
) -> None:
    answer = client.alice.post("/api/services", json={"name": "svc", **said})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert told in answer.text
    assert client.alice.get("/api/services").json()["items"] == []


@pytest.mark.both_databases
def test_a_change_needs_the_etag_and_of_two_one_wins(client: Cast) -> None:
    tag = added(client, "payments")
    place = "/api/services/payments"
    assert client.alice.patch(place, json={"title": "A"}).status_code == 428
    first = client.alice.patch(place, json={"title": "A", "tier": 2}, headers={"If-Match": tag})
    assert (first.status_code, first.json()["tier"]) == (200, 2)
    second = client.alice.patch(place, json={"title": "B"}, headers={"If-Match": tag})
    assert second.status_code == 412
    assert second.json()["current"]["title"] == "A"
    third = {"If-Match": first.headers["etag"]}
    assert client.alice.patch(place, json={"tier": None}, headers=third).json()["tier"] is None
    assert shown(client, "payments")["title"] == "A"


def test_what_stays_as_it_was_changes_nothing(client: Cast) -> None:
    tag = added(client, "payments", title="A")
    again = client.alice.patch(
        "/api/services/payments", json={"title": "A"}, headers={"If-Match": tag}
    )
    assert again.headers["etag"] == tag


def test_a_retired_service_is_in_no_list_and_comes_back(client: Cast) -> None:
    tag = added(client, "old")
    added(client, "web", dependsOn=["old"])
    gone = client.alice.delete("/api/services/old", headers={"If-Match": tag})
    assert gone.json()["retired"] is True
    assert names(client) == ["web"]
    assert names(client, retired="true") == ["old"]
    assert shown(client, "old")["retiredAt"]
    # Nobody new may depend on it; who did may keep it.
    refused = client.alice.post("/api/services", json={"name": "new-one", "dependsOn": ["old"]})
    assert "'old' is retired" in refused.json()["detail"]
    kept = client.alice.patch(
        "/api/services/web", json={"dependsOn": ["old"], "tier": 3}, headers={"If-Match": '"1"'}
    )
    assert kept.status_code == 200
    back = client.alice.patch(
        "/api/services/old", json={"retired": False}, headers={"If-Match": gone.headers["etag"]}
    )
    assert (back.json()["retired"], names(client)) == (False, ["old", "web"])


def names(client: Cast, **asked: str) -> list[str]:
    answer = client.charlie.get("/api/services", params=asked)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


@pytest.mark.both_databases
def test_a_list_is_narrowed_and_paged(client: Cast) -> None:
    for number in range(5):
        added(client, f"s{number}", tier=number % 2 + 1, ownerTeam="Ä" if number else "Web_1")
    added(client, "zebra", description="Has %stripes", tags=["animal"])
    assert names(client, tier="1") == ["s0", "s2", "s4"]
    assert names(client, team="web_1") == ["s0"]
    assert names(client, text="%STRIPES") == ["zebra"]
    assert names(client, tag="Animal") == ["zebra"]
    found, cursor = [], None
    while True:
        asked = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = client.charlie.get("/api/services", params=asked).json()
        found += [one["name"] for one in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert found == ["s0", "s1", "s2", "s3", "s4", "zebra"]
    assert client.charlie.get("/api/services", params={"cursor": "x"}).status_code == 422
    assert client.charlie.get("/api/services", params={"tier": "9"}).status_code == 422


@pytest.mark.both_databases
def test_what_hangs_on_what_is_told_through_any_number_of_steps(client: Cast) -> None:
    said = [
        {"name": "web", "dependsOn": ["checkout"]},
        {"name": "checkout", "dependsOn": ["payments"]},
        {"name": "payments", "dependsOn": ["ledger", "checkout"]},
        {"name": "ledger"},
        {"name": "alone"},
    ]
    assert client.alice.post("/api/services/apply", json={"services": said}).status_code == 200
    told = client.charlie.get("/api/services/checkout/dependencies").json()
    assert told == {
        "dependsOn": [
            {"name": "payments", "steps": 1, "through": None},
            {"name": "ledger", "steps": 2, "through": "payments"},
        ],
        "dependents": [
            {"name": "payments", "steps": 1, "through": None},
            {"name": "web", "steps": 1, "through": None},
        ],
        "circle": ["checkout", "payments", "checkout"],
    }


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_who_is_no_editor_reads_and_changes_nothing(client: Cast, person: str) -> None:
    added(client, "payments")
    browser = getattr(client, person)
    assert browser.get("/api/services/payments").status_code == 200
    match = {"If-Match": '"1"'}
    for answer in (
        browser.post("/api/services", json={"name": "x"}),
        browser.post("/api/services/apply", json={"services": []}),
        browser.patch("/api/services/payments", json={"title": "x"}, headers=match),
        browser.delete("/api/services/payments", headers=match),
    ):
        assert answer.status_code == 403
    assert shown(client, "payments")["version"] == 1


def test_an_editor_may_and_a_token_for_reading_may_not(client: Cast, works: Works) -> None:
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Dana", "dana@example.com", Role.EDITOR)
        writes = accounts.create_token(work, user.id, "w", (Scope.WRITE,)).secret
        reads = accounts.create_token(work, user.id, "r", (Scope.READ,)).secret
    for secret, status in ((reads, 403), (writes, 201)):
        answer = client.stranger.post(
            "/api/services", json={"name": "x"}, headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == status


def test_an_unknown_service_is_not_found(client: Cast) -> None:
    assert client.charlie.get("/api/services/nowhere").status_code == 404
    assert client.charlie.get("/api/services/a%00b").status_code == 404
    match = {"If-Match": '"1"'}
    assert client.alice.delete("/api/services/nowhere", headers=match).status_code == 404


def test_every_change_is_in_the_audit_log(client: Cast, works: Works) -> None:
    tag = added(client, "payments")
    changed = client.alice.patch(
        "/api/services/payments", json={"tier": 1}, headers={"If-Match": tag}
    )
    client.alice.delete("/api/services/payments", headers={"If-Match": changed.headers["etag"]})
    with works.reading(SYSTEM) as work:
        log = [one for one in audit.in_order(work.connection) if one.action.startswith("service.")]
    assert [one.action for one in log] == ["service.add", "service.change", "service.retire"]
    assert len({one.actor_id for one in log}) == 1
    assert log[0].actor_id.startswith("usr_")
    assert '"tier"' in log[1].detail


def test_an_owner_is_written_as_its_team_is_named(client: Cast, works: Works) -> None:
    with works.writing(SYSTEM) as work:
        accounts.teams.create(work, "Payments EU")
    added(client, "checkout", ownerTeam="payments eu")
    assert shown(client, "checkout")["ownerTeam"] == "Payments EU"
    said = {"services": [{"name": "checkout", "ownerTeam": "PAYMENTS EU"}]}
    done = client.alice.post("/api/services/apply", json=said).json()
    assert done["unchanged"] == ["checkout"]


@pytest.mark.both_databases
def test_of_many_who_add_the_same_service_one_wins(client: Cast) -> None:
    answers: list[int] = []

    def add() -> None:
        answers.append(client.alice.post("/api/services", json={"name": "x"}).status_code)

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, *[409] * 5]
