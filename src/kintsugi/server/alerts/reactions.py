"""The thread that looks at alerts after intake has them on disk."""

from __future__ import annotations

from datetime import datetime, timedelta

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.steady import Steady
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts import service

SWEEP_EVERY = timedelta(seconds=15)


def dispatcher(works: Works) -> Steady:
    """A thread that dispatches what waits, and sees to what time does to alerts; nudge it after intake's commits."""
    swept: datetime | None = None

    def turn() -> bool:
        nonlocal swept
        now = works.clock.now()
        if swept is None or not timedelta() <= now - swept < SWEEP_EVERY:
            with works.writing(SYSTEM) as work:
                is_more = service.sweep(work)
            swept = None if is_more else now
        return service.dispatch(works) > 0

    return Steady("alerts", turn)
