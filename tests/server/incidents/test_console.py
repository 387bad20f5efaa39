"""The commander's console: how it stands in one look, and every form of it without a script."""

from __future__ import annotations

import re

import pytest
from httpx2 import Response

from tests.server.cast import Cast, MovableClock

PAGE = {"Accept": "text/html"}


@pytest.fixture
def incident(client: Cast) -> str:
    body = {"title": "Card payments fail", "severity": 1, "services": ["checkout"]}
    return str(client.bob.post("/api/incidents", json=body).json()["reference"])


def text(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def part(client: Cast, incident: str, name: str) -> str:
    return text(client.bob.get(f"/incidents/{incident}/parts/{name}", headers=PAGE))


def test_it_says_what_is_broken_since_when_who_has_command_and_when_the_next_word_is_due(
    client: Cast, incident: str, clock: MovableClock
) -> None:
    clock.forward(minutes=3)
    state = part(client, incident, "state")
    assert "Broken Card payments fail checkout" in state
    assert "Since 3 min ago" in state
    assert "In command Nobody yet Open: Communications Lead, Technical Lead and Scribe" in state
    assert "Next update in 2 min" in state
    clock.forward(minutes=4)
    late = client.bob.get(f"/incidents/{incident}/parts/state", headers=PAGE)
    assert "Next update 2 min late Was due" in text(late)
    assert late.text.count('class="over"') == 2


def test_an_update_in_the_one_field_winds_the_clock_again(
    client: Cast, incident: str, clock: MovableClock
) -> None:
    clock.forward(minutes=7)
    form = {"text": "/update Rolling back", "back": "console"}
    answer = client.bob.post(f"/incidents/{incident}/notes", data=form, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/incidents/{incident}/console",
    )
    entry = client.bob.get(f"/api/incidents/{incident}/timeline").json()["items"][-1]
    assert (entry["kind"], entry["important"], entry["text"]) == ("message", True, "Rolling back")
    assert "Next update in 5 min" in part(client, incident, "state")


def test_its_forms_lead_back_to_it_without_a_script(client: Cast, incident: str) -> None:
    console = f"/incidents/{incident}/console"
    forms: list[tuple[str, dict[str, str]]] = [
        ("roles", {"role": "Incident Commander", "do": "take"}),
        ("tasks", {"text": "Look at the pool", "assignee": "me"}),
        ("notes", {"text": "/status identified"}),
    ]
    for name, form in forms:
        place = f"/incidents/{incident}/{name}"
        answer = client.bob.post(place, data={**form, "back": "console"}, headers=PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, console), name
        elsewhere = client.bob.post(place, data={**form, "back": "//x.example"}, headers=PAGE)
        assert "x.example" not in elsewhere.headers.get("location", "")
    assert "Bob (you)" in part(client, incident, "roles")
    assert "1. Look at the pool Bob" in part(client, incident, "tasks")
    refused = client.bob.post(
        f"/incidents/{incident}/notes", data={"text": "x" * 20_001, "back": "console"}, headers=PAGE
    )
    assert refused.status_code == 422
    assert "x" * 20_001 in refused.text
    assert "data-console" in refused.text


def test_who_only_looks_sees_it_all_and_is_offered_nothing_to_do(
    client: Cast, incident: str
) -> None:
    page = client.charlie.get(f"/incidents/{incident}/console", headers=PAGE)
    assert page.status_code == 200
    main = page.text.split("<main", 1)[1].split("</main>")[0]
    assert "<form" not in main
    assert client.bob.get(f"/incidents/{incident}/console", headers=PAGE).text.count("<form") > 5


def test_a_private_incident_has_no_console_for_others(client: Cast) -> None:
    body = {"title": "A laptop is lost", "private": True}
    secret = client.alice.post("/api/incidents", json=body).json()["reference"]
    for path in ("console", "parts/state", "parts/tasks", "parts/roles", "parts/log", "chat"):
        answer = client.bob.get(f"/incidents/{secret}/{path}", headers=PAGE)
        assert answer.status_code == 404, path
        assert "laptop" not in answer.text
    own = client.alice.get(f"/incidents/{secret}/console", headers=PAGE)
    who = re.search(r'<select id="k-who".*?</select>', own.text, re.DOTALL)
    assert who
    assert "Alice" in who[0]
    assert "Bob" not in who[0]


def test_triage_is_answered_question_by_question_and_shows_how_bad_it_is_and_why(
    client: Cast,
) -> None:
    made = client.bob.post("/api/incidents", json={"title": "Refunds fail"}).json()
    name = made["reference"]

    def answer(question: str, said: str) -> Response:
        shown = client.bob.get(f"/incidents/{name}/parts/checklist", headers=PAGE).text
        form = shown[shown.index(question) :].partition("</form>")[0]
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        key = re.findall(r'name="(q-\w+)" value="yes"', form)[0]
        return client.bob.post(f"/incidents/{name}/triage", data=hidden | {key: said}, headers=PAGE)

    assert "Nobody has triaged it yet" in part(client, name, "checklist")
    answered = answer("Is there data loss", "no")
    assert (answered.status_code, answered.headers["location"]) == (
        303, f"/incidents/{name}/console#triage",
    )  # fmt: skip
    shown = part(client, name, "checklist")
    assert "No severity yet" in shown
    assert client.bob.get(f"/api/incidents/{name}").json()["severity"] is None, "nothing says so"
    answer("completely down", "yes")
    shown = part(client, name, "checklist")
    assert "SEV-1 Critical Is the service completely down? Yes" in shown
    assert client.bob.get(f"/api/incidents/{name}").json()["severity"] == "SEV-1"
    assert "Still to answer q goes there, y n answer Are customers actively impacted?" in shown
    assert "2 answered" in shown
    assert "Yes : " not in text(client.charlie.get(f"/incidents/{name}/console", headers=PAGE))
