"""The audit log over HTTP, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from kintsugi.kernel.asked import Cursor, Limit
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts.service import audit_log

router = APIRouter()
Word = Annotated[str, Query(max_length=200)]
Moment = Annotated[AwareDatetime | None, Query()]


class ChangeOut(Body):
    """Who did what, to what, when. `actor` and `targetName` are the names of today."""

    id: str
    at: datetime
    actor_id: str
    actor: str
    action: str
    target: str
    target_name: str
    detail: dict[str, Any]


class ChangePage(Body):
    """Some of the audit log."""

    items: list[ChangeOut]
    next_cursor: str | None


@router.get("/api/audit")
@door(Action.ADMINISTER)
def list_changes(
    work: UnitOfWork, person: Word = "", action: Word = "", target: Word = "", since: Moment = None,
    until: Moment = None, cursor: Cursor = None, limit: Limit = USUAL,
) -> ChangePage:  # fmt: skip
    """The audit log, newest first. `person` is an id, an e-mail or part of a name; `action` may be the part
    before the dot; `until` is not in the range itself.
    """
    asked = audit_log.Asked(person, action, target, since, until)
    page = audit_log.changes(work, asked, cursor, limit).map(ChangeOut.model_validate)
    return ChangePage(items=list(page.items), next_cursor=page.next_cursor)
