"""The pages of services, as a browser without scripts uses them."""

from __future__ import annotations

import re

import pytest

from tests.server.cast import Cast

BROWSER = {"accept": "text/html"}


def page(client: Cast, place: str, who: str = "charlie") -> str:
    answer = getattr(client, who).get(place, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def filled(client: Cast) -> None:
    said = [
        {"name": "web", "dependsOn": ["checkout"], "tier": 2},
        {"name": "checkout", "title": "Checkout page", "dependsOn": ["payments"], "tier": 1,
         "ownerTeam": "Shop", "description": "Takes **money** <script>",
         "links": [{"kind": "runbook", "url": "https://wiki.example.com/x?a=1&b=2"}]},
        {"name": "payments", "dependsOn": ["ledger", "checkout"]},
        {"name": "ledger"},
        {"name": "alone"},
    ]  # fmt: skip
    answer = client.alice.post("/api/services/apply", json={"services": said})
    assert answer.status_code == 200, answer.text


def test_a_service_is_added_edited_retired_and_taken_back_in(client: Cast) -> None:
    filled(client)
    made = client.alice.post(
        "/services",
        data={"name": "Search", "title": "Search", "tier": "3", "ownerTeam": "Shop", "tags": "a, b",
              "dependsOn": "ledger, web",
              "links": "runbook https://h.example/r How to\r\nstatus page: https://h.example/s\r\n"},
    )  # fmt: skip
    assert (made.status_code, made.headers["location"]) == (303, "/services/search")
    told = client.charlie.get("/api/services/search").json()
    assert told["dependsOn"] == ["ledger", "web"]
    assert told["links"] == [
        {"kind": "runbook", "url": "https://h.example/r", "label": "How to"},
        {"kind": "status page", "url": "https://h.example/s", "label": ""},
    ]
    shown = page(client, "/services/search/edit", "alice")
    assert "runbook https://h.example/r How to\nstatus page https://h.example/s" in shown
    edited = {"title": "Find", "tier": "", "version": "1", "dependsOn": "ledger"}
    assert client.alice.post("/services/search/edit", data=edited).status_code == 303
    told = client.charlie.get("/api/services/search").json()
    assert (told["title"], told["tier"], told["tags"], told["links"]) == ("Find", None, [], [])
    assert client.alice.post("/services/search/retire", data={"version": "2"}).status_code == 303
    assert "/services/search" not in page(client, "/services")
    assert "/services/search" in page(client, "/services?show=retired")
    assert "Retired" in page(client, "/services/search")
    assert client.alice.post("/services/search/restore", data={"version": "3"}).status_code == 303
    assert "/services/search" in page(client, "/services")


def test_the_list_is_narrowed_by_its_address(client: Cast) -> None:
    filled(client)
    found = page(client, "/services?tier=1")
    assert "Checkout page" in found
    assert "/services/web" not in found
    assert "No service fits these filters" in page(client, "/services?q=nothing-like-it")
    assert "/services/checkout" in page(client, "/services?team=shop")
    assert "Add service" not in found
    assert "Add service" in page(client, "/services", "alice")


def test_the_page_draws_what_is_around_a_service_and_says_it_in_words(client: Cast) -> None:
    filled(client)
    shown = page(client, "/services/checkout")
    assert 'role="img"' in shown
    assert "checkout depends on payments; through them, ledger." in shown
    assert "checkout is needed by payments and web." in shown
    assert "checkout → payments → checkout" in shown
    assert "through payments, 2 steps" in shown
    assert "<strong>money</strong>" in shown
    assert "<script>" not in shown.split("<main", 1)[1].split("</main>")[0]
    assert 'href="https://wiki.example.com/x?a=1&amp;b=2"' in shown
    assert " style=" not in shown
    assert "It depends on no other service" in page(client, "/services/alone")


def test_the_page_shows_the_incidents_of_the_service_that_the_reader_sees(client: Cast) -> None:
    filled(client)
    for title, private in (("Cards fail", False), ("Canary word", True)):
        said = {"title": title, "services": ["Checkout"], "private": private}
        assert client.bob.post("/api/incidents", json=said).status_code == 201
    other = {"title": "Elsewhere", "services": ["checkout-eu"]}
    assert client.bob.post("/api/incidents", json=other).status_code == 201
    mine, theirs = (page(client, "/services/checkout", who) for who in ("bob", "alice"))
    assert "Cards fail" in mine
    assert "Cards fail" in theirs
    assert "Canary word" in mine
    assert "Canary word" not in theirs
    assert "Elsewhere" not in mine
    assert "No incident names this service" in page(client, "/services/ledger")


def test_the_form_to_declare_offers_the_services_and_takes_others_too(client: Cast) -> None:
    filled(client)
    shown = page(client, "/incidents/declare", "bob")
    assert '<option value="checkout">' in shown
    said = {"title": "X", "services": "checkout, something new"}
    assert client.bob.post("/incidents/declare", data=said).status_code == 303


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": ""}, "Name is missing"),
        ({"name": "payments"}, "There is a service payments already"),
        ({"name": "x", "dependsOn": "nowhere"}, "is no service of the catalog"),
        ({"name": "x", "links": "see the wiki"}, "is not a link"),
        ({"name": "x", "links": "map https://h.example"}, "is not a kind of link"),
        ({"name": "x", "links": "chat javascript:alert(1)"}, "is not a web address"),
        ({"name": "x", "tier": "9"}, "is not a tier"),
    ],
)
def test_a_refused_form_stands_as_it_was_typed(
    client: Cast, said: dict[str, str], told: str
) -> None:
    filled(client)
    answer = client.alice.post("/services", data={"description": "Kept text", **said})
    assert answer.status_code in (409, 422)
    assert told in answer.text.replace("&#39;", "'")
    assert "Kept text" in answer.text


