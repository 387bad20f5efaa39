"""The API of the comms room."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.comms.api import deliveries, endpoints

router = RoomRouter()
for _part in (endpoints, deliveries):
    router.include_router(_part.router)

__all__ = ["router"]
