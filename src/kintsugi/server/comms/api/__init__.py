"""Messages over HTTP."""

from kintsugi.kernel.http import PROBLEMS
from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.comms.api import messages, settings

router = RoomRouter(tags=["messages"], responses=PROBLEMS)
for _part in (messages, settings):
    router.include_router(_part.router)

__all__ = ["router"]
