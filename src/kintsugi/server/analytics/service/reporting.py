"""The guide's report under its own keys, made of rollups, and beside it what is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

from kintsugi.core.analytics.analysis import analyse
from kintsugi.core.analytics.durations import recovery_lengths
from kintsugi.core.analytics.facts import Period
from kintsugi.core.analytics.report import GuideReport, Judgement, judged, report_of
from kintsugi.core.analytics.rollups import tally_of
from kintsugi.core.analytics.statistics import Summary
from kintsugi.formats.analysis import Input, write_analysis_html, write_analysis_pdf
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.kept import record
from kintsugi.server.analytics.service.record import Wanted
from kintsugi.server.analytics.service.rolling import rollups_between
from kintsugi.server.analytics.service.study import all_facts, period_of


@dataclass(frozen=True, slots=True)
class Reported:
    """The report, and beside each recommendation whether the figures bear it out."""

    report: GuideReport
    judgements: tuple[Judgement, ...]
    duration: Summary
    period: Period


def guide_report(work: UnitOfWork, period_days: int, zone: tzinfo = UTC) -> Reported:
    """The guide's report of the last days; the same for every viewer, nothing private in it."""
    period = Period(work.now - timedelta(days=period_days), work.now + timedelta(microseconds=1))
    counts = tally_of(rollups_between(work, period.since, period.until))
    report = report_of(counts, period=f"Last {period_days} days", zone=zone)
    inside = [one.fact for one in record(work).between(period.since, period.until)]
    lengths = recovery_lengths(inside, work.now).pooled
    return Reported(report, judged(report, lengths.median_interval), lengths, period)


def written_report(work: UnitOfWork, wanted: Wanted, name: str, *, is_pdf: bool) -> bytes:
    """All that is said of those wanted as a page or a paper to hand on: what `kintsugi analyze` writes.

    Raises PdfIsNotInstalled.
    """
    period, zone = period_of(work, wanted, record(work)), ZoneInfo(work.viewer.zone)
    found = analyse(all_facts(work, wanted), now=work.now, period=period, zone=zone)
    given = Input((name,), found.measures.n)
    if is_pdf:
        return write_analysis_pdf(found, given)
    return write_analysis_html(found, given).encode()
