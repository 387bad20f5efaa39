"""Debian's Prometheus, Alertmanager and amtool, in processes of their own, and something for them to watch."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from tests.ports import free_port
from tests.server.cluster import needs

Seen = TypeVar("Seen")
PATIENCE = 180.0
STOPS_WITHIN = 60.0

EACH_SECOND = "scrape_interval: 1s, scrape_timeout: 1s"
UNHURRIED = "scrape_interval: 3s, scrape_timeout: 3s"
"""A target that is slow to answer, on a machine with other work to do, is not dead yet."""

TUTORIAL = Path(__file__).parents[2] / "docs/tutorials/alerts-to-postmortem.md"
_FILE = re.compile(r"<!-- file: (\S+) -->\n\n?```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def tutorial() -> Mapping[str, str]:
    """The files that the tutorial has its reader write, by name."""
    return dict(_FILE.findall(TUTORIAL.read_text("utf-8")))


def binary(name: str) -> str:
    """Where a program of Debian's prometheus packages is."""
    found = shutil.which(name)
    if found is None:
        needs("prometheus")
        raise AssertionError
    return found


def seen(look: Callable[[], Seen], what: str, patience: float = PATIENCE) -> Seen:
    """What somebody sees who looks again and again until it is there."""
    gives_up = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < gives_up, f"not seen: {what}"
        time.sleep(0.1)  # nothing tells when another program's news have arrived but looking
    return found


class Target:
    """A service with metrics, on one port however often it dies."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def live(self) -> None:
        """Have it answer."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _Metrics)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def die(self) -> None:
        """Have nobody listen at its port."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(b"orders_total 7\n")

    def log_message(self, format: str, *_values: object) -> None:  # noqa: A002 - the base's name
        """Nobody reads it."""


@contextmanager
def living_target() -> Iterator[Target]:
    """A target that answers, until the block ends."""
    target = Target()
    target.live()
    yield target
    target.die()


@contextmanager
def prometheus(folder: Path, target: Target, alertmanager: str) -> Iterator[str]:
    """A Prometheus that looks at a target all the time and tells an Alertmanager at this address; its own address."""
    home, place, port = _made(folder / "prometheus"), urlsplit(alertmanager), free_port()
    files = tutorial()
    config = files["prometheus.yml"].replace("localhost:8001", target.host)
    assert EACH_SECOND in config
    config = config.replace(EACH_SECOND, UNHURRIED)
    if place.path:
        config = config.partition("alerting:")[0] + files["alerting.yml"]
        config = config.replace("/ingest/alertmanager-api/KEY", place.path)
    config = config.replace("localhost:9093", place.netloc).replace("localhost:8000", place.netloc)
    (home / "prometheus.yml").write_text(config)
    (home / "rules.yml").write_text(files["rules.yml"])
    options = [
        "--config.file=prometheus.yml", "--storage.tsdb.path=prometheus",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with _running("prometheus", options, home, port) as address:
        seen(lambda: _value(address, 'up{job="booking"}') == "1", "Prometheus sees the target")
        yield address


@contextmanager
def alertmanager(folder: Path, webhook: str) -> Iterator[str]:
    """An Alertmanager that sends everything to a webhook at once; its address."""
    home, port = _made(folder / "alertmanager"), free_port()
    config = tutorial()["alertmanager.yml"]
    address = "http://localhost:8000/ingest/alertmanager/KEY"
    assert address in config
    (home / "alertmanager.yml").write_text(config.replace(address, webhook))
    options = [
        "--config.file=alertmanager.yml", "--storage.path=alertmanager",
        "--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with _running("prometheus-alertmanager", options, home, port) as address:
        yield address


def amtool(address: str, *words: str) -> str:
    """What amtool prints, asked of an Alertmanager at this address."""
    command = [binary("amtool"), f"--alertmanager.url={address}", "--timeout=60s", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


@contextmanager
def _running(name: str, options: list[str], home: Path, port: int) -> Iterator[str]:
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binary(name), *options], stdout=output, stderr=subprocess.STDOUT, cwd=home
        )
    address = f"http://127.0.0.1:{port}"
    try:

        def is_ready() -> bool:
            assert process.poll() is None, log.read_text()[-2000:]
            return _asked(f"{address}/-/ready") is not None

        seen(is_ready, f"{name} is ready")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _asked(url: str) -> bytes | None:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - an address of this test
            content: bytes = answer.read()
            return content
    except (URLError, ConnectionError, TimeoutError):
        return None


def _value(address: str, query: str) -> str:
    """What Prometheus answers to a query: the one value there is, else nothing."""
    told = _asked(f"{address}/api/v1/query?query={quote(query)}")
    found: list[dict[str, Any]] = json.loads(told)["data"]["result"] if told else []
    return str(found[0]["value"][1]) if found else ""
