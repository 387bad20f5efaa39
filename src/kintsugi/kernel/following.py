"""Streams for pages that follow: server-sent events that say what changed and never what it says now.

A stream holds no database connection. It sends the name of a part and its version; the page fetches the
part again, so each reader is shown what they may see. Who may follow is asked again before each event.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import FrameType

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from kintsugi.core.shared.errors import DomainError
from kintsugi.kernel import live
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Door, kernel_of, viewer_of
from kintsugi.kernel.unit_of_work import UnitOfWork, Works

PING_SECONDS = 5.0
"""A silent stream looks dead: a page says so after twice this long."""
PINGS_BETWEEN_CHECKS = 6
MOST_DIGITS = 18

Parts = Mapping[str, str]
"""What a page may fetch again, and the topic of each: event name to topic."""
Chooser = Callable[[UnitOfWork, str], Parts]
"""The parts of what the address names, for the unit of work's viewer. Raises NotFound for what they cannot see."""


def mark(work: UnitOfWork, parts: Parts) -> str:
    """Where the news stands, for the page that is made now: it follows from here. Taken before the page is read."""
    return _written(live.versions(work.connection, parts.values()), parts)


def stream(
    action: Action, choose: Chooser, name: str = ""
) -> Callable[[Request], Awaitable[Response]]:
    """A route that streams news of what its path's argument `name` names.

    1. Who asks is found out, and what they may follow. 2. The stream begins where the page or the last
    event left off (`since`, `Last-Event-ID`). 3. It ends when they may no longer follow, and when the
    process stops.
    """

    async def route(request: Request) -> Response:
        about = str(request.path_params.get(name, ""))
        works = kernel_of(request).works

        def allowed() -> tuple[Parts, dict[str, int]]:
            viewer = viewer_of(request, action, writes=False)
            with works.reading(viewer) as work:
                parts = choose(work, about)
                return parts, live.versions(work.connection, parts.values())

        parts, _ = await run_in_threadpool(allowed)
        last = request.headers.get("last-event-id") or request.query_params.get("since", "")

        async def still() -> dict[str, int] | None:
            try:
                return (await run_in_threadpool(allowed))[1]
            except DomainError:
                return None

        return StreamingResponse(
            _news(works, parts, last, still),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    setattr(route, "__door__", Door(action, writes=False))  # noqa: B010 - as `door` does
    return route


async def _news(
    works: Works,
    parts: Parts,
    last: str,
    still: Callable[[], Awaitable[dict[str, int] | None]],
) -> AsyncIterator[str]:
    reader = works.live.subscribe(works.database, parts.values())
    try:
        current = await still()  # after subscribing, so that nothing falls between
        if current is None:
            return
        seen = _read(last, parts) or dict(current)
        reader.hear(current)
        fresh = [name for name, topic in parts.items() if seen[topic] != current[topic]]
        seen = dict(current)
        yield "retry: 1000\nevent: ping\ndata: \n\n"
        pings = 0
        while not works.live.is_closed:
            for name in fresh:
                yield _event(name, parts, seen)
            if not await reader.wait(PING_SECONDS):
                pings += 1
                if pings % PINGS_BETWEEN_CHECKS == 0 and await still() is None:
                    return
                yield "event: ping\ndata: \n\n"
            fresh = [name for name, topic in parts.items() if reader.versions[topic] > seen[topic]]
            if fresh and await still() is None:
                return
            seen |= reader.versions
    finally:
        works.live.leave(reader)


def _event(name: str, parts: Parts, seen: Mapping[str, int]) -> str:
    told = json.dumps({"topic": parts[name], "version": seen[parts[name]]})
    return f"event: {name}\nid: {_written(seen, parts)}\ndata: {told}\n\n"


def _written(seen: Mapping[str, int], parts: Parts) -> str:
    """Where the news stands: a version for each part, in the order of the parts."""
    return "-".join(str(seen[topic]) for topic in parts.values())


def _read(written: str, parts: Parts) -> dict[str, int] | None:
    numbers = written.split("-")
    if len(numbers) != len(parts) or not all(
        number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS for number in numbers
    ):
        return None
    return dict(zip(parts.values(), map(int, numbers), strict=True))


@asynccontextmanager
async def streams_end(app: FastAPI) -> AsyncIterator[None]:
    """The application's lifespan: its streams end as soon as the process is told to stop.

    A server that stops gracefully first waits for open answers and only then ends the lifespan, so
    the signal itself has to end the streams; the server's own handler runs after.
    """
    close = app.state.kernel.works.live.close
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            _before(number, close)
    yield
    close()


def _before(number: signal.Signals, close: Callable[[], None]) -> None:
    usual = signal.getsignal(number)
    if not callable(usual):
        return

    def both(received: int, frame: FrameType | None) -> None:
        close()
        usual(received, frame)

    signal.signal(number, both)
