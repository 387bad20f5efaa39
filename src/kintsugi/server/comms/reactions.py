"""What the comms room does by itself: it makes one attempt of a delivery for each job."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.kernel.jobs import Payload
from kintsugi.kernel.mail import Mailer
from kintsugi.kernel.observability import log
from kintsugi.kernel.outbound import GuardedOutbound
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.plugins.manager import PluginError, plugins_after
from kintsugi.plugins.outbound import SendFailed
from kintsugi.plugins.sending import Outgoing, Sent, send_by_plugins
from kintsugi.server.comms.service import attempting
from kintsugi.server.comms.service.delivering import DELIVER

PURGE = "comms.purge"
Sender = Callable[[Outgoing, datetime], Sent]
"""Sends one message to one recipient, outside any transaction. Raises SendFailed."""

__all__ = ["DELIVER", "PURGE", "Sender", "deliver", "given_up", "purge", "sender"]


def sender(settings: Settings, mailer: Mailer | None, built_in: Mapping[str, object]) -> Sender:
    """Sends by our plugins and the installed ones, which are looked for when the first message goes out."""
    plugins = cache(lambda: plugins_after(built_in))
    mail, allowed = mailer.send if mailer is not None else None, settings.networks

    def send(outgoing: Outgoing, now: datetime) -> Sent:
        try:
            asked = plugins()
        except PluginError as error:
            raise SendFailed(str(error)) from error
        return send_by_plugins(outgoing, GuardedOutbound(now, mail, allowed), now, asked)

    return send


def deliver(works: Works, send: Sender, _key: str, payload: Payload) -> None:
    """Make one attempt, if it was not made before, and write down how it went.

    A worker that dies between the two leaves the job, and another makes the same attempt again, under the
    same key: what was sent twice is one to a receiver that knows the key.
    """
    with works.reading(SYSTEM) as work:
        now, begun = work.now, attempting.begin(work, payload)
    if begun is None:
        return
    began = time.monotonic()
    came: Sent | SendFailed = attempting.disabled()
    if begun.outgoing is not None:
        try:
            came = send(begun.outgoing, now)
        except SendFailed as error:
            came = error
    with works.writing(SYSTEM) as work:
        after = attempting.note(work, begun, came, now, time.monotonic() - began)
    if after is not None:
        log.info(
            "delivery tried", delivery=after.id, way=after.to.way.value, state=after.state.value,
            attempt=after.attempts,
        )  # fmt: skip


def given_up(work: UnitOfWork, payload: Payload, why: str) -> None:
    """A job that makes an attempt is parked: its delivery says so, and why."""
    attempting.give_up(work, payload, why)


def purge(work: UnitOfWork) -> None:
    """Forget what came to its end long ago."""
    log.info("deliveries forgotten", deliveries=attempting.purge(work))
