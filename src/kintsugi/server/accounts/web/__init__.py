"""The accounts room's pages."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.server.accounts.web import people, profile, sign_in

router = APIRouter(include_in_schema=False)
for pages in (sign_in, profile, people):
    router.include_router(pages.router)
