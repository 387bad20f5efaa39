"""The pages of alerts: the inbox, each alert, and what decides about them."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.alerts.web import (
    alert,
    dead_letters,
    explaining,
    following,
    inbox,
    quality,
    report,
    rules,
    silences,
    sources,
)

router = RoomRouter()
for _part in (
    following,
    inbox,
    explaining,
    rules,
    silences,
    quality,
    sources,
    dead_letters,
    report,
    alert,
):
    router.include_router(_part.router)

__all__ = ["router"]
