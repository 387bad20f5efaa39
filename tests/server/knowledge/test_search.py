"""Search over the API: what is found, in which order, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts import service as alerts
from kintsugi.server.knowledge.search import keeping
from tests.server.alerts.intake import firing, sender
from tests.server.alerts.telling import works_of
from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, published

pytestmark = pytest.mark.both_databases
ADDRESS = "/api/search"


def found(browser: TestClient, q: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a query
    answer = browser.get(ADDRESS, params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def names(browser: TestClient, q: str, **more: Any) -> list[str]:  # noqa: ANN401 - a query
    return [one["reference"] or one["title"] for one in found(browser, q, **more)["items"]]


def declared(client: Cast, title: str, **said: Any) -> str:  # noqa: ANN401 - JSON
    answer = client.bob.post("/api/incidents", json={"title": title, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def changed(browser: TestClient, address: str, said: dict[str, object]) -> None:
    version = {"If-Match": browser.get(address).headers["etag"]}
    answer = browser.patch(address, json=said, headers=version)
    assert answer.status_code == 200, answer.text


def test_what_was_just_saved_is_found_wherever_it_stands(client: Cast) -> None:
    reference = declared(
        client, "Booking answers 503", summary="The pool of connections is full", tags=["pgbouncer"]
    )
    assert names(client.charlie, "pool connections") == [reference]
    assert names(client.charlie, "pgbouncer") == [reference]
    assert names(client.charlie, reference) == [reference]
    note = {"text": "Café-Öl spilt", "evidence": "Grafana"}
    client.bob.post(f"/api/incidents/{reference}/timeline", json=note)
    assert names(client.charlie, "cafe OL grafana") == [reference]
    changed(
        client.bob, f"/api/incidents/{reference}", {"title": "Kiosk answers 503", "summary": ""}
    )
    assert names(client.charlie, "kiosk") == [reference]
    assert names(client.charlie, "pool connections") == []


def test_phrases_beginnings_and_what_must_not_stand_there(client: Cast) -> None:
    one = declared(client, "Payments time out", summary="connection pool leaks in checkout")
    two = declared(client, "Pool of connections is empty", summary="a timeout in booking")
    assert set(names(client.bob, "pool")) == {one, two}
    assert names(client.bob, '"connection pool"') == [one]
    assert names(client.bob, "time-out") == [one]
    assert names(client.bob, "check*") == [one]
    assert set(names(client.bob, "conn*")) == {one, two}
    assert names(client.bob, "conn") == []
    assert names(client.bob, "pool -leaks") == [two]
    assert set(names(client.bob, "leaks OR empty")) == {one, two}
    assert names(client.bob, "pool leaks empty") == []
    assert names(client.bob, "-leaks") == [two]


def test_a_word_in_the_title_counts_more_and_the_fresh_before_the_old(
    client: Cast, clock: MovableClock
) -> None:
    old = declared(client, "Search is slow", summary="Queries wait. " * 5)
    clock.forward(days=400)
    text = declared(client, "Checkout fails", summary="It was slow, then gone")
    new = declared(client, "Search is slow", summary="Queries wait. " * 5)
    for number in range(4):
        declared(client, f"Other things {number}")
    assert names(client.bob, "slow") == [new, old, text]


def test_filters_narrow_by_what_is_known_beside_the_text(client: Cast, clock: MovableClock) -> None:
    one = declared(client, "Down one", services=["booking"], severity="SEV-1")
    clock.forward(days=10)
    two = declared(client, "Down two", services=["booking-api", "ledger"], severity="SEV-3")
    client.alice.post("/api/services", json={"name": "ledger", "ownerTeam": "Money"})
    assert names(client.bob, "down service:booking") == [one]
    assert names(client.bob, "down -service:booking") == [two]
    assert names(client.bob, "service:Booking") == [one]
    changed(client.bob, f"/api/incidents/{one}", {"services": ["kiosk"]})
    assert names(client.bob, "down service:booking") == []
    assert names(client.bob, "down service:kiosk,nothing") == [one]
    changed(client.bob, f"/api/incidents/{one}", {"services": ["booking"]})
    assert names(client.bob, "severity:sev-3") == [two]
    assert names(client.bob, "down team:money") == [two]
    assert names(client.bob, "down since:2d") == [two]
    assert names(client.bob, "down until:2026-03-02") == [one]
    assert set(names(client.bob, "status:open kind:incident")) == {one, two}
    assert names(client.bob, "status:closed") == []
    noted = found(client.bob, "down severity:bad team:none since:when kind:x -kind:alert status:y")
    assert len(noted["notes"]) == 6


def test_postmortems_and_actions_are_found_with_what_they_say(client: Cast) -> None:
    incident(client.bob)
    todo = [{"description": "Fence the quokka in"}]
    begun(client.bob, summary="The quokka ate the cable", actionItems=todo)
    body = found(client.bob, "quokka")
    assert [one["kind"] for one in body["items"]] == ["action", "postmortem"]
    assert body["counts"] == {"incident": 0, "postmortem": 1, "action": 1, "alert": 0}
    assert names(client.bob, "quokka", kind="postmortem") == ["PM-1"]
    assert "The quokka ate the cable" in body["items"][1]["snippet"]
    marked = [one["text"] for one in body["items"][1]["snippetPieces"] if one["hit"]]
    assert set(marked) == {"quokka"}
    action = body["items"][0]["reference"]
    changed(client.bob, f"/api/actions/{action}", {"status": "IN_PROGRESS"})
    assert names(client.bob, "quokka status:in_progress") == [action]
    changed(client.bob, "/api/postmortems/PM-1", {"actionItems": []})
    assert names(client.bob, "quokka") == ["PM-1"]


def test_a_draft_is_found_by_who_may_read_it_alone_and_counts_do_not_tell(client: Cast) -> None:
    incident(client.bob)
    begun(client.bob, summary="The quokka ate the cable")
    for who in (client.alice, client.charlie):
        body = found(who, "quokka")
        assert body["items"] == []
        assert set(body["counts"].values()) == {0}
    published(client.bob, client.alice, "PM-1")
    assert names(client.charlie, "quokka") == ["PM-1"]
    version = {"If-Match": client.alice.get("/api/postmortems/PM-1").headers["etag"]}
    answer = client.alice.delete(
        "/api/postmortems/PM-1", headers=version, params={"reason": "twice"}
    )
    assert answer.status_code < 300, answer.text
    assert names(client.charlie, "quokka") == []


def test_a_private_incident_is_found_by_who_has_access_alone(client: Cast) -> None:
    reference = declared(client, "The quokka escaped", private=True)
    assert names(client.bob, "quokka") == [reference]
    for who in (client.alice, client.charlie):
        assert set(found(who, "quokka")["counts"].values()) == {0}
    client.bob.post(f"/api/incidents/{reference}/grants", json={"userId": "charlie@example.com"})
    assert names(client.charlie, "quokka") == [reference]


def test_alerts_are_found_once_they_are_seen_to(client: Cast) -> None:
    works = works_of(client)
    one = sender(client)
    one.send(firing("quokka", annotations={"summary": "the pouch is hot"}))
    assert one.rows()
    seen_to(works)
    (alert,) = found(client.bob, "pouch quokka", kind="alert")["items"]
    assert (alert["kind"], alert["status"]) == ("alert", "firing")
    assert alert["address"] == f"/alerts/{alert['id']}"
    answer = client.bob.post(
        "/api/alerts/resolve", json={"alerts": [alert["id"]], "reason": "over"}
    )
    assert answer.status_code == 200, answer.text
    seen_to(works)
    (alert,) = found(client.bob, "pouch", kind="alert")["items"]
    assert alert["status"] == "resolved"


def seen_to(works: Works) -> None:
    """What the two threads of a server do by themselves."""
    while alerts.dispatch(works):
        pass
    while keeping.catch_up(works):
        pass


def test_pages_go_on_where_the_one_before_ended(client: Cast, clock: MovableClock) -> None:
    every = {declared(client, f"Slow number {number}") for number in range(7)}
    seen: list[str] = []
    cursor = None
    while True:
        body = found(client.bob, "slow", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [one["reference"] for one in body["items"]]
        cursor = body["nextCursor"]
        if cursor is None:
            break
        clock.forward(days=40)
    assert len(seen) == 7
    assert set(seen) == every
    for wrong in ("x", "WyJhIiwiYiIsImMiXQ", "WyJuYW4iLCIxIiwiMjAyNi0wMS0wMSJd"):
        answer = client.bob.get(ADDRESS, params={"q": "slow", "cursor": wrong})
        assert answer.status_code == 422


def test_all_of_it_is_written_anew_by_a_command(client: Cast, works: Works) -> None:
    reference = declared(client, "The quokka escaped", private=True)
    incident(client.bob)
    begun(client.bob, summary="quokka", actionItems=[{"description": "Fence the quokka in"}])
    before = found(client.bob, "quokka")
    assert len(before["items"]) == 3
    assert keeping.rebuild(works) == 4
    assert found(client.bob, "quokka") == before
    assert names(client.charlie, "quokka") == []
    assert reference in names(client.bob, "quokka")


SHARP = st.text("ab\"'*-:()^~!&|<>\\%_ \n\t{}+,.ORNEAD0é検\u0000", max_size=60)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(q=st.one_of(st.text(max_size=60), SHARP))
def test_no_question_is_an_error(client: Cast, q: str) -> None:
    answer = client.bob.get(ADDRESS, params={"q": q.encode("utf-8", "replace").decode()})
    assert answer.status_code == 200, (q, answer.text)


ODD = (
    "x" * 60_000, "'\"' \" ''", "the and of", "検索", "検索 できない*", "Ünï cafe\u0301", "-quokka", "--quokka",
    "-", '"', '"quokka', 'quokka"', "*", "q*", "🦘", "quokka 🦘", "quo\x00kka", "service:", 'service:"', "@zoo",
    "service:'@\\", "OR", "quokka OR", "OR quokka", "NEAR(a b)", "title:quokka", "%", "a & b | !c", "\\' :*",
)  # fmt: skip


@pytest.mark.long
def test_an_odd_question_gets_an_answer_in_the_page_and_the_palette(client: Cast) -> None:
    one = declared(client, "The quokka café: 検索できない", services=["zoo", "Big zoo"])
    for q in ODD:
        for address in ("/search", "/search/palette"):
            shown = client.bob.get(address, params={"q": q}, headers={"accept": "text/html"})
            assert shown.status_code == 200, (q[:60], address)
            assert len(shown.text) < 60_000
    assert "Only the first 500 characters" in client.bob.get("/search", params={"q": ODD[0]}).text
    assert client.bob.get(ADDRESS, params={"q": "x" * 501}).status_code == 422
    for q in (
        "検索",
        "できない",
        "cafe\u0301",
        '"quokka',
        "q*",
        "quokka 🦘",
        "quo*",
        "service:ZOO",
        "OR quokka",
    ):
        assert names(client.bob, q) == [one], q
    assert names(client.bob, 'service:"BIG zoo"') == [one]
    assert names(client.bob, "service:big-zoo") == []
    assert names(client.bob, "-quokka") == []


def test_the_page_keeps_the_question_in_its_address_and_counts_what_is_visible(
    client: Cast,
) -> None:
    page = {"accept": "text/html"}
    one = declared(client, "Quokka <b>loose</b>", services=["zoo"], severity="SEV-2")
    declared(client, "Quokka in private", private=True)
    shown = client.charlie.get("/search", params={"q": "quokka service:zoo"}, headers=page).text
    assert f'<a href="/incidents/{one}"><mark>Quokka</mark> &lt;b&gt;loose&lt;/b&gt;</a>' in shown
    assert 'href="/search?q=quokka+service%3Azoo&amp;kind=postmortem"' in shown
    assert "Incidents 1" in client.charlie.get("/search?q=quokka", headers=page).text
    assert "Incidents 2" in client.bob.get("/search?q=quokka", headers=page).text
    assert "Nothing that you can see" in client.bob.get("/search?q=quokka&kind=alert", headers=page).text  # fmt: skip
    assert "no word in this" in client.bob.get("/search?q=???", headers=page).text
    assert client.bob.get("/search", headers=page).status_code == 200


def test_the_palette_finds_by_the_beginning_of_the_word_that_is_typed(client: Cast) -> None:
    one = declared(client, "Quokka loose")
    for typed in ("quo", "loose QUO", "quokka", "loose"):
        assert f"/incidents/{one}" in client.bob.get("/search/palette", params={"q": typed}).text
    assert "/search?q=none" in client.bob.get("/search/palette", params={"q": "none"}).text


def test_similar_incidents_come_with_their_reason_and_without_what_is_hidden(client: Cast) -> None:
    page = {"accept": "text/html"}
    one = declared(client, "Deadlocks in booking", summary="An index was dropped", services=["booking"])  # fmt: skip
    other = declared(client, "Orders end with a deadlock", services=["booking"], severity="SEV-2")
    hidden = declared(client, "Deadlock in private", summary="index", private=True)
    declared(client, "The lift stands still")
    (found_,) = client.charlie.get(f"/api/incidents/{one}/similar").json()["items"]
    assert (found_["reference"], found_["services"]) == (other, ["booking"])
    assert found_["reason"] == "same service booking; 1 rare word: deadlocks"
    mine = client.bob.get(f"/api/incidents/{one}/similar").json()["items"]
    assert {one["reference"] for one in mine} == {other, hidden}
    shown = client.charlie.get(f"/incidents/{one}", headers=page).text
    assert "Same service booking; 1 rare word: deadlocks" in shown
    assert hidden not in shown
    typed = {"title": "A deadlock again", "services": "booking"}
    part = client.bob.post("/search/similar", data=typed, headers={"origin": "http://testserver"})
    assert f"/incidents/{one}" in part.text
    assert "compared with earlier" in client.bob.get("/incidents/declare", headers=page).text
    assert client.alice.get(f"/api/incidents/{hidden}/similar").status_code == 404
