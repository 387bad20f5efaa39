"""Opening a postmortem of 2,000 events and 300 KB of text, in CPU milliseconds against a bare route."""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.incident_list import served
from kintsugi.app import open_works
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.kernel.auth import SYSTEM, Role, Scope, Viewer
from kintsugi.kernel.config import Settings
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

EVENTS, TEXT, ROUNDS, STARTS = 2_000, 300_000, 9, 3
PASS = 20.0
BARE = "/healthz"
PATHS = (
    ("its page", "/postmortems/PM-1"),
    ("the edit page", "/postmortems/PM-1/edit"),
    ("through the API", "/api/postmortems/PM-1"),
    ("as Markdown", "/api/postmortems/PM-1/export"),
)
PAGES = ("/postmortems/PM-1", "/postmortems/PM-1/edit")
NEW_RELEASE, NEW_PROCESS = "never set by this release", "the first in a new process"
SENTENCES = (
    "The pool of connections is smaller than the traffic of campaign {n}.",
    "Requests of region {n} wait {n} ms for a connection, because the pool is sized for a normal day.",
    "The **queue** of payments grows to {n} entries and is worked off in order.",
    "`max_connections` stands at {n}, and nobody had changed it since the service moved.",
    "We looked at the graphs of node {n} first, which turned out to be due to an old dashboard.",
    "The alert for latency has a threshold of {n} ms; it was set when traffic was half of what it is.",
    "Customers of shop {n} saw the page of errors and tried again, which added to the load.",
    "A retry without backoff caused {n} more calls a second to the BGP controller.",
    "The runbook names host {n}, which has another name now, and the search for it took time.",
    "After the restart of instance {n} the error rate fell below one percent.",
)
EVENTS_SAID = (
    "Region {n} answers slowly again",
    "Error rate of checkout at {n} per minute, paging the second line",
    "Restarted instance {n}; connections are taken up again",
    "Asked the network team whether link {n} is saturated",
    "Rolled back release {n} because the error rate kept rising",
)


def large() -> Postmortem:
    """A postmortem as long as any that people write, no two paragraphs or events of it alike."""
    chance = random.Random(7)
    began = datetime(2026, 3, 1, 9, tzinfo=UTC)
    events = tuple(
        TimelineEvent(
            began + timedelta(seconds=40 * number),
            chance.choice(EVENTS_SAID).format(n=number),
            actor=f"person{number % 12}@example.com",
            evidence=f"https://graphs.example/{number}" if number % 3 == 0 else "",
            important=number % 50 == 0,
        )
        for number in range(EVENTS)
    )
    paragraphs, length = [], 0
    while length < TEXT:
        said = " ".join(
            chance.choice(SENTENCES).format(n=chance.randrange(1, 9_000)) for _ in range(9)
        )
        paragraphs.append(said)
        length += len(said) + 2
    return Postmortem(
        "A long day", summary="Payments time out.", root_cause="\n\n".join(paragraphs),
        timeline=events,
    )  # fmt: skip


def fill(url: str) -> str:
    """A database with it in it, and a small one beside it; a token that writes."""
    works = open_works(Settings(database_url=url))
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Bob", "bob@example.com", Role.ADMIN)
        token = accounts.create_token(work, user.id, "bench", (Scope.WRITE,)).secret
    with works.writing(Viewer(user.id, "Bob", user.email, Role.ADMIN)) as work:
        incident = incidents.declare(work, incidents.Declaration("A long day"))
        small = Postmortem("A short day", summary="It was slow.", incident_id=incident.id)
        for document in (replace(large(), incident_id=incident.id), small):
            postmortems.create(work, document, ("summary", "root_cause", "timeline"))
    works.database.close()
    return token


@dataclass
class Browser:
    """One connection to a server, and what the server's process spends on each request."""

    pid: int
    port: int
    token: str

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def spent(self, path: str, times: int = 1) -> float:
        """CPU milliseconds a request."""
        before = cpu_seconds(self.pid)
        for _ in range(times):
            self._ask("GET", path)
        return (cpu_seconds(self.pid) - before) / times * 1000

    def change(self, said: dict[str, object]) -> float:
        """A change of sections, and what it costs."""
        _, version = self._ask("GET", "/api/postmortems/PM-1")
        before = cpu_seconds(self.pid)
        self._ask("PATCH", "/api/postmortems/PM-1", json.dumps(said), {"If-Match": version})
        return (cpu_seconds(self.pid) - before) * 1000

    def timeline(self) -> list[dict[str, object]]:
        """The events as they stand."""
        body, _ = self._ask("GET", "/api/postmortems/PM-1")
        found: list[dict[str, object]] = json.loads(body)["timeline"]
        return found

    def _ask(
        self, method: str, path: str, body: str = "", more: dict[str, str] | None = None
    ) -> tuple[bytes, str]:
        kind = {"Content-Type": "application/json"} if body else {}
        self.connection.request(method, path, body or None, self.headers | kind | (more or {}))
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {said[:300].decode()}")
        return said, answer.headers.get("ETag", "")


