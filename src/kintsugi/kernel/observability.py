"""Logs with request ids, health, and counters; nothing here logs what people typed or any secret."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Mapping
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kintsugi.kernel.web import CONTENT_SECURITY_POLICY

log = structlog.get_logger("kintsugi")
MAX_BODY = 10 * 1024 * 1024
MAX_UPLOAD = MAX_BODY + 64 * 1024
"""The cap where a file is sent: the largest file that is kept, and the form around it."""
_UPLOADS = re.compile(r"^(/api)?/incidents/[^/]+/attachments$")
_SECRET_PATHS = re.compile(r"^/(setup|password|feed|share|ingest/[^/]+)/[^/]+")
_OURS = re.compile(r"[a-z]{2,6}_[0-9a-f]{32}|[A-Z]{2,4}-\d{1,9}")
"""An id or a reference, which say nothing by themselves."""
_BEGINNING = re.compile(r"^((?:/api)?/[^/]*)/.+")
_ARGUMENT = re.compile(r"\{(\w+)(?::\w+)?\}")
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def configure_logs(level: str, form: str) -> None:
    """Structured logs on standard error: for people, or one JSON object a line."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def shown_path(path: str, route: str = "", arguments: Mapping[str, object] | None = None) -> str:
    """A path as logs have it: an address that is a key is cut before the key.

    Of a route's arguments only ids and references stand in it: an external id or a name is what somebody typed.
    """
    said = {name: str(value) for name, value in (arguments or {}).items()}
    shown = _ARGUMENT.sub(
        lambda found: said[found[1]] if _OURS.fullmatch(said.get(found[1], "")) else "...", route
    )
    return _SECRET_PATHS.sub(r"/\1/...", shown or path)


class Numbers:
    """What /metrics tells."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kintsugi_requests_total",
            "Requests answered.",
            ["method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "kintsugi_request_seconds",
            "Time to the end of the answer; streams of news are left out.",
            ["method"],
            registry=self.registry,
        )


class Edge:
    """The outermost layer: a request id on every answer and log line, safe headers, a cap on bodies."""

    def __init__(self, app: ASGIApp, numbers: Numbers) -> None:
        self._app = app
        self._numbers = numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid4().hex[:16]
        scope["state"]["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began, status, is_stream = time.perf_counter(), 500, False

        async def answer(message: Message) -> None:
            nonlocal status, is_stream
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                is_stream = headers.get("content-type", "").startswith("text/event-stream")
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            most = MAX_UPLOAD if _UPLOADS.match(scope["path"]) else MAX_BODY
            await self._app(scope, _capped(receive, most), answer)
        finally:
            took = time.perf_counter() - began
            self._numbers.requests.labels(scope["method"], str(status)).inc()
            if not is_stream:
                self._numbers.seconds.labels(scope["method"]).observe(took)
            log.info(
                "request",
                method=scope["method"],
                path=_path_of(scope),
                status=status,
                ms=round(took * 1000, 1),
            )
            structlog.contextvars.clear_contextvars()


def _path_of(scope: Scope) -> str:
    """The path of a request that was answered; the router has left in its scope which route it took."""
    route, path = getattr(scope.get("route"), "path", ""), scope["path"]
    if not route and not path.startswith("/static/"):
        path = _BEGINNING.sub(r"\1/...", path)  # nothing is there: all of it is what somebody typed
    return shown_path(path, route, scope.get("path_params"))


class BodyTooLarge(HTTPException):
    """A request's body is larger than its door takes.

    It is an HTTPException because the framework answers any other error while it reads a body with 400.
    """

    def __init__(self) -> None:
        super().__init__(413)


def _capped(receive: Receive, most: int) -> Receive:
    got = 0

    async def limited() -> Message:
        nonlocal got
        message = await receive()
        if message["type"] == "http.request":
            got += len(message.get("body", b""))
            if got > most:
                raise BodyTooLarge
        return message

    return limited
