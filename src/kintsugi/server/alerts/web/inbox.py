"""The inbox: alerts narrowed by what stands in the address, and what is done with those that are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import plural
from kintsugi.kernel.auth import Action
from kintsugi.kernel.following import mark
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.asked import (
    JUDGED,
    VERDICTS,
    VIEWS,
    WITHIN,
    Asked,
    Narrowed,
    address,
    in_view,
    narrowed,
)
from kintsugi.server.alerts.web.following import inbox as followed
from kintsugi.server.alerts.web.showing import counted, rows

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

LABELS = {
    "q": "Words",
    "within": "Time",
    "since": "From",
    "until": "Until",
    "label": "Labels",
    "alerts": "Choice",
}
DONE = {"acknowledge": "acknowledged", "resolve": "resolved", "judge": "judged"}
"""What was done to so many alerts, as the page that follows says it."""


class ChosenForm(BaseModel):
    """What to do with which alerts, and the query of the page to go back to."""

    alert: list[str] = Field(default_factory=list)
    do: str = ""
    back: str = Field("", max_length=4_000)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was done, and which alerts had been chosen."""

    told: str
    status: int
    chosen: frozenset[str] = frozenset()


@router.get("/alerts", response_model=None)
@door(Action.READ)
def show(
    work: UnitOfWork,
    query: Annotated[Asked, Query()],
    did: Annotated[str, Query(max_length=40)] = "",
) -> Answer:
    return _inbox(work, query, notice=_notice(did))


@router.get("/alerts/parts/list", response_model=None)
@door(Action.READ)
def show_list(work: UnitOfWork, query: Annotated[Asked, Query()]) -> Answer:
    """The list by itself, for a page that follows it."""
    return page(work, "alerts/_list.html", _listed(work, narrowed(work, query)))


@router.post("/alerts/chosen/do", response_model=None)
@door(Action.RESPOND, writes=True)
def do(work: UnitOfWork, form: Annotated[ChosenForm, Form()]) -> Answer:
    """Do one thing with all that are chosen."""
    try:
        with work.attempt():
            then = done(work, alerts.chosen(work, form.alert), form.do)
    except DomainError as error:
        refused = Refused(_why(error, form), status_of(error)[0], frozenset(form.alert))
        return _inbox(work, _asked_before(form.back), refused)
    if then.startswith("/"):
        return see(then)
    return see(address(dict(parse_qsl(form.back)), did=then))


def done(work: UnitOfWork, chosen: list[Alert], what: str) -> str:
    """Do it; what to say of it, or the address to go on at. Raises InvalidValue for what cannot be done."""
    if what == "acknowledge":
        return f"acknowledge.{alerts.acknowledge(work, chosen)}"
    if what == "resolve":
        return f"resolve.{alerts.end(work, chosen)}"
    if what == "silence":
        return "/alerts/silences/new?" + urlencode([("alert", one.id) for one in chosen])
    verdicts = {one.value: one for one in Verdict}
    if what not in verdicts and what != "no-verdict":
        raise InvalidValue("is not known", path=("do",), expected="one of the buttons")
    alerts.judge(work, chosen, verdicts.get(what))
    return f"judge.{len(chosen)}"


def _why(error: DomainError, form: ChosenForm) -> str:
    if not form.alert:
        return "No alert is chosen. Tick those that you mean, or go to one with j and k."
    return told(error, LABELS)


def _notice(did: str) -> str:
    what, _, count = did.partition(".")
    if what not in DONE or not count.isdecimal():
        return ""
    return f"{plural(int(count[:6]), 'alert')} {DONE[what]}."


def _asked_before(back: str) -> Asked:
    """The filters of the page that a form came from; none where they are none of ours."""
    known = {name: value for name, value in parse_qsl(back) if name in Asked.model_fields}
    try:
        return Asked.model_validate(known)
    except ValueError:
        return Asked(cursor=None)


