"""A why-tree of the incident becomes the postmortem's whys, and its answers factors and actions."""

from __future__ import annotations

from typing import Any

from tests.server.actions.begun import FIRST, begun, patched
from tests.server.analysis.test_whys_api import WHYS
from tests.server.cast import Cast

BROWSER = {"accept": "text/html"}
EMPTY, LIMIT, HAND = 0, 1, 2
"""The answers of the tree by their numbers."""


def asked(client: Cast, incident: str) -> dict[str, Any]:
    body = {"incidentId": incident, "problem": "Pool exhausted", "whys": WHYS,
            "halveDetection": "An alert at 80%"}  # fmt: skip
    answer = client.bob.post("/api/why-trees", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def take(client: Cast, who: str = "bob", **said: object) -> tuple[int, dict[str, Any]]:
    answer = getattr(client, who).post("/api/postmortems/PM-1/whys", json={"tree": "WT-1", **said})
    return answer.status_code, answer.json()


def test_the_tree_becomes_the_whys_and_answers_become_factors_and_actions_once(
    client: Cast,
) -> None:
    draft = begun(client, FIRST)
    asked(client, draft["incidentId"])
    status, taken = take(client, factors=[LIMIT, LIMIT], actions=[LIMIT])
    assert status == 200
    assert taken["whys"][0]["answer"] == "The pool was empty"
    assert taken["whys"][0]["evidence"].endswith("UTC: Declared as SEV-3")
    assert taken["response"]["halveDetection"] == "An alert at 80%"
    assert taken["contributingFactors"] == [
        {"text": "Nothing limits retries", "category": "missing_safety_mechanism"}
    ]
    made = taken["actionItems"][1]
    assert made["description"] == "Guard against this: Nothing limits retries"
    assert (made["because"], made["type"]) == ("Nothing limits retries", "PREVENT")
    assert taken["actionItems"][0]["description"] == FIRST["description"]
    again, same = take(client, factors=[LIMIT], actions=[LIMIT])
    assert (again, same["version"]) == (200, taken["version"])
    markdown = client.bob.get("/api/postmortems/PM-1/export", params={"template": "standard"}).text
    assert "Because: Nothing limits retries" in markdown
    page = client.bob.get("/postmortems/PM-1/review", headers=BROWSER).text
    assert "Answers: Why was it empty?" in page
    action = client.bob.get("/actions/ACT-2", headers=BROWSER).text
    assert "Nothing limits retries" in action


def test_what_is_not_there_or_not_ones_to_write_is_refused(client: Cast) -> None:
    draft = begun(client)
    asked(client, draft["incidentId"])
    assert take(client, factors=[9])[0] == 422
    assert take(client, who="charlie")[0] in (403, 404)
    other = client.bob.post("/api/incidents", json={"title": "Other", "severity": "SEV-4"}).json()
    body = {"incidentId": other["id"], "problem": "Other"}
    assert client.bob.post("/api/why-trees", json=body).json()["reference"] == "WT-2"
    answer = client.bob.post("/api/postmortems/PM-1/whys", json={"tree": "WT-2"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "tree")


def test_a_published_postmortem_keeps_what_it_took(client: Cast) -> None:
    draft = begun(client, FIRST)
    asked(client, draft["incidentId"])
    take(client, factors=[LIMIT])
    name = draft["reference"]
    assert patched(client.bob, name, {"status": "IN_REVIEW"}).status_code == 200
    version = client.alice.get(f"/api/postmortems/{name}").json()["textVersion"]
    review = {"decision": "approve", "textVersion": version}
    assert client.alice.post(f"/api/postmortems/{name}/reviews", json=review).status_code == 201
    assert patched(client.bob, name, {"status": "PUBLISHED"}).status_code == 200
    said = {"whys": [{"question": "Why?", "answer": "Something else"}]}
    headers = {"If-Match": '"1"'}
    assert client.bob.patch("/api/why-trees/WT-1", json=said, headers=headers).status_code == 200
    assert take(client)[0] == 409
    kept = client.charlie.get(f"/api/postmortems/{name}").json()
    assert kept["whys"][0]["answer"] == "The pool was empty"
    gone = client.bob.delete("/api/why-trees/WT-1", headers={"If-Match": '"2"'})
    assert gone.status_code == 200
    kept = client.charlie.get(f"/api/postmortems/{name}").json()
    assert kept["whys"][0]["answer"] == "The pool was empty"


def test_it_is_taken_by_buttons_on_the_pages(client: Cast) -> None:
    draft = begun(client)
    begin = client.bob.post("/postmortems/PM-1/whys/begin", headers=BROWSER)
    assert begin.headers["location"] == "/analysis/WT-1"
    said = {"whys": WHYS, "problem": draft["title"]}
    client.bob.patch("/api/why-trees/WT-1", json=said, headers={"If-Match": '"1"'})
    tree = client.bob.get("/analysis/WT-1", headers=BROWSER).text
    assert "Take the tree over" in tree
    assert f'value="action:{HAND}"' in tree
    form = {"tree": "WT-1", "version": "2", "do": "whys", "back": "edit"}
    assert "Take it over" in client.bob.get("/postmortems/PM-1/edit", headers=BROWSER).text
    taken = client.bob.post("/postmortems/PM-1/whys", data=form, headers=BROWSER)
    assert taken.headers["location"] == "/postmortems/PM-1/edit#whys"
    for do in (f"factor:{EMPTY}", f"action:{HAND}"):
        one = client.bob.post(
            "/postmortems/PM-1/whys",
            data={"tree": "WT-1", "version": "2", "do": do},
            headers=BROWSER,
        )
        assert one.headers["location"] == "/analysis/WT-1#take-PM-1"
    tree = client.bob.get("/analysis/WT-1", headers=BROWSER).text
    assert "Its whys are this tree." in tree
    assert f'value="action:{HAND}"' not in tree
    late = {**form, "version": "1"}
    assert client.bob.post("/postmortems/PM-1/whys", data=late, headers=BROWSER).status_code == 412
    wrong = {**form, "do": "factor:x"}
    assert client.bob.post("/postmortems/PM-1/whys", data=wrong, headers=BROWSER).status_code == 422
