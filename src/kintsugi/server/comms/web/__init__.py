"""The pages of messages: writing one, how it went, what the organisation set for them, and webhook endpoints."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.comms.web import compose, endpoints, sent, settings, templates

router = RoomRouter()
for _part in (compose, sent, templates, settings, endpoints):
    router.include_router(_part.router)

__all__ = ["router"]
