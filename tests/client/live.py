"""The real server on a port of its own, in a thread, with the cast's tokens."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
import uvicorn
from starlette.concurrency import run_in_threadpool

from kintsugi.kernel.auth import SYSTEM, Scope
from kintsugi.kernel.clock import SystemClock
from kintsugi.kernel.config import Settings
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.cast import PEOPLE, app_for

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class Live:
    """A running server. `before` is called with each request's method and path before it is answered."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.database_url = f"sqlite:///{file}"
        self.works = Works(Database(self.database_url), SystemClock())
        self.tokens: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.before: Callable[[str, str], None] = lambda _method, _path: None
        for name, role in PEOPLE:
            with self.works.writing(SYSTEM) as work:
                user = accounts.add_user(work, name.capitalize(), f"{name}@example.com", role)
                made = accounts.create_token(work, user.id, "test", (Scope.ADMIN,))
            self.tokens[name] = made.secret
        app = app_for(Settings(database_url=self.database_url), self.works)
        config = uvicorn.Config(
            self._told(app), port=0, log_config=None, log_level="warning", lifespan="auto"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 120
        while not self._server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def _told(self, app: Asgi) -> Asgi:
        async def answer(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
            if scope["type"] == "http":
                self.asked.append((scope["method"], scope["path"]))
                await run_in_threadpool(self.before, scope["method"], scope["path"])
            await app(scope, receive, send)

        return answer

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(120)
        self.works.database.close()


@pytest.fixture
def live(tmp_path: Path, sqlite_template: Path) -> Iterator[Live]:
    """The real server, with nobody's incident in it. Its log is not what a command that runs meanwhile prints."""
    file = tmp_path / "live.db"
    shutil.copy(sqlite_template, file)
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))
    running = Live(file)
    yield running
    running.stop()
    structlog.configure(**before)
