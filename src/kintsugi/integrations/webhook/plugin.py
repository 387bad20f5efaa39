"""Sends messages as webhooks signed by Standard Webhooks 1.0.0."""

from __future__ import annotations

from datetime import datetime, timedelta

from kintsugi.core.comms.recipient import Way
from kintsugi.formats.standard_webhooks import payload, signed
from kintsugi.plugins.hookspecs import hookimpl
from kintsugi.plugins.outbound import Answer, Outbound, SendFailed
from kintsugi.plugins.sending import Outgoing, Sent

GONE = 410
_USER_AGENT = "Kintsugi-Webhooks/1"


@hookimpl
def kintsugi_send(outgoing: Outgoing, outbound: Outbound, now: datetime) -> Sent | None:
    """Post what goes to an endpoint, signed. 2xx is sent; 410 says never again; all else is tried again."""
    if outgoing.way is not Way.WEBHOOK:
        return None
    data = {**outgoing.facts, "subject": outgoing.subject, "text": outgoing.text}
    body = payload(outgoing.event, outgoing.created_at, data)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": _USER_AGENT,
        **signed(outgoing.key, now, body, outgoing.secrets),
    }
    answer = outbound.post(outgoing.address, body, headers)
    if 200 <= answer.status < 300:
        return Sent(f"answered {answer.status}")
    if answer.status == GONE:
        raise SendFailed("answered 410: it wants nothing more", gone=True)
    if 300 <= answer.status < 400:
        raise SendFailed(f"answered {answer.status}: it is elsewhere, and nothing follows it there")
    raise SendFailed(f"answered {answer.status}", wait=_asked_wait(answer))


def _asked_wait(answer: Answer) -> timedelta:
    """How long the receiver asks to be left alone, in seconds; a date is not read."""
    written = answer.headers.get("retry-after", "").strip()
    is_number = written.isascii() and written.isdecimal() and len(written) <= 6
    return timedelta(seconds=int(written) if is_number else 0)