def test_the_loser_of_a_race_sees_both_texts_and_may_save(client: Cast) -> None:
    filled(client)
    place, quick, slow = "/services/ledger/edit", {"title": "Quick"}, {"title": "Slow"}
    assert client.alice.post(place, data=quick | {"version": "1"}).status_code == 303
    answer = client.alice.post(place, data=slow | {"version": "1"}, headers=BROWSER)
    assert answer.status_code == 412
    assert "Quick" in answer.text
    assert 'value="Slow"' in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    again = {"title": "Slow", "version": version[1]}
    assert client.alice.post("/services/ledger/edit", data=again).status_code == 303
    late = client.alice.post("/services/ledger/retire", data={"version": "1"}, headers=BROWSER)
    assert late.status_code == 412
    assert "Somebody changed this" in late.text


def test_who_is_no_editor_gets_no_form(client: Cast) -> None:
    filled(client)
    for place in ("/services/add", "/services/checkout/edit"):
        assert client.bob.get(place, headers=BROWSER).status_code == 403
    for place in ("/services", "/services/alone/edit", "/services/alone/retire"):
        answer = client.bob.post(place, data={"name": "x", "version": "1"}, headers=BROWSER)
        assert answer.status_code == 403
    assert "/edit" not in page(client, "/services/checkout", "bob")
    assert client.stranger.get("/services", headers=BROWSER).headers["location"].startswith("/sign")


def test_with_many_services_around_only_the_nearest_are_drawn(client: Cast) -> None:
    said = [{"name": "hub"}] + [
        {"name": f"s{n}", "dependsOn": ["hub" if n < 3 else f"s{n % 3}"]} for n in range(120)
    ]
    assert client.alice.post("/api/services/apply", json={"services": said}).status_code == 200
    shown = page(client, "/services/hub")
    assert "Only the nearest are drawn" in shown
    assert shown.count("<rect") == 4
    assert "And 20 more" in shown
