"""What analytics does when something happens in a room below: it tells the knowledge base its patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kintsugi.kernel.unit_of_work import Handler, UnitOfWork
from kintsugi.server.analytics import service as analytics
from kintsugi.server.knowledge.events import PatternsAsked


def tell_patterns(work: UnitOfWork, event: PatternsAsked) -> None:
    """Every class that an incident was confirmed to be of."""
    event.told.extend(analytics.told_patterns(work))


HANDLERS: Mapping[type, Sequence[Handler]] = {PatternsAsked: (tell_patterns,)}
