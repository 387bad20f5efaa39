"""Recovery criteria: recorded, met or overridden, in the way of resolving until then, open again when reopened."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cast import Cast

pytestmark = pytest.mark.both_databases
PLACE = "/api/incidents/INC-1"
CRITERIA = f"{PLACE}/criteria"


@pytest.fixture
def declared(client: Cast) -> Cast:
    client.bob.post("/api/incidents", json={"title": "Checkout fails", "severity": "SEV-1"})
    return client


def move(browser: TestClient, status: str) -> Any:  # noqa: ANN401 - an answer
    match = {"If-Match": browser.get(PLACE).headers["etag"]}
    return browser.patch(PLACE, json={"status": status, "reason": "x"}, headers=match)


def add(browser: TestClient, text: str, **more: Any) -> Any:  # noqa: ANN401 - an answer
    return browser.post(CRITERIA, json={"text": text, **more})


def settle(browser: TestClient, number: int, status: str, **more: Any) -> Any:  # noqa: ANN401 - an answer
    return browser.patch(f"{CRITERIA}/{number}", json={"status": status, **more})


def texts(client: Cast) -> list[tuple[str, bool]]:
    items = client.bob.get(f"{PLACE}/timeline").json()["items"]
    return [(one["text"], one["important"]) for one in items][1:]


def stands(client: Cast) -> list[str]:
    return [one["status"] for one in client.charlie.get(CRITERIA).json()["items"]]


def test_it_is_not_resolved_while_a_criterion_is_open_and_each_is_named(declared: Cast) -> None:
    add(declared.bob, "Error rate is back to normal", expected="< 0.1% for 5 minutes")
    add(declared.alice, "Orders go through again")
    refused = move(declared.bob, "resolved")
    assert refused.status_code == 409
    assert [one["problem"] for one in refused.json()["errors"]] == [
        "1. Error rate is back to normal (< 0.1% for 5 minutes)", "2. Orders go through again",
    ]  # fmt: skip
    met = settle(declared.bob, 1, "met", note="0.02%", evidence="https://graphs.example/1").json()
    assert (met["status"], met["history"][0]["byName"], met["history"][0]["note"]) == (
        "met", "Bob", "0.02%",
    )  # fmt: skip
    assert "2. Orders" in move(declared.bob, "resolved").json()["detail"]
    unsaid = settle(declared.bob, 2, "overridden")
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (422, "note")
    settle(declared.alice, 2, "overridden", note="No order can be placed at night")
    assert move(declared.bob, "resolved").status_code == 200
    assert texts(declared)[2:4] == [
        ("Recovery criterion 1 is met (Error rate is back to normal (< 0.1% for 5 minutes)): 0.02%", True),
        ("Recovery criterion 2 is overridden (Orders go through again): No order can be placed at night", True),
    ]  # fmt: skip


def test_an_incident_without_criteria_is_resolved_as_ever(declared: Cast) -> None:
    told = declared.charlie.get(CRITERIA).json()
    assert (told["items"], told["askedFor"], told["needed"], len(told["offered"])) == (
        [], True, False, 5,
    )  # fmt: skip
    assert move(declared.bob, "resolved").status_code == 200
    assert declared.bob.get(CRITERIA).json()["offered"] == told["offered"]


def test_what_is_offered_is_added_at_once_and_only_what_is_missing(declared: Cast) -> None:
    add(declared.bob, "response times are back to NORMAL")
    made = add(declared.bob, "", offered=True)
    assert (made.status_code, len(made.json()["items"]), made.json()["offered"]) == (201, 5, [])
    assert len(add(declared.bob, "", offered=True).json()["items"]) == 5
    assert add(declared.bob, "Response times are back to normal").status_code == 409


def test_a_reopened_incident_opens_its_criteria_again_and_keeps_how_they_were_met(
    declared: Cast,
) -> None:
    add(declared.bob, "Orders go through")
    settle(declared.bob, 1, "met", note="100 orders")
    move(declared.bob, "resolved")
    move(declared.alice, "investigating")
    [one] = declared.bob.get(CRITERIA).json()["items"]
    assert one["status"] == "open"
    assert [(each["status"], each["note"], each["byName"]) for each in one["history"]] == [
        ("met", "100 orders", "Bob"), ("open", "reopened", "Alice"),
    ]  # fmt: skip
    assert ("Recovery criteria open again: 1. Orders go through", True) not in texts(declared)
    assert ("Recovery criterion open again: 1. Orders go through", True) in texts(declared)
    assert move(declared.bob, "resolved").status_code == 409


def test_only_an_open_criterion_is_reworded_or_removed(declared: Cast) -> None:
    first = add(declared.bob, "Orders go").json()["items"][0]
    edited = declared.bob.patch(
        f"{CRITERIA}/1", json={"text": "Orders go through", "expected": "> 90%"}
    )
    assert (edited.json()["text"], edited.json()["expected"]) == ("Orders go through", "> 90%")
    late = declared.bob.patch(
        f"{CRITERIA}/{first['id']}", json={"text": "x"}, headers={"If-Match": '"1"'}
    )
    assert (late.status_code, late.json()["current"]["text"]) == (412, "Orders go through")
    settle(declared.bob, 1, "met")
    for refused in (
        declared.bob.patch(f"{CRITERIA}/1", json={"text": "x"}),
        declared.bob.delete(f"{CRITERIA}/1"),
    ):
        assert (refused.status_code, "it is met" in refused.text) == (409, True)
    settle(declared.bob, 1, "open", note="It fell again")
    assert declared.bob.delete(f"{CRITERIA}/1").status_code == 204
    assert stands(declared) == []
    assert add(declared.bob, "Another").json()["items"][0]["number"] == 2
    assert declared.bob.patch(f"{CRITERIA}/1", json={"status": "met"}).status_code == 404


@pytest.mark.parametrize(
    "body", [{"text": " "}, {"text": "x" * 201}, {"text": "x", "expected": "y" * 201}, {}]
)
def test_a_criterion_that_cannot_be_is_refused(declared: Cast, body: dict[str, str]) -> None:
    assert declared.bob.post(CRITERIA, json=body).status_code == 422
    add(declared.bob, "x")
    assert settle(declared.bob, 1, "maybe").status_code == 422
    assert settle(declared.bob, 1, "open").status_code in (200, 409)
    assert stands(declared) == ["open"]


def test_viewers_only_read_and_a_private_incident_is_not_there_for_others(client: Cast) -> None:
    client.bob.post("/api/incidents", json={"title": "Leak", "private": True})
    add(client.bob, "Keys are replaced")
    for browser, code in ((client.alice, 404), (client.charlie, 403)):
        assert add(browser, "x").status_code == code
        assert settle(browser, 1, "met").status_code == code
    assert client.charlie.get(CRITERIA).status_code == 404


def test_an_erased_person_is_nobody_in_the_history_of_criteria(
    declared: Cast, works: Works
) -> None:
    add(declared.bob, "Orders go through")
    settle(declared.bob, 1, "met", note="seen")
    bob = declared.bob.get("/api/me").json()["id"]
    with works.writing(SYSTEM) as work:
        accounts.erase(work, bob)
    said = declared.alice.get(CRITERIA).text + declared.alice.get("/incidents/INC-1").text
    assert "Bob" not in said


# --- what is offered --------------------------------------------------------------------------

OWN = """\
recovery_checks:
  - check: Orders go through
    success_criteria: "> 95% of last week"
    required_for: [SEV-1, SEV-2]
