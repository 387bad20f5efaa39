"""Analysis over HTTP, as JSON."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.analysis.api import routes, why_routes

router = RoomRouter()
router.include_router(routes.router)
router.include_router(why_routes.router)

__all__ = ["router"]
