"""Silences and maintenance windows, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from kintsugi.core.alerts.matchers import written_matchers as as_text
from kintsugi.core.alerts.rule_values import written_matchers
from kintsugi.core.alerts.silences import SilenceState
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import IfMatch, Paged, Searched
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import (
    Answer,
    Body,
    door,
    matched_version,
    version_if_sent,
    with_etag,
)
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.api.bodies import Id, moment_in

router = APIRouter()
Matchers = Annotated[
    list[Any],
    Field(description='As Alertmanager\'s {name, value, isRegex, isEqual}, or texts: env=~"a|b".'),
]
When = Annotated[str, Field(max_length=60, description="A full time; UTC without a zone.")]


class SilenceBody(Body):
    id: str
    kind: str
    state: str
    matchers: list[dict[str, Any]]
    matchers_text: str
    source_id: str
    starts_at: datetime
    ends_at: datetime
    comment: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class SilenceMade(SilenceBody):
    alerts: Annotated[int, Field(description="Open alerts that grew quiet by it.")]


class SilencePage(Body):
    items: list[SilenceBody]
    next_cursor: str | None


class NewSilenceBody(Body):
    """Either `matchers`, or `services` for a maintenance window."""

    matchers: Matchers = Field(default_factory=list)
    services: tuple[str, ...] = ()
    starts_at: When | None = None
    ends_at: When
    comment: str = ""
    source: Annotated[str, Field(description="The id or name of a source; empty: all.")] = ""


class SilenceChangeBody(Body):
    matchers: Matchers | None = None
    starts_at: When | None = None
    ends_at: When | None = None
    comment: str | None = None


class ProposalBody(Body):
    matchers: list[dict[str, Any]]
    matchers_text: str


class Asked(Paged):
    state: Annotated[Searched, Field(description="pending, active or expired.")] = ""


@router.get("/api/silences", response_model=SilencePage)
@door(Action.READ)
def list_silences(work: UnitOfWork, asked: Annotated[Asked, Query()]) -> SilencePage:
    """Silences and maintenance windows, the one that ends last first."""
    state = word_of(SilenceState, asked.state, "state") if asked.state else None
    page = alerts.list_silences(work, state, asked.limit, asked.cursor)
    return SilencePage(
        items=[SilenceBody(**_written(work, one)) for one in page.items],
        next_cursor=page.next_cursor,
    )


@router.get("/api/silences/proposal", response_model=ProposalBody)
@door(Action.RESPOND)
def propose(work: UnitOfWork, alert: Annotated[str, Query(max_length=64)]) -> ProposalBody:
    """The matchers of a silence for an alert and its like, to be changed before it is made."""
    matchers = alerts.proposed(alerts.get(work, alert))
    return ProposalBody(
        matchers=[dict(one) for one in _plain(matchers)], matchers_text=as_text(matchers)
    )


@router.post("/api/silences", status_code=201, response_model=SilenceMade)
@door(Action.RESPOND, writes=True)
def add_silence(work: UnitOfWork, body: NewSilenceBody) -> Answer:
    """Silence what the matchers are for, or plan work on services; open alerts grow quiet at once."""
    ends_at = _needed(body.ends_at, "endsAt")
    starts_at = moment_in(body.starts_at, "startsAt")
    if body.services:
        if body.matchers:
            raise InvalidValue("goes without matchers", path=("services",))
        made = alerts.create_maintenance(
            work, body.services, ends_at, starts_at=starts_at, comment=body.comment
        )
    else:
        made = alerts.create_silence(
            work, body.matchers, ends_at, starts_at=starts_at, comment=body.comment,
            source=body.source,
        )  # fmt: skip
    return _answered(work, made, 201)


@router.get("/api/silences/{id}", response_model=SilenceBody)
@door(Action.READ)
def show_silence(work: UnitOfWork, name: Id) -> Answer:
    """One silence."""
    kept = alerts.get_silence(work, name)
    return with_etag(SilenceBody(**_written(work, kept)), kept.version)


@router.patch("/api/silences/{id}", response_model=SilenceMade)
@door(Action.RESPOND, writes=True)
def change_silence(
    work: UnitOfWork,
    name: Id,
    body: SilenceChangeBody,
    if_match: IfMatch = None,
) -> Answer:
    """Change what is sent, while it is not over."""
    kept, version = alerts.get_silence(work, name), matched_version(if_match)
    made = alerts.change_silence(
        work, kept, version, matchers=body.matchers,
        starts_at=moment_in(body.starts_at, "startsAt"),
        ends_at=moment_in(body.ends_at, "endsAt"), comment=body.comment,
    )  # fmt: skip
    return _answered(work, made, 200)


@router.delete("/api/silences/{id}", response_model=SilenceBody)
@door(Action.RESPOND, writes=True)
def expire_silence(
    work: UnitOfWork,
    name: Id,
    if_match: IfMatch = None,
) -> Answer:
    """End it now; it stays to be read. What still fires is decided on again."""
    kept = alerts.get_silence(work, name)
    ended = alerts.expire_silence(work, kept, version_if_sent(if_match))
    return with_etag(SilenceBody(**_written(work, ended)), ended.version)


def _needed(written: str, field: str) -> datetime:
    found = moment_in(written, field)
    if found is None:
        raise InvalidValue("is missing", path=(field,))
    return found


def _answered(work: UnitOfWork, made: alerts.Quieted, status: int) -> Answer:
    kept = made.kept
    body = SilenceMade(**_written(work, kept), alerts=made.alerts)
    place = f"/api/silences/{kept.silence.id}" if status == 201 else ""
    return with_etag(body, kept.version, status, place)


def _plain(matchers: Any) -> list[Any]:  # noqa: ANN401 - plain data of core
    return list(written_matchers(matchers))


def _written(work: UnitOfWork, kept: alerts.KeptSilence) -> dict[str, Any]:
    one = kept.silence
    return {
        "id": one.id, "kind": one.kind.value, "state": one.state(work.now).value,
        "matchers": _plain(one.matchers), "matchers_text": as_text(one.matchers),
        "source_id": one.source_id, "starts_at": one.starts_at, "ends_at": one.ends_at,
        "comment": one.comment, "created_by": one.created_by, "created_at": kept.created_at,
        "updated_at": kept.updated_at, "version": kept.version,
    }  # fmt: skip
