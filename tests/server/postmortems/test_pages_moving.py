"""The pages on which postmortems are moved, deleted and shared, as a browser without scripts uses them."""

from __future__ import annotations

import re
from typing import Any

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


def test_what_stands_in_the_way_is_told_before_and_after(client: Cast) -> None:
    incident = resolved(client)
    client.bob.post("/postmortems/new", data={"incident": incident})
    assert "Not written yet" in seen(client.bob, "/postmortems/PM-1")
    refused = moved(client.bob, "PM-1", "IN_REVIEW")
    assert refused.status_code == 409
    assert "Not written yet" in refused.text
    assert client.bob.get("/api/postmortems/PM-1").json()["status"] == "DRAFT"


def test_a_move_from_an_old_version_is_refused_and_keeps_its_reason(client: Cast) -> None:
    name = str(written(client)["reference"])
    moved(client.bob, name, "IN_REVIEW")
    refused = moved(client.bob, name, "DRAFT", "The timeline has gaps", at=1)
    assert refused.status_code == 412
    assert "Somebody changed this postmortem" in refused.text
    assert "The timeline has gaps" in refused.text
    now = version(client.bob, name)
    assert f'name="version" value="{now}"' in refused.text


def test_a_new_revision_asks_for_a_reason(client: Cast) -> None:
    name = published(client)
    refused = moved(client.bob, name, "IN_REVIEW")
    assert refused.status_code == 422
    assert "Reason is missing" in refused.text
    assert moved(client.bob, name, "IN_REVIEW", "A second cause was found").status_code == 303
    seen(client.charlie, f"/postmortems/{name}", 404)
    assert moved(client.bob, name, "NOWHERE").status_code == 422


def test_an_action_that_is_not_settled_keeps_it_from_the_archive(client: Cast) -> None:
    name = published(client)
    assert "1 action is not settled yet" in seen(client.bob, f"/postmortems/{name}")
    assert moved(client.bob, name, "ARCHIVED").status_code == 409


def test_a_review_waits_on_the_home_page_of_whoever_may_approve(client: Cast) -> None:
    name = str(written(client)["reference"])
    assert "to be written" in seen(client.bob, "/")
    assert "your review" not in seen(client.alice, "/")
    moved(client.bob, name, "IN_REVIEW")
    assert "your review" in seen(client.alice, "/")
    assert "your review" not in seen(client.bob, "/")
    assert "your review" not in seen(client.charlie, "/")
    text = client.alice.get(f"/api/postmortems/{name}").json()["textVersion"]
    said = {"decision": "approve", "textVersion": text}
    client.alice.post(f"/api/postmortems/{name}/reviews", json=said)
    assert "your review" not in seen(client.alice, "/")


def test_the_home_page_reminds_for_fourteen_days(client: Cast, clock: MovableClock) -> None:
    incident = resolved(client)
    assert f"/postmortems/new?incident={incident}" in seen(client.bob, "/")
    assert "Postmortems not started" not in seen(client.charlie, "/")
    clock.forward(days=15)
    assert f"/postmortems/new?incident={incident}" not in seen(client.bob, "/")


def test_the_incident_leads_to_its_postmortem(client: Cast) -> None:
    incident = resolved(client)
    assert f"/postmortems/new?incident={incident}" in seen(client.bob, f"/incidents/{incident}")
    page = seen(client.charlie, f"/incidents/{incident}")
    assert "It asks for a postmortem: it is SEV-2" in page
    assert "/postmortems/new" not in page
    client.bob.post("/postmortems/new", data={"incident": incident})
    assert "/postmortems/PM-1" in seen(client.bob, f"/incidents/{incident}")
    assert "PM-1" not in seen(client.charlie, f"/incidents/{incident}")


# Delete


def test_ones_own_draft_is_deleted_and_brought_back(client: Cast) -> None:
    name = str(written(client)["reference"])
    said = {"version": version(client.bob, name)}
    answer = client.bob.post(f"/postmortems/{name}/delete", data=said)
    assert answer.headers["location"] == f"/postmortems?deleted={name}"
    page = seen(client.bob, str(answer.headers["location"]))
    assert "is deleted. It can be brought back" in page
    seen(client.bob, f"/postmortems/{name}", 404)
    refused = client.charlie.post("/postmortems/restore", data={"reference": name})
    assert refused.status_code == 403
    back = client.bob.post("/postmortems/restore", data={"reference": name})
    assert back.headers["location"] == f"/postmortems/{name}"
    gone = client.bob.post("/postmortems/restore", data={"reference": "PM-99"})
    assert gone.status_code == 404
    assert "no deleted postmortem" in gone.text


