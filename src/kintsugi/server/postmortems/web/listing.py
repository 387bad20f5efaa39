"""The list of postmortems, with filters in its address, and the incidents that still wait for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, state_word, told
from kintsugi.server.postmortems.web.people import called

router = APIRouter()
Searched = Annotated[str, Field(max_length=200)]
_REFERENCE = re.compile(r"PM-\d{1,9}")


class Asked(BaseModel):
    """What the list's address asks for."""

    status: Searched = ""
    severity: Searched = ""
    service: Searched = ""
    owner: Searched = ""
    q: Searched = ""
    since: Searched = ""
    until: Searched = ""
    deleted: Searched = ""
    cursor: str | None = Field(default=None, max_length=500)

    def filters(self) -> dict[str, str]:
        """What narrows the list."""
        typed = self.model_dump(exclude={"cursor", "deleted"})
        return {name: clean(value).strip() for name, value in typed.items() if value.strip()}


@router.get("/postmortems", response_model=None)
@door(Action.READ)
def show_list(work: UnitOfWork, query: Annotated[Asked, Query()]) -> Answer:
    return _list_page(work, query)


def _list_page(work: UnitOfWork, query: Asked) -> Answer:
    asked, problem, status = query.filters(), "", 200
    try:
        wanted = _wanted(asked)
    except InvalidValue as error:
        wanted, problem, status = postmortems.Wanted(), told(error), 422
    counts = postmortems.counts(work, wanted)
    states = () if problem else _statuses(asked.get("status", ""))
    narrowed = replace(wanted, statuses=states)
    found = postmortems.list_postmortems(work, narrowed, USUAL, query.cursor)
    context: dict[str, Any] = {
        "listed": found.items,
        "incidents": incidents.get_all(work, {one.incident_id for one in found.items}),
        "called": called(work, [one.owner for one in found.items]),
        "asked": asked,
        "problem": problem,
        "has_more_filters": any(asked.get(name) for name in ("service", "owner", "since", "until")),
        "status_chips": _status_chips(asked, counts),
        "severity_chips": _severity_chips(asked),
        "next_href": _address(asked, cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": _address(asked) if query.cursor else "",
        "most_looked_at": postmortems.MOST_LOOKED_AT,
        "not_started": postmortems.not_started(work) if not asked and not query.cursor else [],
        "may_begin": work.viewer.may(Action.RESPOND),
        "deleted": query.deleted if _REFERENCE.fullmatch(query.deleted) else "",
    }
    return page(work, "postmortems/list.html", context, status=status)


def _wanted(asked: Mapping[str, str]) -> postmortems.Wanted:
    """What the filters ask for but the status. Raises InvalidValue for one that cannot be read."""
    _statuses(asked.get("status", ""))
    return postmortems.Wanted(
        severity=parse_severity(asked["severity"]) if "severity" in asked else None,
        service=asked.get("service", ""), text=asked.get("q", ""), owner=asked.get("owner", ""),
        since=_day(asked, "since"), until=_day(asked, "until"),
    )  # fmt: skip


def _day(asked: Mapping[str, str], name: str) -> date | None:
    if name not in asked:
        return None
    try:
        return date.fromisoformat(asked[name])
    except ValueError as error:
        raise InvalidValue(
            f"{asked[name]!r} is no day", path=(name,), expected="a day such as 2026-11-21"
        ) from error


def _statuses(written: str) -> tuple[PostmortemStatus, ...]:
    if not written:
        return ()
    known = {status.value: status for status in PostmortemStatus}
    if written.upper() not in known:
        raise InvalidValue("is no state", path=("status",), expected=", ".join(known))
    return (known[written.upper()],)


def _address(asked: Mapping[str, str], **changed: str | None) -> str:
    query = {name: value for name, value in {**asked, **changed}.items() if value}
    return "/postmortems" + (f"?{urlencode(query)}" if query else "")


def _status_chips(
    asked: Mapping[str, str], counts: Mapping[PostmortemStatus, int]
) -> list[tuple[str, str, bool]]:
    chosen = asked.get("status", "").upper()
    every = [("", "All", sum(counts.values()))]
    every += [(one.value, state_word(one), counts.get(one, 0)) for one in PostmortemStatus]
    return [
        (f"{word} {count}", _address(asked, status=value), value == chosen)
        for value, word, count in every
    ]


def _severity_chips(asked: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    chosen = asked.get("severity", "")
    every = [("", "Every severity"), *((one.label, one.label) for one in Severity)]
    return [(word, _address(asked, severity=value), value == chosen) for value, word in every]
