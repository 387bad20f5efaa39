"""The pages of analytics."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.analytics.web import figures, patterns

router = RoomRouter()
for _part in (figures, patterns):
    router.include_router(_part.router)

__all__ = ["router"]
