"""What a request costs a server that is filled: questions asked in turn with a bare route, on both databases."""

from __future__ import annotations

import http.client
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.incident_list import cpu_seconds, served

BARE = "a bare route (/healthz)"
Question = tuple[str, str, int]
"""What it is called, its address, and how often it is asked in a round."""
Costs = Mapping[str, tuple[float, float]]
"""CPU and wall milliseconds of a request, by what it is called."""


def on_both(
    fill: Callable[[str], str], asked: Sequence[Question], rounds: int
) -> Iterator[tuple[str, Costs]]:
    """On SQLite, and on PostgreSQL where KINTSUGI_BENCH_POSTGRES names an empty database and its server's pid."""
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", measured(f"sqlite:///{folder}/bench.db", fill, asked, rounds)
    other = os.environ.get("KINTSUGI_BENCH_POSTGRES", "")
    if other:
        url, _, pid = other.partition(" ")
        yield "PostgreSQL", measured(url, fill, asked, rounds, int(pid) if pid else None)


def measured(
    url: str,
    fill: Callable[[str], str],
    asked: Sequence[Question],
    rounds: int,
    database_pid: int | None = None,
) -> Costs:
    """The medians of each question. `fill` fills the database and gives a token."""
    token = fill(url)
    with served(url) as (pid, port):
        pids = [pid, *([database_pid] if database_pid else [])]
        runs: dict[str, list[tuple[float, float]]] = {what: [] for what, _, _ in asked}
        for _, path, _ in asked:
            cost_of(pids, port, path, token, 2)
        for _ in range(rounds):
            for what, path, times in asked:
                runs[what].append(cost_of(pids, port, path, token, times))
    return {
        what: (statistics.median(cpu for cpu, _ in each), statistics.median(wall for _, wall in each))
        for what, each in runs.items()
    }  # fmt: skip


def print_table(name: str, found: Costs) -> None:
    """Each question with its costs, and how many times a bare route that is."""
    bare = found[BARE][0]
    print(f"  {name}")
    for what, (cpu, wall) in found.items():
        print(f"  {cpu:>9.2f} CPU  {wall:>9.2f} wall  {cpu / bare:>8.1f}x  {what}")


def cost_of(pids: list[int], port: int, path: str, token: str, times: int) -> tuple[float, float]:
    """CPU of the server, and of the database's processes, and wall milliseconds a request, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}"}
    began, used = time.perf_counter(), _used(pids)
    for _ in range(times):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body.decode())
    return (_used(pids) - used) / times * 1000, (time.perf_counter() - began) / times * 1000


def _used(pids: list[int]) -> float:
    """CPU seconds of these processes and of those they began."""
    every = list(pids)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text("ascii", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent in pids:
            every.append(int(stat.parent.name))
    return sum(map(cpu_seconds, every))
