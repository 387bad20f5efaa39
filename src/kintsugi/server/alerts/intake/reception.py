"""Reception: a request becomes a delivery on its way to the disk, or is refused. It never waits."""

from __future__ import annotations

import itertools
import secrets
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from typing import Protocol

from kintsugi.formats.alerts import BadSignature, Undecodable, pagerduty
from kintsugi.kernel.observability import log, shown_path
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.intake.addresses import Address, key_in_header
from kintsugi.server.alerts.intake.answers import Answer, Refusal, accepted, refused
from kintsugi.server.alerts.intake.directory import Directory, Entry
from kintsugi.server.alerts.intake.heads import Head
from kintsugi.server.alerts.intake.numbers import Answered
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.reading import masked, read
from kintsugi.server.alerts.service.writer import Writer

MAX_BODY = 512 * 1024
MOST_WAITING = 5000
MOST_WAITING_BYTES = 16 * 1024 * 1024
"""So much waits for the disk; whoever comes then is asked to come again, so that memory stays bounded."""
BUSY_SECONDS = 2.0
LOG_SECONDS = 1.0
"""Refusals of one kind are logged at most once in this time, with how many there were."""


class Waiter(Protocol):
    """Who waits until a delivery is on disk, on which event loop."""

    loop: AbstractEventLoop

    def wake(self) -> None:
        """It is, or its error says why it is not."""
        ...


class Reception:
    """Takes requests for one database. `news` is called after commits that the dispatcher wants to know of."""

    def __init__(self, works: Works, news: Callable[[], None]) -> None:
        self.directory = Directory(works)
        self.answered = Answered()
        self.writer = Writer(works, self._told, news=news)
        self._clock = works.clock
        self._ids = itertools.count()
        self._process = secrets.token_hex(4)
        self._logged: dict[str, tuple[float, int]] = {}

    def new_request_id(self) -> str:
        """A number for one request, unlike all others of this and every other process."""
        return f"{self._process}{next(self._ids):08x}"

    def key_of(self, address: Address, head: Head, body: bytes | None = None) -> str:
        """The key of a request: from the address, a header or, once it is there, the body. Empty if none."""
        if address.key:
            return address.key
        if address.format == "opsgenie":
            return key_in_header(head.get("authorization", ""))
        if body is None:
            return ""
        try:
            return pagerduty.routing_key(body)
        except Undecodable:
            return ""

    def entry(self, address: Address, key: str) -> Entry:
        """The source of a key. Raises Refusal: there is none, or it is of another format."""
        found = self.directory.find(key)
        if found is None or found.format.name != address.format:
            raise nothing_here()
        return found

    def take(
        self, entry: Entry, address: Address, key: str, head: Head, body: bytes, waiter: Waiter
    ) -> Delivery:
        """Send a delivery on its way; `waiter` is woken when it is on disk. Raises Refusal."""
        if len(body) > MAX_BODY:
            raise too_large()
        self.hold_back(entry)
        if entry.source.secret:
            self._verify(entry, body, head)
        in_body = "" if address.key else key
        kept = head.kept(in_body)
        # Decoded as it is kept, so that it says the same whenever it is read again.
        delivery = read(entry.source, masked(body, in_body), head, kept, self.writer.echoes)
        delivery.waiter = waiter
        answered = self.answered
        answered.waiting += 1
        answered.waiting_bytes += len(body)
        if not self.writer.take(delivery):
            answered.waiting -= 1
            answered.waiting_bytes -= len(body)
            raise _not_now("the service stops", "stopping")
        return delivery

    def hold_back(self, entry: Entry) -> None:
        """Raises Refusal when the key has sent too much, or too much waits for the disk."""
        if entry.bucket is not None:
            wait = entry.bucket.take(time.monotonic())
            if wait:
                raise Refusal(
                    429, "Too many", "this key sends more requests a minute than its source allows",
                    "rate", retry_seconds=wait,
                )  # fmt: skip
        waiting = self.answered
        if waiting.waiting >= MOST_WAITING or waiting.waiting_bytes >= MOST_WAITING_BYTES:
            raise _not_now("too much waits for the disk", "busy")

    def _verify(self, entry: Entry, body: bytes, head: Head) -> None:
        """Raises Refusal for a body that does not show that its sender knows the source's secret."""
        verify = entry.format.verify
        if verify is None:
            return
        try:
            verify(body, head, entry.source.secret, self._clock.now())
        except BadSignature as error:
            named = entry.format.signature_header
            if named and named not in head:
                raise Refusal(401, "Not signed", error.reason, "unsigned") from error
            raise Refusal(403, "Not verified", error.reason, "signature") from error

    def answer(self, delivery: Delivery, path: str, request_id: str, began: float) -> Answer:
        """What is said to a delivery whose waiter was woken. Raises Refusal when it is not on disk as events."""
        if delivery.error:
            raise _not_now(delivery.error, "database")
        if delivery.problem:
            raise Refusal(400, "Not understood", delivery.problem, "undecodable")
        return accepted(delivery, path, request_id, time.perf_counter() - began)

    def refuse(self, refusal: Refusal, format_name: str, path: str, request_id: str) -> Answer:
        """What is said to a request that is not taken. It is counted, and logged unless one like it just was."""
        self.answered.refusals[refusal.counted] += 1
        now = time.monotonic()
        at, unsaid = self._logged.get(refusal.counted, (float("-inf"), 0))
        if now - at < LOG_SECONDS:
            self._logged[refusal.counted] = (at, unsaid + 1)
        else:
            self._logged[refusal.counted] = (now, 0)
            log.info(
                "intake refused", reason=refusal.counted, status=refusal.status,
                path=shown_path(path), request_id=request_id, unlogged_before=unsaid,
            )  # fmt: skip
        return refused(refusal, format_name, request_id)

    def _told(self, batch: Sequence[Delivery]) -> None:
        """Wake whoever waits for these; called by the writer's thread."""
        by_loop: dict[AbstractEventLoop, list[Delivery]] = {}
        for one in batch:
            waiter: Waiter = one.waiter
            by_loop.setdefault(waiter.loop, []).append(one)
        for loop, some in by_loop.items():
            try:
                loop.call_soon_threadsafe(self._wake, some)
            except RuntimeError:  # the loop has ended, and with it whoever waited
                self._no_longer(some)

    def _wake(self, batch: Sequence[Delivery]) -> None:
        self._no_longer(batch)
        for one in batch:
            one.waiter.wake()

    def _no_longer(self, batch: Sequence[Delivery]) -> None:
        self.answered.waiting -= len(batch)
        self.answered.waiting_bytes -= sum(len(one.body) for one in batch)


def nothing_here() -> Refusal:
    """No such address, no such key, or not of this format: the answer is the same."""
    return Refusal(404, "Not found", "there is nothing at this address", "unknown")


def too_large() -> Refusal:
    """The body is larger than what is taken."""
    return Refusal(413, "Too large", f"a body has at most {MAX_BODY // 1024} kB", "too_large")


def _not_now(why: str, counted: str) -> Refusal:
    return Refusal(503, "Not now", f"{why}; send it again", counted, retry_seconds=BUSY_SECONDS)