def cpu_seconds(pid: int) -> float:
    """What a process has used of the CPU, all its threads, to the nanosecond."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text("ascii").split()[0]) for task in tasks) / 1e9


def changes(browser: Browser) -> Iterator[tuple[str, Callable[[int], dict[str, object]]]]:
    """What is changed before an opening: a short section, a paragraph of the long one, an event."""
    paragraphs = large().root_cause.split("\n\n")

    def paragraph(number: int) -> dict[str, object]:
        changed = [*paragraphs]
        changed[200] += f" It was so for the {number}th time."
        return {"rootCause": "\n\n".join(changed)}

    def event(number: int) -> dict[str, object]:
        events = browser.timeline()
        events[777]["description"] = f"Restarted for the {number}th time"
        return {"timeline": events}

    yield "the summary was changed", lambda number: {"summary": f"Payments time out {number}."}
    yield "a paragraph was changed", paragraph
    yield "an event was changed", event


def warmed(pid: int, port: int, token: str) -> Browser:
    """A browser of a server that has shown the small postmortem in each way, and answered many health checks."""
    browser = Browser(pid, port, token)
    for _ in range(3):
        for _, path in PATHS:
            browser.spent(path.replace("PM-1", "PM-2"))
    browser.spent(BARE, 300)
    return browser


def long_postmortem() -> None:
    """Each way of opening it: first in a new process, first after a change, and later; against a health check."""
    print(f"\nOpening {EVENTS:,} events and {TEXT:,} characters, CPU ms (pass: {PASS:.0f} times)")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        token = fill(url)
        found: dict[str, dict[str, list[float]]] = {
            what: {} for what, _ in (*PATHS, ("saving it", ""))
        }
        bare: list[float] = []
        for told in (NEW_RELEASE, NEW_PROCESS):
            for what, path in PATHS:
                for _ in range(STARTS):
                    with served(url) as (pid, port):
                        browser = warmed(pid, port, token)
                        bare.append(browser.spent(BARE, 200))
                        keep(found, what, told, browser.spent(path))
                    if told == NEW_RELEASE:
                        forget(url)
            if told == NEW_RELEASE:
                set_behind(url, token)
        with served(url) as (pid, port):
            browser = warmed(pid, port, token)
            for number in range(ROUNDS):
                bare.append(browser.spent(BARE, 200))
                for told, said in changes(browser):
                    for what, path in PATHS:
                        browser.spent(path)
                        spent = browser.change(said(number * 10 + len(what)))
                        keep(found, "saving it", told, spent)
                        keep(found, what, told, browser.spent(path))
                for what, path in PATHS:
                    browser.spent(path)
                    keep(found, what, "nothing changed", browser.spent(path, 5))
    once = statistics.median(bare)
    print(f"  {once:>8.2f} CPU    1.0 times  {BARE}")
    for what, openings in found.items():
        for told, runs in openings.items():
            spent = statistics.median(runs)
            print(f"  {spent:>8.2f} CPU  {spent / once:>5.1f} times  {what}: {told}")


def set_behind(url: str, token: str) -> None:
    """Have a server set it and keep it, as it does behind whoever opens it first."""
    with served(url) as (pid, port):
        browser = warmed(pid, port, token)
        until = time.monotonic() + 120
        while rows(url) < len(PAGES):
            if time.monotonic() > until:
                raise RuntimeError("the server keeps no page")
            for path in PAGES:
                browser.spent(path)
            time.sleep(1)


def rows(url: str) -> int:
    """How much is kept of it."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        return int(database.execute("SELECT count(*) FROM postmortem_pages").fetchone()[0])


def forget(url: str) -> None:
    """As a new release finds it: what another one made is not found."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database, database:
        database.execute("DELETE FROM postmortem_pages")


def keep(found: dict[str, dict[str, list[float]]], what: str, told: str, spent: float) -> None:
    """Put a figure with its like."""
    found[what].setdefault(told, []).append(spent)


if __name__ == "__main__":
    long_postmortem()
