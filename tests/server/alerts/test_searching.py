"""A search that no index answers goes back in steps: each page says how far, and leads on until all was looked at."""

from __future__ import annotations

import re

import pytest

from kintsugi.server.alerts.service import inbox
from tests.server.alerts.telling import Tool, event
from tests.server.cast import Cast, MovableClock

BROWSER = {"Accept": "text/html"}
COUNT = 12


@pytest.fixture
def a_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few alerts are looked at for one page that the tests need no thousands."""
    monkeypatch.setattr(inbox, "SEARCHED", (2, 4))
    monkeypatch.setattr(inbox, "GOES_ON", 0)


@pytest.fixture
def over(client: Cast, clock: MovableClock, prometheus: Tool) -> list[str]:
    """Alerts that are over, the newest first; each third of them is about a disk."""
    made = []
    for number in range(COUNT):
        clock.forward(minutes=1)
        said = {
            "title": f"Disk {number}" if number % 3 == 0 else "Queue", "severity_word": "info",
            "service": ("pay", "search")[number % 2], "labels": {"odd": str(number % 2)},
        }  # fmt: skip
        made.append(prometheus.raised(f"k{number}", **said))
        prometheus.ended(f"k{number}", **said)
    prometheus.dispatch()
    client.bob.post("/api/alerts/verdict", json={"alerts": [made[0]], "verdict": "noise"})
    return made[::-1]


def pages(client: Cast, query: str) -> list[list[str]]:
    """The ids on each page of a list, to its end."""
    found: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        address = f"/api/alerts?{query}" + (f"&cursor={cursor}" if cursor else "")
        answer = client.charlie.get(address).json()
        found.append([one["id"] for one in answer["items"]])
        cursor = answer["nextCursor"]
        assert len(found) <= COUNT + 2, "it leads in a circle"
    return found


@pytest.mark.usefixtures("a_few_at_once")
def test_all_that_fits_is_found_however_far_back(client: Cast, over: list[str]) -> None:
    disks = over[2::3]
    assert sum(pages(client, "text=disk"), []) == disks  # noqa: RUF017 - a few short lists
    assert sum(pages(client, "text=disk&state=resolved&limit=1"), []) == disks  # noqa: RUF017
    for query, expected in (
        ("label=odd:1", over[0::2]), ("verdict=noise", over[-1:]), ("severity=SEV-5", over),
        ("text=zanzibar", []), ("service=pay&state=resolved", over[1::2]), ("source=x", []),
        ("service=pay&text=disk", disks[1::2]), ("flapping=no", over),
        ("text=disk&since=2026-03-02T09:05:00Z", [one for one in disks if over.index(one) < 8]),
    ):  # fmt: skip
        found = pages(client, query)
        assert [one for page in found for one in page] == expected, query


@pytest.mark.usefixtures("a_few_at_once")
def test_one_page_looks_at_so_many_and_no_more(client: Cast, over: list[str]) -> None:
    assert [len(page) for page in pages(client, "verdict=noise")] == [0, 0, 1]
    assert len(pages(client, f"service=pay&limit={COUNT}")) == 1  # an index answers
    assert len(pages(client, "state=resolved&limit=100")) == 1
    assert over


@pytest.mark.usefixtures("a_few_at_once")
def test_a_page_goes_on_until_something_is_found_up_to_a_bound(
    client: Cast, over: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "GOES_ON", 1)
    assert [len(page) for page in pages(client, "verdict=noise")] == [0, 1]
    monkeypatch.setattr(inbox, "GOES_ON", 9)
    assert pages(client, "verdict=noise") == [over[-1:]]
    assert pages(client, "text=zanzibar") == [[]]
    disks = over[2::3]
    assert [one for page in pages(client, "text=disk") for one in page] == disks
    assert all(pages(client, "text=disk")[:-1])


@pytest.mark.usefixtures("a_few_at_once")
def test_what_began_in_one_moment_does_not_lead_in_a_circle(client: Cast, prometheus: Tool) -> None:
    every = [event(f"k{number}", severity_word="info") for number in range(COUNT)]
    made = prometheus.tell(*every)
    prometheus.dispatch()
    for query in ("flapping=no", "flapping=no&limit=3", "source=Prometheus&limit=5"):
        found = [one for page in pages(client, query) for one in page]
        assert sorted(found) == sorted(made), query
    assert [one for page in pages(client, "verdict=any&limit=3") for one in page] == []


@pytest.mark.usefixtures("a_few_at_once", "over")
def test_the_page_says_how_far_it_looked_and_leads_on(client: Cast) -> None:
    address, seen = "/alerts?view=all&verdict=noise", ""
    for _ in range(2):
        seen = client.charlie.get(address, headers=BROWSER).text
        assert "No alert fits these filters as far back as" in seen
        assert "Search further back" in seen
        assert not re.search(r">All \d", seen)
        following = re.search(r'rel="next" href="([^"]+)"', seen)
        assert following
        address = following[1].replace("&amp;", "&")
    seen = client.charlie.get(address, headers=BROWSER).text
    assert "Disk 0" in seen
    assert "Search further back" not in seen
    some = client.charlie.get("/alerts?view=all&q=disk", headers=BROWSER).text
    assert "Searched back to" in some


@pytest.mark.usefixtures("a_few_at_once")
def test_how_far_it_looked_tells_nothing_of_what_is_hidden(
    client: Cast, clock: MovableClock, prometheus: Tool, over: list[str]
) -> None:
    asked = ("text=disk", "verdict=noise", "text=zanzibar", "label=odd:1&state=resolved")
    before = [pages(client, query) for query in asked]
    for number in range(5):
        clock.forward(seconds=7)
        prometheus.raised(f"h{number}", severity_word="info")
        prometheus.ended(f"h{number}", severity_word="info")
    prometheus.dispatch()
    hidden = [one["id"] for one in client.bob.get("/api/alerts?limit=5").json()["items"]]
    assert not set(hidden) & set(over)
    made = client.bob.post("/api/incidents", json={"title": "X", "private": True}).json()
    given = client.bob.post(f"/api/incidents/{made['id']}/alerts", json={"alerts": hidden})
    assert given.status_code < 300, given.text
    assert [pages(client, query) for query in asked] == before
