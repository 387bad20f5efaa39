"""The board and the page of an action: filters in the address, forms that come back as typed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from kintsugi.app import move_in
from kintsugi.kernel.unit_of_work import Works
from tests.server.actions.begun import FIRST, SECOND, THIRD, begun, moved, published
from tests.server.cast import Cast, MovableClock

PAGE = {"Accept": "text/html"}


@pytest.fixture
def three(client: Cast) -> dict[str, Any]:
    return published(client, FIRST, SECOND, THIRD)


def page(browser: TestClient, address: str, status: int = 200) -> str:
    answer = browser.get(address, headers=PAGE)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def sent(browser: TestClient, address: str, **form: str) -> httpx2.Response:
    answer: httpx2.Response = browser.post(address, data=form, headers=PAGE)
    return answer


def shown(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/actions/(ACT-\d+)">', text)


@pytest.mark.usefixtures("three")
def test_the_board_shows_what_is_open_and_what_is_late_in_words(
    client: Cast, clock: MovableClock
) -> None:
    clock.forward(days=7)
    board = page(client.charlie, "/actions")
    assert shown(board) == ["ACT-3", "ACT-1", "ACT-2"]
    assert "4 d late" in board
    assert "without stronger words" in board
    assert "Open 3" in board
    assert "Overdue 1" in board
    assert shown(page(client.charlie, "/actions?view=overdue")) == ["ACT-3"]
    assert shown(page(client.charlie, "/actions?whose=me")) == ["ACT-2"]
    assert shown(page(client.charlie, "/actions?priority=HIGH")) == ["ACT-1"]
    assert shown(page(client.charlie, "/actions?horizon=SHORT&view=all")) == ["ACT-1", "ACT-2"]
    none = page(client.charlie, "/actions?q=nothing+like+it&whose=team_x&view=nonsense")
    assert "No action fits these filters." in none


@pytest.mark.usefixtures("three")
def test_chips_keep_the_other_filters(client: Cast) -> None:
    board = page(client.bob, "/actions?whose=me&priority=HIGH")
    assert 'href="/actions?whose=me&amp;priority=HIGH&amp;view=overdue"' in board
    assert 'href="/actions?priority=HIGH"' in board


def test_the_board_has_pages(client: Cast) -> None:
    published(client, *({**FIRST, "description": f"Add alert {n}"} for n in range(30)))
    first = page(client.bob, "/actions")
    assert len(shown(first)) == 25
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert len(shown(page(client.bob, following[1].replace("&amp;", "&")))) == 5


@pytest.mark.usefixtures("three")
def test_an_action_is_moved_on_by_its_page(client: Cast) -> None:
    answer = sent(client.bob, "/actions/ACT-1/move", version="1", status="DONE")
    assert (answer.status_code, answer.headers["location"]) == (303, "/actions/ACT-1")
    refused = sent(client.bob, "/actions/ACT-1/move", version="2", status="VERIFIED", evidence=" ")
    assert refused.status_code == 422
    assert "Evidence is missing. Expected: what shows that it works" in refused.text
    assert '<option value="VERIFIED" selected>' in refused.text
    last = sent(
        client.bob,
        "/actions/ACT-1/move",
        version="2",
        status="VERIFIED",
        evidence="https://x.example/1",
    )
    assert last.status_code == 303
    text = page(client.bob, "/actions/ACT-1")
    assert '<a href="https://x.example/1" rel="noreferrer">' in text
    assert "Status: <del>" in text


@pytest.mark.usefixtures("three")
def test_giving_up_asks_why_and_who_agreed_and_keeps_what_was_typed(client: Cast) -> None:
    typed = {"version": "1", "status": "ACCEPTED_RISK", "reason": "It is <rare>"}
    refused = sent(client.bob, "/actions/ACT-2/move", **typed)
    assert refused.status_code == 422
    assert "It is &lt;rare&gt;" in refused.text
    assert "<details open>" in refused.text
    more = typed | {"approver": "alice@example.com", "expires": "soon"}
    assert "is no day" in sent(client.bob, "/actions/ACT-2/move", **more).text
    taken = sent(client.bob, "/actions/ACT-2/move", **more | {"expires": "2026-05-01"})
    assert taken.status_code == 303
    assert "Risk accepted until 1 May 2026" in page(client.bob, "/actions/ACT-2")


@pytest.mark.usefixtures("three")
def test_who_loses_a_race_sees_theirs_and_yours(client: Cast) -> None:
    assert moved(client.alice, "ACT-1", {"owner": "alice@example.com"}).status_code == 200
    form = {"owner": "charlie@example.com", "due": "2026-03-12", "ticket": "T-1", "evidence": ""}
    lost = sent(client.bob, "/actions/ACT-1/edit", version="1", **form)
    assert lost.status_code == 412
    assert '<td data-label="Theirs">alice@example.com</td>' in lost.text
    assert '<td data-label="Yours">charlie@example.com</td>' in lost.text
    assert 'value="T-1"' in lost.text
    assert 'name="version" value="2"' in lost.text
    assert sent(client.bob, "/actions/ACT-1/edit", version="2", **form).status_code == 303
    assert client.bob.get("/api/actions/ACT-1").json()["owner"] == "charlie@example.com"


@pytest.mark.usefixtures("three")
def test_a_due_day_that_nobody_typed_stays_what_follows_from_the_horizon(client: Cast) -> None:
    form = {"owner": "charlie@example.com", "due": "2026-04-01", "ticket": "T-2", "evidence": ""}
    assert sent(client.bob, "/actions/ACT-2/edit", version="1", **form).status_code == 303
    told = client.bob.get("/api/actions/ACT-2").json()
    assert (told["ticket"], told.get("due"), told["dueOn"]) == ("T-2", None, "2026-04-01")


@pytest.mark.usefixtures("three")
def test_an_owner_who_may_only_read_finds_the_moves_that_are_theirs(client: Cast) -> None:
    own = page(client.charlie, "/actions/ACT-2")
    assert re.findall(r'<option value="([A-Z_]+)"', own) == ["IN_PROGRESS", "DONE"]
    assert "Who agreed" not in own
    assert (
        sent(client.charlie, "/actions/ACT-2/move", version="1", status="DONE").status_code == 303
    )
    other = page(client.charlie, "/actions/ACT-1")
    assert "<select" not in other
    assert (
        sent(client.charlie, "/actions/ACT-1/move", version="1", status="DONE").status_code == 403
    )
    assert sent(client.charlie, "/actions/ACT-2/edit", version="2", owner="x").status_code == 403


def test_home_and_the_incident_show_what_is_to_be_done(client: Cast, clock: MovableClock) -> None:
    made = published(client, FIRST, SECOND)
    assert "Your actions that are due" not in page(client.bob, "/"), "it is due in ten days"
    clock.forward(days=11)
    home = page(client.bob, "/")
    assert "Your actions that are due" in home
    assert "1 d late" in home
    reference = client.bob.get(f"/api/incidents/{made['incidentId']}").json()["reference"]
    incident = page(client.charlie, f"/incidents/{reference}")
    assert '<a href="/actions/ACT-1">' in incident
    assert '<a href="/actions/ACT-2">' in incident


def test_what_is_not_there_is_not_there(client: Cast) -> None:
    page(client.bob, "/actions/ACT-9", 404)
    assert sent(client.bob, "/actions/ACT-9/move", version="1", status="DONE").status_code == 404


def test_an_owner_whom_no_letter_reaches_is_pointed_out(client: Cast, works: Works) -> None:
    begun(client, {**FIRST, "owner": "Carol"}, {**SECOND, "owner": "carol@example.com"})
    hint = "gets no letters: no e-mail address"
    assert hint not in page(client.bob, "/actions")  # nobody gets any: there is no mail server
    kernel = client.bob.app.state.kernel  # type: ignore[attr-defined] # the application
    mailing = replace(
        kernel.settings, smtp_url="smtp://localhost:25", mail_from="kintsugi@example.com"
    )
    move_in(client.bob.app, mailing, works)  # type: ignore[arg-type] # the application
    assert page(client.bob, "/actions").count(hint) == 1
    shown_page = page(client.bob, "/actions/ACT-1")
    assert hint in shown_page
    assert "none will be to Carol: letters go to an e-mail address" in shown_page
    assert hint not in page(client.bob, "/actions/ACT-2")
    moved(client.bob, "ACT-1", {"status": "DONE"})
    assert hint not in page(client.bob, "/actions/ACT-1")
