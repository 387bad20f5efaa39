"""The one field of an incident's page: what it says it will add, what it adds, and what it keeps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from httpx2 import Response

from tests.server.cast import Cast, MovableClock

PART = {"HX-Request": "true", "Accept": "text/html"}


@pytest.fixture
def incident(client: Cast, clock: MovableClock) -> str:
    answer = client.bob.post("/api/incidents", json={"title": "Card payments fail", "severity": 2})
    clock.forward(minutes=30)
    return str(answer.json()["reference"])


def entries(client: Cast, incident: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.bob.get(f"/api/incidents/{incident}/timeline").json()[
        "items"
    ]
    return found


def add(client: Cast, incident: str, text: str, *, is_part: bool = False) -> Response:
    headers = PART if is_part else {"Accept": "text/html"}
    return client.bob.post(f"/incidents/{incident}/notes", data={"text": text}, headers=headers)


def preview(client: Cast, incident: str, text: str) -> str:
    answer = client.bob.post(f"/incidents/{incident}/preview", data={"text": text}, headers=PART)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", "", answer.text).split())


def test_a_note_works_without_a_script(client: Cast, incident: str) -> None:
    answer = add(client, incident, "-5m Pool restarted")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{incident}")
    first = entries(client, incident)[-1]
    assert (first["text"], first["happenedAt"]) == ("Pool restarted", "2026-03-02T09:25:00Z")


def test_a_script_gets_the_new_row_alone(client: Cast, incident: str) -> None:
    answer = add(client, incident, "/decide Stay on <b>EU</b>", is_part=True)
    assert answer.status_code == 200
    assert answer.text.count("<li") == 1
    assert "Decision" in answer.text
    assert "&lt;b&gt;EU" in answer.text
    assert "<html" not in answer.text
    assert entries(client, incident)[-1]["kind"] == "decision"


def test_a_command_changes_status_and_severity_with_its_reason(client: Cast, incident: str) -> None:
    assert "Status" in add(client, incident, "/status monitoring fix is out", is_part=True).text
    assert add(client, incident, "/sev 1 all of the EU").status_code == 303
    now = client.bob.get(f"/api/incidents/{incident}").json()
    assert (now["status"], now["severity"]) == ("monitoring", "SEV-1")
    assert [each["detail"]["reason"] for each in entries(client, incident)[-2:]] == [
        "fix is out",
        "all of the EU",
    ]


def test_a_command_takes_a_role_and_makes_a_task(client: Cast, incident: str) -> None:
    assert add(client, incident, "/role scribe").status_code == 303
    assert (
        "Task 1: Look at the pool"
        in add(client, incident, "/task me Look at the pool", is_part=True).text
    )
    roles = client.bob.get(f"/api/incidents/{incident}/roles").json()["items"]
    assert [(one["role"], one["name"]) for one in roles] == [("Scribe", "Bob")]
    tasks = client.bob.get(f"/api/incidents/{incident}/tasks").json()["items"]
    assert [(one["text"], one["assignee"]) for one in tasks] == [("Look at the pool", "Bob")]


def test_a_wrong_command_is_a_note_and_never_lost(client: Cast, incident: str) -> None:
    add(client, incident, "/page @sam look")
    assert entries(client, incident)[-1]["text"] == "/page @sam look"


def test_a_command_that_is_mistyped_is_refused_and_stands_as_typed(
    client: Cast, incident: str
) -> None:
    before = entries(client, incident)
    for typed, told in (
        ("/statsu resolved", "There is no command /statsu, but /status"),
        ("/sev 9 all of it", "/sev knows 1 to 5"),
        ("/task", "/task has no text"),
    ):
        form = {"text": typed, "back": "console"}
        answer = client.bob.post(
            f"/incidents/{incident}/notes", data=form, headers={"Accept": "text/html"}
        )
        assert (answer.status_code, told.casefold() in answer.text.casefold()) == (422, True), typed
        assert f"{typed}</textarea>" in answer.text or f'value="{typed}"' in answer.text
    assert entries(client, incident) == before
    add(client, incident, "/note /sev 9 is what the page said")
    assert entries(client, incident)[-1]["text"] == "/sev 9 is what the page said"


def test_a_time_of_its_own_makes_the_text_a_text(client: Cast, incident: str) -> None:
    form = {"text": "-5m is what the graph says", "happened": "-2m"}
    client.bob.post(f"/incidents/{incident}/notes", data=form)
    assert entries(client, incident)[-1]["text"] == "-5m is what the graph says"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Pool restarted", "Note now"),
        ("-5m Pool restarted", "Note at 09:25, 5 min ago"),
        ("/decide 09:10 Stay on EU", "Decision at 09:10, 20 min ago"),
        ("/status resolved", "Status, Investigating to resolved, now"),
        ("/sev 1 all of it", "Severity, SEV-2 to SEV-1, now"),
        ("/page look", "Note now A note as it is typed: there is no command /page."),
        ("/statsu resolved", "Nothing yet There is no command /statsu, but /status."),
        ("/role scribe", "You are Scribe from now on"),
        ("/task look", "A task for nobody yet"),
        ("/task me look", "A task for you"),
        (
            "/status closed",
            "Status, Investigating to closed, now Not possible. From here: identified, monitoring or resolved.",
        ),
        ("", ""),
    ],
)
def test_the_preview_says_in_words_what_will_be_added(
    client: Cast, incident: str, text: str, said: str
) -> None:
    before = len(entries(client, incident))
    assert preview(client, incident, text) == said
    assert len(entries(client, incident)) == before


@pytest.mark.parametrize(("text", "status"), [("/status closed", 409), ("", 422)])
def test_a_refused_line_is_shown_again_as_typed(
    client: Cast, incident: str, text: str, status: int
) -> None:
    whole, part = add(client, incident, text), add(client, incident, text, is_part=True)
    assert whole.status_code == part.status_code == status
    assert 'id="note-form"' in part.text
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert text in part.text
    assert "hx-morph-skip" in part.text  # a later fetch of the timeline leaves it alone


def test_a_refusal_of_the_door_is_a_part_and_no_page(client: Cast, incident: str) -> None:
    signed_out = client.stranger.post(
        f"/incidents/{incident}/notes", data={"text": "x"}, headers=PART
    )
    looking = client.charlie.post(f"/incidents/{incident}/notes", data={"text": "x"}, headers=PART)
    assert (signed_out.status_code, looking.status_code) == (401, 403)
    for answer in (signed_out, looking):
        assert 'role="alert"' in answer.text
        assert "<html" not in answer.text


PARTS = "head glance timeline status severity about clocks attachments related people".split()


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_the_page_is_a_fragment_with_its_id(
    client: Cast, incident: str, part: str
) -> None:
    page = client.bob.get(f"/incidents/{incident}").text
    answer = client.bob.get(f"/incidents/{incident}/parts/{part}", headers=PART)
    assert answer.status_code == 200
    assert f'id="{part}"' in answer.text
    assert f'id="{part}"' in page
    assert f'hx-get="/incidents/{incident}/parts/{part}' in answer.text
    assert "<html" not in answer.text


def test_a_part_shows_no_more_than_the_page_would(client: Cast) -> None:
    made = client.bob.post("/api/incidents", json={"title": "Canary", "private": True}).json()
    for path in ("parts/head", "parts/timeline", "parts/nothing", "live"):
        answer = client.alice.get(f"/incidents/{made['reference']}/{path}", headers=PART)
        assert answer.status_code == 404
        assert "Canary" not in answer.text
    assert made["reference"] not in client.alice.get("/search/palette?q=Canary").text
    assert "Canary" not in client.alice.get("/incidents/parts/list").text
    assert made["reference"] in client.bob.get("/search/palette?q=canary").text
    assert client.bob.get(f"/incidents/{made['reference']}/parts/nothing").status_code == 404


def test_who_only_looks_is_offered_no_form(client: Cast, incident: str) -> None:
    page = client.charlie.get(f"/incidents/{incident}").text
    assert "note-form" not in page
    answer = client.charlie.post(f"/incidents/{incident}/preview", data={"text": "x"})
    assert answer.status_code == 403


def test_the_page_of_all_parts_is_open_to_anybody_signed_in(client: Cast) -> None:
    assert client.charlie.get("/components").status_code == 200
    assert client.stranger.get("/components").status_code == 401
