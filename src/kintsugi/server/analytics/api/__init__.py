"""Analytics over HTTP."""

from kintsugi.kernel.http import PROBLEMS
from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.analytics.api import classes, figures, lists, patterns

router = RoomRouter(tags=["analytics"], responses=PROBLEMS)
for _part in (lists, patterns, classes, figures):
    router.include_router(_part.router)
