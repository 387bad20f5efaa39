"""The pages of why-trees, as a browser without scripts uses them, and the part that one with scripts fetches."""

from __future__ import annotations

import re

from tests.server.analysis.test_whys_api import NUMBERED, incident
from tests.server.cast import Cast

BROWSER = {"accept": "text/html"}
OUTLINE = """? Why was it down?
= The pool was empty
@ entry 1
# infrastructure
~ high
  ? Why did the on-call miss it?
  = Nothing limits retries
  !
"""


def page(client: Cast, place: str, who: str = "bob", status: int = 200) -> str:
    answer = getattr(client, who).get(place, headers=BROWSER)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def added(client: Cast, **said: str) -> str:
    """The address of a new tree's page."""
    data = {"problem": "Shop down", "incident": incident(client), "whys": OUTLINE, **said}
    answer = client.bob.post("/analysis/why-trees", data=data, headers=BROWSER)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_an_incident_begins_its_why_tree_and_shows_it(client: Cast) -> None:
    reference = incident(client)
    client.bob.patch(
        f"/api/incidents/{reference}", json={"status": "resolved"}, headers={"If-Match": '"1"'}
    )
    assert f"/analysis/why-trees/new?incident={reference}" in page(
        client, f"/incidents/{reference}"
    )
    form = page(client, f"/analysis/why-trees/new?incident={reference}")
    assert 'value="Pool exhausted"' in form
    data = {"problem": "Pool exhausted", "incident": reference, "whys": OUTLINE}
    answer = client.bob.post("/analysis/why-trees", data=data, headers=BROWSER)
    assert answer.headers["location"] == "/analysis/WT-1"
    assert "/analysis/WT-1" in page(client, f"/incidents/{reference}", who="charlie")
    assert "WT-1" in page(client, "/analysis/why-trees", who="charlie")


def test_a_tree_stands_beside_what_it_asks_for_and_its_drawing(client: Cast) -> None:
    place = added(client)
    shown = page(client, place)
    said = words(shown)
    assert "Try: What made it easy to miss?" in said
    assert "SEV-2 asks for 2 factors of 2 categories" in said
    assert "How would we halve the time to detect?" in said
    assert "<svg" in shown
    assert "/incidents/INC-1#e-1" in shown, "an entry of the timeline is a link to it"
    assert '<option value="entry 1">' in shown
    read = page(client, place, who="charlie")
    assert "Save why-tree" not in read
    assert "Nothing limits retries" in words(read)


def test_without_a_script_the_outline_is_changed_as_text(client: Cast) -> None:
    place = added(client)
    form = {"problem": "Shop is down", "whys": NUMBERED, "version": "1", "halve_detection": "Ring"}
    look = client.bob.post(place.replace("WT", "why-trees/WT"), data={**form, "do": "look"},
                           headers=BROWSER)  # fmt: skip
    assert look.status_code == 200
    assert "5 deep" in words(look.text)
    assert (
        client.bob.post("/analysis/why-trees/WT-1", data=form, headers=BROWSER).status_code == 303
    )
    tree = client.bob.get("/api/why-trees/WT-1").json()
    assert (tree["problem"], tree["depth"], tree["halveDetection"]) == ("Shop is down", 5, "Ring")


def test_a_refused_form_stands_as_it_was_typed(client: Cast) -> None:
    incident(client)
    data = {"problem": " ", "incident": "INC-1", "whys": "? Why?\n~ very"}
    shown = client.bob.post("/analysis/why-trees", data=data, headers=BROWSER)
    assert (shown.status_code, "~ very" in shown.text) == (422, True)
    assert "Expected low, medium, high" in words(shown.text)
    data = {"problem": "P", "incident": "INC-99", "whys": "? Why?"}
    shown = client.bob.post("/analysis/why-trees", data=data, headers=BROWSER)
    assert "There is no such incident that you can see" in words(shown.text)
    wrong = {"problem": "P", "incident": "INC-1", "whys": '{"whys": 1}'}
    assert client.bob.post("/analysis/why-trees", data=wrong, headers=BROWSER).status_code == 422


def test_who_comes_late_sees_what_stands_now_and_keeps_their_text(client: Cast) -> None:
    added(client)
    place = "/analysis/why-trees/WT-1"
    first = {"problem": "Theirs", "whys": "? Why?\n= Theirs", "version": "1"}
    assert client.alice.post(place, data=first, headers=BROWSER).status_code == 303
    late = client.bob.post(place, data={**first, "problem": "Mine"}, headers=BROWSER)
    assert late.status_code == 412
    assert "# Theirs" in late.text
    assert 'value="Mine"' in late.text
    assert 'name="version" value="2"' in late.text
    gone = client.bob.post(f"{place}/delete", data={"version": "1"}, headers=BROWSER)
    assert gone.status_code == 412
    gone = client.bob.post(f"{place}/delete", data={"version": "2"}, headers=BROWSER)
    assert (gone.status_code, gone.headers["location"]) == (303, "/analysis/why-trees")
    page(client, "/analysis/WT-1", status=404)


def test_what_is_typed_is_inert_and_the_part_beside_follows_it(client: Cast) -> None:
    evil = "<script>alert(1)</script>"
    data = {
        "problem": evil,
        "incident": "INC-9",
        "whys": f"? {evil}\n= {evil}\n@ javascript:alert(1)",
    }
    part = client.charlie.post("/analysis/why-trees/new/preview", data=data, headers=BROWSER)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "<script" not in part.text
    assert 'href="javascript' not in part.text
    place = added(client, problem=evil, whys=data["whys"])
    assert evil not in page(client, place)
