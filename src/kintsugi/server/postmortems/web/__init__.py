"""The pages of postmortems: the list, beginning one, reading it, and sharing it outside."""

from fastapi.responses import HTMLResponse

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.postmortems.web import (
    creating,
    deleted,
    editing,
    history,
    listing,
    moving,
    reading,
    reviewing,
    settings,
    sharing,
    taking,
)

router = RoomRouter(include_in_schema=False, default_response_class=HTMLResponse)
for _part in (
    listing,
    deleted,
    creating,
    sharing,
    moving,
    settings,
    editing,
    taking,
    reviewing,
    history,
    reading,
):  # what has an address of its own stands before `/postmortems/{reference}`
    router.include_router(_part.router)

__all__ = ["router"]
