"""The pages of fault trees, as a browser without scripts uses them, and the part that one with scripts fetches."""

from __future__ import annotations

import re

import pytest

from kintsugi.app import open_works
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.server.analysis.service import holding, worth
from tests.server.actions.begun import FIRST, published
from tests.server.cast import Cast, MovableClock

BROWSER = {"accept": "text/html"}
TREE = (
    "down = and(left, right)\nleft = or(db, a)\nright = or(db, b)\ndb = 0.1\na = 0.05\nb = 0.05\n"
)


def page(client: Cast, place: str, who: str = "bob", status: int = 200) -> str:
    answer = getattr(client, who).get(place, headers=BROWSER)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def added(client: Cast, title: str = "Shop down", **said: str) -> str:
    """The address of a new tree's page."""
    answer = client.bob.post(
        "/analysis", data={"title": title, "text": TREE, **said}, headers=BROWSER
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def incident(client: Cast, **said: object) -> str:
    body = {"title": "Pool exhausted", "severity": "SEV-3", **said}
    return str(client.bob.post("/api/incidents", json=body).json()["reference"])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_empty_list_says_what_to_do_next_and_offers_examples(client: Cast) -> None:
    shown = page(client, "/analysis")
    assert "No fault tree is kept yet." in shown
    assert 'href="/analysis/new?example=web-service"' in shown
    assert "/analysis/new" not in page(client, "/analysis", who="charlie")


def test_an_example_is_a_form_with_its_answers_beside(client: Cast) -> None:
    for name in ("web-service", "database-with-replica", "third-party"):
        shown = page(client, f"/analysis/new?example={name}")
        assert "<svg" in shown
        assert "Minimal cut sets" in shown


def test_a_tree_is_added_read_and_changed_without_scripts(client: Cast) -> None:
    place = added(client)
    shown = page(client, place, who="charlie")
    said = words(shown)
    assert "Top event 0.1023 1 in 10, exact" in said
    assert "db alone causes down" in said
    assert "The top falls by 49%" in said
    assert (
        shown.index('id="singles"') < shown.index('id="cut-sets"') < shown.index('id="importance"')
    )
    assert "Save tree" not in shown
    data = {"title": "Shop is down", "text": "down = or(db)\ndb = 0.2", "version": "1"}
    assert client.bob.post(place, data=data, headers=BROWSER).status_code == 303
    assert "0.2 1 in 5, exact" in words(page(client, place))
    assert "Shop is down" in page(client, "/analysis", who="charlie")


def test_of_what_the_budget_does_not_reach_nothing_is_claimed(client: Cast) -> None:
    parts = ", ".join(f"e{one}" for one in range(2_000))
    events = "\n".join(f"e{one} = 0.01" for one in range(2_000))
    data = {"text": f"down = 1000 of ({parts})\n{events}\n"}
    said = words(client.bob.post("/analysis/new/preview", data=data, headers=BROWSER).text)
    assert "Single points of failure not known" in said
    assert "Not known: the cut sets were not worked out within the budget." in said
    assert "The probability is bounded, not exact" in said


def test_what_is_typed_is_solved_without_saving_it(client: Cast) -> None:
    place = added(client)
    data = {"title": "T", "text": "down = or(db)\ndb = 0.3", "version": "1", "do": "solve"}
    shown = client.bob.post(place, data=data, headers=BROWSER)
    assert shown.status_code == 200
    assert "0.3" in words(shown.text)
    assert "0.1023" in words(page(client, place))
    new = client.bob.post("/analysis", data={**data, "title": ""}, headers=BROWSER)
    assert new.status_code == 200
    assert "FT-2" not in page(client, "/analysis")


def test_the_answers_follow_what_is_typed(client: Cast) -> None:
    part = client.charlie.post("/analysis/new/preview", data={"text": TREE}, headers=BROWSER).text
    assert "<html" not in part
    assert "0.1023" in part
    wrong = client.charlie.post(
        "/analysis/new/preview", data={"text": "down = or(a)"}, headers=BROWSER
    )
    assert wrong.status_code == 200
    assert "line 1" in wrong.text


def test_a_refused_form_stands_as_it_was_typed(client: Cast) -> None:
    data = {"title": " ", "text": "down = or(a, b)\na = 7", "incident": "INC-99"}
    shown = client.bob.post("/analysis", data=data, headers=BROWSER)
    assert shown.status_code == 422
    assert "down = or(a, b)" in shown.text
    data = {"title": "T", "text": TREE, "incident": "INC-99"}
    shown = client.bob.post("/analysis", data=data, headers=BROWSER)
    assert shown.status_code == 422
    assert "There is no such incident that you can see" in shown.text


def test_who_comes_late_sees_what_stands_now_and_keeps_their_text(client: Cast) -> None:
    place = added(client)
    first = {"title": "Theirs", "text": "down = or(db)\ndb = 0.4", "version": "1"}
    client.alice.post(place, data=first, headers=BROWSER)
    mine = {"title": "Mine", "text": "down = or(db)\ndb = 0.5", "version": "1"}
    late = client.bob.post(place, data=mine, headers=BROWSER)
    assert late.status_code == 412
    assert "<details open><summary>What stands now</summary><pre>Theirs\n\ndown" in late.text
    assert "db = 0.4" in late.text
    assert "db = 0.5" in late.text
    assert 'name="version" value="2"' in late.text
    gone = client.bob.post(f"{place}/delete", data={"version": "1"}, headers=BROWSER)
    assert gone.status_code == 412
    assert "your change was not made" in gone.text
    assert f'<a href="{place}">Show the answers</a>' in gone.text
    gone = client.bob.post(f"{place}/delete", data={"version": "2"}, headers=BROWSER)
    assert (gone.status_code, gone.headers["location"]) == (303, "/analysis")
    page(client, place, status=404)


def test_a_tree_stands_on_the_page_of_its_incident(client: Cast) -> None:
    about = incident(client)
    assert "Fault trees" not in page(client, f"/incidents/{about}")
    place = added(client, incident=about)
    shown = page(client, f"/incidents/{about}", who="charlie")
    assert f'href="{place}"' in shown
    assert f'href="/incidents/{about}"' in page(client, place, who="charlie")
    assert f'href="/incidents/{about}"' in page(client, "/analysis", who="charlie")


def test_a_resolved_incident_offers_a_tree(client: Cast) -> None:
    about = incident(client)
    client.bob.patch(
        f"/api/incidents/{about}", json={"status": "resolved"}, headers={"If-Match": '"1"'}
    )
    assert f"/analysis/new?incident={about}" in page(client, f"/incidents/{about}")
    assert f'value="{about}"' in page(client, f"/analysis/new?incident={about}")


def test_a_tree_about_a_private_incident_is_on_no_page_of_others(client: Cast) -> None:
    place = added(client, "Secret tree", incident=incident(client, private=True))
    for who in ("alice", "charlie"):
        assert "Secret" not in page(client, "/analysis", who=who)
        page(client, place, who=who, status=404)
        page(client, f"{place}/export", who=who, status=404)


def test_no_page_holds_a_style_or_script_of_its_own(client: Cast) -> None:
    for place in ("/analysis", "/analysis/new", added(client)):
        shown = page(client, place)
        assert " style=" not in shown
        assert "<style" not in shown
        assert not re.search(r"<script(?![^>]* src=)", shown)


def test_names_cannot_break_out_of_the_drawing_or_the_tables(client: Cast) -> None:
    text = 'down = or("<b>x</b>", "</svg><script>alert(1)</script>")\n"<b>x</b>" = 0.1\n'
    text += '"</svg><script>alert(1)</script>" = 0.1'
    shown = client.bob.post("/analysis/new/preview", data={"text": text}, headers=BROWSER).text
    assert "<b>x" not in shown
    assert "<script>alert" not in shown


def test_a_tree_is_worked_out_before_anybody_waits_to_write(
    client: Cast, database_url: str, clock: MovableClock
) -> None:
    place = added(client)
    tree = "down = or(db)\ndb = 0.4\n"
    works = open_works(Settings(database_url=database_url), clock)
    with works.writing(SYSTEM):
        # Nothing here asks for the writer, which is taken: it would wait for seconds, and fail.
        wrong = client.bob.post("/api/fault-trees", json={"title": "T", "text": "down = or(a)"})
        assert wrong.status_code == 422
        late = client.bob.patch(
            f"/api/fault-trees/{place.rpartition('/')[2]}",
            json={"text": tree},
            headers={"If-Match": '"7"'},
        )
        assert late.status_code == 412
    works.database.close()
    data = {"title": "T", "text": tree, "version": "1"}
    assert client.bob.post(place, data=data, headers=BROWSER).status_code == 303


def test_what_is_not_worked_out_in_time_is_said_and_what_was_known_stays(
    client: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(client, FIRST)
    measures = [{"event": "db", "action": "ACT-1", "share": 0.5}]
    body = {"title": "T", "text": TREE, "measures": measures}
    first = client.bob.post("/api/fault-trees", json=body).json()["bought"][0]["worth"]
    monkeypatch.setattr(holding, "BUYING", -1.0)
    monkeypatch.setattr(worth, "SECONDS", -1.0)
    text = TREE.replace("0.1", "0.3")
    answer = client.bob.patch(
        "/api/fault-trees/FT-1", json={"text": text}, headers={"If-Match": '"1"'}
    )
    bought = answer.json()["bought"][0]
    assert (bought["worth"], bought["whyNot"]) == (
        None, "What it buys was not worked out in the time there is",
    )  # fmt: skip
    assert answer.json()["solution"]["notes"] == []
    shown = words(page(client, "/analysis/FT-1"))
    assert "What it buys was not worked out in the time there is." in shown
    assert "Changes nothing" not in shown
    assert client.bob.get("/api/actions").json()["items"][0]["worth"] == first


def test_a_text_that_is_too_long_comes_back_as_it_was_typed(client: Cast) -> None:
    data = {"title": "T", "text": "#" * 300_000}
    shown = client.bob.post("/analysis", data=data, headers=BROWSER)
    assert shown.status_code == 422
    assert "300,000 characters. Expected at most 200,000" in words(shown.text)
    assert data["text"] in shown.text
    huge = client.bob.post("/analysis", data={"text": "#" * 1_100_000}, headers=BROWSER)
    assert huge.status_code == 400
    assert "Field exceeded maximum size" in huge.text
    assert "nothing at this address" not in huge.text
