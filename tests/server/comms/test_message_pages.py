"""The pages of messages: written without a script, refused as typed, shown on the incident, set by admins alone."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.server.cast import Cast, MovableClock
from tests.server.comms.test_messages import declared, lists

PAGE = {"Accept": "text/html"}
TYPED = {
    "template": "initial", "audience": "stakeholders", "v_service": "checkout",
    "v_impact": "Orders <fail>", "na_commander": "on",
}  # fmt: skip


def shown(browser: TestClient, address: str) -> str:
    answer = browser.get(address, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return str(unescape(answer.text))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_an_update_is_written_previewed_and_sent_once_without_a_script(client: Cast) -> None:
    lists(client)
    reference = declared(client)
    address = f"/incidents/{reference}/messages"
    page = shown(client.bob, f"{address}/new")
    assert "Still missing: service, impact, commander." in page
    key = hidden(page, "key")
    refused = client.bob.post(address, data={**TYPED, "v_impact": "", "do": "send", "key": key})
    assert refused.status_code == 422
    assert "Impact is missing. Type it, or say that it is not available." in refused.text
    assert 'value="checkout"' in refused.text, "as it was typed"
    looked = client.bob.post(address, data={**TYPED, "do": "preview", "key": key}).text
    assert "Orders &lt;fail&gt;" in looked
    assert "As customers would get it (1 listed)" in looked
    form = {**TYPED, "do": "send", "key": key, "offered": "stakeholders",
            "chosen": ["email:boss@example.com"], "also_to": "press@example.com"}  # fmt: skip
    for _ in range(2):
        answer = client.bob.post(address, data=form)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/incidents/{reference}#messages",
        )
    (made,) = client.bob.get(f"/api{address}").json()["items"]
    assert [one["address"] for one in made["deliveries"]] == [
        "boss@example.com",
        "press@example.com",
    ]
    incident = shown(client.charlie, f"/incidents/{reference}")
    assert "SEV-1 INC-1 declared: Checkout is down" in incident
    assert "2 waiting" in incident
    assert f"{address}/new" not in incident, "a viewer sends nothing"
    message = shown(client.bob, f"{address}/{made['id']}")
    assert "press@example.com" in message


@pytest.mark.parametrize("audience", ["nobody", "'"])
def test_what_cannot_be_is_said_on_the_page(client: Cast, audience: str) -> None:
    reference = declared(client)
    address = f"/incidents/{reference}/messages"
    wrong = client.bob.post(address, data={"audience": audience, "do": "preview"})
    assert "is no audience" in wrong.text
    to = client.bob.post(address, data={"also_to": "no such team", "do": "send"})
    assert to.status_code == 422
    assert "is nobody known" in unescape(to.text)


def test_a_private_incident_asks_on_the_page_before_it_goes_outside(client: Cast) -> None:
    lists(client)
    reference = declared(client, private=True)
    address = f"/incidents/{reference}/messages"
    refused = client.bob.post(address, data={**TYPED, "do": "send"})
    assert refused.status_code == 409
    assert "is private, and boss@example.com, Alice and Charlie cannot see it" in refused.text
    assert "Send it all the same" in refused.text
    sent = client.bob.post(address, data={**TYPED, "do": "send", "confirmed": "true"})
    assert sent.status_code == 303
    assert client.charlie.get(f"{address}/new").status_code == 403
    assert client.charlie.get(f"{address}/panel").status_code == 404


def test_an_overdue_update_is_loud_on_the_page_and_in_the_lists(
    client: Cast, clock: MovableClock
) -> None:
    reference = declared(client)
    clock.forward(minutes=9)
    page = shown(client.charlie, f"/incidents/{reference}")
    assert "The next update is overdue: 4 min late" in page
    for listed in ("/incidents", "/"):
        assert "Update 4 min late" in shown(client.charlie, listed), listed
    client.bob.post(f"/api/incidents/{reference}/messages", json={"values": {"progress": "x"}})
    for listed in ("/incidents", "/"):
        assert "min late" not in shown(client.charlie, listed), listed


def test_an_admin_starts_with_the_guides_lists_and_fills_them(client: Cast) -> None:
    begun = shown(client.alice, "/settings/messages?start=guide")
    assert begun.count('value="team-channel"') == 1
    assert client.bob.get("/settings/messages").status_code == 403
    form = {"version": "0", "name_0": "on-call", "members_0": "bob@example.com\nops@example.com",
            "audience_0": "responders", "told_0_2": "on"}  # fmt: skip
    wrong = client.alice.post("/settings/messages/stakeholders", data={**form, "members_0": "who?"})
    assert wrong.status_code == 422
    assert "on-call: 'who?' is nobody known" in unescape(wrong.text)
    saved = client.alice.post("/settings/messages/stakeholders", data=form)
    assert saved.status_code == 303
    assert client.bob.get("/api/stakeholders").json()["told"]["SEV-2"] == ["on-call"]
    lost = client.alice.post("/settings/messages/stakeholders", data=form)
    assert lost.status_code == 412
    values = {"version": "0", "status_url": "not one"}
    assert client.alice.post("/settings/messages/values", data=values).status_code == 422
    values["status_url"] = "https://status.example.com"
    assert client.alice.post("/settings/messages/values", data=values).status_code == 303
    assert "https://status.example.com" in shown(client.alice, "/settings/messages")
    assert "These groups reach nobody" not in shown(client.alice, "/settings")


def test_a_template_is_written_with_its_sample_and_variables_beside_it(client: Cast) -> None:
    form = {"name": "short", "text": "{status}: {note}", "audience": "customers"}
    sample = client.alice.post("/settings/messages/templates/sample", data=form).text
    assert "Investigating: {note}" in sample
    assert "<code>note</code> (typed for each message)" in sample
    assert client.alice.post("/settings/messages/templates", data=form).status_code == 303
    broken = client.alice.post("/settings/messages/templates", data={**form, "text": "{"})
    assert broken.status_code == 422
    assert "version 1" in shown(client.alice, "/settings/messages")
    assert "What it makes" in shown(client.alice, "/settings/messages/templates/initial")
    client.alice.post("/settings/messages/templates", data={**form, "do": "retire"})
    assert "version 1" not in shown(client.alice, "/settings/messages")
