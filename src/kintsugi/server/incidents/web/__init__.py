"""The pages of incidents: the list, the form to declare one, and the incident itself."""

from fastapi import APIRouter

from kintsugi.server.incidents.web.following import router as following
from kintsugi.server.incidents.web.more_routes import router as more
from kintsugi.server.incidents.web.notes import router as notes
from kintsugi.server.incidents.web.routes import router as routes

router = APIRouter()
router.include_router(following)
router.include_router(notes)
router.include_router(more)
router.include_router(routes)

__all__ = ["router"]
