"""Duplicates merged, incidents linked, and nothing told to those who see one end alone."""

import threading

import pytest

from tests.server.cast import Cast

pytestmark = pytest.mark.both_databases

ADDRESS = "/api/incidents"
BROWSER = {"accept": "text/html"}


def declared(client: Cast, title: str = "Checkout fails", **said: object) -> str:
    answer = client.bob.post(ADDRESS, json={"title": title, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def texts(client: Cast, reference: str) -> list[str]:
    answer = client.bob.get(f"{ADDRESS}/{reference}/timeline").json()
    return [one["text"] for one in answer["items"]]


def merged(client: Cast, duplicate: str, into: str) -> None:
    said = {"into": into, "reason": "the same outage"}
    answer = client.bob.post(f"{ADDRESS}/{duplicate}/merge", json=said)
    assert answer.status_code == 200, answer.text


def test_a_duplicate_is_closed_and_shown_on_the_other(client: Cast) -> None:
    first, second = declared(client), declared(client, "Cards fail")
    client.bob.post(f"{ADDRESS}/{second}/timeline", json={"text": "Restarted the gateway"})
    said = {"into": first, "reason": "the same outage"}
    answer = client.bob.post(f"{ADDRESS}/{second}/merge", json=said, headers={"If-Match": '"1"'})
    body = answer.json()
    assert (body["status"], body["mergedInto"], body["version"]) == ("closed", first, 2)
    assert [(one["kind"], one["reference"]) for one in body["links"]] == [("duplicate-of", first)]
    target = client.charlie.get(f"{ADDRESS}/{first}").json()
    assert [(one["kind"], one["reference"]) for one in target["links"]] == [
        ("has-duplicate", second)
    ]
    assert texts(client, second)[-1] == "Closed as a duplicate of INC-1: the same outage"
    assert texts(client, first)[-1] == "INC-2 merged into this: the same outage"
    assert (
        "Restarted the gateway" in client.charlie.get(f"/incidents/{first}", headers=BROWSER).text
    )
    refused = client.bob.patch(
        f"{ADDRESS}/{second}", json={"status": "investigating"}, headers={"If-Match": '"2"'}
    )
    assert refused.status_code == 409


def test_a_merge_is_undone_while_nothing_else_happened(client: Cast) -> None:
    first, second, third = declared(client), declared(client), declared(client)
    match = {"If-Match": '"1"'}
    client.bob.patch(f"{ADDRESS}/{second}", json={"status": "monitoring"}, headers=match)
    merged(client, second, first)
    merged(client, third, first)
    client.bob.post(f"{ADDRESS}/{third}/timeline", json={"text": "Still down"})
    why = {"reason": "another region"}
    body = client.bob.post(f"{ADDRESS}/{second}/unmerge", json=why).json()
    assert (body["status"], body["mergedInto"], body["links"]) == ("monitoring", None, [])
    assert body["milestones"]["mitigated"] is not None
    assert client.bob.post(f"{ADDRESS}/{second}/unmerge", json=why).status_code == 409
    assert client.bob.post(f"{ADDRESS}/{third}/unmerge", json=why).status_code == 409


def test_what_cannot_be_merged_is_refused(client: Cast) -> None:
    first, second, third = declared(client), declared(client), declared(client)
    merged(client, second, first)

    def status(duplicate: str, into: str, reason: str = "x", **headers: str) -> int:
        said = {"into": into, "reason": reason}
        answer = client.bob.post(f"{ADDRESS}/{duplicate}/merge", json=said, headers=headers)
        return int(answer.status_code)

    assert status(first, first) == 422
    assert status(first, "INC-99") == 422
    assert status(third, first, reason=" ") == 422
    assert status(second, third) == 409
    assert status(third, second) == 409
    assert status(first, second) == 409
    assert status(third, first, **{"If-Match": '"7"'}) == 412
    for who, refused in ((client.charlie, 403), (client.stranger, 401)):
        said = {"into": first, "reason": "x"}
        assert who.post(f"{ADDRESS}/{third}/merge", json=said).status_code == refused


def test_two_that_are_merged_into_each_other_at_once_make_no_circle(client: Cast) -> None:
    first, second = declared(client), declared(client)
    found: list[int] = []

    def merge(duplicate: str, into: str) -> None:
        said = {"into": into, "reason": "x"}
        answer = client.bob.post(f"{ADDRESS}/{duplicate}/merge", json=said)
        found.append(answer.status_code)

    threads = [
        threading.Thread(target=merge, args=pair) for pair in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 409]


def test_a_link_is_read_from_both_ends(client: Cast) -> None:
    first, second = declared(client), declared(client, "Disk full")
    said = {"incident": second, "kind": "caused by", "reason": "no space for sessions"}
    made = client.bob.post(f"{ADDRESS}/{first}/links", json=said)
    assert made.status_code == 201, made.text
    (one,) = made.json()["items"]
    assert (one["kind"], one["reference"], one["title"]) == ("caused-by", second, "Disk full")
    (other,) = client.charlie.get(f"{ADDRESS}/{second}/links").json()["items"]
    assert (other["id"], other["kind"], other["reference"]) == (one["id"], "cause-of", first)
    assert texts(client, first)[-1] == "Caused by INC-2: no space for sessions"
    assert texts(client, second)[-1] == "Cause of INC-1: no space for sessions"
    back = {"incident": first, "kind": "cause-of"}
    assert client.bob.post(f"{ADDRESS}/{second}/links", json=back).status_code == 409
    gone = client.bob.delete(f"{ADDRESS}/{second}/links/{one['id']}")
    assert gone.status_code == 204
    assert client.bob.get(f"{ADDRESS}/{first}").json()["links"] == []
    assert client.bob.delete(f"{ADDRESS}/{second}/links/{one['id']}").status_code == 404


def test_related_is_one_link_whoever_makes_it(client: Cast) -> None:
    first, second = declared(client), declared(client)
    made = client.bob.post(f"{ADDRESS}/{second}/links", json={"incident": first})
    assert made.json()["items"][0]["kind"] == "related"
    again = client.bob.post(f"{ADDRESS}/{first}/links", json={"incident": second})
    assert again.status_code == 409
    wrong = client.bob.post(
        f"{ADDRESS}/{first}/links", json={"incident": second, "kind": "duplicate-of"}
    )
    assert wrong.status_code == 422


def test_a_private_end_leaves_no_trace_at_the_other(client: Cast) -> None:
    seen, hidden = declared(client), declared(client, "Canary breach", private=True)
    duplicate = declared(client)
    before = client.charlie.get(f"{ADDRESS}/{seen}").json()
    timeline = client.charlie.get(f"{ADDRESS}/{seen}/timeline").json()
    said = {"incident": hidden, "kind": "caused-by", "reason": "canary"}
    assert client.bob.post(f"{ADDRESS}/{seen}/links", json=said).status_code == 201
    link = client.bob.get(f"{ADDRESS}/{seen}").json()["links"][0]["id"]
    assert client.charlie.get(f"{ADDRESS}/{seen}").json() == before
    assert client.charlie.get(f"{ADDRESS}/{seen}/timeline").json() == timeline
    assert client.charlie.get(f"{ADDRESS}/{seen}/links").json() == {"items": []}
    assert client.alice.delete(f"{ADDRESS}/{seen}/links/{link}").status_code == 404
    assert texts(client, hidden)[-1] == "Cause of INC-1: canary"
    answer = client.bob.post(
        f"{ADDRESS}/{duplicate}/merge", json={"into": hidden, "reason": "canary"}
    )
    assert answer.json()["mergedInto"] == hidden
    for address in (
        f"{ADDRESS}/{duplicate}",
        f"{ADDRESS}/{duplicate}/timeline",
        f"/incidents/{duplicate}",
    ):
        told = client.charlie.get(address, headers=BROWSER).text
        assert hidden not in told
        assert "anary" not in told
    assert client.charlie.get(f"{ADDRESS}/{duplicate}").json()["mergedInto"] is None


def test_a_private_duplicate_is_not_told_of_where_it_went(client: Cast) -> None:
    seen, hidden = declared(client), declared(client, "Canary breach", private=True)
    before = client.charlie.get(f"{ADDRESS}/{seen}/timeline").text
    merged(client, hidden, seen)
    assert client.charlie.get(f"{ADDRESS}/{seen}/timeline").text == before
    page = client.charlie.get(f"/incidents/{seen}", headers=BROWSER).text
    assert "Canary" not in page
    assert hidden not in page
    assert "Canary" in client.bob.get(f"/incidents/{seen}", headers=BROWSER).text
    for name in (seen, "INC-99"):
        said = {"into": hidden, "reason": "x"}
        answer = client.alice.post(f"{ADDRESS}/{seen}/merge", json=said)
        assert answer.json()["errors"][0]["problem"] == "is no incident that you can see", name


def test_the_page_merges_unmerges_links_and_unlinks(client: Cast) -> None:
    first, second = declared(client), declared(client)
    place = f"/incidents/{second}"
    wrong = client.bob.post(
        f"{place}/merge", data={"into": "INC-99", "reason": "same", "version": "1"}, headers=BROWSER
    )
    assert wrong.status_code == 422
    assert 'value="INC-99"' in wrong.text
    assert 'value="same"' in wrong.text
    said = {"into": first, "reason": "same", "version": "1"}
    assert client.bob.post(f"{place}/merge", data=said).status_code == 303
    assert "closed as a duplicate" in client.bob.get(place, headers=BROWSER).text
    lost = client.bob.post(
        f"{place}/unmerge", data={"reason": "no", "version": "1"}, headers=BROWSER
    )
    assert lost.status_code == 412
    done = client.bob.post(f"{place}/unmerge", data={"reason": "no", "version": "2"})
    assert done.status_code == 303
    linked = client.bob.post(f"{place}/links", data={"incident": first, "kind": "follow-up-of"})
    assert linked.status_code == 303
    page = client.charlie.get(place, headers=BROWSER).text
    assert "Follow-up of" in page
    link = client.bob.get(f"{ADDRESS}/{second}").json()["links"][0]["id"]
    assert client.bob.post(f"{place}/links/{link}/remove").status_code == 303
    assert client.bob.get(f"{ADDRESS}/{second}").json()["links"] == []
