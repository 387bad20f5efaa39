"""The page that shows every part a page can be made of, in each state and both themes."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/components", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork) -> Answer:
    """Every part."""
    return page(work, "kernel/components_page.html", {})
