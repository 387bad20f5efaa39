"""Alerts over HTTP, as JSON: the inbox, what decides about alerts, and what is learned from them."""

from kintsugi.kernel.http import PROBLEMS
from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.alerts.api import (
    changes,
    dead_letters,
    explaining,
    inbox,
    quality,
    responding,
    rules,
    silences,
    sources,
)

router = RoomRouter(tags=["alerts"], responses=PROBLEMS)
for _part in (
    explaining,
    responding,
    inbox,
    sources,
    rules,
    silences,
    dead_letters,
    changes,
    quality,
):
    router.include_router(_part.router)

__all__ = ["router"]
