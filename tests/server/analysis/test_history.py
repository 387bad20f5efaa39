"""Fault trees held against the incident history, and what actions buy in them."""

from __future__ import annotations

import math
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from kintsugi.app import open_works
from kintsugi.kernel.config import Settings
from kintsugi.server.analysis import service as analysis
from tests.server.actions.begun import FIRST, SECOND, begun, published
from tests.server.cast import Cast, MovableClock

BROWSER = {"accept": "text/html"}
TREE = "down = or(db, and(a, b))\ndb = 0.001\na = 0.2\nb = 0.3\n"


def incident(client: Cast, **said: object) -> dict[str, Any]:
    body = {"title": "Pool exhausted", "severity": "SEV-3", "services": ["database"], **said}
    answer = client.bob.post("/api/incidents", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def added(browser: TestClient, text: str = TREE, **said: object) -> dict[str, Any]:
    answer = browser.post("/api/fault-trees", json={"title": "Shop down", "text": text, **said})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def patched(browser: TestClient, version: int, **said: object) -> httpx2.Response:
    answer: httpx2.Response = browser.patch(
        "/api/fault-trees/FT-1", json=said, headers={"If-Match": f'"{version}"'}
    )
    return answer


def linked(client: Cast) -> dict[str, Any]:
    """The rate of db, held against the service database."""
    tree = added(client.bob, links=[{"event": "db", "service": "database"}])
    rate: dict[str, Any] = tree["rates"][0]
    return rate


def actions_of(client: Cast, **said: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.charlie.get("/api/actions", params=said).json()["items"]
    return found


def test_a_rate_comes_from_the_history_of_a_service(client: Cast, clock: MovableClock) -> None:
    for _ in range(3):
        incident(client)
    incident(client, services=["web"])
    clock.forward(days=100)
    tree = added(client.bob, links=[{"event": "db", "service": "Database"}], exposureDays=91)
    rate = tree["rates"][0]
    assert (rate["count"], rate["whyNot"], rate["prior"]) == (3, "", {"shape": 0.5, "exposure": 0})
    assert rate["days"] == pytest.approx(100)
    assert rate["perDay"] == pytest.approx(3.5 / 100)
    assert rate["low"] < rate["perDay"] < rate["high"]
    chance = 1 - math.exp(-3.5 / 100 * 91)
    assert rate["probability"] == pytest.approx(chance)
    assert rate["probabilityLow"] < chance < rate["probabilityHigh"]
    assert tree["solution"]["probability"] == pytest.approx(1 - (1 - chance) * (1 - 0.06))


def test_a_rate_goes_with_the_exposure(client: Cast, clock: MovableClock) -> None:
    incident(client)
    clock.forward(days=100)
    added(client.bob, links=[{"event": "db", "service": "database"}], exposureDays=1)
    day = client.bob.get("/api/fault-trees/FT-1").json()
    year = patched(client.bob, 1, exposureDays=365).json()
    assert day["rates"][0]["perDay"] == year["rates"][0]["perDay"]
    assert day["solution"]["probability"] < year["solution"]["probability"]


def test_a_year_is_looked_back_at(client: Cast, clock: MovableClock) -> None:
    incident(client)
    clock.forward(days=400)
    incident(client)
    clock.forward(days=10)
    rate = linked(client)
    assert (rate["count"], rate["days"]) == (1, 365)


def test_drills_merged_and_private_incidents_are_not_counted(
    client: Cast, clock: MovableClock
) -> None:
    kept = incident(client)
    incident(client, drill=True)
    incident(client, private=True)
    twin = incident(client)
    body = {"into": kept["id"], "reason": "the same"}
    assert client.bob.post(f"/api/incidents/{twin['id']}/merge", json=body).status_code == 200
    clock.forward(days=50)
    assert linked(client)["count"] == 1


def test_without_a_record_the_trees_own_probability_stands(
    client: Cast, clock: MovableClock
) -> None:
    rate = linked(client)
    assert (rate["perDay"], rate["whyNot"]) == (None, "no incident is recorded")
    incident(client)
    clock.forward(days=7)
    tree = client.bob.get("/api/fault-trees/FT-1").json()
    assert tree["rates"][0]["whyNot"] == "the record is 7 days long, 30 are needed"
    assert tree["solution"]["probability"] == pytest.approx(1 - 0.999 * 0.94)


def test_a_rate_comes_from_the_factors_of_published_postmortems(
    client: Cast, clock: MovableClock
) -> None:
    factors = [{"text": "A release without a canary", "category": "recent_deployment"}]
    published(client, contributingFactors=factors)
    begun(client, contributingFactors=factors)
    clock.forward(days=60)
    links = [{"event": "db", "factor": "recent_deployment"}, {"event": "a", "factor": "other"}]
    rates = added(client.bob, links=links)["rates"]
    assert [(one["factor"], one["count"]) for one in rates] == [
        ("recent_deployment", 1),
        ("other", 0),
    ]


def test_a_link_that_cannot_be_used_says_why(client: Cast) -> None:
    text = "down = and(a, b)\na = 0.1\nb = 0.1\nboth = beta(0.1, a, b)"
    links = [{"event": "a", "service": "x"}, {"event": "gone", "service": "x"}]
    rates = added(client.bob, text, links=links)["rates"]
    assert rates[0]["whyNot"] == "shares one probability with others by a common cause"
    assert rates[1]["whyNot"] == "is not in the tree"


@pytest.mark.parametrize(
    "said",
    [
        {"links": [{"event": "db"}]},
        {"links": [{"event": "db", "service": "x", "factor": "other"}]},
        {"links": [{"event": "db", "factor": "gremlins"}]},
        {"links": [{"event": "db", "service": "x"}, {"event": "db", "service": "y"}]},
        {"links": [{"event": " ", "service": "x"}]},
        {"exposureDays": 0},
        {"exposureDays": 100_000},
        {"measures": [{"event": "db", "action": "ACT-99", "share": 0.5}]},
        {"measures": [{"event": "db", "action": "ACT-1"}]},
        {"measures": [{"event": "db", "action": "ACT-1", "share": 1.5}]},
        {"measures": [{"event": "db", "action": "ACT-1", "share": 0.5, "probability": 0.1}]},
    ],
)
def test_what_cannot_be_is_refused_with_its_place(client: Cast, said: dict[str, Any]) -> None:
    answer = client.bob.post("/api/fault-trees", json={"title": "X", "text": TREE, **said})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(next(iter(said)))


def test_an_action_says_what_it_buys_and_the_board_is_sorted_by_it(client: Cast) -> None:
    published(client, FIRST, SECOND)
    measures = [
        {"event": "a", "action": "ACT-1", "share": 0.5},
        {"event": "db", "action": "ACT-2", "probability": 0},
        {"event": "a", "action": "ACT-2", "probability": 0.02},
    ]
    tree = added(client.bob, measures=measures)
    before = 1 - 0.999 * 0.94
    bought = {one["action"]: one for one in tree["bought"]}
    assert bought["ACT-1"]["before"] == pytest.approx(before)
    assert bought["ACT-1"]["after"] == pytest.approx(1 - 0.999 * 0.97)
    assert bought["ACT-2"]["after"] == pytest.approx(0.006)
    assert bought["ACT-2"]["worth"] == pytest.approx(before - 0.006)
    by_worth = actions_of(client, sort="worth")
    assert [one["reference"] for one in by_worth] == ["ACT-2", "ACT-1"]
    assert by_worth[0]["worth"] == pytest.approx(before - 0.006)
    shown = client.charlie.get("/actions?sort=worth", headers=BROWSER).text
    assert shown.index("ACT-2") < shown.index("ACT-1")
    action = client.charlie.get("/actions/ACT-1", headers=BROWSER).text
    assert "0.06094 to 0.03097 in 91 days" in action


def test_the_board_goes_on_by_worth_in_pages(client: Cast) -> None:
    published(client, FIRST, SECOND, {**FIRST, "description": "Rehearse the failover"})
    added(client.bob, measures=[{"event": "a", "action": "ACT-3", "share": 0.5}])
    seen, cursor = [], None
    while True:
        asked: dict[str, str] = {"sort": "worth", "limit": "1"} | (
            {"cursor": cursor} if cursor else {}
        )
        page = client.charlie.get("/api/actions", params=asked).json()
        seen += [one["reference"] for one in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == ["ACT-3", "ACT-1", "ACT-2"]


def test_what_an_action_buys_goes_with_its_tree(client: Cast) -> None:
    published(client, FIRST)
    added(client.bob, measures=[{"event": "a", "action": "ACT-1", "share": 0.5}])
    first = actions_of(client)[0]["worth"]
    assert patched(client.bob, 1, text=TREE.replace("0.2", "0.4")).status_code == 200
    assert actions_of(client)[0]["worth"] == pytest.approx(2 * first)
    assert patched(client.bob, 2, measures=[]).status_code == 200
    assert actions_of(client)[0]["worth"] is None
    patched(client.bob, 3, measures=[{"event": "a", "action": "ACT-1", "share": 0}])
    client.bob.delete("/api/fault-trees/FT-1", headers={"If-Match": '"4"'})
    assert actions_of(client)[0]["worth"] is None


def test_what_actions_buy_is_counted_again_at_night(
    client: Cast, clock: MovableClock, database_url: str
) -> None:
    published(client, FIRST)
    incident(client)
    clock.forward(days=40)
    added(
        client.bob,
        links=[{"event": "db", "service": "database"}],
        measures=[{"event": "db", "action": "ACT-1", "share": 0}],
    )
    first = actions_of(client)[0]["worth"]
    clock.forward(days=60)
    works = open_works(Settings(database_url=database_url), clock)
    analysis.recount_all(works)
    works.database.close()
    assert 0 < actions_of(client)[0]["worth"] < first


def test_an_action_has_no_part_in_a_tree_about_another_incident(client: Cast) -> None:
    published(client, FIRST)
    about = incident(client, private=True)["id"]
    measures = [{"event": "a", "action": "ACT-1", "share": 0.5}]
    body = {"title": "X", "text": TREE, "incidentId": about, "measures": measures}
    answer = client.bob.post("/api/fault-trees", json=body)
    assert answer.status_code == 422
    assert "another incident" in answer.text
    assert actions_of(client)[0]["worth"] is None


def test_an_action_of_a_private_incident_is_in_no_tree_of_others(client: Cast) -> None:
    begun(client, FIRST, private=True)
    added(client.bob, measures=[{"event": "a", "action": "ACT-1", "share": 0.5}])
    for browser in (client.alice, client.charlie):
        tree = browser.get("/api/fault-trees/FT-1").json()
        assert (tree["measures"], tree["bought"]) == ([], [])
        assert "ACT-1" not in browser.get("/analysis/FT-1", headers=BROWSER).text
    # Who does not see it changes the tree without taking it out.
    assert patched(client.alice, 1, measures=[], title="Y").status_code == 200
    assert len(client.bob.get("/api/fault-trees/FT-1").json()["measures"]) == 1


def test_lines_on_the_page_say_the_same(client: Cast, clock: MovableClock) -> None:
    published(client, FIRST)
    incident(client)
    clock.forward(days=40)
    data = {
        "title": "Shop down", "text": TREE, "exposure": "91",
        "links": "db = service database\r\n\r\na = factor recent_deployment",
        "measures": "ACT-1: db 50%\r\nACT-1: b 0.1",
    }  # fmt: skip
    answer = client.bob.post("/analysis", data=data, headers=BROWSER)
    assert answer.status_code == 303, answer.text
    tree = client.bob.get("/api/fault-trees/FT-1").json()
    assert [one["event"] for one in tree["links"]] == ["db", "a"]
    assert [(one["event"], one["share"], one["probability"]) for one in tree["measures"]] == [
        ("db", 0.5, None), ("b", None, 0.1),
    ]  # fmt: skip
    shown = client.bob.get("/analysis/FT-1", headers=BROWSER).text
    assert "db = service database" in shown
    assert "ACT-1: db 50%" in shown
    assert "1 incident in 40 days" in shown
    assert "What actions buy" in shown
    for field, line in (("links", "db service database"), ("measures", "ACT-1 db")):
        wrong = client.bob.post("/analysis", data={**data, field: line}, headers=BROWSER)
        assert wrong.status_code == 422
        assert f'aria-describedby="f-{field}-hint f-{field}-error"' in wrong.text


def test_how_uncertain_the_answer_is_is_said_with_it(client: Cast, clock: MovableClock) -> None:
    incident(client)
    clock.forward(days=100)
    text = "down = or(db, a)\ndb = 0.001\na = 0.1 ~ uniform(0.05, 0.15)\n"
    tree = added(client.bob, text, links=[{"event": "db", "service": "database"}])
    rate = tree["rates"][0]
    for found, end in (("ratesLow", "probabilityLow"), ("ratesHigh", "probabilityHigh")):
        assert tree[found] == pytest.approx(1 - (1 - rate[end]) * 0.9)
    drawn = tree["solution"]["uncertainty"]
    assert (drawn["samples"], drawn["seed"], drawn["uncertainEvents"]) == (1000, 1, 1)
    assert drawn["p5"] < drawn["median"] < tree["solution"]["probability"] * 1.01 < drawn["p95"]
    shown = client.bob.get("/analysis/FT-1", headers=BROWSER).text
    assert "90% of 1,000 draws of 1 uncertain event" in shown
    assert "all at the ends of their intervals" in shown
    plain = added(client.bob, TREE)
    assert (plain["ratesLow"], plain["solution"]["uncertainty"]) == (None, None)
