"""The pages on which postmortems are listed, begun, read, moved and shared, as a browser without scripts uses them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.seen import (
    BROWSER,
    WRITTEN,
    moved,
    published,
    resolved,
    seen,
    version,
    words,
    written,
)

# Begin


def test_a_postmortem_is_drafted_from_the_record_in_steps(client: Cast) -> None:
    incident = resolved(client)
    page = seen(client.bob, f"/postmortems/new?incident={incident}")
    for told in ("Checkout is down", "People who responded", "Database outage", "SRE", "Product"):
        assert told in page
    me = client.bob.get("/api/me").json()["id"]
    said = {"incident": incident, "template": "sre", "scenario": "database-outage",
            "asked": "on", "people": me}  # fmt: skip
    answer = client.bob.post("/postmortems/new", data=said)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/postmortems/PM-1/edit"
    made = client.bob.get("/api/postmortems/PM-1").json()
    assert (made["template"], made["scenario"]) == ("sre", "database-outage")
    assert made["contributors"] == ["bob@example.com"]
    left = client.bob.get("/api/postmortems/PM-1/proposals").json()["items"]
    assert "contributor" not in [one["kind"] for one in left]
    assert "proposes" in seen(client.bob, "/postmortems/PM-1")


def test_without_an_incident_the_ones_that_ended_lately_are_offered(client: Cast) -> None:
    incident = resolved(client)
    assert incident in seen(client.bob, "/postmortems/new")
    refused = client.bob.post("/postmortems/new", data={"template": "sre"})
    assert refused.status_code == 422
    assert "Incident is not chosen" in refused.text
    assert re.search(r'value="sre" checked', refused.text)


def test_a_second_postmortem_is_warned_of_and_made_when_it_is_meant(client: Cast) -> None:
    reference = resolved(client)
    client.bob.post("/postmortems/new", data={"incident": reference})
    assert "has a postmortem: PM-1" in seen(client.bob, f"/postmortems/new?incident={reference}")
    said = {"incident": reference, "template": "external"}
    refused = client.bob.post("/postmortems/new", data=said)
    assert refused.status_code == 409
    assert "has a postmortem" in refused.text
    assert client.bob.post("/postmortems/new", data=said | {"again": "on"}).status_code == 303


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"other": "INC-99"}, "'INC-99' is none that you can see"),
        ({"template": "nonsense"}, "there is no template named"),
        ({"scenario": "nonsense"}, "Scenario is none of the list"),
    ],
)
def test_what_is_not_there_is_refused_with_the_form_as_it_was_sent(
    client: Cast, said: dict[str, str], told: str
) -> None:
    incident = resolved(client)
    answer = client.bob.post("/postmortems/new", data={"incident": incident} | said)
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert client.bob.get("/api/postmortems").json()["items"] == []


def test_a_viewer_begins_none(client: Cast) -> None:
    resolved(client)
    assert client.charlie.get("/postmortems/new").status_code == 403
    page = seen(client.charlie, "/postmortems")
    assert "Not started" in page
    assert "/postmortems/new" not in page


# List


def test_the_list_filters_by_its_address_and_counts(client: Cast) -> None:
    published(client)
    written(client, "SEV-1")
    page = seen(client.bob, "/postmortems")
    for told in ("All 2", "Draft 1", "Published 1", "PM-1", "PM-2"):
        assert told in page
    assert "PM-1" not in seen(client.bob, "/postmortems?status=DRAFT")
    assert "PM-2" not in seen(client.bob, "/postmortems?severity=SEV-3")
    assert "PM-1" in seen(client.bob, "/postmortems?q=pool&owner=BOB@example.com")
    assert "No postmortem fits" in seen(client.bob, "/postmortems?q=nowhere")
    assert "is no day" in seen(client.bob, "/postmortems?since=soon", 422)
    assert "is no state" in seen(client.bob, "/postmortems?status=lost", 422)
    assert "All 1" in seen(client.charlie, "/postmortems")


def test_what_was_not_started_shows_its_clock(client: Cast, clock: MovableClock) -> None:
    incident = resolved(client)
    page = seen(client.bob, "/postmortems")
    assert "It is SEV-2" in page
    assert "wanted by" in page
    assert f"/postmortems/new?incident={incident}" in page
    clock.forward(hours=25)
    assert "is-due" in seen(client.bob, "/postmortems")
    clock.forward(hours=50)
    page = seen(client.bob, "/postmortems")
    assert "is-late" in page
    assert "3 h late" in page
    assert "Not started" not in seen(client.bob, "/postmortems?status=DRAFT")
    client.bob.post("/postmortems/new", data={"incident": incident})
    assert "Not started" not in seen(client.bob, "/postmortems")


# Read


@pytest.mark.parametrize("template", ["product", "standard", "sre", "executive", "report", "auto"])
def test_the_page_says_what_the_export_says(client: Cast, template: str) -> None:
    body = WRITTEN | {"incidentId": resolved(client)}
    client.bob.post(f"/api/postmortems?template={template}", json=body)
    page = seen(client.bob, "/postmortems/PM-1")
    export = unescape(client.bob.get("/api/postmortems/PM-1/export?format=html").text)
    said, wanted = words(page), words(export.split("<main", 1)[1])
    for told in ("Card payments failed for 15 minutes", "Connections run out",
                 "The pool is smaller than peak traffic", "Alert when the pool is 80% full"):  # fmt: skip
        assert told in wanted
        assert told in said
    heads = re.findall(r'<h2 id="(s-[^"]+)"', export)
    assert heads
    assert re.findall(r'<h2 id="(s-[^"]+)"', page)[: len(heads)] == heads
    assert page.count('class="timeline"') == export.count('class="timeline"')


def test_the_actions_stand_in_the_text_with_their_states_now(client: Cast) -> None:
    name = published(client)
    action = client.bob.get("/api/actions").json()["items"][0]
    answer = client.bob.patch(
        f"/api/actions/{action['reference']}", json={"status": "IN_PROGRESS"},
        headers={"If-Match": f'"{action["version"]}"'},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    page = seen(client.charlie, f"/postmortems/{name}")
    assert "In progress" in page
    assert f"/actions/{action['reference']}" in page
    assert page.count("Alert when the pool is 80% full") == 1


def test_markdown_of_the_text_brings_no_markup_of_its_own(client: Cast) -> None:
    body = WRITTEN | {
        "incidentId": resolved(client), "title": "<script>x</script>",
        "summary": "<script>x</script> [a](javascript:x)",
    }  # fmt: skip
    client.bob.post("/api/postmortems", json=body)
    for place in ("/postmortems/PM-1", "/postmortems"):
        answer = client.bob.get(place, headers=BROWSER).text
        assert "<script>x" not in answer
        assert 'href="javascript:' not in answer


def test_a_draft_is_seen_by_its_authors_and_contributors_alone(
    client: Cast, editor: TestClient
) -> None:
    written(client)
    for browser in (client.alice, client.charlie, editor):
        seen(browser, "/postmortems/PM-1", 404)
        assert "PM-1" not in seen(browser, "/postmortems")
        seen(browser, "/postmortems/PM-1/print.css", 404)
    at = version(client.bob, "PM-1")
    client.bob.patch("/api/postmortems/PM-1", json={"contributors": ["dora@example.com"]},
                     headers={"If-Match": f'"{at}"'})  # fmt: skip
    page = seen(editor, "/postmortems/PM-1")
    assert "/postmortems/PM-1/edit" in page
    assert "Delete this postmortem" not in page
    assert "Delete this postmortem" in seen(client.bob, "/postmortems/PM-1")


def test_buttons_are_those_one_may_use(client: Cast, editor: TestClient) -> None:
    name = published(client)
    for_bob, for_dora = (seen(one, f"/postmortems/{name}") for one in (client.bob, editor))
    for page in (for_bob, for_dora):
        assert "Begin a new revision" in page
        assert "Make link" in page
        assert "/edit" not in page
    for_charlie = seen(client.charlie, f"/postmortems/{name}")
    assert f'action="/postmortems/{name}' not in for_charlie
    assert "format=pdf" in for_charlie
    for form in ("move", "delete", "shares"):
        assert (
            client.charlie.post(f"/postmortems/{name}/{form}", data={"version": 1}).status_code
            == 403
        )


def test_a_private_incident_leaves_no_trace(client: Cast) -> None:
    incident = resolved(client, private=True, title="Canary in the vault")
    body = WRITTEN | {"incidentId": incident, "title": "Canary", "owner": ""}
    assert client.bob.post("/api/postmortems", json=body).status_code == 201
    moved(client.bob, "PM-1", "IN_REVIEW")
    for browser in (client.alice, client.charlie):
        for place in ("/postmortems", "/postmortems?q=canary", "/"):
            assert "Canary" not in seen(browser, place)
        assert "All 0" in seen(browser, "/postmortems")
        seen(browser, "/postmortems/PM-1", 404)
    assert "Canary" not in seen(client.alice, f"/postmortems/new?incident={incident}")


def test_the_reference_stands_in_the_margin_of_paper(client: Cast) -> None:
    written(client)
    answer = client.bob.get("/postmortems/PM-1/print.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "@bottom-left" in answer.text
    assert "/postmortems/PM-1/print.css" in seen(client.bob, "/postmortems/PM-1")


# Move
