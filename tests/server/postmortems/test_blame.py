"""The blame lint in the service: beside the text, in review, and in the way only where the team wants it."""

from __future__ import annotations

import pytest

from tests.server.cast import Cast
from tests.server.postmortems.browsing import EDIT, PAGE, begin
from tests.server.postmortems.desk import approved, moved, patched, shown

BLAMING = {
    "rootCause": "Human error.",
    "summary": "The team failed to see it. Of course it grew.",
}
REVIEW = "/postmortems/PM-1/review"


@pytest.fixture(autouse=True)
def begun(client: Cast) -> None:
    begin(client)


def rules(client: Cast, **more: object) -> None:
    answer = client.alice.put("/api/postmortem-rules/approvals", json={"version": 0, **more})
    assert answer.status_code == 200, answer.text


def test_findings_stand_beside_the_text_and_in_review_with_a_link_to_their_place(
    client: Cast,
) -> None:
    assert patched(client.bob, "PM-1", BLAMING).status_code == 200
    edit, review = (client.bob.get(path, headers=PAGE).text for path in (EDIT, REVIEW))
    for page in (edit, review):
        for rule in ("L1.human-error", "L2.omission", "L4.hindsight-word"):
            assert f">{rule}</span>" in page
        assert "The team failed to" in page
        assert 'title="Dekker' in page
    assert '<a href="#root_cause" data-finding>' in review
    assert 'id="root_cause"' in review


def test_what_the_writers_allow_with_a_reason_is_shown_no_longer(client: Cast) -> None:
    text = "The team failed to see it. <!-- kintsugi-allow L2: the customer's words -->"
    assert patched(client.bob, "PM-1", {"summary": text}).status_code == 200
    assert "L2.omission" not in client.bob.get(EDIT, headers=PAGE).text
    patched(client.bob, "PM-1", {"summary": text.replace(": the customer's words", "")})
    page = client.bob.get(EDIT, headers=PAGE).text
    assert "L2.omission" in page
    assert "L0.no-reason" in page


def test_words_of_blame_keep_nothing_back_unless_the_team_wants_it(client: Cast) -> None:
    patched(client.bob, "PM-1", BLAMING)
    moved(client.bob, "PM-1", "IN_REVIEW")
    approved(client.alice, "PM-1")
    rules(client, blocksBlame=True)
    refused = patched(client.bob, "PM-1", {"status": "PUBLISHED"})
    assert refused.status_code == 409
    assert "its words blame somebody: root cause" in refused.json()["detail"]
    assert "words blame somebody" in client.bob.get(REVIEW, headers=PAGE).text
    rules(client, version=1)
    assert patched(client.bob, "PM-1", {"status": "PUBLISHED"}).status_code == 200


def test_where_it_does_only_l1_keeps_back(client: Cast) -> None:
    rules(client, blocksBlame=True)
    patched(client.bob, "PM-1", {"summary": BLAMING["summary"]})
    moved(client.bob, "PM-1", "IN_REVIEW")
    approved(client.alice, "PM-1")
    moved(client.bob, "PM-1", "PUBLISHED")
    assert shown(client.bob)["status"] == "PUBLISHED"


def test_an_admin_settles_it_on_the_page(client: Cast) -> None:
    path = "/postmortems/settings/approvals"
    data = {"version": "0", "usual": "1", "required": ["summary"], "blocks_blame": "true"}
    assert client.alice.post(path, data=data, headers=PAGE).status_code == 303
    assert client.alice.get("/api/postmortem-rules").json()["approvals"]["blocksBlame"] is True
    page = client.bob.get("/postmortems/settings", headers=PAGE).text
    assert "Words that blame keep it back" in page
