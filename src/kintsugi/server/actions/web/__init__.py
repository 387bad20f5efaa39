"""The pages of actions: the board over all of them, and each one."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.actions.web.board import router as board
from kintsugi.server.actions.web.routes import router as routes

router = RoomRouter()
router.include_router(board)
router.include_router(routes)

__all__ = ["router"]
