"""Figure 7: listing 25 of 100,000 incidents, with a token, in CPU milliseconds of the server's process."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kintsugi.app import open_works
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.ids import new_id
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents.tables import incidents

COUNT = 100_000
REQUESTS = 500
ROUNDS = 7
PEERS = (("Keep", 10.7), ("Dispatch", 151.0))
"""CPU milliseconds a request of the same question, measured on their own servers."""
ASKED = (
    ("the first page", "limit=25"),
    ("a page in the middle", "limit=25&cursor=WyI1MDAwMCJd"),
    ("by status and severity", "limit=25&status=open&severity=1"),
    ("a word in most of them", "limit=25&text=checkout"),
    ("a word in none of them", "limit=25&text=zanzibar"),
)


def fill(url: str) -> str:
    """A database with incidents of a year, one in twenty private and somebody else's; a token that reads."""
    works = open_works(Settings(database_url=url))
    began = datetime(2025, 1, 1, tzinfo=UTC)
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, "Bob", f"{secrets.token_hex(4)}@example.com", Role.RESPONDER)
        token = accounts.create_token(work, user.id, "bench", (Scope.READ,)).secret
        rows = [
            incident_row(number, began + timedelta(minutes=5 * number), user.id)
            for number in range(1, COUNT + 1)
        ]
        work.connection.execute(incidents.insert(), rows)
        work.connection.exec_driver_sql("ANALYZE")
    works.database.close()
    return token


def incident_row(number: int, at: datetime, user_id: str) -> dict[str, object]:
    return {
        "id": new_id("inc", at), "number": number, "reference": f"INC-{number}", "external_id": None,
        "title": f"Checkout fails in region {number % 97}",
        "summary": "Payments time out in one region. " * 6,
        "status": ("investigating", "closed", "resolved")[number % 3], "severity": number % 5 + 1,
        "is_private": number % 20 == 0, "is_drill": False, "detection_how": "monitoring",
        "impact_text": "Some customers cannot pay", "services": '["api", "web"]',
        "tags": '["payments"]', "commander_id": user_id if number % 2 else None,
        "created_by": "usr_somebody", "created_at": at, "updated_at": at, "version": 3,
        "last_sequence": 5, "impact_start": at, "detected": at + timedelta(minutes=1),
        "acknowledged": at + timedelta(minutes=2), "declared": at + timedelta(minutes=3),
        "mitigated": at + timedelta(minutes=30), "recovered": None,
        "resolved": at + timedelta(minutes=50),
    }  # fmt: skip


@contextmanager
def served(url: str) -> Iterator[tuple[int, int]]:
    """A server on the database: its process id and port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    # Ours begin as its settings do, and it refuses what is none.
    environment = {
        name: said for name, said in os.environ.items() if not name.startswith("KINTSUGI_")
    }
    environment |= {"KINTSUGI_DATABASE_URL": url, "KINTSUGI_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "kintsugi", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while not _is_ready(port):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server does not start")
            time.sleep(0.1)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(30)


def _is_ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    """What a process has used of the CPU, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost(pid: int, port: int, path: str, token: str, times: int) -> tuple[float, float]:
    """CPU and wall milliseconds a request, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}"}
    began, used = time.perf_counter(), cpu_seconds(pid)
    for _ in range(times):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body.decode())
    return (cpu_seconds(pid) - used) / times * 1000, (time.perf_counter() - began) / times * 1000


def figure_7() -> None:
    """Each question in turn with a health check, which shows what any request costs here."""
    print("\n7. Listing 25 of 100,000 incidents, CPU ms a request (pass: 1.0; stretch: 0.4)")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        token = fill(url)
        paths = [
            ("a health check", "/healthz"),
            *((what, f"/api/incidents?{how}") for what, how in ASKED),
        ]
        with served(url) as (pid, port):
            for _, path in paths:
                cost(pid, port, path, token, 20)
            measured: dict[str, list[tuple[float, float]]] = {what: [] for what, _ in paths}
            for _ in range(ROUNDS):
                for what, path in paths:
                    measured[what].append(
                        cost(pid, port, path, token, 50 if "text=" in path else REQUESTS)
                    )
    for what, runs in measured.items():
        cpu, wall = (statistics.median(one) for one in zip(*runs, strict=True))
        print(f"  {cpu:>8.2f} CPU  {wall:>8.2f} wall  {what}")
    for peer, cpu in PEERS:
        print(f"  {cpu:>8.2f} CPU                 {peer}")


if __name__ == "__main__":
    figure_7()
