"""Writing a postmortem on its page: forms, lost races, rows, autosave, proposals, hostile text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.server.cast import Cast
from tests.server.postmortems.browsing import (
    EDIT,
    PAGE,
    SEED,
    Browser,
    Form,
    begin,
    forms_of,
    now,
    sent,
)


@pytest.fixture
def begun(client: Cast) -> dict[str, Any]:
    return begin(client)


def test_every_form_saved_as_it_is_shown_changes_nothing(
    client: Cast, begun: dict[str, Any]
) -> None:
    for name, form in forms_of(client.bob, EDIT).items():
        answer = sent(client.bob, form)
        assert answer.status_code == 303, (name, answer.text)
    after = now(client)
    assert after["version"] == begun["version"]


def test_a_form_changes_what_was_typed_and_nothing_else(
    client: Cast, begun: dict[str, Any]
) -> None:
    forms = forms_of(client.bob, EDIT)
    assert sent(client.bob, forms["summary"], summary="Said anew.").status_code == 303
    assert sent(client.bob, forms["people"], owner="alice@example.com").status_code == 303
    after = now(client)
    changed = {key for key in after if after[key] != begun.get(key)}
    assert changed <= {"summary", "owner", "version", "textVersion", "updatedAt"}
    assert (after["summary"], after["owner"]) == ("Said anew.", "alice@example.com")


def test_two_people_in_two_sections_both_get_in(client: Cast, begun: dict[str, Any]) -> None:
    assert begun
    mine, theirs = forms_of(client.bob, EDIT), forms_of(client.alice, EDIT)
    assert sent(client.alice, theirs["trigger"], trigger="A deploy.").status_code == 303
    assert sent(client.bob, mine["summary"], summary="Mine.").status_code == 303
    assert (now(client)["trigger"], now(client)["summary"]) == ("A deploy.", "Mine.")


def test_a_lost_race_shows_both_texts_and_loses_neither(
    client: Cast, begun: dict[str, Any]
) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["summary"]
    sent(client.alice, forms_of(client.alice, EDIT)["summary"], summary="Theirs <b>bold</b>")
    lost = sent(client.bob, form, summary="Yours")
    assert lost.status_code == 412
    assert "Theirs &lt;b&gt;bold&lt;/b&gt;" in lost.text
    assert "Put mine over theirs" in lost.text
    assert "Keep theirs" in lost.text
    shown = next(one for one in Browser(lost.text).forms if one.action.endswith("/summary"))
    assert shown.fields["summary"] == ["Yours"]
    assert now(client)["summary"] == "Theirs <b>bold</b>"
    assert sent(client.bob, shown).status_code == 303
    assert now(client)["summary"] == "Yours"


def test_an_untouched_form_after_somebody_elses_change_is_no_lost_race(
    client: Cast, begun: dict[str, Any]
) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["summary"]
    sent(client.alice, forms_of(client.alice, EDIT)["summary"], summary="Theirs")
    assert sent(client.bob, form).status_code == 303
    assert now(client)["summary"] == "Theirs"


def test_a_value_that_is_none_comes_back_as_typed_with_words(
    client: Cast, begun: dict[str, Any]
) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["impact"]
    answer = sent(client.bob, form, **{"impact.affected_percent": "250", "impact.text": "Kept"})
    assert answer.status_code == 422
    shown = next(one for one in Browser(answer.text).forms if one.action.endswith("/impact"))
    assert shown.fields["impact.affected_percent"] == ["250"]
    assert shown.fields["impact.text"] == ["Kept"]
    assert "a number from 0 to 100" in answer.text
    again = client.bob.get(f"{EDIT}/impact", follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, f"{EDIT}#impact")
    assert client.bob.get(f"{EDIT}/nothing").status_code == 404


def test_too_long_a_text_is_refused_with_words_and_stays_on_the_page(
    client: Cast, begun: dict[str, Any]
) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["summary"]
    answer = sent(client.bob, form, summary="x" * 600_000)
    assert answer.status_code == 422
    assert "too long" in answer.text


HOSTILE = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="alert(1)">'


def test_hostile_markdown_is_text_wherever_it_is_shown(client: Cast, begun: dict[str, Any]) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["root_cause"]
    assert sent(client.bob, form, root_cause=HOSTILE).status_code == 303
    preview = client.bob.post("/postmortems/PM-1/preview", data={"text": HOSTILE}, headers=PAGE)
    pages = [preview.text] + [
        client.bob.get(f"/postmortems/PM-1/{name}", headers=PAGE).text
        for name in ("edit", "review", "history")
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page


def test_rows_are_added_moved_marked_and_removed(client: Cast, begun: dict[str, Any]) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["timeline"]
    added = {"timeline.2.description": "It ends", "timeline.2.time": "14:50"}
    assert sent(client.bob, form, **added).status_code == 303
    for do in ("up:2", "key:1", "remove:0"):
        data = {"version": str(now(client)["version"]), "do": do}
        address = "/postmortems/PM-1/edit/timeline"
        assert client.bob.post(address, data=data, headers=PAGE).status_code == 303
    after = [(one["description"], one.get("important", False)) for one in now(client)["timeline"]]
    assert after == [("It ends", True), ("Connections run out", False)]


def test_a_row_is_edited_by_itself(client: Cast, begun: dict[str, Any]) -> None:
    assert begun
    form = forms_of(client.bob, f"{EDIT}?row=action_items.0")["action_items"]
    changed = {"action_items.0.owner": "bob@example.com", "action_items.0.due": "2026-03-16"}
    assert sent(client.bob, form, **changed).status_code == 303
    (item,) = now(client)["actionItems"]
    assert (item["owner"], item["dueDate"], item["priority"]) == (
        "bob@example.com",
        "2026-03-16",
        "HIGH",
    )


def autosaved(browser: TestClient, form: Form, **changed: str) -> dict[str, Any]:
    data = {**form.fields, **changed}
    answer = browser.post(f"{form.action}/autosave", data=data)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_autosave_keeps_what_is_typed_and_goes_on_from_there(
    client: Cast, begun: dict[str, Any]
) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["summary"]
    first = autosaved(client.bob, form, summary="Half a sen")
    assert first["version"] == now(client)["version"]
    assert {"savedAt", "completeness", "was", "at", "places"} <= first.keys()
    again = {f"at.{name}": str(version) for name, version in first["at"].items()}
    again |= {f"was.{name}": was for name, was in first["was"].items()}
    autosaved(client.bob, form, **again, summary="Half a sentence.")
    assert now(client)["summary"] == "Half a sentence."
    late = client.alice.post(f"{form.action}/autosave", data={**form.fields, "summary": "Late"})
    assert late.status_code == 412
    assert now(client)["summary"] == "Half a sentence."


def test_autosaved_rows_are_told_where_they_went(client: Cast, begun: dict[str, Any]) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["contributing_factors"]
    told = autosaved(client.bob, form, **{"contributing_factors.0.text": "Load"})
    assert told["places"] == {"0": 0}
    assert told["rows"] == 1


def test_the_draft_proposes_and_each_is_kept_or_left(client: Cast) -> None:
    incident = client.bob.post("/api/incidents", json={"title": "Down", "severity": "SEV-2"}).json()
    note = {"text": "Rolled back", "important": True}
    client.alice.post(f"/api/incidents/{incident['id']}/timeline", json=note)
    for told in (
        {"text": "Customers are told", "kind": "message"},
        {"text": "v42", "kind": "rollback"},
    ):
        client.bob.post(f"/api/incidents/{incident['id']}/timeline", json=told)
    client.bob.post("/api/postmortems/draft", json={"incidentId": incident["id"]})
    page = client.bob.get(EDIT, headers=PAGE).text
    record = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page[page.index('id="record"') :]))
    assert "Messages sent 1 entries of the kind message" in record
    assert "Rollback 1 entry of this kind" in record
    keep, *_ = re.findall(r'value="keep:(event:\d+)"', page)
    assert "Because:" in page
    decide = "/postmortems/PM-1/proposals"
    assert client.bob.post(decide, data={"do": f"keep:{keep}"}, headers=PAGE).status_code == 303
    assert len(now(client)["timeline"]) == 1
    assert client.bob.post(decide, data={"do": "leave:*"}, headers=PAGE).status_code == 303
    assert now(client)["proposals"] == 0
    entries = re.findall(r'name="entry" value="(\d+)"', client.bob.get(EDIT, headers=PAGE).text)
    assert (
        client.bob.post(
            "/postmortems/PM-1/promote", data={"entry": entries}, headers=PAGE
        ).status_code
        == 303
    )
    assert len(now(client)["timeline"]) == 1 + len(entries)


def test_who_may_not_write_does_not_get_in(client: Cast, begun: dict[str, Any]) -> None:
    assert begun
    form = forms_of(client.bob, EDIT)["summary"]
    for person, status in ((client.charlie, 403), (client.stranger, 303)):
        assert person.get(EDIT, headers=PAGE).status_code == status
    assert sent(client.charlie, form, summary="No").status_code == 403
    assert client.charlie.get("/postmortems/PM-1/review", headers=PAGE).status_code == 404
    assert client.charlie.get("/postmortems/PM-1/history", headers=PAGE).status_code == 404
    assert now(client)["summary"] == SEED["summary"]
