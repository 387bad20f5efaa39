"""Intake on the wire, where requests go the short way: what senders' connections do, and what nobody should.

On one kind of database: which one it is changes nothing between the socket and the writer.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn

from kintsugi.app import short_way
from kintsugi.server.alerts.intake import application, protocol
from kintsugi.server.alerts.tables import alert_bodies, alerts
from tests.server.alerts.intake import PATIENCE, Sender, firing, recorded, rows, sender
from tests.server.cast import Cast

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Wire:
    """A server that listens, and who sends to it."""

    port: int
    prometheus: Sender

    def opened(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def said(self, *parts: bytes) -> bytes:
        """All that is answered to these bytes until the server hangs up or says no more."""
        with self.opened() as one:
            for part in parts:
                one.sendall(part)
                time.sleep(0.02 if len(parts) > 1 else 0)  # so that each part arrives by itself
            return answer_of(one)

    def post(self, told: object = None, headers: str = "", path: str = "") -> bytes:
        """A POST of alerts, as bytes."""
        body = json.dumps([firing()] if told is None else told).encode()
        head = f"POST {path or self.prometheus.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        return (head + headers + "\r\n").encode() + body


def answer_of(one: socket.socket) -> bytes:
    """One whole answer and not a byte of the next, which may have come with it."""
    head, body = b"", b""
    while not head.endswith(b"\r\n\r\n"):
        more = one.recv(1)
        if not more:
            return head
        head += more
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if b"content-length" in line
    )
    while len(body) < length:
        more = one.recv(length - len(body))
        assert more, "it hung up in the middle of its answer"
        body += more
    return head + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.fixture
def wire(client: Cast) -> Iterator[Wire]:
    app: Any = client.stranger.app
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=short_way(app), log_level="warning", lifespan="off")
    logging.getLogger("uvicorn.error").propagate = True
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    prometheus = sender(client)
    yield Wire(listener.getsockname()[1], prometheus)
    server.should_exit = True
    thread.join(120)
    assert not thread.is_alive()


def titles(wire: Wire) -> list[str]:
    return sorted(row["title"] for row in wire.prometheus.rows())


def test_one_connection_carries_request_after_request(wire: Wire) -> None:
    with wire.opened() as one:
        for number in range(5):
            one.sendall(wire.post([firing(str(number))]))
            answer = answer_of(one)
            assert status(answer) == 200
            assert b"x-request-id: " in answer
            assert b"x-content-type-options: nosniff" in answer
    assert len(titles(wire)) == 5


def test_requests_sent_without_waiting_are_answered_in_their_order(wire: Wire) -> None:
    with wire.opened() as one:
        one.sendall(wire.post([firing("a")]) + wire.post("no list") + wire.post([firing("b")]))
        assert [status(answer_of(one)) for _ in range(3)] == [200, 400, 200]
    assert titles(wire) == ["a is slow", "b is slow"]


def test_a_body_may_come_in_pieces_and_in_chunks(wire: Wire) -> None:
    whole = wire.post([firing("pieces")])
    assert status(wire.said(whole[:40], whole[40:-20], whole[-20:])) == 200
    body = json.dumps([firing("chunks")]).encode()
    head = f"POST {wire.prometheus.path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])]
    assert status(wire.said(head, *chunks, b"0\r\n\r\n")) == 200
    assert titles(wire) == ["chunks is slow", "pieces is slow"]


def test_what_is_odd_about_a_request_takes_it_the_long_way(wire: Wire) -> None:
    old = wire.post([firing("old")]).replace(b"HTTP/1.1", b"HTTP/1.0")
    assert status(wire.said(old)) == 200
    closing = wire.said(wire.post([firing("last")], "Connection: close\r\n"))
    assert b"connection: close" in closing.lower()
    asking = wire.post([firing("asks")], "Expect: 100-continue\r\n")
    head, _, body = asking.partition(b"\r\n\r\n")
    with wire.opened() as one:
        one.sendall(head + b"\r\n\r\n")
        assert one.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        one.sendall(body)
        assert status(answer_of(one)) == 200
    written = wire.post([firing("percent")]).replace(b"/api/v2/alerts", b"/api/v2/al%65rts")
    assert status(wire.said(written)) == 200
    assert titles(wire) == [f"{name} is slow" for name in ("asks", "last", "old", "percent")]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("", 200), ("Content-Encoding: gzip\r\n", 415), ("X-More: " + "y" * 30_000 + "\r\n", 200),
        ("X-Empty:\r\n", 200), ("No colon\r\n", 400), ("Content-Length: 3\r\n", 400),
        ("Upgrade: websocket\r\nConnection: upgrade\r\n", 400),
    ],
)  # fmt: skip
def test_headers_are_taken_or_refused(wire: Wire, headers: str, expected: int) -> None:
    assert status(wire.said(wire.post(headers=headers))) == expected


def test_a_body_that_is_too_large_is_refused_before_it_is_read(wire: Wire) -> None:
    head = f"POST {wire.prometheus.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n"
    assert status(wire.said(head.encode())) == 413
    with wire.opened() as one:
        one.sendall(
            head.replace(f"Content-Length: {10**12}", "Transfer-Encoding: chunked").encode()
        )
        piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        try:
            for _ in range(9):
                one.sendall(piece)
        except OSError:
            pass  # it has hung up already
        assert status(answer_of(one)) == 413
    assert rows(wire.prometheus.works, alert_bodies) == []


def test_a_head_without_end_is_hung_up_on(wire: Wire) -> None:
    with wire.opened() as one:
        one.sendall(f"POST {wire.prometheus.path} HTTP/1.1\r\n".encode())
        lines = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(50_000))
        with pytest.raises(OSError):  # noqa: PT011 - reset or broken pipe, as it happens
            one.sendall(lines)
    assert status(wire.said(wire.post())) == 200


@pytest.mark.parametrize("is_short", [True, False])
def test_a_body_that_does_not_come_is_not_waited_for(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, is_short: bool
) -> None:
    for module in (protocol, application):
        monkeypatch.setattr(module, "READ_SECONDS", 0.2)
    if is_short:  # the sources are known by now
        assert status(wire.said(wire.post())) == 200
    with wire.opened() as one:
        one.sendall(wire.post()[:-5])
        assert status(answer_of(one)) == 408
        assert one.recv(10) == b"", "and the connection is closed"


def test_a_sender_that_goes_before_its_answer_disturbs_nobody(wire: Wire) -> None:
    for _ in range(20):
        with wire.opened() as one:
            one.sendall(wire.post([firing("gone")]))
    for _ in range(5):
        with wire.opened() as one:
            one.sendall(wire.post([firing("half")])[:-9])
    assert status(wire.said(wire.post([firing("stays")]))) == 200
    recorded(wire.prometheus.works)
    assert {"gone is slow", "stays is slow"} >= {
        row["title"] for row in rows(wire.prometheus.works, alerts)
    }
    waiting = wire.prometheus.client.app.intake.answered  # type: ignore[attr-defined] # the application
    gives_up = time.monotonic() + PATIENCE
    while waiting.waiting:  # who went first is not always answered first
        assert time.monotonic() < gives_up
        time.sleep(0.01)


def test_a_key_in_a_body_is_found_though_it_was_made_a_moment_ago(wire: Wire, client: Cast) -> None:
    assert status(wire.said(wire.post())) == 200
    pager = sender(client, "pagerduty", name="Pager")
    told = {
        "routing_key": pager.key, "event_action": "trigger", "dedup_key": "d",
        "payload": {"summary": "Disk full", "source": "db", "severity": "error"},
    }  # fmt: skip
    answer = wire.said(wire.post(told, path="/v2/enqueue"))
    assert status(answer) == 202
    assert b'"dedup_key":"d"' in answer
    unknown = wire.said(wire.post(told | {"routing_key": "0" * 32}, path="/v2/enqueue"))
    assert status(unknown) == 404


def test_one_that_sends_too_much_is_held_back_on_the_short_way_too(
    wire: Wire, client: Cast
) -> None:
    held = sender(client, name="Held", max_per_minute=2)
    found = [status(wire.said(wire.post(path=held.path))) for _ in range(3)]
    assert found == [200, 200, 429]


def test_pages_and_the_api_are_served_as_ever(wire: Wire) -> None:
    assert status(wire.said(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")) == 200
    assert status(wire.said(b"GET /ingest HTTP/1.1\r\nHost: x\r\n\r\n")) == 404
    assert status(wire.said(b"nonsense\r\n\r\n")) == 400
