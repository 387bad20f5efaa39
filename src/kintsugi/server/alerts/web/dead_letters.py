"""The pages of dead letters: what came in and could not be read, until it is replayed or dismissed."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import joined, plural, sentence
from kintsugi.formats.alerts import FORMATS, Undecodable
from kintsugi.kernel.asked import Cursor
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.refusing import Refused, refused
from kintsugi.server.alerts.web.sent import Sent, headers_of, readable

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

LetterId = Annotated[str, Path(alias="letter_id", max_length=80)]
STATES = {
    "": ("Waiting", "dead"),
    "replayed": ("Replayed", "replayed"),
    "dismissed": ("Dismissed", "dismissed"),
}


@router.get("/alerts/dead-letters", response_model=None)
@door(Action.ADMINISTER)
def show_letters(
    work: UnitOfWork,
    show: Annotated[str, Query(max_length=20)] = "",
    source: Annotated[str, Query(max_length=100)] = "",
    did: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor = None,
) -> Answer:
    view = show if show in STATES else ""
    found = alerts.list_letters(work, USUAL, cursor, state=STATES[view][1], source=source)

    def address(**said: str | None) -> str:
        query = {name: value for name, value in {"source": source, **said}.items() if value}
        return "/alerts/dead-letters" + (f"?{urlencode(query)}" if query else "")

    context = {
        "letters": found.items,
        "titles": {name: one.title for name, one in FORMATS.items()},
        "view": view,
        "source": source,
        "chips": [(word, address(show=name), name == view) for name, (word, _) in STATES.items()],
        "next_href": address(show=view, cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": address(show=view) if cursor else "",
        "notice": _notice(did),
    }
    return page(work, "alerts/dead_letters.html", context)


@router.get("/alerts/dead-letters/{letter_id}", response_model=None)
@door(Action.ADMINISTER)
def show(work: UnitOfWork, letter_id: LetterId) -> Answer:
    return _letter_page(work, alerts.get_letter(work, letter_id))


@router.post("/alerts/dead-letters/{letter_id}/replay", response_model=None)
@door(Action.ADMINISTER, writes=True)
def replay(work: UnitOfWork, letter_id: LetterId) -> Answer:
    letter = alerts.get_letter(work, letter_id)
    try:
        with work.attempt():
            made = alerts.replay(work, letter)
    except NotFound:
        raise
    except DomainError as error:
        refusal = refused(error)
        if isinstance(error, Undecodable):
            refusal = Refused(409, f"It still cannot be read: {error}.")
        return _letter_page(work, alerts.get_letter(work, letter_id), refusal)
    return see(f"/alerts/dead-letters?did=replayed.{made.new}.{made.changed}")


@router.post("/alerts/dead-letters/{letter_id}/dismiss", response_model=None)
@door(Action.ADMINISTER, writes=True)
def dismiss(work: UnitOfWork, letter_id: LetterId) -> Answer:
    letter = alerts.get_letter(work, letter_id)
    try:
        with work.attempt():
            alerts.dismiss(work, letter)
    except NotFound:
        raise
    except DomainError as error:
        return _letter_page(work, alerts.get_letter(work, letter_id), refused(error))
    return see("/alerts/dead-letters?did=dismissed")


def _notice(did: str) -> str:
    what, *counts = did.split(".")
    if what == "dismissed":
        return "It is dismissed."
    if what == "replayed" and len(counts) == 2 and all(one.isdecimal() for one in counts):
        new, changed = (int(one[:6]) for one in counts)
        return f"It was read: {plural(new, 'new alert')}, {changed:,} changed."
    return ""


def _letter_page(
    work: UnitOfWork, letter: alerts.DeadLetter, refusal: Refused | None = None
) -> Answer:
    shape = FORMATS.get(letter.format)
    context: dict[str, Any] = {
        "letter": letter,
        "format": shape.title if shape else letter.format,
        "has_mapping": bool(shape and shape.has_mapping),
        "sent": _sent(work, letter),
        "state": next(word for word, state in STATES.values() if state == letter.state),
        "is_dead": letter.state == "dead",
        "now_said": _read_now(work, letter) if letter.state == "dead" else "",
        "refused": refusal,
    }
    return page(work, "alerts/dead_letter.html", context, status=refusal.status if refusal else 200)


def _sent(work: UnitOfWork, letter: alerts.DeadLetter) -> Sent | None:
    try:
        found = alerts.shown(work, letter)
    except NotFound:
        return None
    text, is_indented = readable(found.text)
    return Sent(
        letter.received_at, headers_of(found.headers), text, found.size, found.is_cut, is_indented
    )


def _read_now(work: UnitOfWork, letter: alerts.DeadLetter) -> str:
    """What reading it again would give now; empty while it cannot be read."""
    try:
        found = alerts.try_again(work, letter)
    except (Undecodable, NotFound):
        return ""
    told = [plural(len(found.events), "alert")] if found.events else []
    told += [plural(len(found.changes), "change")] if found.changes else []
    return sentence(f"it can be read now: {joined(told) or 'it says nothing about an alert'}")