def _inbox(
    work: UnitOfWork, query: Asked, refused: Refused | None = None, *, notice: str = ""
) -> Answer:
    follows_from = mark(work, followed(work))
    status, wrong = refused.status if refused else 200, {}
    try:
        found = narrowed(work, query)
    except InvalidValue as error:
        status, wrong = 422, {field_of(error): told(error, LABELS)}
        typed = query.model_dump(exclude={"cursor"})
        found = Narrowed(
            {name: value for name, value in typed.items() if value}, alerts.Wanted(), "", None
        )
        listed = _empty(found)
    else:
        listed = _listed(work, found, refused)
    context: dict[str, Any] = {
        "follows_from": follows_from,
        "notice": notice,
        "wrong": wrong,
        "refused": refused,
        "sources": [
            ("", "Every source"),
            *((one.name, one.name) for one in alerts.list_sources(work)),
        ],
        "verdicts": _verdict_options(),
        "within": [("", "Any time"), *((word, said) for word, (said, _) in WITHIN.items())],
        "has_more_filters": any(
            name in found.asked for name in ("source", "rule", "label", "verdict", "since", "until")
        ),
        **listed,
    }
    return page(work, "alerts/inbox.html", context, status=status)


def _listed(work: UnitOfWork, found: Narrowed, refused: Refused | None = None) -> dict[str, Any]:
    """What the list is told."""
    listed = alerts.search_alerts(work, found.wanted, USUAL, found.cursor)
    query = address(found.asked, cursor=found.cursor).partition("?")[2]
    return {
        **_empty(found),
        "rows": rows(work, listed.items),
        "part_href": "/alerts/parts/list" + (f"?{query}" if query else ""),
        "back": address(found.asked).partition("?")[2],
        "view_chips": _view_chips(work, found),
        "next_href": address(found.asked, cursor=listed.next_cursor) if listed.next_cursor else "",
        "back_to": listed.back_to,
        "first_href": address(found.asked) if found.cursor else "",
        "may_respond": work.viewer.may(Action.RESPOND),
        "tools": work.panels("inbox") if work.viewer.may(Action.RESPOND) else [],
        "may_administer": work.viewer.may(Action.ADMINISTER),
        "chosen": refused.chosen if refused else frozenset(),
        "has_sources": bool(listed.items) or bool(alerts.list_sources(work)),
    }


def _empty(found: Narrowed) -> dict[str, Any]:
    return {
        "rows": [], "asked": found.asked, "view": found.view, "part_href": "", "back": "",
        "view_chips": [], "severity_chips": _severity_chips(found), "next_href": "",
        "first_href": "", "back_to": None, "may_respond": False, "may_administer": False, "chosen": frozenset(),
        "has_sources": True, "tools": [], "is_filtered": bool(set(found.asked) - {"view"}),
    }  # fmt: skip


def _view_chips(work: UnitOfWork, found: Narrowed) -> list[tuple[str, str, bool]]:
    """The views with how many alerts each has; without numbers while words are looked for."""
    chips = []
    every = [] if found.is_searched else [in_view(found.any_view, name) for name in VIEWS]
    numbers = [counted(number) for number in alerts.counts(work, every)] or [""] * len(VIEWS)
    for (name, (word, _)), number in zip(VIEWS.items(), numbers, strict=True):
        href = address(found.asked, view=name)
        chips.append((f"{word} {number}".rstrip(), href, name == found.view))
    return chips


def _severity_chips(found: Narrowed) -> list[tuple[str, str, bool]]:
    chosen = found.asked.get("severity", "").casefold()
    every = [("", "Every severity"), *((one.label, one.label) for one in Severity)]
    return [
        (word, address(found.asked, severity=value), value.casefold() == chosen)
        for value, word in every
    ]


def _verdict_options() -> list[tuple[str, str]]:
    said = {"none": "No verdict yet", "any": "Any verdict"}
    return [
        ("", "With or without"),
        *((word, said[word]) for word in JUDGED),
        *((one.value, word) for one, word in VERDICTS.items()),
    ]
