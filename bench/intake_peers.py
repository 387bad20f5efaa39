"""Who is measured: our server and Debian's Alertmanager, each in a process of its own; and what they have used."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from bench.sender import packed, request
from kintsugi.app import open_works
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.server.alerts import service as alerts

SETTLES = 0.5
"""Seconds after a round in which a server may do what it put off; they count."""
_CONFIG = """
route:
  receiver: none
  group_by: [alertname, service]
receivers:
  - name: none
"""


def alert(number: int, **said: str) -> dict[str, Any]:
    """An alert as the rules of kube-prometheus make it, told of one pod of many."""
    pod = f"payments-{number:08x}-x{number % 997}"
    return {
        "labels": {
            "alertname": "KubePodCrashLooping", "cluster": "prod-eu-1", "container": "payments",
            "endpoint": "http", "job": "kube-state-metrics", "namespace": "payments", "pod": pod,
            "instance": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:8080",
            "prometheus": "monitoring/k8s", "service": "kube-state-metrics", "severity": "warning",
            "uid": f"{number:032x}",
        },
        "annotations": {
            "summary": "Pod is crash looping.",
            "description": f"Pod payments/{pod} (payments) is in waiting state (reason: CrashLoopBackOff).",
            "runbook_url": "https://runbooks.example.com/kubernetes/kubepodcrashlooping",
        },
        "startsAt": "2026-11-21T10:00:00.000Z",
        "generatorURL": "http://prometheus.example.com:9090/graph?g0.expr=max_over_time%28kube_pod_container_"
        "status_waiting_reason%5B5m%5D%29+%3E%3D+1&g0.tab=1",
    } | said  # fmt: skip


@dataclass
class Peer:
    """A server that takes alerts at a path of Alertmanager's API v2."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    path: str

    def requests(self, first: int, count: int, each: int, **said: str) -> list[bytes]:
        """So many alerts from a number on, so many to a request."""
        return [
            request(
                self.path,
                json.dumps([alert(number + step, **said) for step in range(each)]).encode(),
            )
            for number in range(first, first + count, each)
        ]

    @property
    def cpu_seconds(self) -> float:
        """What its process has used of the CPU, all its threads, and its children."""
        said = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return sum(map(int, said[11:15])) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self) -> float:
        """What it holds in memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@dataclass(frozen=True)
class Round:
    """One round: CPU microseconds an alert, and how long answers took, in milliseconds, sorted."""

    cpu: float
    took: Sequence[float]

    def quantile(self, share: float) -> float:
        return self.took[min(len(self.took) - 1, int(len(self.took) * share))]


def measured(peer: Peer, requests: Sequence[bytes], count: int, connections: int) -> Round:
    """Send requests, from a process of its own, and see what they cost the server. Every answer must be a 200."""
    used = peer.cpu_seconds
    sender = [sys.executable, "-m", "bench.sender", str(peer.port), str(connections)]
    done = subprocess.run(sender, input=packed(requests), capture_output=True, check=True)
    time.sleep(SETTLES)
    used = peer.cpu_seconds - used
    said = json.loads(done.stdout)
    assert set(said["statuses"]) == {"200"}, said["statuses"]
    return Round(used / count * 1e6, sorted(1000 * seconds for seconds in said["took"]))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310 - an address of our own making
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")


@contextmanager
def _running(
    command: Sequence[str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def source_key(url: str) -> str:
    """The key of a new source without a limit, in the database at this address."""
    works = open_works(Settings(database_url=url))
    with works.writing(SYSTEM) as work:
        name = f"Prometheus {work.new_id('x')[-6:]}"
        _, key = alerts.make_source(work, name, "alertmanager-api", max_per_minute=0)
    works.database.close()
    return key


@contextmanager
def kintsugi(folder: Path, *, dispatches: bool = False) -> Iterator[Peer]:
    """Our server on a SQLite file of its own."""
    file = folder / ("dispatched.db" if dispatches else "bench.db")
    url, port = f"sqlite:///{file}", _free_port()
    path = f"/ingest/alertmanager-api/{source_key(url)}/api/v2/alerts"
    words = [str(port), *(["dispatch"] if dispatches else [])]
    environment = {"KINTSUGI_DATABASE_URL": url, "KINTSUGI_LOG_LEVEL": "ERROR"}
    name = "Kintsugi, with the dispatcher" if dispatches else "Kintsugi"
    with _running([sys.executable, "-m", "bench.intake_server", *words], environment) as process:
        _wait_for(process, f"http://127.0.0.1:{port}/healthz")
        yield Peer(name, process, port, path)


def _alertmanager() -> str | None:
    return shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")


def has_alertmanager() -> bool:
    """Whether the peer is installed."""
    return _alertmanager() is not None


@contextmanager
def alertmanager(folder: Path) -> Iterator[Peer]:
    """Debian's Alertmanager, alone, with a route that groups and nobody to tell."""
    program = _alertmanager()
    if program is None:
        raise SystemExit("the peer is missing: apt-get install prometheus-alertmanager")
    port, config = _free_port(), folder / "alertmanager.yml"
    config.write_text(_CONFIG)
    command = [
        program, f"--config.file={config}", f"--storage.path={folder}/alertmanager",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error",
    ]  # fmt: skip
    with _running(command, {}) as process:
        _wait_for(process, f"http://127.0.0.1:{port}/-/ready")
        yield Peer("Alertmanager", process, port, "/api/v2/alerts")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the disk that is measured."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        yield Path(folder)


def fsync_milliseconds(folder: Path, times: int = 200) -> list[float]:
    """How long the disk takes to hold 4 kB for good, sorted."""
    took = []
    with (folder / "probe").open("wb", buffering=0) as probe:
        for _ in range(times):
            began = time.perf_counter()
            probe.write(b"x" * 4096)
            os.fsync(probe.fileno())
            took.append(1000 * (time.perf_counter() - began))
    return sorted(took)
