"""The real server, in a process of its own, on a free port; its clock can be moved."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from kintsugi.app import open_works
from kintsugi.kernel.auth import Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.server.accounts import cli as accounts
from tests.ports import free_port

PASSWORD = "correct horse battery staple"  # noqa: S105 - of invented people
CAST = (("alice", Role.ADMIN), ("bob", Role.RESPONDER), ("charlie", Role.VIEWER))
CLOCKED = str(Path(__file__).with_name("clocked.py"))
STARTS_WITHIN = 240.0
"""Seconds after which a server that neither ends nor answers hangs: a start is three of work, shared with much else."""
STOPS_WITHIN = 60.0


class Clock:
    """What time it is for a server started under libfaketime: as it is here, plus what it was moved by."""

    def __init__(self, library: Path, file: Path) -> None:
        self._file = file
        self._ahead = timedelta(0)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",  # waits in the server last as long as they should
        }
        self.forward(timedelta(0))

    def forward(self, by: timedelta) -> None:
        self._ahead += by
        written = self._file.with_suffix(".new")
        written.write_text(f"+{int(self._ahead.total_seconds())}\n")
        written.replace(self._file)  # the server never reads half of it


def libfaketime() -> Path | None:
    """Debian's library; None where it is not installed."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


class Server:
    """A server that answers; `setup_address` is what it printed for the first admin, or empty."""

    def __init__(
        self, address: str, database_url: str, printed: str, process: subprocess.Popen[bytes]
    ) -> None:
        self._process = process
        self.address = address
        self.port = int(address.rpartition(":")[2])
        self.database_url = database_url
        found = re.search(r"http://\S+/setup/\S+", printed)
        self.setup_address = found[0] if found else ""

    def kill(self) -> None:
        """End it as a lost machine would: at once, and with no word to it."""
        self._process.kill()
        self._process.wait()

    def token_of(self, email: str) -> str:
        """A token of somebody, that may do all that they may."""
        works = open_works(Settings(database_url=self.database_url))
        try:
            return accounts.create_token(works, email, "journey", Scope.ADMIN, None)
        finally:
            works.database.close()

    def password_link_of(self, email: str) -> str:
        """The address of a page on which somebody chooses their password."""
        works = open_works(Settings(database_url=self.database_url))
        try:
            return f"{self.address}/password/{accounts.make_password_link(works, email)}"
        finally:
            works.database.close()


def add_cast(database_url: str) -> None:
    """Alice, who administers, Bob, who responds, and Charlie, who only looks."""
    works = open_works(Settings(database_url=database_url))
    for name, role in CAST:
        accounts.add_user(works, name.capitalize(), f"{name}@example.com", role, PASSWORD)
    works.database.close()


@contextmanager
def running(
    database_url: str, folder: Path, clock: Clock | None = None, port: int = 0, **settings: str
) -> Iterator[Server]:
    """A server on a database, until the block ends; at a free port, or where one was that is gone."""
    port = port or free_port()
    environment = {name: value for name, value in os.environ.items() if "KINTSUGI_" not in name}
    environment |= {
        "KINTSUGI_DATABASE_URL": database_url,
        "KINTSUGI_LOG_LEVEL": "WARNING",
        **settings,
    }
    if clock is not None:
        environment |= clock.environment
    printed = folder / "server.log"
    program = [CLOCKED] if clock else ["-m", "kintsugi"]
    command = [sys.executable, *program, "serve", "--port", str(port)]
    with printed.open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder
        )
    try:
        _wait_until_ready(process, port, printed)
        yield Server(f"http://127.0.0.1:{port}", database_url, printed.read_text(), process)
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    _, broke, told = printed.read_text().partition("Traceback")
    assert not broke, told[-4000:]


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, printed: Path) -> None:
    gives_up = time.monotonic() + STARTS_WITHIN
    while True:
        assert process.poll() is None, f"the server ended: {printed.read_text()[-4000:]}"
        assert time.monotonic() < gives_up, (
            f"the server is not ready: {printed.read_text()[-4000:]}"
        )
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)  # nothing tells when a port is open but asking
