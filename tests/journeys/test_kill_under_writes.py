"""A server that is killed under 200 writes loses nothing that it said was done, and repeats make no second."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from kintsugi.app import open_works
from kintsugi.kernel import audit
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from tests.journeys.server import Server, add_cast, running

WRITES = 200
KILLS = 20 if os.environ.get("SOAK") else 1


@dataclass
class Sent:
    """What was sent under a key, and what the server said to it; no answer when it was killed first."""

    key: str
    address: str
    body: dict[str, object]
    answer: dict[str, object] = field(default_factory=dict)


def wishes(incident: str, kill: int) -> list[Sent]:
    """Notes and declarations, each with a key of its own."""
    found = []
    for number in range(WRITES):
        key = f"kill-{kill}-{number}"
        if number % 2:
            found.append(Sent(key, f"/api/incidents/{incident}/timeline", {"text": key}))
        else:
            found.append(Sent(key, "/api/incidents", {"title": key, "externalId": key}))
    return found


def send(client: httpx2.Client, sent: Sent) -> bool:
    """Send it; whether the server answered. What it answers to a repeat is what it answered before."""
    try:
        answer = client.post(
            sent.address, json=sent.body, headers={"Idempotency-Key": sent.key}, timeout=300
        )
    except httpx2.TransportError:
        return False
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert not sent.answer or sent.answer["id"] == said["id"], "a repeat is answered as before"
    sent.answer = said
    return True


def sent_by_many(server: Server, token: str, wanted: list[Sent], enough: threading.Event) -> None:
    """Send them with many hands; `enough` is set once a third of them is answered."""
    limits = httpx2.Limits(max_connections=WRITES)
    headers = {"Authorization": f"Bearer {token}"}
    answered = Counter[bool]()
    with (
        httpx2.Client(base_url=server.address, headers=headers, limits=limits) as client,
        ThreadPoolExecutor(WRITES) as hands,
    ):
        for was_answered in hands.map(lambda one: send(client, one), wanted):
            answered[was_answered] += 1
            if answered[True] >= WRITES // 3:
                enough.set()
    enough.set()


def kept(server: Server, token: str, incident: str) -> Iterator[str]:
    """The text of every note and the title of every incident that is there."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=server.address, headers=headers, timeout=300) as client:
        for address, name in (
            (f"/api/incidents/{incident}/timeline", "text"),
            ("/api/incidents", "title"),
        ):
            cursor: str | None = ""
            while cursor is not None:
                query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
                page = client.get(address, params=query).json()
                yield from (str(one[name]) for one in page["items"])
                cursor = page["nextCursor"]


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_nothing_that_was_acknowledged_is_lost_and_no_repeat_makes_a_second(
    database_url: str, tmp_path: Path
) -> None:
    add_cast(database_url)
    token, incident, lost_answers = "", "", 0
    for kill in range(KILLS):
        with running(database_url, tmp_path) as server:
            if not token:
                token = server.token_of("bob@example.com")
                incident = declared(server, token)
            wanted, enough = wishes(incident, kill), threading.Event()
            hands = threading.Thread(target=sent_by_many, args=(server, token, wanted, enough))
            hands.start()
            assert enough.wait(600)
            server.kill()
            hands.join()
        acknowledged = [one for one in wanted if one.answer]
        assert acknowledged
        lost_answers += len(wanted) - len(acknowledged)
        with running(database_url, tmp_path) as server:
            there = Counter(kept(server, token, incident))
            assert {one.key: there[one.key] for one in acknowledged} == {
                one.key: 1 for one in acknowledged
            }
            sent_by_many(server, token, wanted, threading.Event())
            assert all(one.answer for one in wanted)
            there = Counter(kept(server, token, incident))
            assert {one.key: there[one.key] for one in wanted} == {one.key: 1 for one in wanted}
    assert is_whole(database_url)
    print(f"{KILLS} kills, {KILLS * WRITES} writes, {lost_answers} without an answer")  # noqa: T201 - a figure of make soak


def declared(server: Server, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx2.post(f"{server.address}/api/incidents", json={"title": "Kept"}, headers=headers)
    return str(answer.json()["id"])


def is_whole(database_url: str) -> bool:
    """Whether the chain of the audit log holds after all that."""
    works = open_works(Settings(database_url=database_url))
    with works.reading(SYSTEM) as work:
        broken = audit.first_broken(work.connection)
    works.database.close()
    return broken is None
