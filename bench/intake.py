"""Figures 1, 2, 3 and 8: what an alert costs from the wire to the disk, beside Alertmanager, which keeps it in memory.

`python -m bench.intake [ROUNDS]`. Both take the same bodies at the same API, in turn, from a sender in a process of its
own. Every alert that Kintsugi answers is on disk, fsynced; Alertmanager's are in memory. CPU is that of the server's
process, with what it did in the half second after a round. Peers are measured in turn, so that a busy machine slows
both; the ratio is that of medians.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.intake_peers import (
    Peer,
    Round,
    alertmanager,
    fsync_milliseconds,
    kintsugi,
    measured,
    scratch,
)

ROUNDS = 7
ONE, MANY = 64, 8
"""Connections: with one alert to a request, and with 64."""
ACTIVE = 100_032


@dataclass
class Question:
    """What is sent in each round: `each` alerts to a request; new ones, or the same again, or with a later end."""

    what: str
    each: int
    count: int
    is_new: bool
    is_moved: bool = False
    found: dict[str, list[Round]] = field(default_factory=dict)

    @property
    def connections(self) -> int:
        return ONE if self.each == 1 else MANY

    def cpu(self, peer: Peer) -> float:
        return statistics.median(one.cpu for one in self.found[peer.name])

    def p99(self, peer: Peer) -> float:
        return statistics.median(one.quantile(0.99) for one in self.found[peer.name])


def questions() -> list[Question]:
    return [
        Question("1 a request, new", 1, 4_000, is_new=True),
        Question("1 a request, repeats", 1, 4_000, is_new=False),
        Question("64 a request, new", 64, 9_600, is_new=True),
        Question("64 a request, repeats", 64, 9_600, is_new=False),
        Question("64 a request, repeats with a later end", 64, 9_600, is_new=False, is_moved=True),
    ]


def ask(peers: Sequence[Peer], asked: Sequence[Question], rounds: int) -> None:
    """Every question to every peer, in turn, round after round; the first round warms up and does not count."""
    first = {question.what: 10_000_000 * place for place, question in enumerate(asked, 1)}
    for turn in range(rounds + 1):
        for question in asked:
            said = {"endsAt": f"2036-11-21T{turn:02d}:00:00Z"} if question.is_moved else {}
            start = first[question.what]
            if question.is_new:
                first[question.what] += question.count
            for peer in peers:
                requests = peer.requests(start, question.count, question.each, **said)
                if turn == 0:
                    measured(peer, requests, question.count, question.connections)
                found = measured(peer, requests, question.count, question.connections)
                if turn:
                    question.found.setdefault(peer.name, []).append(found)
        print(f"  round {turn} of {rounds}", file=sys.stderr)


def table(peers: Sequence[Peer], asked: Sequence[Question]) -> None:
    other, *ours = peers
    for question in asked:
        base = question.cpu(other)
        print(
            f"  {base:>8.1f}          {question.p99(other):>8.1f}          {question.what}: {other.name}"
        )
        for peer in ours:
            cpu, p99 = question.cpu(peer), question.p99(peer)
            print(
                f"  {cpu:>8.1f} ({cpu / base:>4.2f}x)  {p99:>8.1f} ({p99 / question.p99(other):>4.2f}x)  "
                f"{question.what}: {peer.name}"
            )


def memory(peers: Sequence[Peer]) -> None:
    """Figure 8: 100,000 alerts that fire, told twice, as they are again every minute."""
    print("\n8. Memory with 100,000 active alerts, MB (pass: 0.4; stretch: 0.25)")
    held = []
    for peer in peers:
        for _ in range(2):
            measured(peer, peer.requests(500_000_000, ACTIVE, 64), ACTIVE, MANY)
        held.append(peer.megabytes)
        print(f"  {held[-1]:>8.0f} ({held[-1] / held[0]:>4.2f}x)  {peer.name}")


def figures_1_2_3(rounds: int = ROUNDS) -> None:
    """What an alert costs, and how long its answer takes."""
    with scratch() as folder, ExitStack() as stack:
        disk = fsync_milliseconds(folder)
        peers = [
            stack.enter_context(alertmanager(folder)), stack.enter_context(kintsugi(folder)),
            stack.enter_context(kintsugi(folder, dispatches=True)),
        ]  # fmt: skip
        asked = questions()
        ask(peers, asked, rounds)
        print("\n1-3. CPU microseconds an alert, and p99 of an answer in milliseconds")
        print(
            "     pass: 1 a request 1.2; 64 a request 0.77 new, 0.25 repeats; p99 of new ones 0.5"
        )
        table(peers, asked)
        print(f"  fsync of 4 kB here: median {disk[len(disk) // 2]:.2f} ms, p99 {disk[-2]:.2f} ms")


def figure_8() -> None:
    """Memory, on servers of their own."""
    with scratch() as folder, alertmanager(folder) as peer, kintsugi(folder) as ours:
        memory([peer, ours])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    figures_1_2_3(rounds)
    figure_8()


if __name__ == "__main__":
    main()
