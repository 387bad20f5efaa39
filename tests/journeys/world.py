"""The demo's company for pages to show, and a program that adds to it what is hard on a page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from kintsugi.cli.demo import PASSWORD
from tests.journeys.peers import seen
from tests.journeys.server import Server

__all__ = ["ADMIN", "PASSWORD", "Program", "demo_database", "furnish", "program_of"]
ADMIN = "amara@tidewell.example"
UNBROKEN = "payments-eu-central-1-primary-write-path-connection-pool-saturation-dashboard"
HARD: dict[str, Any] = {
    "title": f"Alarm {UNBROKEN} rings for no reason", "severity": "SEV-5", "tags": [UNBROKEN, "eu"], "drill": True,
    "services": [UNBROKEN], "impact": f"See https://example.com/{UNBROKEN * 3}", "detection": "monitoring",
    "summary": f"```\n{UNBROKEN * 3}\n```\n\n| a | b |\n|---|---|\n| {UNBROKEN} | {UNBROKEN} |",
}  # fmt: skip
ALERTS: tuple[dict[str, Any], ...] = (
    {"title": f"Queue of {UNBROKEN * 2} is full", "severity": "critical", "service": "checkout",
     "description": UNBROKEN * 5, "labels": {UNBROKEN: UNBROKEN}, "url": f"https://example.com/{UNBROKEN}"},
    {"title": "Label printer 7 does not answer", "severity": "low", "service": "warehouse"},
    {"title": "Disk 91% full", "severity": "warning", "values": {"used": "91", "limit": "90", "free": "9"}},
)  # fmt: skip
NOTES: tuple[dict[str, Any], ...] = (
    {"text": f"Seen in {UNBROKEN * 2}", "kind": "detection", "evidence": f"https://example.com/{UNBROKEN}"},
    {"text": "Leave it as it is", "kind": "decision", "important": True, "evidence": UNBROKEN},
    {"text": "Somebody saw it before the alert", "evidence": "recollection"},
)  # fmt: skip


def demo_database(folder: Path) -> str:
    """A year of the demo's company in a new SQLite file, as the command makes it."""
    file = folder / "demo.db"
    command = [sys.executable, "-m", "kintsugi", "demo", "--database", str(file), "--no-serve"]
    made = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    assert made.returncode == 0, made.stderr[-4000:]
    return f"sqlite:///{file}"


class Program:
    """A program that uses the API in somebody's name."""

    def __init__(self, http: httpx2.Client) -> None:
        self.http = http

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.post(path, json=body)
        assert answer.is_success, (path, answer.status_code, answer.text)
        said: dict[str, Any] = answer.json()
        return said

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A change to what is there now."""
        etag = self.http.get(path).headers["etag"]
        answer = self.http.patch(path, json=body, headers={"If-Match": etag})
        assert answer.is_success, (path, answer.status_code, answer.text)
        said: dict[str, Any] = answer.json()
        return said


@contextmanager
def program_of(server: Server, email: str = ADMIN) -> Iterator[Program]:
    """A program with somebody's token."""
    headers = {"Authorization": f"Bearer {server.token_of(email)}"}
    with httpx2.Client(base_url=server.address, headers=headers, timeout=120) as http:
        yield Program(http)


def furnish(program: Program) -> None:
    """Declare an incident whose words do not break, with notes that do not either."""
    reference = program.post("/api/incidents", HARD)["reference"]
    for note in NOTES:
        program.post(f"/api/incidents/{reference}/timeline", note)
    program.patch(f"/api/incidents/{reference}", {"status": "identified"})
    program.post(f"/api/incidents/{reference}/criteria", {"text": UNBROKEN, "expected": UNBROKEN})
    _tell(program)
    _model(program, reference)
    _alert(program)


def _tell(program: Program) -> None:
    """A message about the open incident to an endpoint at which nobody answers: it waits for another attempt."""
    values = {"progress": UNBROKEN, "next_update": UNBROKEN}
    said = {"values": values, "to": ["webhook:Customer status page"]}
    program.post("/api/incidents/INC-40/messages", said)


def _model(program: Program, reference: str) -> None:
    """A fault tree about that incident, whose names do not break, held against the history."""
    text = f'down = or("{UNBROKEN}", and(a, b)) "{UNBROKEN}"\n"{UNBROKEN}" = 0.1\na = 0.2\nb = 0.3'
    links = [{"event": "a", "service": "booking"}, {"event": "b", "factor": "process_gap"}]
    body = {"title": UNBROKEN, "text": text, "incidentId": reference, "links": links}
    made = program.post("/api/fault-trees", body)
    program.patch(f"/api/fault-trees/{made['id']}", {"happened": ["a", "b"]})


def _alert(program: Program) -> None:
    """Sources that tell of alerts: some are hard to show, one is silenced, one message cannot be read."""
    silent = {"name": f"A {UNBROKEN}"[:100], "format": "grafana"}
    program.post("/api/alert-sources", silent)
    key = program.post("/api/alert-sources", {"name": "shop-floor", "format": "generic"})["key"]
    intake = f"/ingest/generic/{key}"
    for number, said in enumerate(ALERTS):
        program.post(intake, {"key": f"k{number}", **said})
    program.http.post(intake, json={"nothing": UNBROKEN})
    ends = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    quiet = {"matchers": ['alert.service="warehouse"'], "endsAt": ends, "comment": UNBROKEN}
    program.post("/api/silences", quiet)
    seen(lambda: program.http.get("/api/alerts?silenced=yes").json()["items"], "the silenced alert")
