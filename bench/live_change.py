"""How long a change takes to reach a second browser: from the first one's click to the part on the other's page.

Somebody writes notes, one after another; others follow the incident as their browsers do: a stream that names what
changed, and a fetch of every part of the page that follows it, side by side. In turn with each change a bare route is
asked, which shows what any answer costs here.
"""

from __future__ import annotations

import http.client
import json
import queue
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.incident_list import served
from kintsugi.app import open_works
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.server.accounts import service as accounts

CHANGES = 200
MANY, CHANGES_OF_MANY = 10, 50
PAGES = {
    "the console": ("log", "state", "alerts"),
    "the incident's page": ("timeline", "glance", "alerts"),
}
"""The parts that a page fetches when the timeline changes; the first shows the change."""
PATIENCE = 30.0


@dataclass(slots=True)
class Follower:
    """A browser with the page open: it says when a change stood on it, and when all its parts had come."""

    port: int
    token: str
    address: str
    parts: Sequence[str]
    seen: queue.Queue[tuple[str, float, float]] = field(default_factory=queue.Queue)
    is_on: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> None:
        """Read the stream to its end."""
        stream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        stream.request("GET", f"{self.address}/live", headers=self._headers())
        answer = stream.getresponse()
        links = [http.client.HTTPConnection("127.0.0.1", self.port) for _ in self.parts]
        with ThreadPoolExecutor(len(links)) as pool:
            while line := answer.readline():
                if line.startswith(b"event: ping"):
                    self.is_on.set()
                if not line.startswith(b"event: timeline"):
                    continue
                fetches = [pool.submit(self._part, *one) for one in zip(links, self.parts, strict=True)]  # fmt: skip
                text, came = fetches[0].result()
                self.seen.put((text, came, max(fetch.result()[1] for fetch in fetches)))

    def _part(self, link: http.client.HTTPConnection, part: str) -> tuple[str, float]:
        link.request("GET", f"{self.address}/parts/{part}", headers=self._headers())
        text = link.getresponse().read().decode()
        return text, time.perf_counter()

    def _headers(self) -> dict[str, str]:
        bearer = f"Bearer {self.token}"
        return {"Authorization": bearer, "Accept": "text/html", "HX-Request": "true"}


def measured(
    port: int, token: str, parts: Sequence[str], browsers: int, changes: int
) -> dict[str, list[float]]:
    """Milliseconds of each change: until it was answered, until the other page had it, until all its parts had come."""
    writer = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    made = _asked(writer, token, "/api/incidents", {"title": "Card payments fail", "severity": 1})
    address = f"/incidents/{made['reference']}"
    others = [Follower(port, token, address, parts) for _ in range(browsers)]
    for one in others:
        threading.Thread(target=one.follow, daemon=True).start()
        one.is_on.wait(PATIENCE)
    found: dict[str, list[float]] = {"bare": [], "answered": [], "seen": [], "all": []}
    for _ in range(changes):
        began = time.perf_counter()
        _asked(writer, token, "/healthz")
        found["bare"].append((time.perf_counter() - began) * 1000)
        word, began = secrets.token_hex(8), time.perf_counter()
        _asked(writer, token, f"/api{address}/timeline", {"text": f"Restarted the pool {word}"})
        found["answered"].append((time.perf_counter() - began) * 1000)
        text, came, ended = "", 0.0, 0.0
        while word not in text:
            text, came, ended = others[0].seen.get(timeout=PATIENCE)
        found["seen"].append((came - began) * 1000)
        found["all"].append((ended - began) * 1000)
        time.sleep(0.02)
    return found


def _asked(
    link: http.client.HTTPConnection, token: str, path: str, body: object = None
) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    method, sent = ("POST", json.dumps(body)) if body else ("GET", None)
    link.request(method, path, sent, headers)
    answer = link.getresponse()
    said = answer.read()
    if answer.status >= 300:
        raise RuntimeError(said.decode())
    return dict(json.loads(said))


def _responder(url: str) -> str:
    works = open_works(Settings(database_url=url))
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Bob", f"{secrets.token_hex(4)}@example.com", Role.RESPONDER)
        token = accounts.create_token(work, user.id, "bench", (Scope.READ, Scope.WRITE)).secret
    works.database.close()
    return token


def _line(what: str, times: Sequence[float], bare: float) -> str:
    p99 = statistics.quantiles(times, n=100, method="inclusive")[98]
    middle = statistics.median(times)
    return f"  {middle:>8.1f} p50  {p99:>8.1f} p99  {middle / bare:>6.1f}x  {what}"


def live_change() -> None:
    """Each page in turn with one other browser, then the console with many."""
    now = datetime.now(UTC)
    print(
        f"\nA change reaching a second browser, ms, {now:%Y-%m-%d} (x: p50 against a bare route's)"
    )
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        token = _responder(url)
        with served(url) as (_, port):
            measured(port, token, PAGES["the console"], 1, 20)  # a warm-up
            runs = [(page, 1, CHANGES) for page in PAGES]
            runs.append(("the console", MANY, CHANGES_OF_MANY))
            for page, browsers, changes in runs:
                found = measured(port, token, PAGES[page], browsers, changes)
                bare = statistics.median(found["bare"])
                of = f"{page}, {browsers} following" if browsers > 1 else page
                print(_line(f"{of}: a bare route, /healthz", found["bare"], bare))
                print(_line(f"{of}: the note is answered", found["answered"], bare))
                print(_line(f"{of}: it stands on the other's page", found["seen"], bare))
                print(_line(f"{of}: all parts that follow have come", found["all"], bare))


if __name__ == "__main__":
    live_change()
