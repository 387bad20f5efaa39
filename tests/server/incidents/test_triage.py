"""Triage in the record: asked by the organisation's checklist, answered on page and by API, kept with every change."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kintsugi.server.incidents.web.showing import PARTS
from kintsugi.server.incidents.web.triage_shown import metric_key, question_key
from tests.formats.test_triage import GUIDE
from tests.server.cast import Cast

pytestmark = pytest.mark.both_databases
PLACE = "/api/incidents/INC-1"
DOWN, CUSTOMERS = "Is the service completely down?", "Are customers actively impacted?"


@pytest.fixture
def declared(client: Cast) -> Cast:
    answer = client.bob.post(
        "/api/incidents", json={"title": "Checkout fails", "severity": "SEV-3"}
    )
    assert answer.status_code == 201, answer.text
    return client


def put(browser: TestClient, etag: str | None = None, **body: Any) -> Any:  # noqa: ANN401 - an answer
    headers = {"If-Match": etag} if etag else {}
    return browser.put(f"{PLACE}/triage", json=body, headers=headers)


def severity(client: Cast) -> str:
    return str(client.bob.get(PLACE).json()["severity"])


def texts(client: Cast) -> list[tuple[str, bool]]:
    items = client.bob.get(f"{PLACE}/timeline").json()["items"]
    return [(one["text"], one["important"]) for one in items][1:]


def test_the_answers_set_the_severity_ask_for_roles_and_go_into_the_timeline(
    declared: Cast,
) -> None:
    said = put(
        declared.bob, questions={CUSTOMERS: True, DOWN: False}, measured={"Error rate": "12%"}
    ).json()
    assert (said["severity"], said["gives"], said["actions"]) == (
        "SEV-2", "SEV-2", ["Check scope of impact"],
    )  # fmt: skip
    assert said["steps"] == [
        {"reason": "as somebody said", "severity": "SEV-3"},
        {"reason": "Error rate > 10%", "severity": "SEV-2"},
    ]
    assert said["unanswered"][0] == "Is there data loss or corruption?"
    assert declared.bob.get(f"{PLACE}/roles").json()["askedFor"] == said["roles"]
    assert texts(declared) == [
        (
            (
                "Triage: Are customers actively impacted? yes: Check scope of impact; "
                "Is the service completely down? no; Error rate 12%, past > 10%: 1 step more severe"
            ),
            True,
        ),
        ("SEV-3 to SEV-2: triage: SEV-3 as somebody said; SEV-2 Error rate > 10%", True),
    ]
    said = put(declared.bob, questions={DOWN: True}).json()
    assert (said["gives"], severity(declared)) == ("SEV-1", "SEV-1")


def test_every_later_change_is_kept_and_answering_again_does_not_climb(declared: Cast) -> None:
    first = put(declared.bob, measured={"Error rate": 12})
    assert severity(declared) == "SEV-2"
    assert (
        put(declared.alice, first.headers["etag"], measured={"Error rate": 30}).status_code == 200
    )
    assert severity(declared) == "SEV-2"
    said = declared.charlie.get(f"{PLACE}/triage").json()
    assert [(one["value"], one["answeredByName"]) for one in said["answers"]] == [("30", "Alice")]
    assert [(one["value"], one["answeredByName"]) for one in said["earlier"]] == [("12", "Bob")]
    stale = put(declared.bob, first.headers["etag"], measured={"Error rate": 1})
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)
    before = len(texts(declared))
    assert put(declared.bob, measured={"Error rate": 30}).status_code == 200
    assert len(texts(declared)) == before
    assert put(declared.bob).json()["gives"] == "SEV-3"
    assert (
        texts(declared)[-2][0] == "Triage changed: Error rate is not known any more (before: 30%)"
    )


def test_it_begins_with_the_calculator_where_a_category_is_answered(declared: Cast) -> None:
    said = put(declared.bob, impacts={"user_impact": "small_subset"}).json()
    assert (said["gives"], said["steps"][0]["reason"]) == ("SEV-4", "User impact: small subset")
    said = put(
        declared.bob,
        impacts={"user_impact": "small_subset"},
        measured={"Active users affected": 5000},
    ).json()
    assert (said["gives"], severity(declared)) == ("SEV-3", "SEV-3")


def test_a_person_may_differ_and_says_why(declared: Cast) -> None:
    refused = put(declared.bob, questions={DOWN: True}, severity="SEV-2")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reason")
    assert texts(declared) == []
    said = put(declared.bob, questions={DOWN: True}, severity="SEV-2", reason="Only the EU").json()
    assert (said["severity"], said["gives"]) == ("SEV-2", "SEV-1")
    assert texts(declared)[-1][0].startswith("SEV-3 to SEV-2: Only the EU (triage gives SEV-1: ")


def test_a_preview_keeps_nothing(declared: Cast) -> None:
    said = put(declared.bob, questions={DOWN: True}, preview=True).json()
    assert (said["gives"], said["severity"], said["answers"]) == ("SEV-1", "SEV-3", [])
    assert (texts(declared), severity(declared)) == ([], "SEV-3")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"questions": {"Is it Tuesday?": True}}, "Is it Tuesday?"),
        ({"measured": {"Error rate": "many"}}, "measured"),
        ({"measured": {"Error rate": "7s"}}, "another unit"),
        ({"impacts": {"user_impact": "most"}}, "user_impact"),
        ({"questions": {DOWN: "yes"}}, "questions"),
        ({"severity": "SEV-9"}, "severity"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_by_name(
    declared: Cast, body: dict[str, Any], names: str
) -> None:
    answer = put(declared.bob, **body)
    assert (answer.status_code, names in answer.text) == (422, True), answer.text
    assert declared.bob.get(f"{PLACE}/triage").json()["version"] == 0


def test_only_responders_answer_and_a_private_incident_is_not_there_for_others(
    client: Cast,
) -> None:
    client.bob.post("/api/incidents", json={"title": "Leak", "private": True})
    assert put(client.charlie).status_code == 403
    assert put(client.alice).status_code == 404
    for path in (f"{PLACE}/triage", "/incidents/INC-1/triage"):
        assert client.charlie.get(path).status_code == 404


# --- the checklist ----------------------------------------------------------------------------

OWN = """\
# ours
triage_checklist:
  immediate_assessment:
    - question: Can a customer not pay?
      yes_action: Declare SEV-2
  resource_needs:
    - role: customer liaison
      required_for: [SEV-2]
    - role: ic
      required_for: [SEV-1, SEV-2]
