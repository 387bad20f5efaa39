"""The pages of the comms room."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.comms.web import endpoints

router = RoomRouter()
for _part in (endpoints,):
    router.include_router(_part.router)

__all__ = ["router"]
