"""Measures work in CPU seconds, in turn with what it is held against, so that a slow machine slows both."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from resource import RUSAGE_CHILDREN, getrusage

ROUNDS = 7


def rate(work: Callable[[], object], times: int) -> float:
    """How often a second of CPU does the work."""
    began = time.process_time()
    for _ in range(times):
        work()
    return times / (time.process_time() - began)


def rates_in_turn(works: Sequence[Callable[[], object]], times: int) -> list[float]:
    """The median rate of each, measured in turn A B A B over several rounds."""
    measured: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            measured[place].append(rate(work, times))
    return [statistics.median(rates) for rates in measured]


def process_seconds(command: Sequence[str]) -> tuple[float, float]:
    """CPU and wall seconds of one run of a command."""
    before = getrusage(RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = getrusage(RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime), wall


def processes_in_turn(commands: Sequence[Sequence[str]]) -> list[tuple[float, float]]:
    """The median CPU and wall seconds of each command, run in turn after one warm-up each."""
    measured: list[list[tuple[float, float]]] = [[] for _ in commands]
    for command in commands:
        process_seconds(command)
    for _ in range(ROUNDS + 4):
        for place, command in enumerate(commands):
            measured[place].append(process_seconds(command))
    return [
        (statistics.median(cpu for cpu, _ in runs), statistics.median(wall for _, wall in runs))
        for runs in measured
    ]
