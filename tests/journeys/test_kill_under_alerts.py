"""A server killed while alerts pour in loses none that it acknowledged, and makes no two of one that is sent again."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.journeys.peers import seen
from tests.journeys.server import Server, add_cast, running
from tests.journeys.test_kill_under_writes import is_whole
from tests.journeys.world import Program, program_of

ALICE = "alice@example.com"
HANDS = 16
BATCH = 8
BATCHES = 240 if os.environ.get("SOAK") else 120
KILLS = 20 if os.environ.get("SOAK") else 1
DATABASES = ["sqlite", "postgres"] if os.environ.get("SOAK") else ["sqlite"]
TRIES = 50
TAKEN_OVER = 300.0
"""On PostgreSQL others may be at work on a body: only after a while is it taken for one that was left behind."""


def message(kill: int, numbers: Sequence[int]) -> dict[str, Any]:
    """Alertmanager's webhook about these alerts of a round."""
    alerts = [
        {
            "status": "firing", "startsAt": "2026-03-01T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
            "labels": {"alertname": "Load", "severity": "warning", "kill": str(kill), "number": str(number)},
            "annotations": {"summary": f"{kill}-{number}"},
        }
        for number in numbers
    ]  # fmt: skip
    return {"version": "4", "status": "firing", "alerts": alerts}


def poured(path: str, port: int, kill: int, enough: threading.Event) -> set[str]:
    """Send a round with many hands; the titles of what was acknowledged. `enough` is set after a third of it."""
    acknowledged: set[str] = set()
    batches = [range(first * BATCH, (first + 1) * BATCH) for first in range(BATCHES)]

    def send(client: httpx2.Client, numbers: Sequence[int]) -> None:
        try:
            answer = client.post(path, json=message(kill, numbers), timeout=300)
            for _ in range(TRIES):
                if answer.status_code != 503:
                    break
                time.sleep(float(answer.headers["retry-after"]))  # as it is asked to
                answer = client.post(path, json=message(kill, numbers), timeout=300)
        except httpx2.TransportError:
            return
        assert answer.status_code == 200, answer.text
        acknowledged.update(f"{kill}-{number}" for number in numbers)
        if len(acknowledged) >= BATCHES * BATCH // 3:
            enough.set()

    with (
        httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client,
        ThreadPoolExecutor(HANDS) as hands,
    ):
        list(hands.map(lambda numbers: send(client, numbers), batches))
    enough.set()
    return acknowledged


def kept(program: Program, kill: int) -> Counter[str]:
    """How often each alert of a round is there, by its title."""
    return Counter(str(one["title"]) for one in _pages(program, f"kill:{kill}"))


def _pages(program: Program, label: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "100", "label": label} | ({"cursor": cursor} if cursor else {})
        page = program.http.get("/api/alerts", params=query).json()
        yield from page["items"]
        cursor = page["nextCursor"]


def killed_while_pouring(server: Server, path: str, kill: int) -> set[str]:
    """What was acknowledged until the server was killed."""
    enough, acknowledged = threading.Event(), set[str]()
    hands = threading.Thread(
        target=lambda: acknowledged.update(poured(path, server.port, kill, enough))
    )
    hands.start()
    assert enough.wait(600)
    server.kill()
    hands.join()
    return acknowledged


def assert_whole(server: Server, path: str, kill: int, acknowledged: set[str]) -> None:
    """Nothing acknowledged is lost; sent again, the whole round is there, each alert once."""
    with program_of(server, ALICE) as program:
        seen(lambda: acknowledged <= set(kept(program, kill)), "what was acknowledged", TAKEN_OVER)
        everything = poured(path, server.port, kill, threading.Event())
        assert len(everything) == BATCHES * BATCH
        seen(lambda: set(kept(program, kill)) == everything, "all of the round", TAKEN_OVER)
        assert kept(program, kill) == dict.fromkeys(everything, 1)


@pytest.mark.parametrize("database_url", DATABASES, indirect=True)
def test_no_alert_that_was_acknowledged_is_lost_and_none_is_there_twice(
    database_url: str, tmp_path: Path
) -> None:
    add_cast(database_url)
    path, count = "", 0
    for kill in range(KILLS):
        with running(database_url, tmp_path) as server:
            if not path:
                with program_of(server, ALICE) as program:
                    said = {"name": "Load", "format": "alertmanager"}
                    path = program.post("/api/alert-sources", said)["address"]
                    path = path[path.index("/ingest/") :]
            acknowledged = killed_while_pouring(server, path, kill)
        assert acknowledged
        count += len(acknowledged)
        with running(database_url, tmp_path) as server:
            assert_whole(server, path, kill, acknowledged)
    assert is_whole(database_url)
    print(f"{KILLS} kills, {count} alerts acknowledged before them, none lost")  # noqa: T201 - a figure of make soak
