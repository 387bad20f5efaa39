"""A thread that takes turns: as often as there is something to do, else when nudged or after a while."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kintsugi.kernel.observability import log

STOPS_WITHIN = 30.0


class Steady:
    """Calls `turn` again at once while it says that there is more, else waits for a nudge or `every` seconds.

    A turn that fails is logged and tried again, after longer and longer waits up to `slowest` seconds.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], bool],
        *,
        every: float = 0.5,
        slowest: float = 30.0,
    ) -> None:
        self.name = name
        self._turn = turn
        self._every = every
        self._slowest = slowest
        self._nudged = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """Have the next turn come now; from any thread."""
        self._nudged.set()

    def stop(self) -> bool:
        """End after the turn under way. Whether it did, within 30 seconds."""
        self._stopping.set()
        self._nudged.set()
        if self._thread.ident is not None:
            self._thread.join(STOPS_WITHIN)
        return not self._thread.is_alive()

    def _run(self) -> None:
        wait = self._every
        while not self._stopping.is_set():
            try:
                if self._turn():
                    wait = self._every
                    continue
                wait = self._every
            except Exception:  # noqa: BLE001 - the edge of a thread: it goes on, whatever one turn met
                log.exception("a turn failed", thread=self.name)
                wait = min(self._slowest, wait * 2)
            self._nudged.wait(wait)
            self._nudged.clear()