needed_to_resolve: [SEV-1]
"""


def test_an_organisation_offers_its_own_and_may_need_one_to_resolve(declared: Cast) -> None:
    shipped = declared.alice.get("/api/recovery-checks")
    match = {"If-Match": shipped.headers["etag"]}
    assert (
        declared.bob.put("/api/recovery-checks", json={"text": OWN}, headers=match).status_code
        == 403
    )
    own = declared.alice.put("/api/recovery-checks", json={"text": OWN}, headers=match).json()
    assert own["neededToResolve"] == ["SEV-1"]
    refused = move(declared.bob, "resolved")
    assert (refused.status_code, "without recovery criteria" in refused.text) == (409, True)
    add(declared.bob, "", offered=True)
    settle(declared.bob, 1, "met")
    assert move(declared.bob, "resolved").status_code == 200
    for wrong, says in (
        (OWN.replace("check: Orders", "chek: Orders"), "2: recovery_checks[0].chek"),
        (OWN.replace("[SEV-1]", "[SEV-9]"), "needed_to_resolve[0]"),
        (
            OWN.replace("needed_to_resolve: [SEV-1]", "  - check: orders go through"),
            "each check once",
        ),
        ("[]", "not a mapping"),
    ):
        match = {"If-Match": declared.alice.get("/api/recovery-checks").headers["etag"]}
        answer = declared.alice.put("/api/recovery-checks", json={"text": wrong}, headers=match)
        assert (answer.status_code, says in answer.text) == (422, True), answer.text


# --- the page ---------------------------------------------------------------------------------


def test_the_page_records_meets_and_names_what_is_open_without_scripts(declared: Cast) -> None:
    page, forms = "/incidents/INC-1", "/incidents/INC-1/criteria"
    assert "SEV-1 asks for recovery criteria" in declared.bob.get(page).text
    added = declared.bob.post(forms, data={"do": "offered"})
    assert (added.status_code, added.headers["location"]) == (303, "/incidents/INC-1#recovery")
    said = {
        "status": "resolved",
        "version": declared.bob.get(PLACE).json()["version"],
        "reason": "back",
    }
    refused = declared.bob.post(f"{page}/status", data=said)
    assert (refused.status_code, "1. The error rate is back to normal" in refused.text) == (
        409,
        True,
    )
    assert 'value="back"' in refused.text
    for number in (1, 2, 3, 4):
        declared.bob.post(f"{forms}/{number}", data={"do": "met", "note": "seen"})
    unsaid = declared.bob.post(f"{forms}/5", data={"do": "overridden", "evidence": "kept as typed"})
    assert (unsaid.status_code, 'value="kept as typed"' in unsaid.text) == (422, True)
    declared.bob.post(f"{forms}/5", data={"do": "overridden", "note": "No status page"})
    assert declared.bob.post(f"{page}/status", data=said).status_code == 303
    empty = declared.bob.post(forms, data={"text": "", "expected": "kept as typed"})
    assert (empty.status_code, "kept as typed" in empty.text) == (422, True)
    part = declared.charlie.get(f"{page}/parts/recovery").text
    assert ("No status page" in part, "<form" in part) == (True, False)


def test_a_draft_takes_the_criteria_over_as_how_it_was_resolved(declared: Cast) -> None:
    add(declared.bob, "Orders go through", expected="> 90%")
    settle(declared.bob, 1, "met", note="97% at 10:00")
    move(declared.bob, "resolved")
    made = declared.alice.post("/api/postmortems/draft", json={"incidentId": "INC-1"})
    assert "Orders go through (> 90%): met 2026-03-02 09:00 UTC, 97% at 10:00" in made.text
