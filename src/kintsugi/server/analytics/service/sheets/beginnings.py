"""When incidents begin: by hour and by day of the week, and whether any stands out from chance."""

from __future__ import annotations

from collections.abc import Iterable

from kintsugi.core.analytics.report import DAYS, GuideReport, incident_report, patterns_of
from kintsugi.server.analytics.service.study import Study
from kintsugi.server.analytics.sheet import Chart, Point, Sheet, count, words


def beginnings(study: Study) -> tuple[Sheet, Sheet]:
    """By the hour of the clock of the viewer's zone, and by the day of the week."""
    report = incident_report(study.inside, zone=study.zone)
    named = [f"{hour:02d}:00" for hour in range(24)]
    return (
        _even("hours", "By hour of the day", ("hour", "Hour"), named, report.hours, report),
        _even("weekdays", "By day of the week", ("day", "Day"), DAYS, report.days, report),
    )


def _even(
    key: str,
    title: str,
    heads: tuple[str, str],
    names: Iterable[str],
    counts: tuple[int, ...],
    report: GuideReport,
) -> Sheet:
    pattern, head = heads
    listed = list(names)
    found = next(one for one in patterns_of(report) if one.name == pattern)
    even = found.evenness
    says: tuple[str, ...] = ("There are too few to tell a pattern from chance.",)
    if found.is_more_than_chance is not None and even.busiest is not None:
        chance = (
            f" By chance the busiest of {even.cells} has {even.by_chance:.1f}."
            if even.by_chance
            else ""
        )
        verdict = (
            f"More than chance begin at {listed[even.busiest]}: {even.count} of {even.n}."
            if found.is_more_than_chance
            else f"No {pattern} stands out from chance: the busiest has {even.count} of {even.n}."
        )
        says = (verdict + chance,)
    return Sheet(
        key,
        title,
        report.total,
        (head, "Incidents"),
        tuple(
            (words(name), count(many, behind=f"{pattern}:{name.removesuffix(':00')}"))
            for name, many in zip(listed, counts, strict=True)
        ),
        (
            ("Incidents", "Those that began in it, by the clock of your zone."),
            (
                "Chance",
                (
                    "Whether the busiest has more than the busiest of as many has by chance, judged "
                    "together with the other"
                    " distributions (Holm). Under 5% it is named."
                ),
            ),
        ),
        says=says,
        chart=Chart.COLUMNS,
        points=tuple(
            Point(name, many, str(many)) for name, many in zip(listed, counts, strict=True)
        ),
    )