"""


def settle(browser: TestClient, text: str) -> Any:  # noqa: ANN401 - an answer
    match = {"If-Match": browser.get("/api/triage").headers["etag"]}
    return browser.put("/api/triage", json={"text": text}, headers=match)


def test_an_organisation_asks_by_its_own_checklist_which_the_guides_file_is(declared: Cast) -> None:
    shipped = declared.charlie.get("/api/triage").json()
    assert (shipped["isDefault"], shipped["questions"][0]["declares"]) == (True, "SEV-1")
    assert settle(declared.alice, GUIDE).json()["questions"] == shipped["questions"]
    own = settle(declared.alice, OWN).json()
    assert (own["text"], own["isDefault"], own["version"]) == (OWN, False, 2)
    said = put(declared.bob, questions={"Can a customer not pay?": True}).json()
    assert (said["severity"], said["roles"]) == (
        "SEV-2",
        ["customer liaison", "Incident Commander"],
    )
    assert declared.bob.get(f"{PLACE}/roles").json()["askedFor"] == said["roles"]
    assert settle(declared.alice, "").json()["isDefault"] is True
    said = declared.bob.get(f"{PLACE}/triage").json()
    assert (said["answers"], said["earlier"][0]["name"]) == ([], "Can a customer not pay?")
    assert settle(declared.bob, OWN).status_code == 403


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("triage_checklist:\n  immediate_assessment:\n    - qestion: x\n", "3: triage_checklist"),
        ("triage_checklist: {}\n", "asks nothing"),
        ("a: [", "this is not YAML"),
        (OWN.replace("customer liaison", "commander"), "Incident Commander"),
        (OWN.replace("[SEV-2]", "[SEV-7]"), "required_for[0]"),
    ],
)
def test_a_checklist_that_cannot_be_is_refused_with_its_place(
    declared: Cast, text: str, says: str
) -> None:
    answer = settle(declared.alice, text)
    assert (answer.status_code, says in answer.text) == (422, True), answer.text


def test_two_who_change_the_checklist_do_not_write_over_each_other(client: Cast) -> None:
    match = {"If-Match": client.alice.get("/api/triage").headers["etag"]}
    assert client.alice.put("/api/triage", json={"text": OWN}).status_code == 428
    for code in (200, 412):
        said = client.alice.put("/api/triage", json={"text": OWN}, headers=match)
        assert said.status_code == code


# --- the page ---------------------------------------------------------------------------------


def typed(**more: str) -> dict[str, str]:
    return {"version": "0", "do": "set", **more}


def test_the_page_offers_triage_shows_what_it_comes_to_and_sets_it_without_scripts(
    declared: Cast,
) -> None:
    page = declared.bob.get("/incidents/INC-1").text
    assert "Triage now" in page
    answers = {question_key(one): "yes" for one in (DOWN, CUSTOMERS)}
    answers |= {metric_key("Response time"): "7000 ms"}
    shown = declared.bob.post("/incidents/INC-1/triage", data=typed(**answers, do="show"))
    assert (shown.status_code, "instead of SEV-3" in shown.text) == (200, True)
    assert severity(declared) == "SEV-3"
    said = declared.bob.post("/incidents/INC-1/triage/preview", data=typed(**answers)).text
    assert "Is the service completely down? Yes" in said
    taken = declared.bob.post(
        "/incidents/INC-1/triage", data=typed(**answers), follow_redirects=False
    )
    assert (taken.status_code, taken.headers["location"]) == (303, "/incidents/INC-1#triage")
    part = declared.bob.get("/incidents/INC-1/parts/triage").text
    assert (severity(declared), 'value="7 s"' in part, part.count("Add as a task")) == (
        "SEV-1",
        True,
        True,
    )
    assert "Triage now" not in declared.bob.get("/incidents/INC-1").text
    assert "<form" not in declared.charlie.get("/incidents/INC-1/parts/triage").text


def test_a_refused_form_stands_as_typed_with_what_is_wrong_beside_its_field(declared: Cast) -> None:
    wrong = typed(**{metric_key("Error rate"): "many", question_key(DOWN): "no"})
    refused = declared.bob.post("/incidents/INC-1/triage", data=wrong)
    assert refused.status_code == 422
    assert 'value="many"' in refused.text
    assert "Error rate" in re.sub(r"\s+", " ", refused.text).split('class="wrong"')[1][:300]
    gone = declared.bob.post("/incidents/INC-1/triage", data=typed(**{"q-0000": "yes"}))
    assert (gone.status_code, "checklist changed" in gone.text) == (409, True)


def test_two_answer_at_once_and_only_the_same_question_is_a_conflict(declared: Cast) -> None:
    send = "/incidents/INC-1/triage"
    declared.alice.post(send, data=typed(**{question_key(CUSTOMERS): "yes"}))
    assert declared.bob.post(send, data=typed(**{question_key(DOWN): "no"})).status_code == 303
    said = declared.bob.get(f"{PLACE}/triage").json()["questions"]
    assert said == {CUSTOMERS: True, DOWN: False}
    late = declared.bob.post(send, data=typed(**{question_key(CUSTOMERS): "no"}))
    assert (late.status_code, "meanwhile" in late.text) == (409, True)
    again = re.search(r'name="version" value="(\d+)"', late.text)
    assert again
    body = {
        "version": again[1],
        "do": "set",
        question_key(CUSTOMERS): "no",
        question_key(DOWN): "no",
    }
    assert declared.bob.post(send, data=body).status_code == 303
    assert declared.bob.get(f"{PLACE}/triage").json()["questions"][CUSTOMERS] is False


def test_an_admin_pastes_or_uploads_the_checklist_and_a_mistake_is_named_with_its_line(
    client: Cast,
) -> None:
    address = "/incidents/settings/triage_checklist"
    pasted = client.alice.post(address, data={"version": "0", "text": OWN})
    assert (pasted.status_code, client.bob.get("/api/triage").json()["text"]) == (303, OWN)
    wrong = {"file": ("ours.yaml", OWN.replace("yes_action", "yes").encode())}
    refused = client.alice.post(address, data={"version": "1"}, files=wrong)
    assert (refused.status_code, "ours.yaml:5" in refused.text) == (422, True)
    late = client.alice.post(address, data={"version": "0", "text": GUIDE})
    assert (late.status_code, "meanwhile" in late.text) == (412, True)
    files = {"file": ("guide.yaml", GUIDE.encode())}
    assert client.alice.post(address, data={"version": "1"}, files=files).status_code == 303
    assert DOWN in client.charlie.get("/incidents/settings").text
    assert 'action="/incidents/settings' not in client.charlie.get("/incidents/settings").text
    assert client.bob.post(address, data={"text": OWN}).status_code == 403
    assert client.alice.post("/incidents/settings/other", data={"text": "x"}).status_code == 404
    assert "/incidents/settings" in client.alice.get("/settings").text


def test_every_part_of_the_page_is_there_by_itself_as_it_stands_on_the_page(declared: Cast) -> None:
    put(declared.bob, questions={DOWN: True})
    declared.bob.post(f"{PLACE}/criteria", json={"offered": True})
    page = declared.bob.get("/incidents/INC-1").text
    for name in PARTS:
        part = declared.bob.get(f"/incidents/INC-1/parts/{name}")
        assert part.status_code == 200, name
        if name in ("triage", "recovery", "command", "people", "status", "head"):
            assert part.text.strip() in page, name
