"""The inbox over HTTP: alerts listed, and one with all that is known of it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.asked import Paged, Searched
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, door, etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.api.bodies import (
    AlertBody,
    AlertPage,
    Id,
    Moment,
    moment_in,
    written,
    written_episode,
    written_history,
    written_quality,
)

router = APIRouter()
MOST_LABELS = 20
YesNo = Literal["", "yes", "no"]


class Filters(Paged):
    state: Annotated[
        Searched, Field(description="firing, acknowledged or resolved; open: the first two.")
    ] = ""
    severity: Annotated[list[Searched], Field(max_length=5)] = Field(default_factory=list)
    service: Searched = ""
    source: Annotated[Searched, Field(description="The id or name of a source.")] = ""
    rule: Searched = ""
    group: Searched = ""
    incident: Annotated[Searched, Field(description="The id of an incident.")] = ""
    silenced: YesNo = ""
    flapping: YesNo = ""
    waiting: Annotated[
        YesNo, Field(description="Open, not silenced, and in no incident: it waits for a person.")
    ] = ""
    verdict: Annotated[
        Searched, Field(description="useful, noise, duplicate, nothing_to_do; any or none.")
    ] = ""
    label: Annotated[
        list[Annotated[str, Field(max_length=1300)]],
        Field(max_length=MOST_LABELS, description="name:value; may be repeated."),
    ] = Field(default_factory=list)
    text: Searched = ""
    since: Moment = None
    until: Moment = None


@router.get("/api/alerts", response_model=AlertPage)
@door(Action.READ)
def list_alerts(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> Answer:
    """Alerts, newest first. A page of a long search may hold few or none: it goes on while there is a next one."""
    page = alerts.search_alerts(work, wanted(work, asked), asked.limit, asked.cursor)
    content = {"items": [written(one) for one in page.items], "nextCursor": page.next_cursor}
    return lambda: JSONResponse(content)


@router.get("/api/alerts/{id}", response_model=AlertBody)
@door(Action.READ)
def show(work: UnitOfWork, name: Id) -> Answer:
    """One alert: its quality, what happened to it, when it was there before, and what would be made of it now."""
    alert = alerts.get(work, name)
    content = written(alert) | {
        "qualityOf": written_quality(alerts.quality_of(alert)).model_dump(
            mode="json", by_alias=True
        ),
        "history": [written_history(one) for one in alerts.history(work, alert)],
        "episodes": [written_episode(one) for one in alerts.episodes(work, alert)],
        "steps": [
            {"name": step.name, "said": step.said, "decided": step.decided}
            for step in alerts.why(work, alert)
        ],
    }
    headers = {"ETag": etag(alert.version)}
    return lambda: JSONResponse(content, headers=headers)


@router.get(
    "/api/alerts/{id}/body",
    response_model=None,
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
@door(Action.READ)
def sent(work: UnitOfWork, name: Id) -> Answer:
    """What was sent when it was raised, byte for byte, for 30 days; as a file, whatever it says it is."""
    alert = alerts.get(work, name)
    found = alerts.body(work, alert)
    if found is None:
        raise NotFound("what was sent is forgotten")
    headers = {
        "Content-Disposition": f'attachment; filename="{alert.id}.bin"',
        "X-Content-Type-Options": "nosniff",
    }
    return lambda: Response(found.content, 200, headers, "application/octet-stream")


def wanted(work: UnitOfWork, asked: Filters) -> alerts.Wanted:
    """What a list is narrowed to. Raises InvalidValue, with the parameter."""
    judged = {"any": True, "none": False}.get(asked.verdict)
    return alerts.Wanted(
        states=_states(asked.state),
        severities=tuple(_severity(word) for word in asked.severity if word),
        service=asked.service, source_id=_source_id(work, asked.source), rule=asked.rule,
        group_id=asked.group, incident_id=asked.incident, text=asked.text,
        labels=tuple(_label(pair) for pair in asked.label),
        is_silenced=_flag(asked.silenced), is_flapping=_flag(asked.flapping),
        is_waiting=_flag(asked.waiting),
        verdict=(
            word_of(Verdict, asked.verdict, "verdict") if asked.verdict and judged is None else None
        ),
        is_judged=judged, raised_after=moment_in(asked.since, "since"),
        raised_before=moment_in(asked.until, "until"),
    )  # fmt: skip


def _states(word: str) -> tuple[AlertState, ...]:
    if not word:
        return ()
    if word == "open":
        return tuple(state for state in AlertState if state.is_open)
    return (word_of(AlertState, word, "state"),)


def _severity(word: str) -> Severity:
    try:
        return parse_severity(word)
    except InvalidValue as error:
        raise error.under("severity") from error


def _source_id(work: UnitOfWork, name: str) -> str:
    """The id of a source; one there is not has no alerts."""
    if not name:
        return ""
    try:
        return alerts.get_source(work, name).id
    except NotFound:
        return name


def _label(pair: str) -> tuple[str, str]:
    name, colon, value = clean(pair).partition(":")
    if not colon or not name.strip():
        raise InvalidValue(f"{pair[:60]!r} has no colon", path=("label",), expected="name:value")
    return name.strip(), value.strip()


def _flag(word: YesNo) -> bool | None:
    return {"yes": True, "no": False}.get(word)
