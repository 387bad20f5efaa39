"""The accounts room over HTTP, as JSON."""

from __future__ import annotations

from kintsugi.kernel.http import PROBLEMS
from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.accounts.api import account, audit, teams

router = RoomRouter(tags=["accounts"], responses=PROBLEMS)
for part in (account, teams, audit):
    router.include_router(part.router)
