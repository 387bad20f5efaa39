"""What a hook is given to send, and how the plugins are asked who sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pluggy

from kintsugi.core.comms.recipient import Way
from kintsugi.plugins.outbound import Outbound, SendFailed


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one recipient.

    `key` is the same at every attempt, so that a receiver can tell that it is the same message. `address`
    is an e-mail address or the URL of an endpoint; `secrets` sign what goes to an endpoint, the newest
    first. `event` says what kind of news it is, such as `incident.update`; `facts` are what is known of
    it, as JSON can hold them. `created_at` is when it was written.
    """

    key: str
    way: Way
    address: str = field(repr=False)
    name: str
    subject: str
    text: str
    event: str
    facts: Mapping[str, Any]
    created_at: datetime
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """It was sent; `says` is what the receiver said, in a few words without anything secret."""

    says: str = "sent"


def send_by_plugins(
    outgoing: Outgoing, outbound: Outbound, now: datetime, plugins: pluggy.PluginManager
) -> Sent:
    """Have the first plugin that takes it send it; those that came last are asked first, so ours come after yours.

    Raises SendFailed where it was not sent, where nobody takes it, and, naming the plugin, where one fails.
    """
    for name, plugin in reversed(plugins.list_name_plugin()):
        send = getattr(plugin, "kintsugi_send", None)
        if send is None:
            continue
        try:
            sent = send(outgoing=outgoing, outbound=outbound, now=now)
        except SendFailed:
            raise
        except (
            Exception,
            SystemExit,
        ) as error:  # a plugin may raise anything, with anything in its text
            raise SendFailed(f"the plugin {name} fails: {type(error).__name__}") from error
        if sent is None:
            continue
        if not isinstance(sent, Sent):
            raise SendFailed(f"the plugin {name} returns no Sent from kintsugi_send")
        return sent
    raise SendFailed(f"no plugin sends by {outgoing.way.value}", permanent=True)
