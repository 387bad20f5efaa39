"""The pages of sources: who sends alerts, the keys they send with, and how what they send is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.formats.alerts import FORMATS
from kintsugi.kernel.auth import Action
from kintsugi.kernel.following import mark
from kintsugi.kernel.http import Answer, door, kernel_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.web.following import SOURCES
from kintsugi.server.alerts.web.refusing import Refused, refused
from kintsugi.server.alerts.web.source_forms import (
    KINDS,
    LABELS,
    OVERLAPS,
    MappingForm,
    NewSourceForm,
    RotateForm,
    SourceForm,
    VersionForm,
    filled,
    written_mapping,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Name = Annotated[str, Path(alias="source_id", max_length=200)]
REPORT = "form"
"""The format whose senders are people: they get the address of a page."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as the list has it."""

    source: Source
    format: str
    who: str


@router.get("/alerts/sources", response_model=None)
@door(Action.READ)
def show_sources(work: UnitOfWork) -> Answer:
    context = {"follows_from": mark(work, SOURCES), **_listed(work)}
    return page(work, "alerts/sources.html", context)


@router.get("/alerts/sources/parts/list", response_model=None)
@door(Action.READ)
def show_list(work: UnitOfWork) -> Answer:
    """The list by itself, for a page that follows it."""
    return page(work, "alerts/_sources.html", _listed(work))


@router.get("/alerts/sources/new", response_model=None)
@door(Action.ADMINISTER)
def show_new(work: UnitOfWork) -> Answer:
    return _new_page(work, NewSourceForm(format=next(iter(FORMATS))))


@router.post("/alerts/sources/new", response_model=None)
@door(Action.ADMINISTER, writes=True)
def add(work: UnitOfWork, form: Annotated[NewSourceForm, Form()], request: Request) -> Answer:
    try:
        with work.attempt():
            source, key = alerts.make_source(
                work, form.name, form.format, service=form.service, secret=form.secret
            )
    except DomainError as error:
        return _new_page(work, form, refused(_named(error), LABELS))
    return _key_page(work, source, key, request)


@router.get("/alerts/sources/{source_id}", response_model=None)
@door(Action.READ)
def show(
    work: UnitOfWork,
    name: Name,
    request: Request,
    letter: Annotated[str, Query(max_length=80)] = "",
) -> Answer:
    """A source; with the body of a dead letter to try its mapping on, for who may see that."""
    body = ""
    if letter and work.viewer.may(Action.ADMINISTER):
        body = alerts.shown(work, alerts.get_letter(work, letter)).text
    source = alerts.get_source(work, name)
    mapping = MappingForm(version=source.version, mapping=written_mapping(source), body=body)
    return _source_page(work, source, request, mapping=mapping)


@router.get("/alerts/sources/{source_id}/parts/heard", response_model=None)
@door(Action.READ)
def show_heard(work: UnitOfWork, name: Name) -> Answer:
    """Whether it was heard of, for a page that waits for that."""
    return page(work, "alerts/_heard.html", {"source": alerts.get_source(work, name)})


@router.post("/alerts/sources/{source_id}", response_model=None)
@door(Action.ADMINISTER, writes=True)
def change(
    work: UnitOfWork, name: Name, form: Annotated[SourceForm, Form()], request: Request
) -> Answer:
    source = alerts.get_source(work, name)
    try:
        with work.attempt():
            alerts.change_source(work, source, form.changes(), form.version)
    except DomainError as error:
        current = alerts.get_source(work, source.id)
        theirs = filled(current).model_dump()
        typed = {**form.model_dump(), "secret": ""}
        refusal = refused(_named(error), LABELS, typed=typed, theirs=theirs)
        form.version = current.version
        return _source_page(work, current, request, form=form, refusal=refusal)
    return see(f"/alerts/sources/{source.id}")


@router.post("/alerts/sources/{source_id}/mapping", response_model=None)
@door(Action.ADMINISTER, writes=True)
def change_mapping(
    work: UnitOfWork, name: Name, form: Annotated[MappingForm, Form()], request: Request
) -> Answer:
    """Keep a mapping, or try it on the body that is pasted; trying keeps nothing."""
    source, tried = alerts.get_source(work, name), None
    try:
        with work.attempt():
            mapping = form.data()
            if form.do == "try":
                tried = _tried(work, source, form, mapping)
            else:
                changes = alerts.SourceChanges(mapping=mapping, clears_mapping=mapping is None)
                alerts.change_source(work, source, changes, form.version)
    except DomainError as error:
        current = alerts.get_source(work, source.id)
        theirs = {"mapping": written_mapping(current)}
        typed = {"mapping": form.mapping}
        refusal = refused(
            _in_mapping(error),
            {"mapping": "Mapping", "body": "Message"},
            typed=typed,
            theirs=theirs,
        )
        form.version = current.version
        return _source_page(work, current, request, mapping=form, mapping_refusal=refusal)
    if form.do == "try":
        return _source_page(work, source, request, mapping=form, tried=tried)
    return see(f"/alerts/sources/{source.id}#mapping")


@router.post("/alerts/sources/{source_id}/rotate", response_model=None)
@door(Action.ADMINISTER, writes=True)
def rotate(
    work: UnitOfWork, name: Name, form: Annotated[RotateForm, Form()], request: Request
) -> Answer:
    source = alerts.get_source(work, name)
    try:
        with work.attempt():
            hours = form.overlap.strip()
            if not hours.isdecimal() or len(hours) > 5:
                raise InvalidValue("is no number of hours", path=("overlapHours",))
            key = alerts.rotate_key(work, source, timedelta(hours=int(hours)))
    except DomainError as error:
        return _source_page(work, source, request, refusal=refused(error, LABELS))
    return _key_page(work, source, key, request)


