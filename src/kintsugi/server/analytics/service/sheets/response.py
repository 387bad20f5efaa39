"""The response: how long its parts took, by severity and way of detection, and how incidents were noticed."""

from __future__ import annotations

from kintsugi.core.analytics.durations import UNKNOWN_DETECTION, Lengths
from kintsugi.core.analytics.facts import UNKNOWN_SEVERITY
from kintsugi.core.analytics.statistics import share
from kintsugi.core.analytics.wording import percent, share_between
from kintsugi.core.shared.distributions import count_interval
from kintsugi.core.shared.text import plural
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.study import Study
from kintsugi.server.analytics.sheet import (
    COUNT_MEANS,
    MEDIAN_MEANS,
    SHARE_HEADS,
    SHARE_MEANS,
    SUMMARY_HEADS,
    Chart,
    Point,
    Sheet,
    lasting,
    minutes,
    share_cells,
    summary_cells,
    words,
)

FROM_TO = {
    "duration": "From the start of impact (else detection or declaration) to recovery (else resolution), or as typed.",
    "time_to_detect": "From the start of impact to detection.",
    "time_to_acknowledge": "From detection to acknowledgement.",
    "time_to_mitigate": "From the start of impact to mitigation.",
    "time_to_recover": "From the start of impact to recovery.",
    "time_to_resolve": "From declaration to resolution.",
}
HOW = {
    "monitoring": "Monitoring",
    "customer": "Customers",
    "internal": "People of ours",
    "synthetic": "Synthetic checks",
}


def sheets(_work: UnitOfWork, study: Study) -> tuple[Sheet, ...]:
    """Every figure of the page of the response."""
    told = study.measures
    lengths = [_lengths(study, one) for one in (told.duration, *told.spans)]
    return (*lengths, _sources(study), _gaps(study))


def _lengths(study: Study, found: Lengths) -> Sheet:
    rows = [
        (words(one.label), *summary_cells(one.summary, **_of_severity(one.label, found.key)))
        for one in found.by_severity
    ]
    points = [
        Point(
            one.label,
            one.summary.median,
            lasting(one.summary.median),
            one.summary.median_interval.low,
            one.summary.median_interval.high,
        )
        for one in found.by_severity
        if one.summary.median is not None and one.summary.median_interval is not None
    ]
    rows += [
        (
            words(f"Noticed by: {HOW.get(one.label, one.label)}"),
            *summary_cells(one.summary, behind=f"took:{found.key},noticed:{one.label}"),
        )
        for one in found.by_detection
    ]
    if found.is_mixed and found.pooled.n:
        rows.append(
            (words("All together"), *summary_cells(found.pooled, behind=f"took:{found.key}"))
        )
    return Sheet(
        found.key,
        found.name,
        found.pooled.n,
        ("Incidents", *SUMMARY_HEADS),
        tuple(rows),
        (
            ("What it is", FROM_TO[found.key]),
            *MEDIAN_MEANS,
            ("Chart", "The median of each severity with its interval, where there are enough."),
        ),
        says=_said(study, found),
        loud=_lacking(found),
        chart=Chart.BARS,
        points=tuple(points),
        unit="min",
    )


def _said(study: Study, found: Lengths) -> tuple[str, ...]:
    survival = found.until_end
    says = []
    if found.open and survival.median is not None:
        says.append(
            f"With the {plural(found.open, 'open incident')} counted in, half are over after "
            f"{lasting(survival.median)} (Kaplan-Meier)."
        )
    trend = study.trends.get(found.key)
    if trend is not None:
        says.append(f"Against the period before: {trend.trend.sentence}.")
    return tuple(says)


def _lacking(found: Lengths) -> tuple[str, ...]:
    loud = []
    if found.missing:
        loud.append(f"{plural(found.missing, 'incident')} lack a time for it and are not in it.")
    if found.backwards:
        loud.append(
            f"Times stand the wrong way round in {', '.join(found.backwards)}; they are not in it."
        )
    if found.is_mixed and found.pooled.n:
        loud.append(f"All together mixes {found.pooled_from}. Read the rows above it.")
    return tuple(loud)


def _of_severity(label: str, key: str) -> dict[str, str]:
    if label == UNKNOWN_SEVERITY:
        return {"behind": f"took:{key},unrated"}
    return {"severity": label, "behind": f"took:{key}"}


def _sources(study: Study) -> Sheet:
    found, n = study.measures.detection, study.measures.n
    rows, points = [], []
    for way, many in found.sources:
        name = HOW[way.value] if way else "Not recorded"
        label = way.value if way else UNKNOWN_DETECTION
        exact = count_interval(many)
        rows.append((words(name), *share_cells(share(many, n), behind=f"noticed:{label}")))
        points.append(Point(name, many, str(many), exact.low, exact.high))
    return Sheet(
        "detection",
        "How they were noticed",
        n,
        ("Noticed by", *SHARE_HEADS),
        tuple(rows),
        (*SHARE_MEANS, *COUNT_MEANS),
        chart=Chart.BARS,
        points=tuple(points),
    )


def _gaps(study: Study) -> Sheet:
    found = study.measures.detection
    titles = {one.id: one.title for one in study.inside}
    rows = []
    for gap in reversed(found.gaps):
        why = ", ".join(
            filter(
                None, ("customers first" if gap.by_customers else "", "late" if gap.is_late else "")
            )
        )
        rows.append(
            (
                words(gap.incident_id, f"/incidents/{gap.incident_id}"),
                words(titles[gap.incident_id]),
                words(why),
                minutes(gap.took.total_seconds() / 60 if gap.took is not None else None),
                minutes(gap.target.total_seconds() / 60 if gap.target is not None else None),
            )
        )
    late, customers = found.late, found.by_customers
    says = tuple(
        f"{one.count} of {one.n} {word}: {percent(one.value)}, 95% interval {share_between(one.interval)}."
        for one, word in (
            (late, "were detected later than their target"),
            (customers, "were noticed by customers first"),
        )
        if one.value is not None and one.interval is not None
    )
    return Sheet(
        "gaps",
        "Detection gaps",
        len(found.gaps),
        ("Incident", "What", "Why", "Took", "Target"),
        tuple(rows),
        (
            (
                "Late",
                (
                    "From the start of impact to detection it took longer than its postmortem's target, "
                    "else its severity's: 5 min for"
                    " SEV-1, 10 min for SEV-2, 30 min for SEV-3, 8 h for SEV-4, 1 d for SEV-5."
                ),
            ),
            *SHARE_MEANS,
        ),
        says=says,
    )
