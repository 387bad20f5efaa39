"""A small mail server for tests: it speaks SMTP on a port of its own and keeps what it was given."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


class MailServer(socketserver.ThreadingTCPServer):
    """`answers` says what a command is answered instead of yes, by its first word, as often as it stands there."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str, str]] = []
        self.answers: dict[str, list[str]] = {}
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def to(self) -> list[str]:
        """Who got letters, in the order of the alphabet."""
        return sorted(str(one["To"]) for one in self.letters)


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("MailServer", self.server)
        sender = to = ""
        self._say("220 mail.test")
        while line := self.rfile.readline():
            said = line.decode().strip()
            word = said.split(" ")[0].upper()
            waiting = server.answers.get(word)
            if waiting:
                self._say(waiting.pop(0))
            elif word == "DATA":
                self._say("354 go on")
                raw = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    raw += part[1:] if part.startswith(b"..") else part
                server.begun.set()
                server.may_end.wait(60)
                message = message_from_bytes(raw, policy=default)
                server.letters.append(message)
                server.envelopes.append((sender, to))
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                sender = said if word == "MAIL" else sender
                to = said if word == "RCPT" else to
                self._say("250 mail.test")

    def _say(self, line: str) -> None:
        try:
            self.wfile.write(f"{line}\r\n".encode())
        except OSError:  # whoever spoke was killed
            return


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running one."""
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.may_end.set()
    server.shutdown()
    server.server_close()