@router.post("/alerts/sources/{source_id}/keys/{key_id}/withdraw", response_model=None)
@door(Action.ADMINISTER, writes=True)
def withdraw(work: UnitOfWork, name: Name, key_id: str) -> Answer:
    source = alerts.get_source(work, name)
    alerts.withdraw_key(work, source, key_id)
    return see(f"/alerts/sources/{source.id}#keys")


@router.post("/alerts/sources/{source_id}/retire", response_model=None)
@door(Action.ADMINISTER, writes=True)
def retire(
    work: UnitOfWork, name: Name, form: Annotated[VersionForm, Form()], request: Request
) -> Answer:
    source = alerts.get_source(work, name)
    try:
        with work.attempt():
            alerts.retire_source(work, source, form.version)
    except DomainError as error:
        current = alerts.get_source(work, source.id)
        return _source_page(work, current, request, refusal=refused(error, LABELS))
    return see("/alerts/sources")


def _listed(work: UnitOfWork) -> dict[str, Any]:
    found = alerts.list_sources(work)
    rows = [SourceRow(one, _title(one), _who(one)) for one in found]
    return {
        "rows": [row for row in rows if row.source.retired_at is None],
        "retired": [row for row in rows if row.source.retired_at is not None],
        "may_administer": work.viewer.may(Action.ADMINISTER),
    }


def _title(source: Source) -> str:
    shape = FORMATS.get(source.format)
    return shape.title if shape else source.format


def _who(source: Source) -> str:
    return next((word for kind, word in KINDS.items() if kind.value == source.kind), source.kind)


def _named(error: DomainError) -> DomainError:
    """A name that is taken is a refusal of the name."""
    if isinstance(error, alerts.SourceNameIsTaken):
        return InvalidValue("is taken by another source", path=("name",))
    return error


def _in_mapping(error: DomainError) -> DomainError:
    """A refusal of a part of the mapping says which, at the one field that there is."""
    if not isinstance(error, InvalidValue) or len(error.path) < 2 or error.path[0] != "mapping":
        return error
    inner = InvalidValue(error.problem, path=error.path[1:])
    return InvalidValue(inner.text(), path=("mapping",), expected=error.expected)


def _tried(
    work: UnitOfWork, source: Source, form: MappingForm, mapping: dict[str, object] | None
) -> alerts.Explanation:
    if not form.body.strip():
        raise InvalidValue("is empty", path=("body",), expected="what the tool sends")
    headers = {"content-type": "application/json"}
    return alerts.explain(
        work, form.body.encode("utf-8", "replace"), source_name=source.id, headers=headers,
        mapping={} if mapping is None else mapping,
    )  # fmt: skip


def _new_page(work: UnitOfWork, form: NewSourceForm, refusal: Refused | None = None) -> Answer:
    context: dict[str, Any] = {
        "form": form,
        "formats": list(FORMATS.values()),
        "refused": refusal,
        "wrong": refusal.wrong if refusal else {},
    }
    return page(work, "alerts/source_new.html", context, status=refusal.status if refusal else 200)


def _key_page(work: UnitOfWork, source: Source, key: str, request: Request) -> Answer:
    """The key, this one time, and what to paste; kept by no cache."""
    server = kernel_of(request).settings.address
    made = page(
        work,
        "alerts/source_key.html",
        {
            "source": source,
            "format": _title(source),
            "key": key,
            "address": alerts.address(source, server, key),
            "snippet": alerts.snippet(source, server, key),
            "report": f"{server}/report/{key}" if source.format == REPORT else "",
        },
    )

    def answer() -> Response:
        response = made()
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def _source_page(
    work: UnitOfWork,
    source: Source,
    request: Request,
    *,
    form: SourceForm | None = None,
    refusal: Refused | None = None,
    mapping: MappingForm | None = None,
    mapping_refusal: Refused | None = None,
    tried: alerts.Explanation | None = None,
) -> Answer:
    server = kernel_of(request).settings.address
    shape = FORMATS.get(source.format)
    settled = refusal or mapping_refusal
    context: dict[str, Any] = {
        "source": source,
        "format": _title(source),
        "who": _who(source),
        "keys": alerts.keys_of(work, [source])[source.id],
        "address": alerts.address(source, server),
        "snippet": alerts.snippet(source, server) if shape else "",
        "is_signed": bool(shape and shape.is_signed),
        "signature_header": shape.signature_header if shape else "",
        "has_mapping": bool(shape and shape.has_mapping),
        "form": form or filled(source),
        "kinds": [(kind.value, word) for kind, word in KINDS.items()],
        "overlaps": list(OVERLAPS.items()),
        "refused": settled,
        "wrong": settled.wrong if settled else {},
        "mapping": mapping
        or MappingForm(version=source.version, mapping=written_mapping(source), body=""),
        "tried": tried,
        "read": _read(tried.events) if tried else [],
        "may_administer": work.viewer.may(Action.ADMINISTER),
    }
    return page(work, "alerts/source.html", context, status=settled.status if settled else 200)


def _read(found: Sequence[alerts.ExplainedEvent]) -> list[list[tuple[str, str]]]:
    """What was read of each event, field by field, in the order in which people ask for it."""
    return [
        [
            ("State", one.event.happening.value.capitalize()), ("Title", one.event.title),
            ("Key", one.event.key), ("Severity", one.event.severity_word),
            ("Service", one.event.service), ("Rule", one.event.rule),
            ("Description", one.event.description), ("Runbook", one.event.runbook_url),
            ("Labels", ", ".join(f"{name}={value}" for name, value in one.event.labels.items())),
            ("Values", ", ".join(f"{name}={value}" for name, value in one.event.values.items())),
        ]
        for one in found
    ]  # fmt: skip
