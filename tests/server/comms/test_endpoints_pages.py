"""The pages of webhook endpoints, without a script: forms as typed, a secret once, deliveries, and the way back."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.receiver import Receiver
from tests.server.cast import Cast
from tests.server.comms.posting import Office, to

ROOT = "/settings/webhooks"
PAGE = {"Accept": "text/html"}


def test_an_endpoint_is_added_and_its_secret_shown_once(client: Cast) -> None:
    assert "No endpoint yet" in client.alice.get(ROOT).text
    assert "Webhook endpoints" in client.alice.get("/settings").text
    form = {"name": "Status page", "url": "https://hooks.example.com/in"}
    answer = client.alice.post(f"{ROOT}/new", data=form, headers=PAGE)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", unescape(answer.text))
    listed = client.alice.get(ROOT).text
    (here,) = re.findall(rf"{ROOT}/whe_\w+", listed)
    assert "Nothing sent yet" in listed
    shown = client.alice.get(here).text
    assert secret not in unescape(shown)
    turned = client.alice.post(f"{here}/rotate", data={"overlap": "24"}, headers=PAGE).text
    assert "signs as well until" in turned
    assert secret not in unescape(turned)
    assert "Two secrets sign" in client.alice.get(here).text
    assert client.alice.post(f"{here}/rotate", data={"overlap": "9"}).status_code == 422


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "<b>x</b>", "url": "http://127.0.0.1/"}, "which is loopback"),
        ({"name": "<b>x</b>", "url": ""}, "no address"),
        ({"name": "", "url": "https://x.example/<b>"}, "Name is empty"),
    ],
)
def test_a_refused_form_is_shown_as_it_was_typed(
    client: Cast, form: dict[str, str], said: str
) -> None:
    answer = client.alice.post(f"{ROOT}/new", data=form, headers=PAGE)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<b>" not in answer.text
    assert "&lt;b&gt;" in answer.text


def test_a_name_that_is_taken_and_a_lost_race_are_told(
    client: Cast, office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    here = f"{ROOT}/{endpoint.id}"
    form = {"name": "Status page", "url": "https://hooks.example.com/in"}
    answer = client.alice.post(f"{ROOT}/new", data=form, headers=PAGE)
    assert (answer.status_code, "already" in answer.text) == (409, True)
    saved = client.alice.post(here, data={**form, "name": "Chat", "version": "1"})
    assert (saved.status_code, saved.headers["location"]) == (303, here)
    lost = client.alice.post(here, data={**form, "name": "Wall", "version": "1"}, headers=PAGE)
    assert lost.status_code == 412
    assert 'value="Wall"' in lost.text
    assert 'name="version" value="2"' in lost.text


def test_what_was_sent_how_it_went_and_once_more(
    client: Cast, office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    here = f"{ROOT}/{endpoint.id}"
    hook.answers = [500]
    assert client.alice.post(f"{here}/ping").headers["location"] == f"{here}#deliveries"
    office.work()
    shown = client.alice.get(here).text
    assert "answered 500" in shown
    assert "Failing" in shown
    assert "parts/deliveries" in shown, "it waits, so the page looks again"
    assert client.alice.get(f"{here}/parts/deliveries").status_code == 200
    office.work_on()
    (one,) = set(re.findall(rf"{here}/deliveries/dlv_\w+", client.alice.get(here).text))
    whole = client.alice.get(one).text
    assert "answered 204" in whole
    assert "Kintsugi reaches this endpoint." in whole
    assert client.alice.post(f"{one}/again").headers["location"] == one
    office.work()
    assert len(set(hook.keys)) == 1
    assert "Nothing here" in client.alice.get(here, params={"state": "failed"}).text
    assert client.alice.get(here, params={"state": "lost"}, headers=PAGE).status_code == 422


def test_what_was_disabled_by_itself_stands_on_the_admins_home_page(
    client: Cast, office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    here = f"{ROOT}/{endpoint.id}"
    hook.answers = [410]
    (made,) = office.send([to(endpoint)])
    office.work()
    assert "It answered 410" in client.alice.get("/").text
    assert "410" not in client.bob.get("/").text
    assert "Enable endpoint" in client.alice.get(here).text
    refused = client.alice.post(f"{here}/deliveries/{made}/again", headers=PAGE)
    assert (refused.status_code, "disabled" in refused.text) == (422, True)
    assert client.alice.post(f"{here}/ping", headers=PAGE).status_code == 409
    assert client.alice.post(f"{here}/enable").status_code == 303
    assert "answered 410" not in client.alice.get("/").text
    assert client.alice.post(f"{here}/deliveries/{made}/again").status_code == 303
    assert client.alice.post(f"{here}/disable").status_code == 303
    assert "take nothing" not in client.alice.get("/").text, "a person did that"


def test_an_endpoint_is_deleted_on_its_page(client: Cast, office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    here = f"{ROOT}/{endpoint.id}"
    lists = {"name_0": "Wall", "members_0": "webhook:Status page", "audience_0": "stakeholders"}
    assert client.alice.post("/settings/messages/stakeholders", data=lists).status_code == 303
    assert "It leaves the group Wall." in client.alice.get(here).text
    late = client.alice.post(f"{here}/delete", data={"version": "7"}, headers=PAGE)
    assert (late.status_code, "Nothing of yours is done" in late.text) == (412, True)
    gone = client.alice.post(f"{here}/delete", data={"version": "1"})
    assert (gone.status_code, gone.headers["location"]) == (303, ROOT)
    assert "Status page" not in client.alice.get(ROOT).text
    assert "webhook:Status page" not in client.alice.get("/settings/messages").text


def test_another_endpoints_delivery_is_not_there(
    client: Cast, office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    other, _ = office.endpoint(hook, "Other")
    (made,) = office.send([to(endpoint)])
    assert client.alice.get(f"{ROOT}/{other.id}/deliveries/{made}").status_code == 404
    assert client.alice.post(f"{ROOT}/{other.id}/deliveries/{made}/again").status_code == 404
