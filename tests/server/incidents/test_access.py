"""Private incidents: shared, withdrawn, made private later, and opened by break-glass."""

import pytest

from tests.server.cast import Cast

pytestmark = pytest.mark.both_databases

ADDRESS = "/api/incidents"
BROWSER = {"accept": "text/html"}
MATCH = {"If-Match": '"1"'}


def declared(client: Cast, **said: object) -> dict[str, object]:
    answer = client.bob.post(ADDRESS, json={"title": "Credentials leaked", **said})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def user_id(client: Cast, name: str) -> str:
    return str(getattr(client, name).get("/api/me").json()["id"])


def test_somebody_is_let_in_by_id_or_email_and_out_again(client: Cast) -> None:
    declared(client, private=True)
    place = f"{ADDRESS}/INC-1/grants"
    assert client.bob.post(place, json={"userId": "charlie@example.com"}).status_code == 200
    told = client.charlie.get(place).json()
    charlie = user_id(client, "charlie")
    assert told["userIds"] == [charlie]
    assert [(one["name"], one["declarer"]) for one in told["people"]] == [
        ("Bob", True),
        ("Charlie", False),
    ]
    left = client.bob.delete(f"{place}/{charlie}")
    assert left.json()["userIds"] == []
    assert client.charlie.get(f"{ADDRESS}/INC-1").status_code == 404
    assert client.bob.delete(f"{place}/{charlie}").status_code == 404
    assert client.bob.delete(f"{place}/{user_id(client, 'bob')}").status_code == 409
    texts = [one["text"] for one in client.bob.get(f"{ADDRESS}/INC-1/timeline").json()["items"]]
    assert texts[1:] == ["Access given to Charlie", "Access of Charlie withdrawn"]


def test_nobody_who_is_not_here_is_let_in(client: Cast) -> None:
    declared(client, private=True)
    place = f"{ADDRESS}/INC-1/grants"
    charlie = user_id(client, "charlie")
    client.alice.patch(f"/api/users/{charlie}", json={"isActive": False})
    for nobody in ("usr_x", "nobody@example.com", "", charlie):
        assert client.bob.post(place, json={"userId": nobody}).status_code == 422
    declared(client)
    alice = user_id(client, "alice")
    assert client.bob.post(f"{ADDRESS}/INC-2/grants", json={"userId": alice}).status_code == 409


def test_made_private_it_stays_with_those_who_took_part(client: Cast) -> None:
    declared(client)
    client.alice.post(f"{ADDRESS}/INC-1/timeline", json={"text": "Rotated the keys"})
    place = f"{ADDRESS}/INC-1"
    said = {"private": True, "reason": "names customers"}
    assert client.bob.patch(place, json={"private": True}, headers=MATCH).status_code == 422
    assert client.charlie.patch(place, json=said, headers=MATCH).status_code == 403
    body = client.bob.patch(place, json=said, headers=MATCH).json()
    assert (body["private"], body["version"]) == (True, 2)
    assert client.alice.get(place).status_code == 200
    assert client.charlie.get(place).status_code == 404
    assert client.charlie.get(ADDRESS).json()["items"] == []
    shown = {"private": False, "reason": "nothing in it"}
    client.bob.patch(place, json=shown, headers={"If-Match": '"2"'})
    assert client.charlie.get(place).status_code == 200


def test_whoever_makes_it_private_keeps_seeing_it(client: Cast) -> None:
    declared(client)
    said = {"private": True, "reason": "names customers", "title": "Leak"}
    answer = client.alice.patch(f"{ADDRESS}/INC-1", json=said, headers=MATCH)
    assert (answer.status_code, answer.json()["private"]) == (200, True)
    assert client.alice.get(f"{ADDRESS}/INC-1").status_code == 200


def test_an_admin_breaks_the_glass_and_all_who_see_it_know(client: Cast) -> None:
    declared(client, private=True)
    address, place = f"{ADDRESS}/break-glass", f"{ADDRESS}/INC-1"
    said = {"reference": "inc-1", "reason": "bob is away"}
    assert client.alice.get(place).status_code == 404
    opened = client.alice.post(address, json=said)
    assert (opened.status_code, opened.json()["title"]) == (200, "Credentials leaked")
    assert client.alice.post(address, json=said).status_code == 200
    assert client.alice.get(place).status_code == 200
    entries = client.bob.get(f"{place}/timeline").json()["items"]
    assert [one["text"] for one in entries[1:]] == [
        "Alice opened this private incident as an admin: bob is away"
    ]
    assert entries[1]["important"] is True
    names = [one["name"] for one in client.bob.get(f"{place}/grants").json()["people"]]
    assert names == ["Bob", "Alice"]


def test_the_glass_tells_others_nothing(client: Cast) -> None:
    declared(client, private=True)
    declared(client)
    address = f"{ADDRESS}/break-glass"
    for who, refused in ((client.bob, 403), (client.charlie, 403), (client.stranger, 401)):
        answers = [
            who.post(address, json={"reference": name, "reason": "x"})
            for name in ("INC-1", "INC-2", "INC-99")
        ]
        assert [answer.status_code for answer in answers] == [refused] * 3
        assert len({answer.text for answer in answers}) == 1
        assert who.get("/incidents/break-glass").status_code == refused
    for name, status in (("INC-99", 404), ("INC-2", 409)):
        said = {"reference": name, "reason": "x"}
        assert client.alice.post(address, json=said).status_code == status
    assert client.alice.post(address, json={"reference": "INC-1", "reason": ""}).status_code == 422
    assert client.alice.get(f"{ADDRESS}/INC-1").status_code == 404


def test_the_page_shares_withdraws_and_opens(client: Cast) -> None:
    declared(client, private=True)
    place, charlie = "/incidents/INC-1", user_id(client, "charlie")
    assert client.bob.post(f"{place}/access", data={"who": charlie}).status_code == 303
    page = client.charlie.get(place, headers=BROWSER).text
    assert "Who sees it" in page
    assert "Charlie" in page
    assert client.charlie.post(f"{place}/access", data={"who": charlie}).status_code == 403
    assert client.bob.post(f"{place}/access/{charlie}/withdraw").status_code == 303
    assert client.charlie.get(place).status_code == 404
    wrong = client.bob.post(f"{place}/access", data={"who": "usr_x"}, headers=BROWSER)
    assert (wrong.status_code, "is nobody here" in wrong.text) == (422, True)
    assert client.alice.get("/incidents/break-glass", headers=BROWSER).status_code == 200
    none = {"reference": "INC-99", "reason": "typed before"}
    refused = client.alice.post("/incidents/break-glass", data=none, headers=BROWSER)
    assert (refused.status_code, "typed before" in refused.text) == (404, True)
    said = {"reference": "INC-1", "reason": "bob is away"}
    assert client.alice.post("/incidents/break-glass", data=said).headers["location"] == place
    shown = {"on": "no", "reason": "nothing in it", "version": "1"}
    assert client.alice.post(f"{place}/privacy", data=shown).status_code == 303
    assert client.charlie.get(place).status_code == 200
    again = client.alice.post(
        f"{place}/privacy", data={"on": "yes", "version": "2"}, headers=BROWSER
    )
    assert (again.status_code, "Reason is missing" in again.text) == (422, True)
