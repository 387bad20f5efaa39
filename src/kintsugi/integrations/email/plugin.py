"""Sends messages by e-mail, by the mail server of the settings."""

from __future__ import annotations

from datetime import datetime

from kintsugi.core.comms.recipient import Way
from kintsugi.plugins.hookspecs import hookimpl
from kintsugi.plugins.outbound import Outbound
from kintsugi.plugins.sending import Outgoing, Sent


@hookimpl
def kintsugi_send(outgoing: Outgoing, outbound: Outbound, now: datetime) -> Sent | None:  # noqa: ARG001 - the hook's
    """Send what goes by e-mail as a letter in plain text; its Message-ID follows from the key."""
    if outgoing.way is not Way.EMAIL:
        return None
    outbound.letter(outgoing.key, outgoing.address, outgoing.subject, outgoing.text)
    return Sent("taken by the mail server")
