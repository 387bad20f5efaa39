"""Figure 13: the inbox with a million alerts stored, in CPU milliseconds of the server, beside a bare route."""

from __future__ import annotations

import json
import secrets
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from bench.incident_list import cost, incident_row, served
from kintsugi.app import open_works
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.ids import new_id
from kintsugi.server.accounts import service as accounts
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts import tables
from kintsugi.server.incidents.tables import incidents

COUNT = 1_000_000
OPEN = 2_000
"""So many of the newest are open."""
INCIDENTS = 2_000
AT_ONCE = 20_000
ROUNDS = 7
BARE = "a bare route (/healthz)"
ASKED = (
    (BARE, "/healthz", 200),
    ("the first page, for a browser", "/alerts", 50),
    ("the same list alone, as a page that follows fetches it", "/alerts/parts/list", 50),
    ("every alert, for a browser", "/alerts?view=all", 50),
    ("25 that wait, over the API", "/api/alerts?waiting=yes&limit=25", 100),
    ("25 of all, over the API", "/api/alerts?limit=25", 100),
    ("of one service", "/api/alerts?limit=25&service=svc-07", 100),
    ("a word in most of them", "/api/alerts?limit=25&text=latency", 50),
    ("a word in none of them", "/api/alerts?limit=25&text=zanzibar", 3),
    ("a label that none of them has", "/api/alerts?limit=25&label=env:moon", 3),
    ("a verdict that none of them has", "/alerts?view=all&verdict=duplicate", 3),
)
"""What is asked, where, and how often in a round."""


def fill(url: str) -> str:
    """A database with the alerts of a year, one in twenty of an incident, some of these private; a token that reads."""
    works = open_works(Settings(database_url=url))
    now = datetime.now(UTC)
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Bob", f"{secrets.token_hex(4)}@example.com", Role.RESPONDER)
        token = accounts.create_token(work, user.id, "bench", (Scope.READ,)).secret
        alerts.make_source(work, "Prometheus", "alertmanager")
        source = alerts.get_source(work, "Prometheus").id
        made = [
            incident_row(number, now - timedelta(hours=4 * number), "usr_somebody")
            for number in range(1, INCIDENTS + 1)
        ]
        work.connection.execute(incidents.insert(), made)
        of = [str(one["id"]) for one in made]
        rows = _rows(source, of, now)
        while some := list(islice(rows, AT_ONCE)):
            work.connection.execute(tables.alerts.insert(), some)
    works.database.close()
    return token


def _rows(source: str, of: list[str], now: datetime) -> Iterator[dict[str, object]]:
    """Alerts from the oldest to the newest."""
    step = timedelta(days=365) / COUNT
    for number in range(COUNT):
        at = now - step * (COUNT - number)
        over = None if number >= COUNT - OPEN else at + timedelta(minutes=number % 50 + 1)
        service, rule = f"svc-{number % 60:02}", f"Rule {number % 300}"
        labels = {"alertname": rule, "env": ("prod", "stage")[number % 2], "instance": f"host-{number % 977}:9100",
                  "service": service, "severity": "warning"}  # fmt: skip
        yield {
            "id": new_id("alr", at), "source_id": source, "fingerprint": f"{number:032x}",
            "key": f"{number:016x}", "state": "resolved" if over else "firing",
            "severity": number % 5 + 1, "title": f"{rule}: latency of {service} is high",
            "description": "The 99th percentile is above its objective for ten minutes. " * 2,
            "service": service, "rule": rule, "labels": json.dumps(labels, separators=(",", ":")),
            "annotations": "{}", "values": '{"p99":"1.8"}', "links": "[]", "runbook_url": "",
            "content": f"{number:016x}", "starts_at": at, "ends_at": over, "raised_at": at,
            "seen_at": over or at, "acknowledged_at": None, "resolved_at": over,
            "resolved_how": "source" if over else "", "events": number % 9 + 1, "body_id": None,
            "quality": number % 101, "is_flapping": False, "silence_id": None, "group_id": None,
            "incident_id": of[number % len(of)] if number % 20 == 0 else None, "is_private": False,
            "counted_as": service, "is_noisy": number % 101 < 60,
            "verdict": "useful" if number % 50 == 0 else "", "verdict_by": "", "verdict_at": None,
            "version": 2,
        }  # fmt: skip


def figure_13() -> None:
    """Each question in turn with a health check, which shows what any request costs here."""
    print(f"\n13. The inbox with {COUNT:,} alerts stored, CPU ms a request (pass: first page 20x)")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        token = fill(url)
        with served(url) as (pid, port):
            for _, path, _ in ASKED:
                cost(pid, port, path, token, 2)
            measured: dict[str, list[tuple[float, float]]] = {what: [] for what, _, _ in ASKED}
            for _ in range(ROUNDS):
                for what, path, times in ASKED:
                    measured[what].append(cost(pid, port, path, token, times))
    medians = {
        what: tuple(statistics.median(one) for one in zip(*runs, strict=True))
        for what, runs in measured.items()
    }
    bare = medians[BARE][0]
    for what, (cpu, wall) in medians.items():
        print(f"  {cpu:>9.2f} CPU  {wall:>9.2f} wall  {cpu / bare:>8.1f}x  {what}")


if __name__ == "__main__":
    figure_13()
