"""The pages of trees: the lists, a tree with its answers, and the panel of an incident."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.analysis.web import routes, why_routes

router = RoomRouter()
# Before the fault trees, whose page takes any name under /analysis.
router.include_router(why_routes.router)
router.include_router(routes.router)

__all__ = ["router"]
