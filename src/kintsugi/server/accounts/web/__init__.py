"""The accounts room's pages."""

from __future__ import annotations

from kintsugi.kernel.routing import RoomRouter
from kintsugi.server.accounts.web import audit, people, profile, settings, sign_in, teams

router = RoomRouter(include_in_schema=False)
for pages in (sign_in, profile, people, teams, audit, settings):
    router.include_router(pages.router)
