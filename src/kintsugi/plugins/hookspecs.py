"""The hooks a plugin may implement; mark yours with `hookimpl`."""

from __future__ import annotations

from datetime import datetime

import pluggy

from kintsugi.core.postmortems.sections import SectionRegistry
from kintsugi.plugins.outbound import Outbound
from kintsugi.plugins.sending import Outgoing, Sent

PROJECT = "kintsugi"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def kintsugi_sections(registry: SectionRegistry) -> SectionRegistry | None:
    """Change the sections documents are put together from: return a registry with sections added,
    replaced, ordered or removed, or None to leave it. Called once for each set of sections that a
    template uses, one plugin after the other.
    """


@hookspec
def kintsugi_send(outgoing: Outgoing, outbound: Outbound, now: datetime) -> Sent | None:
    """Send one message to one recipient by the outbound, or return None to leave it to others. Called
    for each attempt, in a worker, outside any transaction; the first plugin that returns Sent has sent it.
    Raise SendFailed where it was not sent. It may be called again with the same key after a process died.
    """
