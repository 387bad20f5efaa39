"""What the routes of analytics are asked with: a period, and what narrows it; the same in addresses of pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from kintsugi.core.shared.severity import parse_severity
from kintsugi.kernel.asked import Searched
from kintsugi.kernel.http import Body
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics

MOST_DAYS = 3_650


def _or_none(written: object) -> object:
    """A field of a form that was left empty asks for nothing."""
    return None if written == "" else written


Empty = BeforeValidator(_or_none)


class Asked(Body):
    since: Annotated[
        date | None, Empty, Field(description="The first day, in your zone. Default: a year ago.")
    ] = None
    until: Annotated[date | None, Empty, Field(description="The last day. Default: today.")] = None
    days: Annotated[
        Annotated[int, Field(ge=1, le=MOST_DAYS)] | None, Empty,
        Field(description="So many days until now, for since."),
    ] = None  # fmt: skip
    service: Searched = ""
    team: Searched = ""
    severity: Searched = ""
    tag: Searched = ""
    factor: Searched = ""


def wanted_of(work: UnitOfWork, asked: Asked, usual_days: int = 365) -> analytics.Wanted:
    """Which incidents are asked for. Raises InvalidValue for a severity that is none."""
    zone = ZoneInfo(work.viewer.zone)
    since = (
        _start(asked.since, zone)
        if asked.since
        else work.now - timedelta(days=asked.days or usual_days)
    )
    until = _start(asked.until + timedelta(days=1), zone) if asked.until else None
    severity = parse_severity(asked.severity) if asked.severity else None
    return analytics.Wanted(
        since, until, asked.service, asked.team, severity, asked.tag, asked.factor,
        None if asked.since else asked.days or usual_days,
    )  # fmt: skip


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
