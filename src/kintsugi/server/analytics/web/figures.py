"""The pages of figures: each drawn, listed, explained, and leading to the incidents behind it; CSV of each; targets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import sentence
from kintsugi.formats.svg.charts import (
    NARROW,
    WIDE,
    Band,
    Bar,
    Step,
    bar_chart,
    column_chart,
    step_chart,
)
from kintsugi.kernel.asked import Searched
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.download import download
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.pages import MOST
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.asked import Asked, wanted_of
from kintsugi.server.analytics.sheet import NOTHING, Cell, Chart, Point, Sheet
from kintsugi.server.analytics.web.behind import behind_words
from kintsugi.server.analytics.web.filters import asked_words, filters_of
from kintsugi.server.analytics.web.showing import address

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

TITLES = {
    "overview": "Analytics",
    "services": "Services and teams",
    "response": "Response",
    "learning": "Learning",
}
ROOT = "/analytics"
INTERVALS = {"From": "95% interval", "Its from": "Its interval"}
"""The heads of lower ends of intervals, and what the interval is called."""
REPORTS = {"html": "HTML", "pdf": "PDF"}
_BEGAN = datetime(2000, 1, 1, tzinfo=UTC)


class ReportAsked(Asked):
    """The period and what narrows it, and the form of the file."""

    format: Literal["html", "pdf"] = "html"


class BehindAsked(Asked):
    """The period and what narrows it, and which of the incidents in it: names of core.analytics.behind."""

    behind: Searched = ""


class TargetsForm(BaseModel):
    """A field for each figure; an empty one sets no target."""

    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True, slots=True)
class Shown:
    """A sheet with its drawings at both widths, its cells with their addresses, and where its CSV is.

    Both ends of an interval stand in one cell here, and in two in the CSV and the API.
    """

    sheet: Sheet
    drawings: tuple[Markup, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str, bool], ...], ...]
    csv_href: str


@router.get("/analytics", response_model=None)
@door(Action.READ)
def show_overview(work: UnitOfWork, asked: Annotated[Asked, Query()]) -> Answer:
    return _page(work, "overview", asked)


@router.get("/analytics/incidents", response_model=None)
@door(Action.READ)
def show_incidents(work: UnitOfWork, asked: Annotated[BehindAsked, Query()]) -> Answer:
    """The incidents behind a number, the newest first."""
    wanted = wanted_of(work, asked)
    if asked.behind:
        n, found = analytics.behind(work, wanted, asked.behind, MOST)
    else:
        n, found = analytics.newest(work, wanted, MOST)
    path = f"{ROOT}/incidents"
    context = {
        "filters": filters_of(work, path, asked),
        "cases": found,
        "n": n,
        "most": MOST,
        "overview": address(ROOT, {**asked_words(asked), "behind": ""}),
        "said": behind_words(asked.behind),
        "all_href": address(path, {**asked_words(asked), "behind": ""}),
    }
    return page(work, "analytics/incidents.html", context)


@router.get("/analytics/targets", response_model=None)
@door(Action.READ)
def show_targets(work: UnitOfWork) -> Answer:
    return _targets(work, {}, {})


@router.post("/analytics/targets", response_model=None)
@door(Action.EDIT, writes=True)
def set_targets(work: UnitOfWork, form: Annotated[TargetsForm, Form()]) -> Answer:
    typed = {key: str(value) for key, value in (form.model_extra or {}).items()}
    wrong: dict[str, str] = {}
    try:
        with work.attempt():
            for key in analytics.FIGURES:
                if key in typed:
                    analytics.set_target(work, key, _number(key, typed[key]))
    except InvalidValue as error:
        wrong = {error.field: sentence(f"{error.problem}; expected {error.expected}")}
        return _targets(work, typed, wrong, 422)
    return see(f"{ROOT}#glance")


@router.get("/analytics/report", response_model=None)
@door(Action.READ)
def download_report(work: UnitOfWork, asked: Annotated[ReportAsked, Query()]) -> Answer:
    """The report as a page or a paper to hand on."""
    is_pdf = asked.format == "pdf"
    wanted = wanted_of(work, Asked(**asked.model_dump(exclude={"format"})))
    written = analytics.written_report(work, wanted, "Kintsugi", is_pdf=is_pdf)
    kind = "application/pdf" if is_pdf else "text/html; charset=utf-8"
    return download(f"incidents.{asked.format}", kind, written, is_shown=False)


@router.get("/analytics/{name}", response_model=None)
@door(Action.READ)
def show_page(
    work: UnitOfWork, name: Annotated[str, Path(max_length=40)], asked: Annotated[Asked, Query()]
) -> Answer:
    if name not in TITLES or name == "overview":
        raise NotFound("there is nothing at this address")
    return _page(work, name, asked)


@router.get("/analytics/{name}/{key}.csv", response_model=None)
@door(Action.READ)
def show_csv(
    work: UnitOfWork,
    name: Annotated[str, Path(max_length=40)],
    key: Annotated[str, Path(max_length=64)],
    asked: Annotated[Asked, Query()],
) -> Answer:
    """The numbers of one figure."""
    found = [one for one in _sheets(work, name, asked) if one.key == key]
    if not found:
        raise NotFound("there is nothing at this address")
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(found[0].heads)
    for row in found[0].rows:
        writer.writerow([_safe(cell.value) for cell in row])
    return download(
        f"{name}-{key}.csv", "text/csv; charset=utf-8", written.getvalue().encode(), is_shown=False
    )


def _safe(value: object) -> object:
    """What a spreadsheet would take for a formula is a text."""
    is_formula = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t")
    return f"'{value}" if is_formula else value


def _sheets(work: UnitOfWork, name: str, asked: Asked) -> tuple[Sheet, ...]:
    return analytics.figures(work, name, wanted_of(work, asked)).sheets


def _page(work: UnitOfWork, name: str, asked: Asked) -> Answer:
    path = ROOT if name == "overview" else f"{ROOT}/{name}"
    said = asked_words(asked)
    shown = [_shown(name, one, said) for one in _sheets(work, name, asked)]
    context: dict[str, Any] = {
        "name": name,
        "title": TITLES[name],
        "filters": filters_of(work, path, asked),
        "sheets": shown,
        "reports": [
            (word, address(f"{ROOT}/report", {**said, "format": form}))
            for form, word in REPORTS.items()
        ],
        "may_edit": work.viewer.may(Action.EDIT),
    }
    return page(work, "analytics/figures.html", context)


def _shown(name: str, sheet: Sheet, said: Mapping[str, str]) -> Shown:
    rows = tuple(
        tuple(
            (
                cell.text,
                cell.href
                or (
                    _behind(said, dict(cell.narrowed)) if cell.narrowed and cell.value != 0 else ""
                ),
                isinstance(cell.value, int | float),
            )
            for cell in _joined(sheet.heads, row)
        )
        for row in sheet.rows
    )
    drawings = tuple(
        Markup(drawn)  # noqa: S704 - escaped by formats.svg
        for width, kind in ((WIDE, "wide"), (NARROW, "narrow"))
        for drawn in (_drawn(sheet, f"{sheet.key}-{kind}", width),)
        if drawn
    )
    heads = tuple(INTERVALS.get(head, head) for head in sheet.heads if not _is_end(head))
    return Shown(sheet, drawings, heads, rows, address(f"{ROOT}/{name}/{sheet.key}.csv", said))


def _is_end(head: str) -> bool:
    return head in ("To", "Its to")


def _joined(heads: Sequence[str], row: Sequence[Cell]) -> Iterator[Cell]:
    """The cells of a row, both ends of an interval as one: `18% to 52%`."""
    for place, (head, cell) in enumerate(zip(heads, row, strict=True)):
        if head in INTERVALS:
            high = row[place + 1]
            if cell == NOTHING:
                yield NOTHING
            else:
                text = (
                    f"{cell.text} or more" if high.value is None else f"{cell.text} to {high.text}"
                )
                yield Cell(cell.value, text)
        elif not _is_end(head):
            yield cell


def _behind(said: Mapping[str, str], narrowed: Mapping[str, str]) -> str:
    """The list of the incidents behind a number: what the page is narrowed to, and what the row is."""
    kept = dict(said)
    if "since" in narrowed:
        kept.pop("days", None)
    kept |= {key: value for key, value in narrowed.items() if key != "all"}
    return address(f"{ROOT}/incidents", kept)


def _drawn(sheet: Sheet, name: str, width: float) -> str:
    if len(sheet.points) < 2 or sheet.chart is None or not any(one.value for one in sheet.points):
        return ""
    told = ". ".join(sheet.says) or "The numbers stand in the table below."
    bars = [Bar(one.name, one.value, one.text, one.low, one.high) for one in sheet.points]
    match sheet.chart:
        case Chart.BARS:
            return bar_chart(sheet.title, told, bars, name=name, width=width)
        case Chart.COLUMNS:
            return column_chart(sheet.title, told, bars, name=name, width=width)
        case Chart.STEPS:
            return _curve(sheet, told, name, width)


def _curve(sheet: Sheet, told: str, name: str, width: float) -> str:
    def at(point: Point) -> datetime:
        return _BEGAN + timedelta(days=point.at)

    steps = [Step(at(one), one.value) for one in sheet.points]
    # The band goes by steps as the curve does.
    band = [
        Band(at(one), point.low, point.high)
        for before, one in pairwise(sheet.points)
        for point in (before, one)
        if point.low is not None and point.high is not None
    ]
    return step_chart(
        sheet.title,
        told,
        steps,
        band=band,
        name=name,
        width=width,
        counts_days=True,
        unit=sheet.unit,
    )


def _number(key: str, written: str) -> float | None:
    text = written.strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InvalidValue("is no number", path=(key,), expected="a number, or nothing") from error


def _targets(
    work: UnitOfWork, typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
) -> Answer:
    there = {key: f"{one.value:g}" for key, one in analytics.targets(work).items()}
    context = {
        "figures": list(analytics.FIGURES.values()),
        "values": {**there, **typed},
        "wrong": wrong,
        "may_edit": work.viewer.may(Action.EDIT),
    }
    return page(work, "analytics/targets.html", context, status=status)
