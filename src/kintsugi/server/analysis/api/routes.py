"""Fault trees over HTTP: kept, solved, and written in the forms of their files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import PROBLEMS, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.api.bodies import (
    Filters,
    TreePage,
    row_body,
)

router = APIRouter(tags=["fault trees"], responses=PROBLEMS)

Name = Annotated[str, Path(alias="id", max_length=80, description="The id or reference (FT-1).")]


@router.get("/api/fault-trees", response_model=TreePage)
@door(Action.READ)
def list_trees(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> TreePage:
    """Fault trees, newest first, without their text and answers."""
    wanted = analysis.Wanted(analysis.incident_id(work, asked.incident), asked.text)
    page = analysis.list_trees(work, wanted, asked.limit, asked.cursor)
    return TreePage(items=[row_body(one) for one in page.items], next_cursor=page.next_cursor)
