"""The audit log's page, and the log as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Action, Viewer
from kintsugi.kernel.http import Answer, door, kernel_of, status_of
from kintsugi.kernel.pages import Page
from kintsugi.kernel.refusals import told_by_field
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from kintsugi.kernel.web import page
from kintsugi.server.accounts import audit_export
from kintsugi.server.accounts.service import audit_log

router = APIRouter()
Word = Annotated[str, Query(max_length=200)]
LABELS = {"since": "From", "until": "To"}
AT_ONCE = 500
"""Rows of an export that are read in one unit of work."""
FORMATS = {"csv": ("text/csv", "csv"), "jsonl": ("application/x-ndjson", "jsonl")}


@router.get("/audit", response_model=None)
@door(Action.ADMINISTER)
def show_audit(
    work: UnitOfWork, person: Word = "", action: Word = "", target: Word = "", since: Word = "",
    until: Word = "", cursor: Word = "", check: Word = "",
) -> Answer:  # fmt: skip
    typed = _typed(person, action, target, since, until)
    try:
        asked = _asked(work.viewer, typed)
        found = audit_log.changes(work, asked, cursor)
    except InvalidValue as error:
        return _page(work, typed, wrong=told_by_field(error, LABELS), status=status_of(error)[0])
    return _page(work, typed, found, cursor=cursor, check=check)


@router.get("/audit/export", response_model=None)
@door(Action.ADMINISTER)
def export_audit(
    work: UnitOfWork, request: Request, format: Word = "csv",  # noqa: A002 - the name in the address
    person: Word = "", action: Word = "", target: Word = "", since: Word = "", until: Word = "",
) -> Answer:  # fmt: skip
    """All that fits, the newest first. It is read a few rows at a time while it is sent."""
    if format not in FORMATS:
        raise InvalidValue("is no format", path=("format",), expected="csv or jsonl")
    media, ending = FORMATS[format]
    asked = _asked(work.viewer, _typed(person, action, target, since, until))
    batches = _batches(kernel_of(request).works, work.viewer, asked)
    name = f"kintsugi-audit-{work.now:%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    made = _as_csv(batches) if format == "csv" else map(audit_export.json_lines, batches)
    return lambda: StreamingResponse(made, media_type=media, headers=headers)


def _batches(
    works: Works, viewer: Viewer, asked: audit_log.Asked
) -> Iterator[tuple[audit_log.Change, ...]]:
    cursor: str | None = ""
    while cursor is not None:
        with works.reading(viewer) as work:
            found = audit_log.changes(work, asked, cursor, AT_ONCE)
        yield found.items
        cursor = found.next_cursor


def _as_csv(batches: Iterator[tuple[audit_log.Change, ...]]) -> Iterator[str]:
    for number, batch in enumerate(batches):
        yield audit_export.csv_lines(batch, with_head=number == 0)


def _typed(person: str, action: str, target: str, since: str, until: str) -> dict[str, str]:
    said = {"person": person, "action": action, "target": target, "since": since, "until": until}
    return {name: value.strip() for name, value in said.items()}


def _asked(viewer: Viewer, typed: dict[str, str]) -> audit_log.Asked:
    """Days count in the viewer's zone, and the last one is in the range. Raises InvalidValue."""
    since, until = (_day(name, typed[name]) for name in ("since", "until"))
    zone = ZoneInfo(viewer.zone)
    return audit_log.Asked(
        typed["person"], typed["action"], typed["target"],
        datetime.combine(since, time(), zone) if since else None,
        datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
    )  # fmt: skip


def _day(name: str, written: str) -> date | None:
    if not written:
        return None
    try:
        found = date.fromisoformat(written)
    except ValueError as error:
        raise InvalidValue("is no day", path=(name,), expected="one such as 2026-11-21") from error
    if not 1970 <= found.year <= 9000:
        raise InvalidValue("is too far away", path=(name,), expected="a day from 1970 on")
    return found


def _page(
    work: UnitOfWork, typed: dict[str, str], found: Page[audit_log.Change] | None = None, *, cursor: str = "",
    check: str = "", wrong: dict[str, str] | None = None, status: int = 200,
) -> Answer:  # fmt: skip
    """Context: changes (a page or none), typed, asked and query (filters), known (actions), is_unbroken, is_whole."""
    is_whole = check == "all"
    asked = {name: value for name, value in typed.items() if value}
    context = {
        "changes": found, "typed": typed, "asked": asked, "query": urlencode(asked), "wrong": wrong or {},
        "known": audit_log.known_actions(work), "is_whole": is_whole, "is_first_page": not cursor,
        "is_unbroken": audit_log.is_unbroken(work, whole=is_whole),
    }  # fmt: skip
    return page(work, "accounts/audit.html", context, status=status)
