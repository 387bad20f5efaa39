"""The pages of incidents: the list, the form to declare one, and the incident itself."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.incidents.web import (
    attachments,
    chat,
    command,
    console,
    following,
    giving,
    measuring,
    notes,
    people,
    relations,
    routes,
)

router = RoomRouter()
for _part in (
    chat,
    following,
    giving,
    measuring,
    notes,
    attachments,
    relations,
    people,
    command,
    console,
    routes,
):
    router.include_router(_part.router)

__all__ = ["router"]
