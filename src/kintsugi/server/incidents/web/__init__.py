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
    recovery,
    relations,
    routes,
    settings,
    triage,
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
    triage,
    recovery,
    settings,
    console,
    routes,
):
    router.include_router(_part.router)

__all__ = ["router"]
