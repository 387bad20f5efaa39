"""The API of messages, of who gets them, and of how they went."""

from kintsugi.kernel.http import PROBLEMS
from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.comms.api import deliveries, endpoints, messages, settings

router = RoomRouter(tags=["messages"], responses=PROBLEMS)
for _part in (messages, settings, endpoints, deliveries):
    router.include_router(_part.router)

__all__ = ["router"]
