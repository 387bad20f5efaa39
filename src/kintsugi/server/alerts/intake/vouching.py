"""Senders that a certificate of their own vouches for (Amazon SNS): fetched from a host that the format checked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kintsugi.formats.alerts import BadSignature
from kintsugi.kernel.clock import Clock
from kintsugi.server.alerts.intake.answers import Refusal
from kintsugi.server.alerts.intake.directory import Entry

FETCH_SECONDS = 5.0
MOST_BYTES = 64 * 1024
KEPT_SECONDS = 24 * 3600.0
MOST_KEPT = 100
AGAIN_SECONDS = 30.0

Fetch = Callable[[str], bytes]
"""What lies at an address of the web. Raises OSError or HTTPException when it cannot be had."""


class _NoRedirect(HTTPRedirectHandler):
    """Leads nowhere: the address was checked, where it leads to was not."""

    def redirect_request(self, *_asked: Any) -> None:  # noqa: ANN401 - as the library passes it
        return None


def fetch(url: str) -> bytes:
    """What lies at an https address, up to 64 kB, without following it anywhere else."""
    if not url.startswith("https://"):
        raise OSError("not an https address")
    asked = Request(url, headers={"User-Agent": "Kintsugi"})  # noqa: S310 - https, as just seen
    with build_opener(_NoRedirect).open(asked, timeout=FETCH_SECONDS) as found:
        content: bytes = found.read(MOST_BYTES)
        return content


class Vouching:
    """Checks what such senders sign, and confirms their subscriptions. It asks the web, so it runs in a thread."""

    def __init__(self, clock: Clock, fetch: Fetch = fetch) -> None:
        self._clock = clock
        self._fetch = fetch
        self._kept: dict[str, tuple[float, bytes]] = {}
        self._lock = threading.Lock()

    def check(self, entry: Entry, body: bytes) -> None:
        """Raises Refusal for a body that its sender's certificate does not vouch for, or when that cannot be had."""
        where, check = entry.format.certificate_url, entry.format.check
        if where is None or check is None:
            return
        try:
            check(body, self._certificate(where(body)), self._clock.now())
        except BadSignature as error:
            raise Refusal(403, "Not verified", error.reason, "signature") from error

    def confirm(self, url: str) -> None:
        """Fetch an address once, as its sender asks. Raises Refusal when it cannot be had: it is sent again then."""
        self._fetched(url)

    def _certificate(self, url: str) -> bytes:
        now = time.monotonic()
        with self._lock:
            at, found = self._kept.get(url, (0.0, b""))
        if found and now - at < KEPT_SECONDS:
            return found
        found = self._fetched(url)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[url] = (now, found)
        return found

    def _fetched(self, url: str) -> bytes:
        try:
            return self._fetch(url)
        except (OSError, HTTPException) as error:
            raise Refusal(
                503, "Not now", "the sender's own address cannot be reached; send it again",
                "unreachable", retry_seconds=AGAIN_SECONDS,
            ) from error  # fmt: skip
