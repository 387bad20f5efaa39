"""Opening a postmortem of 2,000 events and 300 KB of text, in CPU milliseconds against a bare route."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import replace
from datetime import time

from bench.incident_list import cost, served
from kintsugi.app import open_works
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.times import ClockTime
from kintsugi.kernel.auth import SYSTEM, Role, Scope, Viewer
from kintsugi.kernel.config import Settings
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems

EVENTS, TEXT, ROUNDS, REQUESTS = 2_000, 300_000, 7, 20
PASS = 20.0
PATHS = (
    ("a health check", "/healthz"),
    ("through the API", "/api/postmortems/PM-1"),
    ("as Markdown", "/api/postmortems/PM-1/export"),
    ("its page", "/postmortems/PM-1"),
    ("the list", "/api/postmortems"),
)


def large() -> Postmortem:
    """A postmortem as long as any that people write."""
    events = tuple(
        TimelineEvent(
            ClockTime(time(number // 100 % 24, number % 60)),
            f"Region {number} answers slowly again",
        )
        for number in range(EVENTS)
    )
    paragraph = "The pool of connections is smaller than the traffic of a campaign. " * 15 + "\n\n"
    return Postmortem(
        "A long day", summary="Payments time out.", root_cause=paragraph * (TEXT // len(paragraph)),
        timeline=events,
    )  # fmt: skip


def fill(url: str) -> str:
    """A database with it in it, and a token that reads."""
    works = open_works(Settings(database_url=url))
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Bob", "bob@example.com", Role.ADMIN)
        token = accounts.create_token(work, user.id, "bench", (Scope.READ,)).secret
    with works.writing(Viewer(user.id, "Bob", user.email, Role.ADMIN)) as work:
        incident = incidents.declare(work, incidents.Declaration("A long day"))
        document = large()
        fields = ("summary", "root_cause", "timeline")
        postmortems.create(work, replace(document, incident_id=incident.id), fields)
    works.database.close()
    return token


def long_postmortem() -> None:
    """Each way of opening it in turn with a health check."""
    print(f"\nOpening {EVENTS:,} events and {TEXT:,} characters, CPU ms (pass: {PASS:.0f} times)")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        token = fill(url)
        with served(url) as (pid, port):
            measured: dict[str, list[float]] = {what: [] for what, _ in PATHS}
            for _, path in PATHS:
                cost(pid, port, path, token, 3)
            for _ in range(ROUNDS):
                for what, path in PATHS:
                    times = REQUESTS * 25 if path == "/healthz" else REQUESTS
                    measured[what].append(cost(pid, port, path, token, times)[0])
    bare = statistics.median(measured["a health check"])
    for what, runs in measured.items():
        spent = statistics.median(runs)
        print(f"  {spent:>8.2f} CPU  {spent / bare:>6.1f} times  {what}")


if __name__ == "__main__":
    long_postmortem()
