"""The short way into intake: uvicorn's own protocol, but for requests that need neither a task nor an application.

Of what a small request costs, half is what stands between the parser and an ASGI application: a task, a scope, messages
there and back. A POST to intake whose address and key are known at its head goes without; every other request, and
whatever is odd about one, takes the long way through `application`, and so does every request under another server.
"""

from __future__ import annotations

import asyncio
import time
from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable
from typing import cast

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from kintsugi.server.alerts.intake.addresses import Address, address_of
from kintsugi.server.alerts.intake.answers import Answer, Refusal
from kintsugi.server.alerts.intake.application import READ_SECONDS, Intake, check_head, too_slow
from kintsugi.server.alerts.intake.directory import UNKNOWN_SECONDS, Entry
from kintsugi.server.alerts.intake.heads import Head
from kintsugi.server.alerts.intake.reception import MAX_BODY, too_large
from kintsugi.server.alerts.service.delivery import Delivery

MAX_HEAD = 64 * 1024
_OURS = (b"/ingest/", b"/v2/")


class ShortWay(HttpToolsProtocol):
    """One connection. `intake` is set by `protocol_for`."""

    intake: Callable[[], Intake | None]
    _head_bytes = 0
    """How much of a head has come that is not whole yet."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head_bytes = 1

    def on_headers_complete(self) -> None:
        """The parser has read the head of a request: which way it goes is decided here."""
        self._head_bytes = 0
        taken = self._taken() if self.url.startswith(_OURS) else None
        if taken is None:
            super().on_headers_complete()
        else:
            self.cycle = taken  # type: ignore[assignment] # plays the part of uvicorn's own, as far as it is asked

    def data_received(self, data: bytes) -> None:
        """Bytes have come; a request that is not whole with them has a time within which it must be."""
        super().data_received(data)
        cycle: object = self.cycle
        if self._head_bytes:
            self._bound_head(len(data))
        elif isinstance(cycle, _Request):
            cycle.watch()

    def _bound_head(self, more: int) -> None:
        """Hang up on who sends a head without end: the parser would keep all of it."""
        self._head_bytes += more
        if self._head_bytes > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def _taken(self) -> _Request | None:
        """The request, if it can go the short way."""
        intake = type(self).intake()
        before = cast("RequestResponseCycle | None", self.cycle)
        is_next = before is None or before.response_complete
        if intake is None or not is_next or self.expect_100_continue:
            return None
        if self.parser.get_method() != b"POST" or self.parser.should_upgrade() or b"%" in self.url:
            return None
        path, _, query = self.url.partition(b"?")
        address = address_of(path.decode("ascii", "replace"))
        directory = intake.reception.directory
        if address is None or not directory.is_fresh():
            return None
        rest = f"{address.rest}?{query.decode('latin-1')}" if query else address.rest
        head, entry = Head(self.headers, "POST", rest), None
        key = intake.reception.key_of(address, head)
        try:
            check_head(head)
            if key:
                entry = intake.reception.entry(address, key)
        except Refusal:
            return None
        if entry is not None and entry.format.check is not None:
            return None  # the web has to be asked who vouches for it
        is_kept_open = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        return _Request(self, intake, address, head, entry, keep_alive=is_kept_open)


class _Request:
    """A request that goes the short way, in place of uvicorn's cycle of request and response."""

    def __init__(
        self,
        protocol: ShortWay,
        intake: Intake,
        address: Address,
        head: Head,
        entry: Entry | None,
        *,
        keep_alive: bool,
    ) -> None:
        self.body = bytearray()
        self.more_body = True
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = keep_alive
        self.loop: AbstractEventLoop = protocol.loop
        self._protocol = protocol
        self._flow: FlowControl = protocol.flow
        self._reception = intake.reception
        self._address = address
        self._head = head
        self._entry = entry
        self._began = time.perf_counter()
        self._timer: TimerHandle | None = None
        self._delivery: Delivery | None = None

    @property
    def message_event(self) -> _Request:
        """What uvicorn sets when there is more to read: this very object, without holding on to itself."""
        return self

    def set(self) -> None:
        """The parser has more of the body, or all of it; or the client has gone."""
        if self.response_complete or self._delivery is not None:
            return
        if self.disconnected:
            self._reception.answered.refusals["gone"] += 1
            self._done()
        elif len(self.body) > MAX_BODY:
            self.keep_alive = False
            self._refuse(too_large())
        elif self.more_body:
            self._flow.resume_reading()
        else:
            self._take()

    def watch(self) -> None:
        """The body has not come at once: give it some time."""
        if self.more_body and not self.response_complete and self._timer is None:
            self._timer = self.loop.call_later(READ_SECONDS, self._give_up)

    def wake(self) -> None:
        """The delivery is on disk, or was refused."""
        if self.disconnected or self._delivery is None:
            self._done()
            return
        request_id = self._reception.new_request_id()
        try:
            answer = self._reception.answer(
                self._delivery, self._head.path, request_id, self._began
            )
        except Refusal as refusal:
            self._refuse(refusal)
        else:
            self._send(answer, request_id)

    def _take(self) -> None:
        body = bytes(self.body)
        key = self._reception.key_of(self._address, self._head, body)
        directory = self._reception.directory
        if not (self._entry or directory.find(key) or directory.is_fresh(UNKNOWN_SECONDS)):
            task = self.loop.create_task(self._look_again())
            self._protocol.tasks.add(task)
            task.add_done_callback(self._protocol.tasks.discard)
            return
        try:
            entry = self._entry or self._reception.entry(self._address, key)
            self._delivery = self._reception.take(entry, self._address, key, self._head, body, self)
        except Refusal as refusal:
            self._refuse(refusal)

    async def _look_again(self) -> None:
        """The key, which came in the body, is none that is known: it may just have been made."""
        directory = self._reception.directory
        await asyncio.to_thread(directory.refresh, UNKNOWN_SECONDS)
        if not self.disconnected:
            self._take()

    def _give_up(self) -> None:
        if self.more_body and not self.response_complete:
            self.keep_alive = False
            self._refuse(too_slow())

    def _refuse(self, refusal: Refusal) -> None:
        request_id = self._reception.new_request_id()
        path = self._protocol.url.decode("latin-1")
        answer = self._reception.refuse(refusal, self._address.format, path, request_id)
        self._send(answer, request_id)

    def _send(self, answer: Answer, request_id: str) -> None:
        """Write the answer, and leave the connection as uvicorn's own cycle would."""
        self._reception.answered.statuses[answer.status] += 1
        usual = self._protocol.server_state.default_headers
        head = [b"%b: %b\r\n" % one for one in (*usual, *answer.head(request_id))]
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        transport = self._protocol.transport
        transport.write(b"".join((STATUS_LINE[answer.status], *head, end, answer.body)))
        self._done()
        if self.keep_alive:
            self._protocol.on_response_complete()
        else:
            self._protocol.server_state.total_requests += 1
            transport.close()

    def _done(self) -> None:
        self.response_complete = True
        if self._delivery is not None:
            # So that neither holds the other, and both are freed at once.
            self._delivery.waiter = None
            self._delivery = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def protocol_for(intake: Callable[[], Intake | None]) -> type[ShortWay]:
    """uvicorn's protocol with the short way into this intake."""
    return type("ShortWay", (ShortWay,), {"intake": staticmethod(intake)})
