"""The home page: what needs whoever opens it, now."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.server.cast import Cast, MovableClock

HTML = {"Accept": "text/html"}


def home(browser: TestClient) -> str:
    answer = browser.get("/", headers=HTML)
    assert answer.status_code == 200
    return answer.text


def declared(client: Cast, title: str, **more: object) -> str:
    answer = client.bob.post("/api/incidents", json={"title": title, **more})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def move(client: Cast, incident: str, *statuses: str) -> None:
    for status in statuses:
        etag = client.bob.get(f"/api/incidents/{incident}").headers["etag"]
        answer = client.bob.patch(
            f"/api/incidents/{incident}", json={"status": status}, headers={"If-Match": etag}
        )
        assert answer.status_code == 200, answer.text


RESOLVED = ("identified", "monitoring", "resolved")


def test_a_stranger_is_led_to_the_sign_in_page(client: Cast) -> None:
    answer = client.stranger.get("/", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


def test_an_empty_page_says_what_to_do_next(client: Cast) -> None:
    assert "Nothing needs you now." in home(client.bob)
    assert 'href="/incidents/declare"' in home(client.bob)
    assert "Nothing needs you now." in home(client.charlie)
    assert "Read what happened before" in home(client.charlie)


def test_open_incidents_are_shown_the_worst_first_then_ones_own_then_the_newest(
    client: Cast,
) -> None:
    declared(client, "Nobody knows how bad")
    declared(client, "Checkout is slow", severity="SEV-2")
    for title, severity in (("Search is down", "SEV-1"), ("Login is slow", "SEV-2")):
        client.alice.post("/api/incidents", json={"title": title, "severity": severity})

    def order(seen: str) -> list[str]:
        titles = ("Search is down", "Login is slow", "Checkout is slow", "Nobody knows how bad")
        return sorted(titles, key=seen.index)

    seen = home(client.bob)
    assert order(seen) == [
        "Search is down", "Checkout is slow", "Login is slow", "Nobody knows how bad",
    ]  # fmt: skip
    assert "you declared" in seen
    seen = home(client.charlie)
    assert order(seen) == [
        "Search is down", "Login is slow", "Checkout is slow", "Nobody knows how bad",
    ]  # fmt: skip
    assert "you declared" not in seen


def test_an_incident_without_a_severity_says_so_until_it_is_closed(client: Cast) -> None:
    incident = declared(client, "Odd logins")
    assert "No severity" in home(client.charlie)
    move(client, incident, *RESOLVED)
    seen = home(client.charlie)
    assert "Resolved and not finished" in seen
    assert "a severity" in seen
    move(client, incident, "closed")
    assert "Nothing needs you now." in home(client.charlie)


def test_a_resolved_incident_waits_to_be_closed_after_a_day(
    client: Cast, clock: MovableClock
) -> None:
    incident = declared(client, "Checkout is slow", severity="SEV-3")
    move(client, incident, *RESOLVED)
    clock.forward(hours=23, minutes=59)
    assert "Nothing needs you now." in home(client.bob)
    clock.forward(minutes=1)
    assert "to be closed" in home(client.bob)


def test_a_private_incident_moves_nothing_for_who_may_not_see_it(client: Cast) -> None:
    declared(client, "Checkout is slow", severity="SEV-3")
    before = home(client.alice), home(client.charlie)
    incident = declared(client, "Xanthic kestrel", private=True)
    assert (home(client.alice), home(client.charlie)) == before
    assert "Xanthic kestrel" in home(client.bob)
    move(client, incident, *RESOLVED)
    assert (home(client.alice), home(client.charlie)) == before
