"""The accounts room over HTTP, as JSON."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.kernel.http import PROBLEMS
from kintsugi.server.accounts.api import account, audit, teams

router = APIRouter(tags=["accounts"], responses=PROBLEMS)
for part in (account, teams, audit):
    router.include_router(part.router)
