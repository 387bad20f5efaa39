"""Whoever looks at an incident hears of every change: over a real server, on both databases."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
import pytest
import uvicorn

from kintsugi.app import build_app, open_works
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.kernel.auth import SYSTEM, Role, Scope, Viewer
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import events, reactions
from kintsugi.server.incidents import service as incidents

WAIT = 60.0
"""Seconds after which what is waited for does not come."""


@dataclass
class Event:
    name: str
    id: str
    data: dict[str, object]


@dataclass
class House:
    """A running server, and a second process's view of its database."""

    address: str
    works: Works
    other: Works
    server: uvicorn.Server
    thread: threading.Thread

    def person(self, name: str, role: Role = Role.RESPONDER) -> tuple[Viewer, dict[str, str]]:
        with self.works.writing(SYSTEM) as work:
            user = accounts.add_user(work, name.capitalize(), f"{name}@example.com", role)
            secret = accounts.create_token(work, user.id, "test", (Scope.ADMIN,)).secret
        viewer = Viewer(user.id, name.capitalize(), f"{name}@example.com", role)
        return viewer, {"Authorization": f"Bearer {secret}"}

    def declared(self, viewer: Viewer, **more: bool) -> str:
        with self.works.writing(viewer) as work:
            said = incidents.Declaration(title="Card payments fail", **more)  # type: ignore[arg-type]
            return incidents.declare(work, said).reference

    def noted(self, viewer: Viewer, reference: str, *, works: Works | None = None) -> None:
        with (works or self.works).writing(viewer) as work:
            incidents.add_note(work, incidents.get(work, reference), "Pool restarted")

    @contextmanager
    def following(
        self, path: str, headers: dict[str, str], last: str = ""
    ) -> Iterator[Iterator[Event]]:
        more = {"Last-Event-ID": last} if last else {}
        with (
            httpx2.Client(base_url=self.address, timeout=WAIT) as browser,
            browser.stream("GET", path, headers={**headers, **more}) as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            told = _events(answer.iter_lines())
            assert next(told).name == "ping"  # from here on nothing is missed
            yield told


def _events(lines: Iterator[str]) -> Iterator[Event]:
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            found[name] = value
        elif "event" in found:
            data = json.loads(found["data"]) if found.get("data", "").strip() else {}
            yield Event(found["event"], found.get("id", ""), data)
            found = {}


def news(told: Iterator[Event], amount: int = 1) -> list[Event]:
    found: list[Event] = []
    for event in told:
        if event.name != "ping":
            found.append(event)
        if len(found) == amount:
            return found
    return found


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    settings = Settings(database_url=database_url)
    works, other = open_works(settings), open_works(settings)
    config = uvicorn.Config(
        build_app(settings, works),
        port=0,
        log_level="warning",
        timeout_graceful_shutdown=5 * int(WAIT),
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield House(f"http://127.0.0.1:{port}", works, other, server, thread)
    works.live.close()
    server.should_exit = True
    thread.join(WAIT)
    for each in (works, other):
        each.database.close()


def test_a_note_is_told_as_the_part_that_changed_and_its_version(house: House) -> None:
    alice, _ = house.person("alice")
    _, bobs = house.person("bob")
    reference = house.declared(alice)
    with house.following(f"/incidents/{reference}/live", bobs) as told:
        house.noted(alice, reference)
        (event,) = news(told)
    assert event.name == "timeline"
    assert set(event.data) == {"topic", "version"}
    assert event.data["version"] == int(event.id.split("-")[1])


def test_a_change_of_status_is_told_for_the_head_and_the_list(house: House) -> None:
    alice, hers = house.person("alice")
    reference = house.declared(alice)
    with (
        house.following(f"/incidents/{reference}/live", hers) as told,
        house.following("/incidents/live", hers) as listed,
    ):
        with house.works.writing(alice) as work:
            incident = incidents.get(work, reference)
            incidents.change_status(work, incident, IncidentStatus.IDENTIFIED, None)
        assert {event.name for event in news(told, 2)} == {"head", "timeline"}
        assert [event.name for event in news(listed)] == ["incidents"]


@pytest.mark.long
@pytest.mark.both_databases
def test_what_another_process_writes_is_told_too(house: House) -> None:
    alice, hers = house.person("alice")
    reference = house.declared(alice)
    with house.following(f"/incidents/{reference}/live", hers) as told:
        house.noted(alice, reference, works=house.other)
        assert [event.name for event in news(told)] == ["timeline"]


def test_whoever_was_away_is_told_what_they_missed(house: House) -> None:
    alice, hers = house.person("alice")
    reference = house.declared(alice)
    path = f"/incidents/{reference}/live"
    with house.following(path, hers) as told:
        house.noted(alice, reference)
        (seen,) = news(told)
    house.noted(alice, reference)
    with house.following(path, hers, last=seen.id) as told:
        assert [event.name for event in news(told)] == ["timeline"]
    with house.following(f"{path}?since={seen.id}", hers) as told:
        assert [event.name for event in news(told)] == ["timeline"]


def test_a_page_follows_from_the_moment_it_was_made(house: House) -> None:
    alice, hers = house.person("alice")
    reference = house.declared(alice)
    html = httpx2.get(f"{house.address}/incidents/{reference}", headers=hers).text
    path = html.partition('hx-sse:connect="')[2].partition('"')[0]
    assert path.startswith(f"/incidents/{reference}/live?since=")
    house.noted(alice, reference)
    with house.following(path, hers) as told:
        assert [event.name for event in news(told)] == ["timeline"]


def broken_note(house: House, viewer: Viewer, reference: str) -> None:
    with house.works.writing(viewer) as work:
        incidents.add_note(work, incidents.get(work, reference), "Never said")
        raise RuntimeError


def test_what_is_taken_back_is_told_to_nobody(house: House) -> None:
    alice, hers = house.person("alice")
    reference = house.declared(alice)
    with house.following(f"/incidents/{reference}/live", hers) as told:
        with pytest.raises(RuntimeError):
            broken_note(house, alice, reference)
        with house.works.writing(alice) as work:
            incident = incidents.get(work, reference)
            incidents.change_status(work, incident, IncidentStatus.IDENTIFIED, None)
        versions = {event.name: event.data["version"] for event in news(told, 2)}
    assert versions["timeline"] == 2  # declared, then identified


def test_nobody_follows_a_private_incident_that_is_not_theirs(house: House) -> None:
    alice, _ = house.person("alice")
    _, bobs = house.person("bob", Role.ADMIN)
    reference = house.declared(alice, is_private=True)
    absent = httpx2.get(f"{house.address}/incidents/INC-999/live", headers=bobs)
    hidden = httpx2.get(f"{house.address}/incidents/{reference}/live", headers=bobs)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"]
    assert httpx2.get(f"{house.address}/incidents/{reference}/live").status_code == 401


def test_the_list_is_silent_about_a_private_incident_but_to_its_own_people(house: House) -> None:
    alice, hers = house.person("alice")
    _, bobs = house.person("bob", Role.ADMIN)
    with (
        house.following("/incidents/live", bobs) as told,
        house.following("/incidents/live", hers) as own,
    ):
        reference = house.declared(alice, is_private=True)
        house.noted(alice, reference)
        assert [event.name for event in news(own)] == ["mine"]
        house.declared(alice)
        (event,) = news(told)
    assert event.data == {"topic": "incidents", "version": 1}


def test_access_that_is_withdrawn_ends_the_stream_before_anything_is_told(house: House) -> None:
    alice, _ = house.person("alice")
    bob, bobs = house.person("bob")
    reference = house.declared(alice)
    with house.following(f"/incidents/{reference}/live", bobs) as told:
        with house.works.writing(SYSTEM) as work:
            accounts.change_user(work, bob.user_id, is_active=False)
        house.noted(alice, reference)
        assert news(told) == []


def test_streams_end_when_the_process_stops(house: House) -> None:
    alice, hers = house.person("alice")
    reference = house.declared(alice)
    with house.following(f"/incidents/{reference}/live", hers) as told:
        house.works.live.close()
        house.server.should_exit = True
        assert news(told) == []
        house.thread.join(WAIT)
        assert not house.thread.is_alive(), "it ends by itself, long before the server's own limit"


def test_a_reader_who_leaves_is_forgotten(house: House) -> None:
    alice, hers = house.person("alice")
    reference = house.declared(alice)
    with house.following(f"/incidents/{reference}/live", hers):
        assert house.works.live.readers == 1
    until = time.monotonic() + WAIT
    while house.works.live.readers and time.monotonic() < until:
        time.sleep(0.02)
    assert house.works.live.readers == 0


def test_every_event_of_an_incident_is_told() -> None:
    told = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and "incident_id" in getattr(kind, "__dataclass_fields__", {})
    }
    assert told <= set(reactions.HANDLERS)
