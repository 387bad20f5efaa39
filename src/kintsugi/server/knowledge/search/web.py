"""The page of the search, and what the palette finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from kintsugi.core.knowledge.query import LONGEST, Kind
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page
from kintsugi.server.knowledge.search import service as search
from kintsugi.server.knowledge.search.asking import RANKED
from kintsugi.server.knowledge.search.panels import of_form

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Answer = Callable[[], Response]
PALETTE = 8
WORDS = {
    Kind.INCIDENT: "Incident", Kind.POSTMORTEM: "Postmortem", Kind.ACTION: "Action",
    Kind.ALERT: "Alert",
}  # fmt: skip
_TYPED = re.compile(r"[^\W_]{3}$")
"""A word of three letters that another may follow: what fewer begin is most of all words."""
HELP = (
    ("pool timeout", "Both words, in any order, title or text"),
    ('"connection pool"', "These words side by side"),
    ("conn*", "Words that begin so"),
    ("leak OR drain", "Either of them"),
    ("-drill", "Not this word"),
    ("service:booking", "Of a service; kind:, severity:, status: and team: go the same way"),
    ("status:open", "What somebody still works on"),
    ("since:30d until:2026-03-02", "From 30 days ago, up to and with a day"),
)


class Asked(BaseModel):
    """What the page's address asks for; a kind it does not know is every kind, of a question the beginning counts."""

    q: str = ""
    kind: str = Field("", max_length=30)
    cursor: str | None = Field(None, max_length=500)


@router.get("/search", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, query: Annotated[Asked, Query()]) -> Answer:
    text = _begun(query.q)
    kind = next((one for one in Kind if one.value == query.kind), None)
    found = search.find(work, text, kind, USUAL, query.cursor)
    asked = {"q": text, "kind": kind.value if kind else ""}
    cursor = found.page.next_cursor
    context: dict[str, Any] = {
        "asked": asked, "help": HELP, "notes": found.query.notes, "hits": found.page.items,
        "words": WORDS, "tabs": _tabs(asked, found.counts), "is_asked": not found.query.is_empty,
        "next_href": _address(asked, cursor=cursor) if cursor else "",
        "first_href": _address(asked) if query.cursor else "",
    }  # fmt: skip
    return page(work, "knowledge/search.html", context)


@router.get("/search/palette", response_model=None)
@door(Action.READ)
def palette(work: UnitOfWork, text: Annotated[str, Query(alias="q")] = "") -> Answer:
    """The best of what has these words in it; of the last of them, as it is still typed, the beginning."""
    wanted = _begun(text)
    typed = f"{wanted}*" if _TYPED.search(wanted) else wanted
    found = search.find(work, typed, None, PALETTE, is_counted=False)
    context = {
        "hits": found.page.items, "words": WORDS, "text": wanted,
        "all_href": _address({"q": wanted}),
    }  # fmt: skip
    return page(work, "knowledge/_palette.html", context)


def _begun(text: str) -> str:
    """What is looked at of a text, and one letter more where there is more, so that a note says so."""
    return clean(text[: 2 * LONGEST]).strip()[: LONGEST + 1]


class Typed(BaseModel):
    """What is typed in the form to declare an incident; the rest of the form is not looked at."""

    title: str = Field("", max_length=2_000)
    summary: str = Field("", max_length=50_000)
    impact: str = Field("", max_length=50_000)
    services: str = Field("", max_length=5_000)


@router.post("/search/similar", response_model=None)
@door(Action.READ)
def similar_as_typed(work: UnitOfWork, form: Annotated[Typed, Form()]) -> Answer:
    """Incidents like one that is about to be declared. Sent as a POST: what is typed is in no address."""
    title, services = clean(form.title), clean(form.services)
    text = clean(f"{form.summary}\n{form.impact}")
    found = of_form(work, title, text, services)
    context = {"similar": found, "asked": bool(f"{title}{text}".strip())}
    return page(work, "knowledge/_similar.html", context)


def _tabs(asked: Mapping[str, str], counts: Mapping[Kind, int]) -> list[tuple[str, str, bool]]:
    chosen = asked["kind"]
    each = [
        (
            f"{word}s {_counted(counts[kind])}",
            _address(asked, kind=kind.value),
            chosen == kind.value,
        )
        for kind, word in WORDS.items()
    ]
    return [("Everything", _address(asked, kind=""), not chosen), *each]


def _counted(count: int) -> str:
    return f"{RANKED:,}+" if count > RANKED else f"{count:,}"


def _address(asked: Mapping[str, str], **said: str) -> str:
    given = {name: value for name, value in {**asked, **said}.items() if value}
    return f"/search?{urlencode(given)}" if given else "/search"