def test_an_admin_deletes_with_a_reason(client: Cast, editor: TestClient) -> None:
    name = published(client)
    said: dict[str, Any] = {"version": version(client.alice, name)}
    for browser in (client.bob, editor):
        assert browser.post(f"/postmortems/{name}/delete", data=said).status_code == 403
    refused = client.alice.post(f"/postmortems/{name}/delete", data=said)
    assert refused.status_code == 422
    assert "Reason is missing" in refused.text
    said |= {"reason": "Written twice"}
    assert client.alice.post(f"/postmortems/{name}/delete", data=said).status_code == 303
    assert client.bob.post("/postmortems/restore", data={"reference": name}).status_code == 404
    assert client.alice.post("/postmortems/restore", data={"reference": name}).status_code == 303


# Share


def linked(browser: TestClient, name: str, days: str = "7") -> str:
    answer = browser.post(f"/postmortems/{name}/shares", data={"days": days}, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = re.search(r'value="[^"]*(/share/[^"]+)"', answer.text)
    assert found
    return found[1]


def test_a_share_link_shows_the_external_view_to_anybody_who_has_it(client: Cast) -> None:
    name = published(client)
    place = linked(client.bob, name)
    assert place not in seen(client.bob, f"/postmortems/{name}")
    answer = client.stranger.get(place, headers=BROWSER)
    assert answer.status_code == 200
    assert "Card payments failed" in answer.text
    for inside in ("bob", "pool", "Connections run out", "/incidents", "PM-1", "Sign out", "INC-"):
        assert inside not in words(answer.text), inside
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert client.bob.get(place, headers=BROWSER).text == answer.text


def test_a_share_link_ends(client: Cast, clock: MovableClock) -> None:
    name = published(client)
    first, second = linked(client.bob, name), linked(client.bob, name, "2")
    page = seen(client.bob, f"/postmortems/{name}")
    share = re.search(r"/shares/(shr_[^/]+)/revoke", page)
    assert share
    places = re.findall(r"/shares/(shr_[^/]+)/revoke", page)
    assert len(places) == 2
    for browser in (client.charlie, client.stranger):
        answer = browser.post(f"/postmortems/{name}/shares/{places[0]}/revoke")
        assert answer.status_code in (401, 403)
    assert client.bob.post(f"/postmortems/{name}/shares/{places[0]}/revoke").status_code == 303
    assert client.stranger.get(second, headers=BROWSER).status_code == 404
    assert client.stranger.get(first, headers=BROWSER).status_code == 200
    clock.forward(days=8)
    gone = client.stranger.get(first, headers=BROWSER)
    assert gone.status_code == 404
    assert gone.headers["cache-control"] == "no-store"
    assert "has expired, was taken back, or was never made" in gone.text
    assert client.stranger.get("/share/nonsense", headers=BROWSER).text == gone.text
    page = seen(client.bob, f"/postmortems/{name}")
    assert "Taken back" in page
    assert "Expired" in page


def test_a_link_is_made_for_days_that_make_sense(client: Cast, editor: TestClient) -> None:
    name = published(client)
    for days in ("", "many", "0", "366", "٣"):
        answer = client.bob.post(f"/postmortems/{name}/shares", data={"days": days})
        assert answer.status_code == 422, days
        assert "1 to 365" in answer.text
    assert linked(editor, name)
    draft = str(written(client)["reference"])
    assert client.bob.post(f"/postmortems/{draft}/shares", data={"days": "7"}).status_code == 409
    assert "Make link" not in seen(client.bob, f"/postmortems/{draft}")


def test_people_with_an_account_are_called_by_name(client: Cast) -> None:
    written(client)
    page = seen(client.bob, "/postmortems/PM-1")
    assert "<bdi>Bob</bdi>" in page
    assert "bob@example.com" not in page.split("<article", 1)[0]
    assert "Owner <strong>Bob</strong>" in seen(client.bob, "/postmortems/PM-1/edit")
    assert "Bob" in seen(client.bob, "/postmortems").split("<table", 2)[-1]


def test_a_template_that_fails_leaves_the_text_to_be_read(client: Cast) -> None:
    fails = "{% if 'Checkout' in title %}{{ pm.nothing }}{% endif %}"  # not for the sample it is tried on
    text = f"---\nkind: template\nname: broken\n---\n# {{{{ title }}}}\n\n{fails}\n"
    made = client.alice.post("/api/postmortem-templates", json={"name": "broken", "text": text})
    assert made.status_code == 201, made.text
    body = WRITTEN | {"incidentId": resolved(client)}
    assert client.bob.post("/api/postmortems?template=broken", json=body).status_code == 201
    page = seen(client.bob, "/postmortems/PM-1")
    assert "Its template broken cannot be used" in page
    assert "The pool is smaller than peak traffic" in page
