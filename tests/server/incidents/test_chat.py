"""What was said in a chat: shown, chosen, in the timeline with its own times, and never twice."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest

from tests.server.cast import Cast, MovableClock

LOG = "08:41 Mina: pool is full\n08:43 Bob: restarting it\nsecond line\n08:50 Mina: errors fall\n"
EXPORT = json.dumps(
    [
        {
            "type": "message", "user": "U1", "ts": "1772440860.000100", "text": "pool is full",
            "user_profile": {"real_name": "Mina"},
        },
        {"subtype": "bot_message", "username": "PagerBot", "ts": "1772440861.0", "text": "Errors at 8%"},
        {"type": "message", "subtype": "channel_join", "user": "U1", "ts": "1772440800.0", "text": "joined"},
    ]
)  # fmt: skip
"""08:41 UTC on 2 March 2026."""


@pytest.fixture
def incident(client: Cast, clock: MovableClock) -> str:
    answer = client.bob.post("/api/incidents", json={"title": "Card payments fail", "severity": 2})
    clock.forward(minutes=30)
    return str(answer.json()["reference"])


def take(client: Cast, incident: str, **body: object) -> Any:  # noqa: ANN401
    return client.bob.post(f"/api/incidents/{incident}/chat", json=body)


def entries(client: Cast, incident: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.bob.get(f"/api/incidents/{incident}/timeline").json()[
        "items"
    ]
    return [one for one in found if one["evidence"] == "chat"]


def test_chosen_messages_enter_with_their_own_times_and_who_said_them(
    client: Cast, incident: str
) -> None:
    shown = client.bob.post(f"/api/incidents/{incident}/chat/preview", json={"text": LOG}).json()
    assert [(one["at"], one["author"], one["proposed"]) for one in shown["items"]] == [
        ("2026-03-02T08:41:00Z", "Mina", True),
        ("2026-03-02T08:43:00Z", "Bob", True),
        ("2026-03-02T08:50:00Z", "Mina", True),
    ]
    assert entries(client, incident) == []
    chosen = [{"number": 2, "kind": "action", "important": True}, {"number": 3}]
    assert take(client, incident, text=LOG, messages=chosen).status_code == 201
    found = entries(client, incident)
    assert [(one["happenedAt"], one["actor"], one["kind"], one["important"], one["text"]) for one in found] == [
        ("2026-03-02T08:43:00Z", "Bob", "action", True, "restarting it\nsecond line"),
        ("2026-03-02T08:50:00Z", "Mina", "note", False, "errors fall"),
    ]  # fmt: skip
    bob = client.bob.get("/api/me").json()["id"]
    assert {one["actorId"] for one in found} == {bob}


def test_the_same_again_is_found_and_never_doubled(client: Cast, incident: str) -> None:
    first = take(client, incident, text=EXPORT).json()["items"]
    assert [one["text"] for one in first] == ["pool is full"]  # nobody wrote what the bot said
    again = client.bob.post(f"/api/incidents/{incident}/chat/preview", json={"text": EXPORT}).json()
    assert [(one["inTimeline"], one["automatic"]) for one in again["items"]] == [
        (True, False),
        (False, True),
    ]
    assert again["leftOut"] == 1
    assert take(client, incident, text=EXPORT, messages=[{"number": 1}]).json()["items"] == []
    copied = take(client, incident, text="08:41 Mina: pool  is full\n08:41 Mina: pool is full\n")
    assert len(copied.json()["items"]) == 1  # said twice in that minute, and once before
    assert len(entries(client, incident)) == 2


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"text": "08:41 a: b\n25:00 c: d"}, "2"),
        ({"text": "08:41 a: b", "zone": "Mars/Olympus"}, "zone"),
        ({"text": "08:41 a: b", "date": "yesterday"}, "date"),
        ({"text": "08:41 a: b", "date": "2026-03-03"}, "future"),
        ({"text": "08:41 a: b", "messages": [{"number": 2}]}, "no message 2"),
        ({"text": "08:41 a: b", "messages": [{"number": 1, "kind": "status"}]}, "by the change"),
        ({"text": "08:41 a: " + "b" * 20_001, "messages": [{"number": 1}]}, "20,000"),
        ({"text": "08:41 a: b\n" * 501}, "500"),
    ],
)
def test_what_cannot_enter_is_refused_and_nothing_enters(
    client: Cast, incident: str, body: dict[str, Any], told: str
) -> None:
    body = {"messages": [{"number": 1}], **body} if "500" not in told else body
    answer = take(client, incident, **body)
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True), answer.text
    assert entries(client, incident) == []


def test_the_page_shows_what_was_uploaded_and_takes_what_is_ticked(
    client: Cast, incident: str
) -> None:
    assert client.charlie.get(f"/incidents/{incident}/chat").status_code == 403
    page = client.bob.get(f"/incidents/{incident}/chat", headers={"Accept": "text/html"})
    assert "What was said" in page.text
    shown = client.bob.post(
        f"/incidents/{incident}/chat/read", data={"zone": "UTC"},
        files={"file": ("day.json", EXPORT.encode(), "application/json")}, headers={"Accept": "text/html"},
    )  # fmt: skip
    assert shown.status_code == 200
    boxes = re.findall(r'name="take" value="(\d)"( checked)?', shown.text)
    assert boxes == [("1", " checked"), ("2", "")]
    carried = re.search(r'<textarea name="text" hidden>\n(.*?)</textarea>', shown.text, re.DOTALL)
    assert carried
    text = carried[1].replace("&#34;", '"')
    form = {
        "text": text,
        "zone": "UTC",
        "take": ["2"],
        "important": ["2"],
        "kind": ["1:note", "2:detection"],
    }
    taken = client.bob.post(f"/incidents/{incident}/chat", data=form, headers={"Accept": "text/html"})  # fmt: skip
    assert (taken.status_code, taken.headers["location"]) == (
        303,
        f"/incidents/{incident}#timeline",
    )
    (entry,) = entries(client, incident)
    assert (entry["actor"], entry["kind"], entry["important"]) == ("PagerBot", "detection", True)
    none = client.bob.post(
        f"/incidents/{incident}/chat/read", data={"text": text, "do": "all"}, headers={"Accept": "text/html"}
    )  # fmt: skip
    assert "In the timeline" in none.text
    assert re.findall(r'name="take" value="(\d)"( checked)?', none.text) == [("1", " checked")]


def test_the_page_says_which_line_it_cannot_read_and_keeps_the_text(
    client: Cast, incident: str
) -> None:
    for data in ({"text": "08:41 a: b\n25:00 c"}, {"text": "hello"}, {}, {"text": LOG, "zone": "X/Y"}):  # fmt: skip
        address = f"/incidents/{incident}/chat/read"
        answer = client.bob.post(address, data=data, headers={"Accept": "text/html"})
        assert answer.status_code == 422, data
        assert data.get("text", "") in answer.text
        assert 'class="wrong"' in answer.text


def test_many_messages_come_page_by_page(client: Cast, incident: str) -> None:
    text = "\n".join(f"08:{number // 10:02d}:{number % 10:02d} a: {number}" for number in range(310))  # fmt: skip
    form = {"text": text, "take": ["1"], "kind": [f"{number}:note" for number in range(1, 301)]}
    answer = client.bob.post(f"/incidents/{incident}/chat", data=form, headers={"Accept": "text/html"})  # fmt: skip
    assert answer.status_code == 200
    assert "1 message entered the timeline" in answer.text
    assert "Messages 301 to 310 of 310" in answer.text


PAGE = {"Accept": "text/html"}


def test_text_without_a_date_begins_on_the_incidents_day_and_on_another_that_is_said(
    client: Cast, incident: str, clock: MovableClock
) -> None:
    clock.forward(days=3)
    form = client.bob.get(f"/incidents/{incident}/chat", headers=PAGE).text
    assert 'value="2026-03-02"' in form
    assert "from 2026-03-02 to 2026-03-05" in form
    here, data = f"/incidents/{incident}/chat/read", {"text": LOG, "zone": "UTC"}
    usual = {"date": "2026-03-02", "usual": "2026-03-02"}
    shown = client.bob.post(here, data=data | usual, headers=PAGE).text
    assert "It is taken to begin on" not in shown
    assert "No date stands in the text: it is taken to begin on 2026-03-02." in shown
    assert shown.count('name="date"') == 3, "to take, to read again, to paste another"
    later = client.bob.post(here, data=data | {"date": "2026-03-05"}, headers=PAGE).text
    assert "No date stands" not in later
    assert "2026-03-05T08:41:00" in later
    early = client.bob.post(here, data=data | {"date": "2026-02-27"}, headers=PAGE).text
    assert (
        "3 messages of 3 are from before the incident, the first 3 days before it began." in early
    )
    past_midnight = "23:58 Mina: paged\n00:03 Bob: looking\n"
    told = client.bob.post(f"/api/incidents/{incident}/chat/preview", json={"text": past_midnight})
    assert told.json()["begins"] == "2026-03-02"
    assert [one["at"] for one in told.json()["items"]] == [
        "2026-03-02T23:58:00Z", "2026-03-03T00:03:00Z",
    ]  # fmt: skip


def test_a_whole_export_is_uploaded_and_a_channel_chosen(client: Cast, incident: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("incidents/2026-03-02.json", EXPORT)
        archive.writestr("random/2026-03-02.json", EXPORT.replace("pool is full", "lunch"))
        archive.writestr("incidents/2026-02-02.json", EXPORT.replace("pool is full", "february"))
    here = f"/incidents/{incident}/chat/read"

    def sent(channels: str, content: bytes) -> str:
        file = {"file": ("export.zip", content, "application/zip")}
        return client.bob.post(here, data={"channels": channels}, files=file, headers=PAGE).text

    shown = sent("#incidents", made.getvalue())
    assert "pool is full" in shown
    assert "lunch" not in shown
    assert "february" not in shown, "of the incident's days"
    assert "#incidents" in shown
    assert "there is no channel &#39;ops&#39;" in sent("ops", made.getvalue())
    assert "cannot be read" in sent("", made.getvalue()[:-30])
