"""The knowledge base over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from kintsugi.kernel.auth import Action
from kintsugi.kernel.download import download
from kintsugi.kernel.http import PROBLEMS, Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.knowledge import service
from kintsugi.server.knowledge.search import api as search

router = APIRouter(tags=["knowledge base"], responses=PROBLEMS)
router.include_router(search.router)
NAME = "knowledge-base.zip"


@router.get(
    "/api/knowledge-base",
    response_model=None,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
@door(Action.READ)
def archive(work: UnitOfWork) -> Answer:
    """Every published postmortem but those of private incidents, in the layout that `kintsugi kb` keeps."""
    return download(NAME, "application/zip", service.archive(work), is_shown=False)


@router.get("/knowledge-base.zip", response_model=None, include_in_schema=False)
@door(Action.READ)
def downloaded(work: UnitOfWork) -> Answer:
    return download(NAME, "application/zip", service.archive(work), is_shown=False)
