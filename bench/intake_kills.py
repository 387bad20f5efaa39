"""Figure 4: how many acknowledged alerts are lost when the server is killed, over and over, while they pour in.

`python -m bench.intake_kills [KILLS]`. A kill is SIGKILL at a random moment. After the last the server is started once
more, and what was answered with 200 is held against what is in the database; `make soak` does the same through the
API, on PostgreSQL too.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from bench.intake_peers import Peer, alert, fsync_milliseconds, kintsugi, scratch
from kintsugi.app import open_works
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.server.alerts.tables import alerts, waiting_bodies

KILLS = 20
HANDS = 8
EACH = 16
LEAST = 10_000
PEERS = (("Keep", "73 of 100"), ("Alertmanager", "all: it keeps them in memory"))
"""What others lost, as measured on their own servers."""


class Pouring:
    """Hands that send new alerts to a server until it dies, and what it acknowledged."""

    def __init__(self, peer: Peer, first: int) -> None:
        self._peer = peer
        self._next = first
        self._lock = threading.Lock()
        self.acknowledged: set[str] = set()
        self._threads = [threading.Thread(target=self._pour) for _ in range(HANDS)]
        for thread in self._threads:
            thread.start()

    def _numbers(self) -> range:
        with self._lock:
            self._next += EACH
            return range(self._next - EACH, self._next)

    def _pour(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._peer.port, timeout=30)
        try:
            while True:
                numbers = self._numbers()
                body = json.dumps([alert(number) for number in numbers])
                connection.request("POST", self._peer.path, body)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    with self._lock:
                        self.acknowledged.update(f"{number:032x}" for number in numbers)
        except (OSError, http.client.HTTPException):
            return

    def end(self) -> int:
        """Wait until every hand has noticed; the next number."""
        for thread in self._threads:
            thread.join()
        return self._next


def kept(file: Path) -> Counter[str]:
    """How often each alert is in the database, once nothing waits to be recorded."""
    works = open_works(Settings(database_url=f"sqlite:///{file}"))
    try:
        waits = sa.select(sa.func.count()).select_from(waiting_bodies)
        while True:
            with works.reading(SYSTEM) as work:  # a transaction sees what there was when it began
                if not work.connection.scalar(waits):
                    labels = work.connection.scalars(sa.select(alerts.c.labels))
                    return Counter(str(json.loads(text)["uid"]) for text in labels)
            time.sleep(0.1)
    finally:
        works.database.close()


def figure_4(kills: int = KILLS) -> None:
    """Pour, kill, start again; at the end, count."""
    acknowledged: set[str] = set()
    done, following = 0, 0
    with scratch() as folder:
        disk = fsync_milliseconds(folder)
        while done < kills or len(acknowledged) < LEAST:
            with kintsugi(folder) as peer:
                pouring = Pouring(peer, following)
                time.sleep(random.uniform(0.2, 1.5))
                peer.process.kill()
                following = pouring.end()
            acknowledged |= pouring.acknowledged
            done += 1
        with kintsugi(folder):
            found = kept(folder / "bench.db")
    lost = len(acknowledged - found.keys())
    twice = sum(count > 1 for count in found.values())
    print(
        "\n4. Acknowledged alerts that are lost to kill -9 under load (pass: 0 of 10,000 in 20 kills)"
    )
    print(
        f"  {lost} of {len(acknowledged):,} in {done} kills; {twice} are there twice  Kintsugi, SQLite"
    )
    for peer_name, said in PEERS:
        print(f"  {said}  {peer_name}")
    print(f"  fsync of 4 kB here: median {disk[len(disk) // 2]:.2f} ms, p99 {disk[-2]:.2f} ms")


if __name__ == "__main__":
    figure_4(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS)
