"""The guide's report under its own keys, made of rollups, and beside it what is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo

from kintsugi.core.analytics.analysis import analyse
from kintsugi.core.analytics.facts import Period
from kintsugi.core.analytics.measures import measures
from kintsugi.core.analytics.report import GuideReport, Judgement, judged, report_of
from kintsugi.core.analytics.rollups import tally_of
from kintsugi.core.analytics.statistics import Summary
from kintsugi.formats.analysis import Input, write_analysis_html, write_analysis_pdf
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.facts import facts_of
from kintsugi.server.analytics.service.record import Wanted, cases
from kintsugi.server.analytics.service.rolling import rollups_between
from kintsugi.server.analytics.service.study import study


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
    inside = [one for one in cases(work, period.until) if one.at >= period.since]
    lengths = measures(facts_of(work, inside), period, work.now).duration.pooled
    return Reported(report, judged(report, lengths.median_interval), lengths, period)


def written_report(work: UnitOfWork, wanted: Wanted, name: str, *, is_pdf: bool) -> bytes:
    """All that is said of those wanted as a page or a paper to hand on: what `kintsugi analyze` writes.

    Raises PdfIsNotInstalled.
    """
    looked_at = study(work, wanted)
    found = analyse(
        looked_at.facts, now=looked_at.now, period=looked_at.period, zone=looked_at.zone
    )
    given = Input((name,), len(looked_at.inside))
    if is_pdf:
        return write_analysis_pdf(found, given)
    return write_analysis_html(found, given).encode()
