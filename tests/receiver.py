"""A small receiver of webhooks for tests: it speaks HTTP on a port of its own and keeps what it was sent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """`answers` are the statuses of the next requests, one each; then `usual`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.got: list[Got] = []
        self.answers: list[int] = []
        self.usual = 204
        self.headers: dict[str, str] = {}
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=kintsugi"

    @property
    def keys(self) -> list[str]:
        """The webhook-id of each request."""
        return [one.headers.get("webhook-id", "") for one in self.got]


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = cast("Receiver", self.server)
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # the sender is gone before it had said all: that is no request
            self.close_connection = True
            return
        told = {name.casefold(): value for name, value in self.headers.items()}
        server.got.append(Got(self.path, told, body))
        server.begun.set()
        server.may_end.wait(60)
        self.send_response(server.answers.pop(0) if server.answers else server.usual)
        for name, value in server.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A running one."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.may_end.set()
    server.shutdown()
    server.server_close()


@dataclass
class Dripping:
    """A server that never comes to the end of its answer: one byte every now and then."""

    begins: bytes
    port: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Dripping]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = int(listening.getsockname()[1])
            thread = threading.Thread(target=self._drip, args=(listening,), daemon=True)
            thread.start()
            yield self
            self._stop.set()

    def _drip(self, listening: socket.socket) -> None:
        try:
            taken, _ = listening.accept()
            with taken:
                taken.sendall(self.begins)
                while not self._stop.is_set():
                    taken.sendall(b"x")
                    time.sleep(0.02)
        except OSError:  # whoever asked has gone
            return
