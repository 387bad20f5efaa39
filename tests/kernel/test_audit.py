"""The audit log through the application: what it shows, to whom, and in which form."""

from __future__ import annotations

import csv
import io
import json

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.unit_of_work import Works
from tests.server.cast import Cast, MovableClock

CANARY = "xanthic kestrel"


def changes(browser: TestClient, **asked: str | int) -> list[dict[str, object]]:
    """Every change that fits, page by page."""
    found: list[dict[str, object]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = browser.get("/api/audit", params={"limit": 7, "cursor": cursor, **asked}).json()
        found += page["items"]
        cursor = page["nextCursor"]
    return found


def write(works: Works, *targets: str) -> None:
    for target in targets:
        with works.writing(SYSTEM) as work:
            work.audit("test.write", target, note=f"about {target}")


@pytest.mark.both_databases
def test_changes_are_listed_newest_first_page_by_page(client: Cast, works: Works) -> None:
    write(works, *(f"t{number}" for number in range(10)))
    found = changes(client.alice, action="test")
    assert [one["target"] for one in found] == [f"t{number}" for number in range(9, -1, -1)]
    assert found[0]["actor"] == "Kintsugi"
    assert found[0]["detail"] == {"note": "about t9"}
    everything = changes(client.alice)
    assert len({one["id"] for one in everything}) == len(everything) > 10
    assert client.alice.get("/api/audit?cursor=x").status_code == 422


def test_a_filter_narrows_by_person_action_target_and_time(
    client: Cast, works: Works, clock: MovableClock
) -> None:
    clock.forward(days=1)
    made = client.bob.post("/api/incidents", json={"title": "Slow checkout"}).json()["id"]
    clock.forward(days=1)
    write(works, made)
    bobs = changes(client.alice, person="BOB@example.com")
    assert {one["actor"] for one in bobs} == {"Bob"}
    assert changes(client.alice, person="bo") == bobs
    assert changes(client.alice, person=str(bobs[0]["actorId"])) == bobs
    assert changes(client.alice, person="nobody at all") == []
    assert {one["actor"] for one in changes(client.alice, person="kintsugi")} == {"Kintsugi"}
    assert {one["target"] for one in changes(client.alice, target=made)} == {made}
    (declared,) = changes(client.alice, action="incident.declare")
    assert declared["detail"] == {"reference": "INC-1", "private": False}  # and no title
    assert changes(client.alice, action="incid") == []
    day = changes(client.alice, since="2026-03-03T00:00:00Z", until="2026-03-04T00:00:00Z")
    assert day == [one for one in changes(client.alice) if str(one["at"]).startswith("2026-03-03")]
    assert day
    assert client.alice.get("/api/audit?since=yesterday").status_code == 422


def test_the_page_keeps_its_filters_in_the_address(client: Cast, works: Works) -> None:
    write(works, *(f"t{number}" for number in range(30)))
    html = {"Accept": "text/html"}
    page = client.alice.get("/audit?action=test&since=2026-03-02&until=2026-03-02", headers=html)
    assert page.text.count("test.write</code>") == 25
    assert "action=test&amp;since=2026-03-02&amp;until=2026-03-02&amp;cursor=" in page.text
    assert "/audit/export?format=csv&amp;action=test&amp;since=2026-03-02" in page.text
    assert "Chain unbroken" in page.text
    assert "The whole log was checked" in client.alice.get("/audit?check=all", headers=html).text
    none = client.alice.get("/audit?until=2026-03-01", headers=html).text
    assert "No change fits these filters." in none
    wrong = client.alice.get("/audit?since=32.13.2026", headers=html)
    assert (
        wrong.status_code,
        "From is no day. Expected one such as 2026-11-21." in wrong.text,
    ) == (422, True)


@pytest.mark.both_databases
def test_a_private_incident_leaves_no_trace_for_an_admin_who_may_not_see_it(client: Cast) -> None:
    html = {"Accept": "text/html"}
    asked = ("/audit", "/audit/export?format=csv", "/audit/export?format=jsonl", "/api/audit")
    before = {path: client.alice.get(path, headers=html).text for path in asked}
    made = client.bob.post("/api/incidents", json={"title": CANARY, "private": True}).json()
    client.bob.post(f"/api/incidents/{made['id']}/timeline", json={"text": CANARY})
    assert {path: client.alice.get(path, headers=html).text for path in asked} == before
    assert changes(client.alice, target=made["id"]) == []
    alice = client.alice.get("/api/me").json()["id"]
    granted = client.bob.post(f"/api/incidents/{made['id']}/grants", json={"userId": alice})
    assert granted.status_code < 300
    assert {one["target"] for one in changes(client.alice, target=made["id"])} == {made["id"]}
    assert made["id"] in client.alice.get("/audit/export?format=csv").text


def test_the_log_is_exported_whole_in_both_forms(client: Cast, works: Works) -> None:
    write(works, *(f"t{number}" for number in range(600)))
    answer = client.alice.get("/audit/export?format=csv&action=test")
    assert answer.headers["content-type"].startswith("text/csv")
    assert (
        answer.headers["content-disposition"]
        == 'attachment; filename="kintsugi-audit-2026-03-02.csv"'
    )
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["target"] for row in rows] == [f"t{number}" for number in range(599, -1, -1)]
    lines = client.alice.get("/audit/export?format=jsonl&action=test").text.splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["target"] for one in told] == [row["target"] for row in rows]
    assert told[0]["detail"] == {"note": "about t599"}
    assert client.alice.get("/audit/export?format=xml").status_code == 422


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_is_a_formula(client: Cast, works: Works, start: str) -> None:
    write(works, f"{start}cmd|' /C calc'!A0")
    client.alice.patch(
        f"/api/users/{client.bob.get('/api/me').json()['id']}", json={"role": "editor"}
    )
    text = client.alice.get("/audit/export?format=csv").text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert f"'{start}cmd|' /C calc'!A0" in cells


@pytest.mark.both_databases
def test_a_broken_chain_is_shown(client: Cast, works: Works) -> None:
    write(works, "a", "b", "c")
    trigger = "audit_entries_no_update"
    if not works.database.is_sqlite:
        trigger = "audit_entries_append_only ON audit_entries"
    with works.writing(SYSTEM) as work:
        work.connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        work.connection.execute(
            sa.update(audit.entries).where(audit.entries.c.target == "b").values(target="z")
        )
    page = client.alice.get("/audit", headers={"Accept": "text/html"}).text
    assert "Chain broken" in page
    assert "Chain unbroken" not in page


@pytest.mark.both_databases
def test_a_tail_of_the_chain_is_held_against_what_is_before_it(works: Works) -> None:
    write(works, "a", "b", "c", "d")
    with works.reading(SYSTEM) as work:
        assert [audit.first_broken(work.connection, newest) for newest in (0, 1, 3, 4, 9)] == [
            None
        ] * 5


def test_people_stand_in_the_log_by_id(client: Cast, works: Works) -> None:
    client.bob.post("/api/incidents", json={"title": "Slow checkout"})
    with works.reading(SYSTEM) as work:
        entries = list(audit.in_order(work.connection))
    assert {entry.actor for entry in entries} == {"Kintsugi", ""}
    assert "example.com" not in str(entries)
