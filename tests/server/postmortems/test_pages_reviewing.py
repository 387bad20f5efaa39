"""Reviewing on the pages of postmortems, their history, and what a team settles."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.browsing import EDIT, PAGE, SEED, Browser, begin, forms_of, now, sent


@pytest.fixture
def begun(client: Cast) -> dict[str, Any]:
    return begin(client)


def moved(client: Cast, to: str) -> None:
    data = {"version": str(now(client)["version"]), "to": to, "reason": "x"}
    answer = client.bob.post("/postmortems/PM-1/move", data=data, headers=PAGE)
    assert answer.status_code == 303, answer.text


def test_a_review_is_talked_over_refused_approved_and_the_text_locked(
    client: Cast, begun: dict[str, Any], clock: MovableClock
) -> None:
    assert begun
    moved(client, "IN_REVIEW")
    review = "/postmortems/PM-1/review"
    say = {"section": "summary", "text": "Who was hurt?"}
    assert (
        client.alice.post("/postmortems/PM-1/comments", data=say, headers=PAGE).status_code == 303
    )
    page = client.bob.get(review, headers=PAGE).text
    (thread,) = re.findall(r'name="thread" value="(cmt_\w+)"', page)
    for data in ({"text": "Everybody."}, {"do": "resolve"}):
        answer = client.bob.post(
            "/postmortems/PM-1/comments", data={"thread": thread, **data}, headers=PAGE
        )
        assert answer.status_code == 303
    version = str(now(client)["textVersion"])
    bare = client.alice.post(
        review, data={"decision": "refuse", "text_version": version}, headers=PAGE
    )
    assert bare.status_code == 422
    assert "Note is missing" in bare.text
    own = client.bob.post(
        review, data={"decision": "approve", "text_version": version}, headers=PAGE
    )
    assert own.status_code == 409
    approve = {"decision": "approve", "text_version": version}
    assert client.alice.post(review, data=approve, headers=PAGE).status_code == 303
    sent(client.bob, forms_of(client.bob, EDIT)["summary"], summary="Changed since.")
    page = client.alice.get(review, headers=PAGE).text
    assert "Changed since it was approved" in page
    late = client.alice.post(review, data=approve, headers=PAGE)
    assert late.status_code == 412
    clock.forward(minutes=1)
    approve["text_version"] = str(now(client)["textVersion"])
    assert client.alice.post(review, data=approve, headers=PAGE).status_code == 303
    form = forms_of(client.bob, EDIT)["summary"]
    moved(client, "PUBLISHED")
    assert client.bob.get(EDIT, headers=PAGE).status_code == 303
    assert sent(client.bob, form, summary="Too late").status_code in (403, 409)
    assert now(client)["summary"] == "Changed since."


def test_history_shows_who_changed_what_and_a_section_comes_back(
    client: Cast, begun: dict[str, Any]
) -> None:
    assert begun
    moved(client, "IN_REVIEW")
    for text in ("One", "Two"):
        sent(client.bob, forms_of(client.bob, EDIT)["summary"], summary=text)
    page = client.bob.get("/postmortems/PM-1/history?since=1", headers=PAGE).text
    assert "saved 2 times" in page
    assert "Restore summary" in page
    data = {"version": str(now(client)["version"]), "revision": "1", "section": "summary"}
    restore = "/postmortems/PM-1/history/restore"
    assert client.bob.post(restore, data={**data, "version": "1"}, headers=PAGE).status_code == 412
    assert client.bob.post(restore, data=data, headers=PAGE).status_code == 303
    assert now(client)["summary"] == SEED["summary"]


def test_settings_are_for_admins_and_templates_for_editors(client: Cast) -> None:
    address = "/postmortems/settings"
    for person in (client.alice, client.bob, client.charlie):
        assert person.get(address, headers=PAGE).status_code == 200
    data = {"version": "0", "usual": "2", "severity_1": "3", "required": ["summary", "trigger"]}
    assert client.bob.post(f"{address}/approvals", data=data, headers=PAGE).status_code == 403
    assert client.alice.post(f"{address}/approvals", data=data, headers=PAGE).status_code == 303
    assert client.alice.post(f"{address}/approvals", data=data, headers=PAGE).status_code == 412
    wrong = client.alice.post(
        f"{address}/approvals", data={**data, "version": "1", "usual": "x"}, headers=PAGE
    )
    assert wrong.status_code == 422
    required = {"version": "0", "severity": "SEV-1", "longer_than": "90", "rolled_back": "true"}
    assert client.alice.post(f"{address}/required", data=required, headers=PAGE).status_code == 303
    found = client.alice.get("/api/postmortem-rules").json()
    assert found["approvals"]["approvals"] == 2
    assert found["required"]["longerThanMinutes"] == 90
    assert found["required"]["foundByPeople"] is False
    assert found["required"]["dataLost"] is False
    to_read = client.bob.get(address, headers=PAGE).text
    assert re.search(r"For SEV-1</dt>\s*<dd[^>]*>3</dd>", to_read)
    page = Browser(client.alice.get(address, headers=PAGE).text)
    for form in page.forms:
        if form.action in (f"{address}/approvals", f"{address}/required"):
            assert client.alice.post(form.action, data=form.fields, headers=PAGE).status_code == 303
    after = client.alice.get("/api/postmortem-rules").json()
    for kind in ("approvals", "required"):
        assert {**found[kind], "version": 0} == {**after[kind], "version": 0}


def test_a_template_is_tried_on_a_sample_and_an_error_names_its_line(client: Cast) -> None:
    address = "/postmortems/settings/templates"
    assert client.bob.get(f"{address}/new", headers=PAGE).status_code == 403
    new = client.alice.get(f"{address}/new", headers=PAGE)
    assert new.status_code == 200
    assert "Card payments failed at checkout" in new.text
    text = (
        "---\nkind: template\nname: ours\ntitle: Ours\n---\n# {{ title }}\n\n{{ pm.nonsense( }}\n"
    )
    bad = client.alice.post(address, data={"name": "ours", "text": text}, headers=PAGE)
    assert bad.status_code == 422
    assert "ours.md:8" in bad.text
    good = text.replace("{{ pm.nonsense( }}", "<script>alert(1)</script>{{ pm.summary }}")
    saved = client.alice.post(address, data={"name": "ours", "text": good}, headers=PAGE)
    assert saved.headers["location"] == f"{address}/ours"
    page = client.charlie.get(f"{address}/ours", headers=PAGE).text
    assert "<script>alert" not in page
    assert "For 45 minutes" in page
    retired = client.alice.post(address, data={"name": "ours", "do": "retire"}, headers=PAGE)
    assert retired.status_code == 303
    assert client.alice.get(f"{address}/ours", headers=PAGE).status_code == 404
    shipped = client.alice.get(f"{address}/sre", headers=PAGE).text
    assert f'href="{address}/new?base=sre"' in shipped
    assert "readonly" in shipped
    assert (
        "The SRE book&#39;s order" in client.alice.get(f"{address}/new?base=sre", headers=PAGE).text
    )
    assert client.alice.get(f"{address}/new?base=nothing", headers=PAGE).status_code == 404
