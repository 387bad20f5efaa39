"""Postmortems over HTTP, as JSON: the Post-Mortems seed's calls, and what its workflow needs besides."""

from fastapi import APIRouter

from kintsugi.kernel.http import PROBLEMS
from kintsugi.server.postmortems.api import deleted, documents, history, reviewing, settings

router = APIRouter(tags=["postmortems"], responses=PROBLEMS)
for _part in (settings, deleted, documents, history, reviewing):
    router.include_router(_part.router)

__all__ = ["router"]
