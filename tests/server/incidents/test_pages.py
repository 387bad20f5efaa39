"""The pages, as a browser without scripts uses them."""

import re

import pytest

from tests.server.cast import Cast

BROWSER = {"accept": "text/html"}


def declared(client: Cast, **said: str) -> str:
    answer = client.bob.post("/incidents/declare", data={"title": "Checkout fails", **said})
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    assert re.fullmatch(r"/incidents/INC-\d+", place)
    return str(place)


def test_declare_then_note_then_resolve(client: Cast) -> None:
    place = declared(client, user_impact="all_users", services="api, web", summary="**Cards** fail")
    page = client.bob.get(place, headers=BROWSER).text
    for told in (
        "Checkout fails",
        "SEV-1",
        "api and web",
        "<strong>Cards</strong>",
        "User impact: all users",
    ):
        assert told in page
    said = {
        "text": "Restarted",
        "happened": "-5m",
        "important": "on",
        "evidence": "https://example.com/log",
    }
    assert client.bob.post(f"{place}/notes", data=said).status_code == 303
    changed = client.bob.post(
        f"{place}/status", data={"status": "resolved", "version": "1", "reason": "rolled back"}
    )
    assert changed.status_code == 303
    worse = {"severity": "SEV-2", "version": "2", "reason": "fewer than thought"}
    assert client.bob.post(f"{place}/severity", data=worse).status_code == 303
    at = {"name": "detected", "at": "08:50", "reason": "first alert", "version": "3"}
    assert client.bob.post(f"{place}/milestones", data=at).status_code == 303
    page = client.charlie.get(place, headers=BROWSER).text
    for told in (
        "Investigating to resolved: rolled back",
        "SEV-1 to SEV-2",
        "https://example.com/log",
        "first alert",
    ):
        assert told in page
    assert '<form method="post" action="/incidents/INC' not in page


def test_the_five_criteria_stand_beside_the_form(client: Cast) -> None:
    page = client.bob.get("/incidents/declare", headers=BROWSER).text
    assert "Does somebody have to act now?" in page
    assert client.charlie.get("/incidents/declare").status_code == 403


def test_the_severity_is_worked_out_before_anything_is_declared(client: Cast) -> None:
    said = {"title": "Kept text", "security": "active_breach", "do": "calculate"}
    page = client.bob.post("/incidents/declare", data=said)
    assert page.status_code == 200
    assert "SEV-1" in page.text
    assert "15 min" in page.text
    assert "Kept text" in page.text
    assert client.bob.get("/api/incidents").json()["items"] == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"title": " ", "impact": "Kept text"}, "Title is missing"),
        ({"title": "Kept text", "severity": "SEV-9"}, "is not a severity"),
        ({"title": "Kept text", "user_impact": "none"}, "is not a level"),
        ({"title": "Kept text", "detection": "luck"}, "Detection: &#39;luck&#39; is not known"),
    ],
)
def test_a_refused_declaration_keeps_its_text(
    client: Cast, said: dict[str, str], told: str
) -> None:
    answer = client.bob.post("/incidents/declare", data=said)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Kept text" in answer.text


def test_the_loser_of_a_race_sees_theirs_and_yours(client: Cast) -> None:
    place = declared(client)
    edit = {
        "title": "Theirs stands",
        "summary": "",
        "impact": "",
        "services": "",
        "tags": "",
        "version": "1",
    }
    assert client.alice.post(f"{place}/edit", data=edit).status_code == 303
    lost = client.bob.post(
        f"{place}/edit", data={**edit, "title": "Yours is kept", "summary": "A long text"}
    )
    assert lost.status_code == 412
    for told in ("Theirs stands", "Yours is kept", "A long text", 'name="version" value="2"'):
        assert told in lost.text
    again = {**edit, "title": "Yours is kept", "version": "2"}
    assert client.bob.post(f"{place}/edit", data=again).status_code == 303


