"""A process that sends requests over raw sockets, and says how long each answer took. It costs little of its own.

`python -m bench.sender PORT CONNECTIONS < requests`: standard input holds the requests as bytes, each behind its
length (4 bytes, big-endian). Every connection is kept alive and carries one request at a time. Prints JSON.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

READ = 65_536


def packed(requests: Iterable[bytes]) -> bytes:
    """Requests as standard input wants them."""
    return b"".join(struct.pack(">I", len(one)) + one for one in requests)


def request(path: str, body: bytes, kind: str = "application/json") -> bytes:
    """A POST as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: sender\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


def unpacked(data: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        yield data[place + 4 : place + 4 + length]
        place += 4 + length


@dataclass
class Sent:
    """What came of it."""

    took: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


def answered(got: bytes) -> str:
    """The status of an answer that is whole; empty while some of it is missing."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return ""
    head = got[:end].lower()
    place = head.find(b"content-length:")
    length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
    return got[9:12].decode("ascii") if len(got) >= end + 4 + length else ""


def send(port: int, connections: int, requests: Iterator[bytes]) -> Sent:
    """Send all of them, as fast as the answers come."""
    sent, clock, poll = Sent(), time.perf_counter, select.epoll()
    sockets: dict[int, socket.socket] = {}
    began: dict[int, float] = {}
    got: dict[int, bytes] = {}
    for _ in range(connections):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        first = next(requests, None)
        if first is None:
            break
        number = one.fileno()
        sockets[number], got[number], began[number] = one, b"", clock()
        poll.register(number, select.EPOLLIN)
        one.sendall(first)
    while sockets:
        for number, _ in poll.poll():
            more = sockets[number].recv(READ)
            if not more:
                raise ConnectionError("the server hung up")
            got[number] += more
            status = answered(got[number])
            if not status:
                continue
            sent.took.append(clock() - began[number])
            sent.statuses[status] = sent.statuses.get(status, 0) + 1
            following = next(requests, None)
            if following is None:
                poll.unregister(number)
                sockets.pop(number).close()
                continue
            got[number], began[number] = b"", clock()
            sockets[number].sendall(following)
    return sent


def main() -> None:
    port, connections = int(sys.argv[1]), int(sys.argv[2])
    requests = unpacked(sys.stdin.buffer.read())
    began = time.perf_counter()
    sent = send(port, connections, requests)
    wall = time.perf_counter() - began
    print(json.dumps({"wall": wall, "took": sent.took, "statuses": sent.statuses}))


if __name__ == "__main__":
    main()
