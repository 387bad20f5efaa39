"""The pages of messages: writing one, how it was delivered, and what the organisation set for them."""

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.comms.web import compose, sent, settings, templates

router = RoomRouter()
for _part in (compose, sent, templates, settings):
    router.include_router(_part.router)

__all__ = ["router"]
