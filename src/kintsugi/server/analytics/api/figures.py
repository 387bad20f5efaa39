"""The figures over HTTP: each page's sheets with the numbers it shows, the guide's report, targets."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from kintsugi.core.shared.times import zone_named
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.api.bodies import IntervalBody, interval_body
from kintsugi.server.analytics.asked import MOST_DAYS, Asked, wanted_of
from kintsugi.server.analytics.sheet import Sheet

router = APIRouter()

Number = str | int | float | None


class MeaningBody(Body):
    term: str
    meaning: str


class SheetBody(Body):
    key: str
    title: str
    n: int
    columns: list[str]
    rows: Annotated[
        list[list[Number]], Field(description="Lengths of time in minutes, shares 0 to 1.")
    ]
    says: list[str]
    loud: Annotated[list[str], Field(description="What is missing or wrong in the record.")]
    definitions: list[MeaningBody]


class SheetsBody(Body):
    page: str
    since: str
    until: str
    n: int
    figures: list[SheetBody]


class TargetsBody(Body):
    targets: dict[str, float]


class TargetBody(Body):
    value: Annotated[float | None, Field(description="null takes the target back.")]


class JudgementBody(Body):
    recommendation: str
    more_than_chance: bool | None
    because: str


class HonestBody(Body):
    n: int
    median_minutes: float | None
    median_interval: IntervalBody | None
    geometric_mean_minutes: float | None
    geometric_mean_interval: IntervalBody | None
    p90_minutes: float | None
    listed_minutes: Annotated[
        list[float], Field(description="The lengths, where they are under 6.")
    ]
    judgements: list[JudgementBody]


@router.get("/api/analytics/report", response_model=None)
@door(Action.READ)
def show_report(
    work: UnitOfWork,
    period_days: Annotated[int, Query(alias="periodDays", ge=1, le=MOST_DAYS)] = 30,
    zone: Annotated[str, Query(max_length=60)] = "UTC",
) -> Answer:
    """The guide's report under its own keys in `report`, and in `honest` what is more than chance."""
    found = analytics.guide_report(work, period_days, zone_named(zone))
    lengths = found.duration
    honest = HonestBody(
        n=lengths.n,
        median_minutes=lengths.median,
        median_interval=interval_body(lengths.median_interval),
        geometric_mean_minutes=lengths.geometric_mean,
        geometric_mean_interval=interval_body(lengths.geometric_interval),
        p90_minutes=lengths.p90,
        listed_minutes=list(lengths.listed),
        judgements=[
            JudgementBody(
                recommendation=one.recommendation,
                more_than_chance=one.is_more_than_chance,
                because=one.because,
            )
            for one in found.judgements
        ],
    )
    content: dict[str, Any] = {
        "report": found.report.as_guide(),
        "honest": honest.model_dump(mode="json", by_alias=True),
    }
    return lambda: JSONResponse(content)


@router.get("/api/analytics/targets", response_model=TargetsBody)
@door(Action.READ)
def show_targets(work: UnitOfWork) -> TargetsBody:
    """The targets that are set, by figure, in the figure's own unit."""
    return TargetsBody(targets={key: one.value for key, one in analytics.targets(work).items()})


@router.put("/api/analytics/targets/{figure}", response_model=TargetsBody)
@door(Action.EDIT, writes=True)
def set_target(
    work: UnitOfWork, figure: Annotated[str, Path(max_length=64)], body: TargetBody
) -> TargetsBody:
    """A target for a figure from now on."""
    analytics.set_target(work, figure, body.value)
    return TargetsBody(targets={key: one.value for key, one in analytics.targets(work).items()})


@router.get("/api/analytics/{page}", response_model=SheetsBody)
@door(Action.READ)
def show_page(
    work: UnitOfWork, page: Annotated[str, Path(max_length=40)], asked: Annotated[Asked, Query()]
) -> SheetsBody:
    """The figures of a page: overview, services, response or learning. The same numbers as the page's."""
    found = analytics.figures(work, page, wanted_of(work, asked))
    return SheetsBody(
        page=page,
        since=found.period.since.isoformat(),
        until=found.period.until.isoformat(),
        n=found.n,
        figures=[_sheet(one) for one in found.sheets],
    )


def _sheet(one: Sheet) -> SheetBody:
    return SheetBody(
        key=one.key,
        title=one.title,
        n=one.n,
        columns=list(one.heads),
        rows=[[cell.value for cell in row] for row in one.rows],
        says=list(one.says),
        loud=list(one.loud),
        definitions=[MeaningBody(term=term, meaning=meaning) for term, meaning in one.means],
    )
