"""Intake as an ASGI application: it takes a body, answers once it is on disk, and skips all that a page needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.alerts.intake.addresses import (
    ALERTMANAGER_API,
    Address,
    address_of,
    is_of_api,
    is_own,
    key_and_rest,
)
from kintsugi.server.alerts.intake.alertmanager_api import AlertmanagerApi
from kintsugi.server.alerts.intake.answers import Answer, Refusal
from kintsugi.server.alerts.intake.directory import UNKNOWN_SECONDS, Entry
from kintsugi.server.alerts.intake.heads import Head
from kintsugi.server.alerts.intake.numbers import Answered
from kintsugi.server.alerts.intake.reception import MAX_BODY, Reception, nothing_here, too_large
from kintsugi.server.alerts.intake.vouching import Fetch, Vouching, fetch
from kintsugi.server.alerts.service.tally import Tally

READ_SECONDS = 30.0
_UNREAD = frozenset({408, 413})
"""Answers to requests whose body was not read to its end: nothing more can come on their connection."""
_READY = b'{"status":"ready"}'


class Gone(Exception):
    """The client went away before it had sent all."""


class Intake:
    """Takes alerts for one database. `news` is called after commits that the dispatcher wants to know of."""

    def __init__(
        self, works: Works, news: Callable[[], None] = lambda: None, fetch: Fetch = fetch
    ) -> None:
        self.reception = Reception(works, news)
        self.api = AlertmanagerApi(works)
        self.vouching = Vouching(works.clock, fetch)

    @property
    def answered(self) -> Answered:
        """How requests were answered."""
        return self.reception.answered

    @property
    def tally(self) -> Tally:
        """What the writer has done."""
        return self.reception.writer.tally

    def start(self) -> None:
        """Record what a process that was killed has left behind; else the first request does."""
        self.reception.writer.start()

    def sources_changed(self) -> None:
        """Read sources and keys anew before the next request; from any thread."""
        self.reception.directory.expire()

    def stop(self) -> bool:
        """Finish what is under way and write what is counted. Whether that was done."""
        return self.reception.writer.stop()

    def takes(self, scope: Scope) -> bool:
        """Whether a request is intake's."""
        return is_own(scope["path"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id, path = self.reception.new_request_id(), scope["path"]
        address = address_of(path)
        try:
            if is_of_api(path) and not (address and scope["method"] in address.methods):
                answer = await self._asked(scope, receive)
            else:
                answer = await self._taken(scope, receive, address, request_id)
        except Refusal as refusal:
            is_api = ALERTMANAGER_API if is_of_api(path) else ""
            format_name = address.format if address else is_api
            answer = self.reception.refuse(refusal, format_name, path, request_id)
        except Gone:
            self.answered.refusals["gone"] += 1
            return
        self.answered.statuses[answer.status] += 1
        headers = list(answer.head(request_id))
        if answer.status in _UNREAD:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _asked(self, scope: Scope, receive: Receive) -> Answer:
        """What Alertmanager's API says to all but alerts that are sent."""
        key, rest = key_and_rest(scope["path"])
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        entry = await self._entry(Address(ALERTMANAGER_API, key, rest), key)
        self.reception.hold_back(entry)
        head = Head(scope["headers"], method, rest)
        body = await body_of(receive, head) if method == "POST" else b""
        asked = (entry.source, method, rest, scope["query_string"], body)
        return await asyncio.to_thread(self.api.answer, *asked)

    async def _taken(
        self, scope: Scope, receive: Receive, address: Address | None, request_id: str
    ) -> Answer:
        if address is None:
            raise nothing_here()
        method: str = scope["method"]
        if method in ("GET", "HEAD", "OPTIONS") and address.key:
            await self._entry(address, address.key)
            return _hello(address, method)
        if method not in address.methods:
            raise Refusal(
                405, "Not so", f"alerts are sent by {' or '.join(address.methods)}", "method",
                allowed=address.methods,
            )  # fmt: skip
        began, reception = time.perf_counter(), self.reception
        head = Head(scope["headers"], method, _path(address, scope["query_string"]))
        key = reception.key_of(address, head)
        entry = await self._entry(address, key) if key else None
        body = await body_of(receive, head)
        if entry is None:
            key = reception.key_of(address, head, body)
            entry = await self._entry(address, key)
        if entry.format.check is not None:
            await asyncio.to_thread(self.vouching.check, entry, body)
        waiter = _Waiting(asyncio.get_running_loop())
        delivery = reception.take(entry, address, key, head, body, waiter)
        await waiter.future
        if delivery.confirm_url and not delivery.error:
            await asyncio.to_thread(self.vouching.confirm, delivery.confirm_url)
        return reception.answer(delivery, head.path, request_id, began)

    async def _entry(self, address: Address, key: str) -> Entry:
        """The source of a key. Raises Refusal: no such key, or it is of another format."""
        directory = self.reception.directory
        if not directory.is_fresh():
            await asyncio.to_thread(directory.refresh)
        if directory.find(key) is None and not directory.is_fresh(UNKNOWN_SECONDS):
            await asyncio.to_thread(directory.refresh, UNKNOWN_SECONDS)
        return self.reception.entry(address, key)


class _Waiting:
    """A request that waits for the disk."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.future: asyncio.Future[None] = loop.create_future()

    def wake(self) -> None:
        """It is there; whoever waited may have gone."""
        if not self.future.done():
            self.future.set_result(None)


async def body_of(receive: Receive, head: Head) -> bytes:
    """The whole body. Raises Refusal for one too large, too slow or packed, Gone when the client leaves."""
    check_head(head)
    parts: list[bytes] = []
    size, is_whole = 0, False
    try:
        async with asyncio.timeout(READ_SECONDS):
            while not is_whole:
                message = await receive()
                if message["type"] != "http.request":
                    raise Gone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MAX_BODY:
                    raise too_large()
                is_whole = not message.get("more_body", False)
    except TimeoutError as error:
        raise too_slow() from error
    return b"".join(parts)


def check_head(head: Head) -> None:
    """Raises Refusal for a body that says of itself that it is too large or packed."""
    declared = head.raw(b"content-length")
    if declared.isdigit() and (len(declared) > 9 or int(declared) > MAX_BODY):
        raise too_large()
    if head.raw(b"content-encoding") not in (b"", b"identity"):
        raise Refusal(
            415, "Packed", "send the body as it is, without Content-Encoding", "content_encoding"
        )


def too_slow() -> Refusal:
    """The body takes too long to arrive."""
    said = f"the body did not arrive within {READ_SECONDS:.0f} seconds"
    return Refusal(408, "Too slow", said, "slow")


def _path(address: Address, query: bytes) -> str:
    return f"{address.rest}?{query.decode('latin-1')}" if query else address.rest


def _hello(address: Address, method: str) -> Answer:
    """What a person who opens the address, or a tool that tries it, is told."""
    allowed = (b"allow", ", ".join(("GET", "HEAD", "OPTIONS", *address.methods)).encode())
    if method != "OPTIONS":
        return Answer(200, _READY)
    if address.format != "cloudevents":
        return Answer(204, headers=(allowed,))
    # https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md, 4.2: whoever has the key may send.
    return Answer(200, headers=(allowed, (b"webhook-allowed-origin", b"*")))
