"""The pages of silences and maintenance windows: what is quiet now, will be, and was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse

from kintsugi.core.alerts.alert import Alert
from kintsugi.core.alerts.matchers import Matcher, written_matchers
from kintsugi.core.alerts.silences import SilenceKind, SilenceState
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import clean, plural
from kintsugi.core.shared.times import ClockTime, parse_duration, parse_when
from kintsugi.kernel.asked import Cursor
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service as accounts
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.refusing import Refused, Versioned, lines, refused, words
from kintsugi.server.catalog import service as catalog

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SilenceId = Annotated[str, Path(alias="silence_id", max_length=80)]
LABELS = {
    "matchers": "Labels", "services": "Services", "startsAt": "From", "endsAt": "Until",
    "comment": "Why", "source": "Source",
}  # fmt: skip
VIEWS = {
    "": ("Active", SilenceState.ACTIVE),
    "pending": ("Planned", SilenceState.PENDING),
    "expired": ("Over", SilenceState.EXPIRED),
}
LENGTHS = ("30 min", "1 h", "2 h", "8 h", "1 d")
USUAL_LENGTH = "2 h"


class SilenceForm(Versioned):
    """`for` a length, or `until` a moment; a maintenance window names services, a silence has matchers."""

    matchers: str = ""
    services: str = ""
    source: str = ""
    starts: str = ""
    length: str = USUAL_LENGTH
    until: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence as a list has it; `said` is what it is for."""

    kept: alerts.KeptSilence
    said: tuple[str, ...]
    state: str
    who: str


