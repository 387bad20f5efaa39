"""The pages of analytics."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.analytics.web import patterns

router = RoomRouter()
for _part in (patterns,):
    router.include_router(_part.router)

__all__ = ["router"]
