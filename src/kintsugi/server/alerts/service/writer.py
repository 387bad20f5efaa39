"""Intake's writer: one thread that writes what waits in one commit, and tells who waits once it is on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from queue import Empty, SimpleQueue

from sqlalchemy.exc import SQLAlchemyError

from kintsugi.kernel.observability import log
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.service import bodies
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.echoes import Echoes
from kintsugi.server.alerts.service.known import KnownAlerts
from kintsugi.server.alerts.service.recording import Recording
from kintsugi.server.alerts.service.tally import Tally
from kintsugi.server.alerts.store.recording import recorder_for

BATCH = 500
"""Events that go into one commit, if so many wait."""
BUSY_SECONDS = 0.05
GATHER_SECONDS = 0.001
GATHER_TIMES = 5
"""While much comes, the first of a batch waits a moment for others: to write and to wake for each alone costs more."""
REST_SECONDS = 5.0
"""A writer with nothing to do gives its connection back after so long."""
RECOVER_SECONDS = 15.0
RECOVERED_AT_ONCE = 500
LEFT_BEHIND = timedelta(seconds=10)
"""A body that still waits after so long was left behind by a process that was killed: others record within a second."""
STOPS_WITHIN = 30.0

Told = Callable[[Sequence[Delivery]], None]


class Writer:
    """Takes deliveries from any thread, and records them in the order in which they came.

    `told` gets a batch back when it is on disk, or was refused; `news` is called after a commit that the
    dispatcher wants to know of.
    """

    def __init__(
        self,
        works: Works,
        told: Told,
        *,
        news: Callable[[], None] = lambda: None,
        known: KnownAlerts | None = None,
    ) -> None:
        self.tally = Tally()
        self._works = works
        self._told = told
        self._queue: SimpleQueue[Delivery | None] = SimpleQueue()
        self.echoes = Echoes()
        self._recording = Recording(
            recorder_for(works.database), works.clock, self.tally, news, self.echoes,
            known or KnownAlerts(),
        )  # fmt: skip
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        self._is_first = True
        self._last_at = float("-inf")
        self._recover_at = float("-inf")

    def take(self, delivery: Delivery) -> bool:
        """Have a delivery written; False once the writer is stopped."""
        if self._thread is None:
            self._start()
        if self._is_stopped:
            return False
        self._queue.put(delivery)
        return True

    def start(self) -> None:
        """Begin at once, and record what was left behind; else the first delivery begins it."""
        if self._thread is None:
            self._start()

    def stop(self) -> bool:
        """Write what waits and what is counted, and end. Whether that was done within 30 seconds."""
        with self._starting:
            self._is_stopped = True
            thread = self._thread
        if thread is None:
            return True
        self._queue.put(None)
        thread.join(STOPS_WITHIN)
        return not thread.is_alive()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._is_stopped:
                self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._recover()
            batch, is_last = self._next()
            if batch:
                self._recording.keep(batch)
                self._told(batch)
                self._last_at = time.monotonic()
            self._recording.work(is_idle=self._queue.empty())
        self._recording.finish()

    def _next(self) -> tuple[list[Delivery], bool]:
        """What waits, at most a batch, and whether it is the last; nothing when there is other work, or none."""
        batch: list[Delivery] = []
        wait, events = self._patience(), 0
        try:
            while events < BATCH:
                one = self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait()
                if one is None:
                    return batch, True
                if not batch and time.monotonic() - self._last_at < BUSY_SECONDS:
                    self._gather()
                batch.append(one)
                events += 1 + one.count
                wait = 0.0
        except Empty:
            if not batch and self._recording.seconds_left is None:
                self._recording.rest()
        return batch, False

    def _gather(self) -> None:
        """Wait a moment, and while more and more comes."""
        before = -1
        for _ in range(GATHER_TIMES):
            if self._queue.qsize() <= before:
                return
            before = self._queue.qsize()
            time.sleep(GATHER_SECONDS)

    def _patience(self) -> float:
        """How many seconds to wait for a delivery: until something else is due, or until it is time to rest."""
        left = self._recording.seconds_left
        return min(REST_SECONDS if left is None else left, self._recover_at - time.monotonic())

    def _recover(self) -> None:
        """Take over what a process that was killed left behind: at the start, when told to, and now and then."""
        if time.monotonic() < self._recover_at:
            return
        is_alone = self._is_first and self._works.database.is_sqlite
        older = None if is_alone else LEFT_BEHIND
        # Where others may still be at it, the first look is too soon for what was left a moment ago.
        is_soon = self._is_first and not is_alone
        again = LEFT_BEHIND.total_seconds() + 1 if is_soon else RECOVER_SECONDS
        self._recover_at = time.monotonic() + again
        self._is_first = False
        try:
            while left := bodies.left_behind(self._works, older, RECOVERED_AT_ONCE):
                if not self._recording.take_over(left):
                    break
        except SQLAlchemyError as error:
            log.warning("what was left behind cannot be read", error=type(error).__name__)
