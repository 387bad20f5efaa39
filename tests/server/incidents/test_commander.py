"""Who is in command: taken, given on, and laid down."""

import pytest

from tests.server.cast import Cast

ADDRESS = "/api/incidents"
PLACE = f"{ADDRESS}/INC-1"
BROWSER = {"accept": "text/html"}


def declared(client: Cast, **said: object) -> None:
    answer = client.bob.post(ADDRESS, json={"title": "Checkout fails", **said})
    assert answer.status_code == 201, answer.text


def put(client: Cast, who: str | None, version: int) -> dict[str, object]:
    answer = client.bob.patch(PLACE, json={"commander": who}, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_command_is_taken_given_on_and_laid_down(client: Cast) -> None:
    declared(client)
    assert put(client, "bob@example.com", 1)["commander"] == "Bob"
    alice = client.alice.get("/api/me").json()["id"]
    given = put(client, alice, 2)
    assert (given["commander"], given["commanderId"], given["version"]) == ("Alice", alice, 3)
    assert put(client, alice, 3)["version"] == 3
    left = put(client, None, 3)
    assert (left["commander"], left["commanderId"]) == (None, None)
    entries = client.charlie.get(f"{PLACE}/timeline").json()["items"][1:]
    assert [(one["kind"], one["text"]) for one in entries] == [
        ("role", "Bob takes command"),
        ("role", "Command given to Alice, after Bob"),
        ("role", "Alice no longer has command"),
    ]


def test_somebody_who_is_not_here_commands_nothing(client: Cast) -> None:
    declared(client)
    charlie = client.charlie.get("/api/me").json()["id"]
    client.alice.patch(f"/api/users/{charlie}", json={"isActive": False})
    for nobody in ("usr_x", "x@example.com", charlie):
        answer = client.bob.patch(PLACE, json={"commander": nobody}, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "commander")


def test_a_private_incident_is_commanded_by_those_who_see_it(client: Cast) -> None:
    declared(client, private=True)
    match = {"If-Match": '"1"'}
    refused = client.bob.patch(PLACE, json={"commander": "alice@example.com"}, headers=match)
    assert refused.status_code == 422
    client.bob.post(f"{PLACE}/grants", json={"userId": "alice@example.com"})
    assert put(client, "alice@example.com", 1)["commander"] == "Alice"
    alice = client.alice.get("/api/me").json()["id"]
    assert client.bob.delete(f"{PLACE}/grants/{alice}").status_code == 409


@pytest.mark.both_databases
def test_the_list_is_narrowed_by_commander_and_names_them(client: Cast) -> None:
    declared(client)
    declared(client)
    put(client, "bob@example.com", 1)
    found = client.charlie.get(ADDRESS, params={"commander": "bob@example.com"}).json()["items"]
    assert [(one["reference"], one["commander"]) for one in found] == [("INC-1", "Bob")]
    assert client.charlie.get(ADDRESS, params={"commander": "usr_x"}).json()["items"] == []


def test_the_page_takes_command_and_says_who_has_it(client: Cast) -> None:
    declared(client)
    place = "/incidents/INC-1"
    assert client.charlie.post(f"{place}/commander", data={"do": "take"}).status_code == 403
    taken = client.bob.post(f"{place}/commander", data={"do": "take", "version": "1"})
    assert taken.status_code == 303
    assert "Step down" in client.bob.get(place, headers=BROWSER).text
    assert "Bob" in client.charlie.get(place, headers=BROWSER).text
    lost = client.bob.post(
        f"{place}/commander", data={"commander": "", "version": "1"}, headers=BROWSER
    )
    assert lost.status_code == 412
    done = client.bob.post(f"{place}/commander", data={"do": "down", "version": "2"})
    assert done.status_code == 303
    assert client.bob.get(PLACE).json()["commander"] is None
