"""Postmortems over HTTP, as JSON: the Post-Mortems seed's calls, and what its workflow needs besides."""

from kintsugi.kernel.http import PROBLEMS
from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.postmortems.api import deleted, documents, history, reviewing, settings

router = RoomRouter(tags=["postmortems"], responses=PROBLEMS)
for _part in (settings, deleted, documents, history, reviewing):
    router.include_router(_part.router)

__all__ = ["router"]