def test_a_refused_form_keeps_its_text_and_says_why(client: Cast) -> None:
    place = declared(client)
    refused = client.bob.post(
        f"{place}/status", data={"status": "closed", "version": "1", "reason": "Kept text"}
    )
    assert refused.status_code == 409
    assert "it can go to" in refused.text
    assert "Kept text" in refused.text
    wrong = client.bob.post(f"{place}/notes", data={"text": "Kept text", "happened": "soon"})
    assert wrong.status_code == 422
    assert "Kept text" in wrong.text
    for door, said in (
        ("severity", {"reason": "x"}), ("severity", {"severity": "SEV-1"}), ("status", {"status": "x"}),
        ("milestones", {"name": "detected", "at": "08:00"}), ("edit", {"title": ""}),
        ("notes", {"kind": "x", "text": "x"}),
    ):  # fmt: skip
        assert (
            client.bob.post(f"{place}/{door}", data={"version": "1", **said}).status_code == 422
        ), door
    assert client.bob.post(f"{place}/status", data={"status": "resolved"}).status_code == 422


def test_written_scripts_are_text(client: Cast) -> None:
    script = "<script>alert(1)</script>"
    place = declared(
        client, title=script, summary=script, services=script.replace("/", ""), tags="<b>x</b>"
    )
    client.bob.post(f"{place}/notes", data={"text": script, "evidence": "javascript:alert(1)"})
    for page in (client.bob.get(place).text, client.bob.get("/incidents").text):
        assert "<script>alert" not in page
        assert "<b>x" not in page
        assert 'href="javascript:' not in page


def test_filters_live_in_the_address(client: Cast) -> None:
    declared(client, title="Cards fail", severity="SEV-1", services="api")
    declared(client, title="Mail is late", severity="SEV-3")
    every = client.charlie.get("/incidents").text
    assert "Cards fail" in every
    assert "Mail is late" in every
    assert "/incidents?status=open" in every
    for asked in ("severity=SEV-1", "q=cards", "service=api"):
        page = client.charlie.get(f"/incidents?{asked}").text
        assert "Cards fail" in page
        assert "Mail is late" not in page
    assert "No incident fits" in client.charlie.get("/incidents?status=closed").text
    assert client.charlie.get("/incidents?status=odd").status_code == 422


@pytest.mark.long
def test_a_long_timeline_is_shown_in_pages(client: Cast) -> None:
    place = declared(client)
    for number in range(104):
        client.bob.post(f"/api{place}/timeline", json={"text": f"Note number {number}."})
    first = client.bob.get(place).text
    assert "Note number 103." in first
    assert "Note number 0." not in first
    older = re.search(r'href="(/incidents/INC-1\?cursor=[^"]+)"', first)
    assert older is not None
    assert "Note number 0." in client.bob.get(older[1]).text


def test_charlie_and_strangers_change_nothing(client: Cast) -> None:
    place = declared(client, private="on")
    shown = declared(client)
    assert client.alice.get(place, headers=BROWSER).status_code == 404
    assert client.alice.post(f"{place}/notes", data={"text": "x"}).status_code == 404
    assert place not in client.alice.get("/incidents").text.replace(shown, "")
    for door in ("notes", "status", "severity", "edit", "milestones"):
        data = {"text": "x", "version": "1"}
        assert client.charlie.post(f"{shown}/{door}", data=data).status_code == 403
        assert client.stranger.post(f"{shown}/{door}", data=data).status_code == 401


def test_a_long_silence_in_the_timeline_is_named_until_it_is_resolved(client: Cast) -> None:
    place = declared(client)
    for text, happened in (
        ("Disk is full", "-59m"),
        ("Logs deleted", "-40m"),
        ("It grows", "-38m"),
    ):
        said = {"text": text, "happened": happened}
        assert client.bob.post(f"{place}/notes", data=said).status_code == 303
    page = client.charlie.get(place, headers=BROWSER).text
    assert page.count("without an entry") == 2
    assert page.index("38 min without an entry") < page.index("19 min without an entry")


def test_the_form_for_the_status_offers_the_next_step(client: Cast) -> None:
    place = declared(client)
    assert '<option value="identified" selected>' in client.bob.get(place, headers=BROWSER).text


def test_enter_in_the_form_declares_and_works_nothing_out(client: Cast) -> None:
    page = client.bob.get("/incidents/declare", headers=BROWSER).text
    form = page[page.index('action="/incidents/declare"') :]
    # A browser presses the first button that sends the form.
    first = re.search(r'<button[^>]*type="submit"[^>]*>', form)
    assert first is not None
    assert 'value="declare"' in first[0]
