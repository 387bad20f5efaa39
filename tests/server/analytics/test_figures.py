"""The figures of pages and API: the same numbers, each leading to its incidents, none moved by what is private."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.server.cast import Cast, MovableClock
from tests.server.postmortems.desk import begun, incident, published, settled

pytestmark = pytest.mark.both_databases
FORM = {"Sec-Fetch-Site": "same-origin"}
PAGES = ("overview", "services", "response", "learning")


def sheet(client: Cast, page: str, key: str, query: str = "") -> dict[str, object]:
    found = client.charlie.get(f"/api/analytics/{page}?{query}")
    assert found.status_code == 200, found.text
    made: dict[str, object] = next(one for one in found.json()["figures"] if one["key"] == key)
    return made


def rows(client: Cast, page: str, key: str, query: str = "") -> dict[str, list[object]]:
    listed = sheet(client, page, key, query)["rows"]
    assert isinstance(listed, list)
    return {str(row[0]): row[1:] for row in listed}


def over(client: Cast, clock: MovableClock, name: str, minutes: int, **more: object) -> None:
    """An incident that lasted so many minutes."""
    incident(client.bob, name, **more)
    clock.forward(minutes=minutes)
    path = f"/api/incidents/{name}"
    tag = {"If-Match": client.bob.get(path).headers["etag"]}
    assert client.bob.patch(path, json={"status": "resolved"}, headers=tag).status_code == 200


def address(name: str) -> str:
    return "/analytics" if name == "overview" else f"/analytics/{name}"


def test_an_empty_installation_has_pages_that_say_so(client: Cast) -> None:
    for name in PAGES:
        assert client.charlie.get(f"/api/analytics/{name}").status_code == 200
        assert "Nothing in this period." in client.charlie.get(address(name)).text
    assert client.charlie.get("/api/analytics/none").status_code == 404
    assert client.charlie.get("/analytics/none").status_code == 404
    assert client.charlie.get("/analytics/overview/none.csv").status_code == 404


def test_durations_are_listed_under_six_and_summed_up_above(
    client: Cast, clock: MovableClock
) -> None:
    for number in range(5):
        over(client, clock, f"i{number}", 10 * (number + 1))
    few = rows(client, "response", "duration")["SEV-3"]
    assert few[:3] == [5, "10 min, 20 min, 30 min, 40 min, 50 min", None]
    over(client, clock, "i5", 60)
    many = rows(client, "response", "duration")["SEV-3"]
    assert many[:4] == [6, 35.0, 10.0, 60.0]
    glance = rows(client, "overview", "glance")
    assert glance["Duration of impact, median"][:4] == [6, 35.0, 10.0, 60.0]
    assert glance["Incidents in 30 days"][0] == 6


def test_severities_are_never_pooled_silently(client: Cast, clock: MovableClock) -> None:
    over(client, clock, "a", 10, severity="SEV-1")
    over(client, clock, "b", 20)
    loud = sheet(client, "response", "duration")["loud"]
    assert loud == ["All together mixes SEV-1 (1), SEV-3 (1). Read the rows above it."]


@pytest.mark.long
def test_a_number_leads_to_as_many_incidents_as_it_says(client: Cast, clock: MovableClock) -> None:
    for number in range(7):
        over(
            client, clock, f"i{number}", 5, services=["shop"] if number % 2 else ["search", "shop"]
        )
    over(client, clock, "plain", 5, severity=None, detection="customer")
    over(client, clock, "bad", 500, severity="SEV-1", detection="monitoring")
    clock.forward(days=4)
    found: dict[str, int] = {}
    for name in PAGES:
        page = client.charlie.get(address(name)).text
        for href, said in re.findall(r'<a href="(/analytics/incidents\?[^"]*)">(\d+)</a>', page):
            found[href.replace("&amp;", "&")] = int(said)
    for href, many in found.items():
        listed = client.charlie.get(href).text
        assert len(re.findall(r'<th scope="row"><a href="/incidents/INC-', listed)) == many, href
    behind = " ".join(found)
    for words in (
        "service=shop",
        "unrated",
        "noticed%3Acustomer",
        "hour%3A",
        "day%3A",
        "took%3Aduration",
        "due",
    ):
        assert words in behind, words
    assert rows(client, "services", "services")["shop"][0] == 7
    assert sheet(client, "services", "services")["n"] == 9
    assert client.charlie.get("/analytics/incidents?behind=soon").status_code == 422


def test_the_csv_has_the_numbers_of_the_api(client: Cast, clock: MovableClock) -> None:
    over(client, clock, "a", 10, services=["=cmd()"])
    answer = client.charlie.get("/analytics/services/services.csv?days=30")
    found = list(csv.reader(io.StringIO(answer.text)))
    told = sheet(client, "services", "services", "days=30")
    assert found[0] == told["columns"]
    assert found[1][:2] == ["'=cmd()", "1"]


def test_what_is_learned_counts_required_postmortems_and_settled_actions(
    client: Cast, clock: MovableClock
) -> None:
    over(client, clock, "a", 90)
    over(client, clock, "b", 90)
    over(client, clock, "c", 1)
    clock.forward(days=4)
    found = sheet(client, "learning", "postmortems")
    assert found["rows"][0][:3] == ["Required postmortems published", 0, 2]  # type: ignore[index] # JSON
    assert found["loud"] == ["Not published: INC-1, INC-2."]
    begun(client.bob, incidentId="a")
    published(client.bob, client.alice, "PM-1")
    assert rows(client, "learning", "postmortems")["Required postmortems published"][:2] == [1, 2]
    settled(client.bob)
    assert rows(client, "learning", "actions")["Closed"][:2] == [2, 2]


def test_a_target_stands_beside_its_figure_and_editors_set_it(
    client: Cast, clock: MovableClock
) -> None:
    path = "/api/analytics/targets/duration"
    assert client.bob.put(path, json={"value": 100}).status_code == 403
    assert client.alice.put(path, json={"value": 100}).json() == {"targets": {"duration": 100.0}}
    assert client.alice.put("/api/analytics/targets/none", json={"value": 1}).status_code == 422
    assert client.alice.put(path, json={"value": -1}).status_code == 422
    for number in range(8):
        over(client, clock, f"i{number}", 10 + number)
    assert "at most 100 min: met" in client.charlie.get("/analytics").text
    typed = {"duration": "5", "late": "x"}
    refused = client.alice.post("/analytics/targets", data=typed, headers=FORM)
    assert refused.status_code == 422
    assert 'value="x"' in refused.text
    assert client.charlie.get("/api/analytics/targets").json() == {"targets": {"duration": 100.0}}
    client.alice.post("/analytics/targets", data={"duration": "5", "late": ""}, headers=FORM)
    assert "at most 5 min: missed" in client.charlie.get("/analytics").text


def test_the_guides_report_has_its_keys_and_says_what_is_more_than_chance(
    client: Cast, clock: MovableClock
) -> None:
    for number in range(6):
        over(client, clock, f"i{number}", 70, services=["shop"])
    found = client.charlie.get("/api/analytics/report").json()
    report = found["report"]
    assert report["summary"]["total_incidents"] == 6
    assert report["summary"]["mttr_minutes"] == 70
    assert report["patterns"]["by_service"]["top_5"] == {"shop": 6}
    assert report["recommendations"][0].startswith("MTTR is 70 minutes")
    assert (found["honest"]["n"], found["honest"]["medianMinutes"]) == (6, 70)
    assert len(found["honest"]["judgements"]) == len(report["recommendations"])
    assert client.charlie.get("/api/analytics/report?zone=Nowhere").status_code == 422
    assert (
        client.charlie.get("/api/analytics/report?periodDays=1&zone=Europe/Berlin").status_code
        == 200
    )


def test_no_figure_moves_by_what_is_private_practised_or_merged(
    client: Cast, clock: MovableClock
) -> None:
    over(client, clock, "a", 10, services=["shop"])
    addresses = [f"/api/analytics/{name}" for name in PAGES] + [
        "/api/analytics/report",
        "/api/patterns",
    ]

    def told() -> list[object]:
        return [client.charlie.get(one).json() for one in addresses]

    before = told()
    incident(
        client.bob,
        "p",
        private=True,
        services=["canary-word"],
        tags=["canary-word"],
        title="canary-word",
    )
    incident(client.bob, "d", drill=True, services=["shop"])
    incident(client.bob, "m", services=["shop"])
    tag = {"If-Match": client.bob.get("/api/incidents/m").headers["etag"]}
    client.bob.post("/api/incidents/m/merge", json={"into": "a", "reason": "same"}, headers=tag)
    assert told() == before
    for page in (*map(address, PAGES), "/analytics/incidents", "/patterns"):
        for browser in (client.charlie, client.bob):
            assert "canary-word" not in browser.get(page).text


def test_wrong_times_are_said_aloud(client: Cast, clock: MovableClock) -> None:
    over(client, clock, "a", 30)
    clock.forward(days=1)
    tag = {"If-Match": client.bob.get("/api/incidents/a").headers["etag"]}
    late = {"name": "mitigated", "at": "2026-03-02T10:00:00Z", "reason": "typed"}
    client.bob.post("/api/incidents/a/milestones", json=late, headers=tag)
    problems = rows(client, "overview", "problems")
    assert problems["INC-1"] == ["resolved is before mitigated"]


def test_the_report_is_taken_away_as_html_and_pdf_without_what_is_private(
    client: Cast, clock: MovableClock
) -> None:
    over(client, clock, "a", 70, services=["shop"])
    incident(client.bob, "p", private=True, title="canary-word", services=["canary-word"])
    page = client.bob.get("/analytics/report?days=30")
    assert "incidents.html" in page.headers["content-disposition"]
    assert "shop" in page.text
    assert "canary-word" not in page.text
    assert client.bob.get("/analytics/report?format=pdf&service=shop").content.startswith(b"%PDF")
    assert client.bob.get("/analytics/report?format=doc").status_code == 422