@router.get("/alerts/silences", response_model=None)
@door(Action.READ)
def show_silences(
    work: UnitOfWork,
    show: Annotated[str, Query(max_length=20)] = "",
    did: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor = None,
) -> Answer:
    view = show if show in VIEWS else ""
    found = alerts.list_silences(work, VIEWS[view][1], USUAL, cursor)

    def address(**said: str | None) -> str:
        query = {name: value for name, value in said.items() if value}
        return "/alerts/silences" + (f"?{urlencode(query)}" if query else "")

    context = {
        "rows": _rows(work, found.items),
        "view": view,
        "chips": [(word, address(show=name), name == view) for name, (word, _) in VIEWS.items()],
        "next_href": address(show=view, cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": address(show=view) if cursor else "",
        "notice": _notice(did),
        "may_respond": work.viewer.may(Action.RESPOND),
    }
    return page(work, "alerts/silences.html", context)


@router.get("/alerts/silences/new", response_model=None)
@door(Action.RESPOND)
def show_new(
    work: UnitOfWork, alert: Annotated[list[str] | None, Query(max_length=200)] = None
) -> Answer:
    """The form; for alerts, with the labels that they have in common."""
    chosen = alerts.chosen(work, alert) if alert else []
    form = SilenceForm(version=0, matchers="\n".join(map(str, in_common(chosen))))
    return _form_page(work, form, "silence", chosen=chosen)


@router.get("/alerts/silences/maintenance", response_model=None)
@door(Action.RESPOND)
def show_maintenance(
    work: UnitOfWork, service: Annotated[str, Query(max_length=64)] = ""
) -> Answer:
    return _form_page(work, SilenceForm(version=0, services=clean(service)), "maintenance")


@router.post("/alerts/silences/new", response_model=None)
@door(Action.RESPOND, writes=True)
def add(work: UnitOfWork, form: Annotated[SilenceForm, Form()]) -> Answer:
    try:
        with work.attempt():
            starts, ends = _times(work, form)
            made = alerts.create_silence(
                work, lines(form.matchers), ends, starts_at=starts, comment=form.comment,
                source=form.source,
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        return _form_page(work, form, "silence", refusal=refused(_at_line(error), LABELS))
    return see(f"/alerts/silences?did=silenced.{made.alerts}" + _view_of(work, made.kept))


@router.post("/alerts/silences/maintenance", response_model=None)
@door(Action.RESPOND, writes=True)
def add_maintenance(work: UnitOfWork, form: Annotated[SilenceForm, Form()]) -> Answer:
    try:
        with work.attempt():
            starts, ends = _times(work, form)
            made = alerts.create_maintenance(
                work, words(form.services), ends, starts_at=starts, comment=form.comment
            )
    except DomainError as error:
        return _form_page(work, form, "maintenance", refusal=refused(error, LABELS))
    return see(f"/alerts/silences?did=silenced.{made.alerts}" + _view_of(work, made.kept))


@router.get("/alerts/silences/{silence_id}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, silence_id: SilenceId) -> Answer:
    return _silence_page(work, alerts.get_silence(work, silence_id))


@router.post("/alerts/silences/{silence_id}", response_model=None)
@door(Action.RESPOND, writes=True)
def change(work: UnitOfWork, silence_id: SilenceId, form: Annotated[SilenceForm, Form()]) -> Answer:
    kept = alerts.get_silence(work, silence_id)
    try:
        with work.attempt():
            ends = _moment(work, form.until, "endsAt") if form.until.strip() else None
            alerts.change_silence(work, kept, form.version, ends_at=ends, comment=form.comment)
    except DomainError as error:
        current = alerts.get_silence(work, silence_id)
        typed = {"endsAt": form.until, "comment": form.comment}
        theirs = {
            "endsAt": _local(work, current.silence.ends_at),
            "comment": current.silence.comment,
        }
        return _silence_page(
            work, current, form, refused(error, LABELS, typed=typed, theirs=theirs)
        )
    return see(f"/alerts/silences/{kept.silence.id}")


@router.post("/alerts/silences/{silence_id}/expire", response_model=None)
@door(Action.RESPOND, writes=True)
def expire(work: UnitOfWork, silence_id: SilenceId) -> Answer:
    kept = alerts.get_silence(work, silence_id)
    try:
        with work.attempt():
            alerts.expire_silence(work, kept)
    except DomainError as error:
        return _silence_page(work, alerts.get_silence(work, silence_id), None, refused(error))
    return see("/alerts/silences?did=expired")


def in_common(chosen: Sequence[Alert]) -> tuple[Matcher, ...]:
    """The matchers that are for each of these alerts: those that a silence of each would have."""
    proposals = [alerts.proposed(one) for one in chosen]
    if not proposals:
        return ()
    first, *others = proposals
    return tuple(one for one in first if all(one in other for other in others))


def _times(work: UnitOfWork, form: SilenceForm) -> tuple[datetime | None, datetime]:
    """From when, and until when. Raises InvalidValue, at the field of the API."""
    starts = _moment(work, form.starts, "startsAt") if form.starts.strip() else None
    if form.until.strip():
        return starts, _moment(work, form.until, "endsAt")
    try:
        length = parse_duration(form.length)
    except InvalidValue as error:
        raise error.under("endsAt") from error
    return starts, (starts or work.now) + length


def _moment(work: UnitOfWork, typed: str, field: str) -> datetime:
    """A moment in the viewer's zone; a time of day alone is the next one."""
    zone = ZoneInfo(work.viewer.zone)
    try:
        read = parse_when(typed, zone).when
    except InvalidValue as error:
        raise error.under(field) from error
    if not isinstance(read, ClockTime):
        return read
    today = datetime.combine(work.now.astimezone(zone).date(), read.at, tzinfo=zone)
    return today if today > work.now else today + timedelta(days=1)


def _at_line(error: DomainError) -> DomainError:
    """A refusal of a matcher says in which line it is."""
    if not isinstance(error, InvalidValue) or error.path[:1] != ("matchers",):
        return error
    place = next((step for step in error.path if isinstance(step, int)), None)
    said = error.problem if place is None else f"line {place + 1}: {error.problem}"
    return InvalidValue(said, path=("matchers",), expected=error.expected)


def _view_of(work: UnitOfWork, kept: alerts.KeptSilence) -> str:
    return "&show=pending" if kept.silence.state(work.now) is SilenceState.PENDING else ""


def _notice(did: str) -> str:
    what, _, count = did.partition(".")
    if what == "expired":
        return "It is over. What still fires is decided on again."
    if what == "silenced" and count.isdecimal():
        return f"Silenced. {plural(int(count[:6]), 'open alert')} went quiet."
    return ""


def _rows(work: UnitOfWork, found: Sequence[alerts.KeptSilence]) -> list[SilenceRow]:
    makers = {one.silence.created_by for one in found}
    names = accounts.names_of(work, makers)
    if makers - names.keys():  # amtool makes them with the key of a source
        names |= {one.id: one.name for one in alerts.list_sources(work)}
    return [
        SilenceRow(
            one, _said(one), _state(work, one), names.get(one.silence.created_by, "somebody")
        )
        for one in found
    ]  # fmt: skip


def _said(kept: alerts.KeptSilence) -> tuple[str, ...]:
    return tuple(written_matchers([one]) for one in kept.silence.matchers)


def _state(work: UnitOfWork, kept: alerts.KeptSilence) -> str:
    state = kept.silence.state(work.now)
    return next(word for word, one in VIEWS.values() if one is state)


def _local(work: UnitOfWork, at: datetime) -> str:
    """As a field for a moment has it."""
    return f"{at.astimezone(ZoneInfo(work.viewer.zone)):%Y-%m-%dT%H:%M}"


def _form_page(
    work: UnitOfWork,
    form: SilenceForm,
    kind: str,
    *,
    chosen: Sequence[Alert] = (),
    refusal: Refused | None = None,
) -> Answer:
    context: dict[str, Any] = {
        "form": form,
        "kind": kind,
        "address": "/alerts/silences/maintenance"
        if kind == "maintenance"
        else "/alerts/silences/new",
        "chosen": chosen,
        "lengths": [(one, one) for one in LENGTHS],
        "sources": [
            ("", "Every source"),
            *((one.name, one.name) for one in alerts.list_sources(work)),
        ],
        "known_services": catalog.names(work),
        "refused": refusal,
        "wrong": refusal.wrong if refusal else {},
    }
    return page(
        work, "alerts/silence_form.html", context, status=refusal.status if refusal else 200
    )


def _silence_page(
    work: UnitOfWork,
    kept: alerts.KeptSilence,
    form: SilenceForm | None = None,
    refusal: Refused | None = None,
) -> Answer:
    silence = kept.silence
    context: dict[str, Any] = {
        "row": _rows(work, [kept])[0],
        "silence": silence,
        "is_maintenance": silence.kind is SilenceKind.MAINTENANCE,
        "is_over": silence.state(work.now) is SilenceState.EXPIRED,
        "source": alerts.get_source(work, silence.source_id).name if silence.source_id else "",
        "version": kept.version,
        "until": form.until if form else _local(work, silence.ends_at),
        "comment": form.comment if form else silence.comment,
        "refused": refusal,
        "wrong": refusal.wrong if refusal else {},
        "may_respond": work.viewer.may(Action.RESPOND),
    }
    return page(work, "alerts/silence.html", context, status=refusal.status if refusal else 200)
