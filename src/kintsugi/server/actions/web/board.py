"""The board: every action that the viewer sees, narrowed by what stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from kintsugi.core.actions.item import ActionStatus, Horizon, Priority
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action as Right
from kintsugi.kernel.http import door, kernel_of
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import service as actions
from kintsugi.server.actions.web.showing import rows

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Answer = Callable[[], Response]
Searched = Annotated[str, Field(max_length=200)]
VIEWS = {"": "Open", "overdue": "Overdue", "unverified": "To verify", "all": "All"}


class Asked(BaseModel):
    """What the board's address asks for; a word it does not know asks for nothing."""

    view: Searched = ""
    whose: Searched = ""
    priority: Searched = ""
    horizon: Searched = ""
    q: Searched = ""
    sort: Searched = ""
    cursor: str | None = Field(None, max_length=500)


@router.get("/actions", response_model=None)
@door(Right.READ)
def show_board(work: UnitOfWork, query: Annotated[Asked, Query()], request: Request) -> Answer:
    typed = query.model_dump(exclude={"cursor"})
    asked = {name: clean(value).strip() for name, value in typed.items() if value.strip()}
    teams = accounts.teams.named(work, sorted(work.viewer.team_ids))
    wanted = _narrowed(work, asked, teams)
    views = {name or "open": _viewed(work, wanted, name) for name in VIEWS}
    view = asked.get("view", "") if asked.get("view", "") in VIEWS else ""
    order = actions.Order.WORTH if asked.get("sort") == "worth" else actions.Order.DUE
    found = actions.list_actions(work, views[view or "open"], USUAL, query.cursor, order)
    counts = actions.tally(work, views)
    context: dict[str, Any] = {
        "rows": rows(work, found.items),
        "asked": asked,
        "view_chips": [
            (f"{word} {counts[name or 'open']}", _address(asked, view=name), name == view)
            for name, word in VIEWS.items()
        ],
        "whose_chips": _chips(asked, "whose", _whose(teams)),
        "priority_chips": _chips(
            asked, "priority",
            [("", "Every priority"), *((one.value, f"{one.code} {one.value.capitalize()}") for one in Priority)],
        ),
        "horizon_chips": _chips(
            asked, "horizon",
            [("", "Every horizon"), *((one.value, one.value.capitalize()) for one in Horizon)],
        ),
        "sort_chips": _chips(asked, "sort", [("", "Due first"), ("worth", "Buys most first")]),
        "next_href": _address(asked, cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": _address(asked) if query.cursor else "",
        "reminds": kernel_of(request).settings.sends_mail,
    }  # fmt: skip
    return page(work, "actions/board.html", context)


def _whose(teams: Mapping[str, str]) -> list[tuple[str, str]]:
    found = [("", "Everybody's"), ("me", "Mine")]
    if len(teams) > 1:
        found.append(("teams", "My teams'"))
    return found + sorted(((one, name) for one, name in teams.items()), key=lambda pair: pair[1])


def _narrowed(
    work: UnitOfWork, asked: Mapping[str, str], teams: Mapping[str, str]
) -> actions.Wanted:
    whose, owners = asked.get("whose", ""), None
    if whose == "me":
        owners = actions.mine(work)
    elif whose == "teams":
        owners = actions.of_teams(work, sorted(teams))
    elif whose:
        team = accounts.teams.find(work, whose)
        owners = actions.of_teams(work, [team.id]) if team else ()
    priority = asked.get("priority", "").upper()
    horizon = asked.get("horizon", "").upper()
    return actions.Wanted(
        owners=owners, text=asked.get("q", ""),
        priorities=tuple(one for one in Priority if one.value == priority),
        horizon=next((one for one in Horizon if one.value == horizon), None),
    )  # fmt: skip


def _viewed(work: UnitOfWork, wanted: actions.Wanted, view: str) -> actions.Wanted:
    today = actions.today(work)
    if view == "overdue":
        return replace(wanted, overdue_on=today)
    if view == "unverified":
        return replace(wanted, statuses=(ActionStatus.DONE,))
    return wanted if view == "all" else replace(wanted, open_on=today)


def _chips(
    asked: Mapping[str, str], name: str, choices: list[tuple[str, str]]
) -> list[tuple[str, str, bool]]:
    chosen = asked.get(name, "")
    return [
        (word, _address(asked, **{name: value}), value.casefold() == chosen.casefold())
        for value, word in choices
    ]


def _address(asked: Mapping[str, str], **changed: str | None) -> str:
    query = {name: value for name, value in {**asked, **changed}.items() if value}
    return "/actions" + (f"?{urlencode(query)}" if query else "")
