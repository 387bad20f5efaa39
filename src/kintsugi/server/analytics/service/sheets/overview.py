"""The overview: the period beside the one before, frequency, severity, when incidents begin, impact."""

from __future__ import annotations

import math
from datetime import timedelta

from kintsugi.core.analytics.facts import in_period
from kintsugi.core.analytics.follow_up import action_figures, postmortem_figures
from kintsugi.core.analytics.slices import Step, periods
from kintsugi.core.analytics.statistics import LIST_BELOW, MEAN_LABEL, Frequency, Share, Summary
from kintsugi.core.analytics.targets import Standing, Target
from kintsugi.core.analytics.wording import number, percent, share_between
from kintsugi.core.shared.distributions import Interval, count_interval
from kintsugi.core.shared.text import plural
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.sheets.beginnings import beginnings
from kintsugi.server.analytics.service.study import Study
from kintsugi.server.analytics.service.targets import FIGURES
from kintsugi.server.analytics.sheet import (
    COUNT_MEANS,
    NO_END,
    NOTHING,
    Cell,
    Chart,
    Point,
    Sheet,
    count,
    ends,
    lasting,
    minute_ends,
    minutes,
    words,
)

STANDINGS = {
    Standing.MET: "met",
    Standing.MISSED: "missed",
    Standing.NOT_TOLD: "cannot be told yet",
}
WEEKS = timedelta(days=100)
"""Up to this length a period is shown by weeks, above it by months."""


GLANCE_MEANS = (
    (
        "95% interval",
        (
            "Between which values the true one lies, with 95% confidence. Under 6 there is neither "
            "a value nor an interval."
        ),
    ),
    (
        "Against the period before",
        (
            "The period of the same length before this one. Only what chance does not explain counts as a"
            " change, judged over all figures together (Holm); else the smallest change that "
            "could have been seen. Durations are compared by their geometric means."
        ),
    ),
    (
        "Target",
        "What you set. Met or missed by the whole interval, not by the value alone.",
    ),
    (
        "MTTR",
        (
            "The mean duration, because everybody asks for it. A few long incidents move it more than"
            " all others together: no interval, no trend and no target."
        ),
    ),
    ("Time between failures", "Hours without an incident's impact, divided by incidents."),
)


def sheets(_work: UnitOfWork, study: Study) -> tuple[Sheet, ...]:
    """Every figure of the overview."""
    found = (
        glance(study),
        _frequency(study),
        _severity(study),
        *beginnings(study),
        _impact(study),
    )
    return (*found, _problems(study)) if study.measures.problems else found


def glance(study: Study) -> Sheet:
    """The figures of the period in one table, each with its interval, its change and its target."""
    told = study.measures
    follow = postmortem_figures(study.facts, study.period, study.now)
    acts = action_figures(study.actions, study.period, study.now)
    rows = [
        _rate_row(study, told.reliability.failures),
        _length_row(
            study,
            "duration",
            told.duration.pooled.n,
            told.duration.pooled.median,
            told.duration.pooled.median_interval,
        ),
        *_mean_rows(told.duration.pooled),
        *(
            _length_row(study, one.key, one.pooled.n, one.pooled.median, one.pooled.median_interval)
            for one in told.spans
        ),
        _mtbf_row(study),
        _share_row(study, "high_severity", told.severity.high),
        _share_row(study, "by_customers", told.detection.by_customers),
        _share_row(study, "late", told.detection.late),
        _share_row(study, "recurrence", told.recurrence.recurring),
        _share_row(study, "postmortems", follow.completed),
        _share_row(study, "actions_closed", acts.closed),
    ]
    return Sheet(
        "glance",
        "At a glance",
        told.n,
        ("Figure", "n", "Value", "From", "To", "Against the period before", "Target"),
        tuple(rows),
        GLANCE_MEANS,
        loud=_mixed(study),
    )


def _mixed(study: Study) -> tuple[str, ...]:
    pooled = study.measures.duration
    if not pooled.is_mixed:
        return ()
    return (f"Durations here are of {pooled.pooled_from} together. Response has them apart.",)


def _rate_row(study: Study, found: Frequency) -> tuple[Cell, ...]:
    per, interval = found.per_30_days, found.per_30_days_interval
    value = NOTHING if per is None else Cell(per, number(per))
    return (
        words(FIGURES["frequency"].name),
        count(found.count, all="1"),
        value,
        *ends(interval),
        _trend(study, "frequency"),
        _target(study, "frequency", per, interval),
    )


def _length_row(
    study: Study, key: str, n: int, median: float | None, interval: Interval | None
) -> tuple[Cell, ...]:
    low, high = (NOTHING, NOTHING)
    if interval is not None:
        low, high = (Cell(end, lasting(end)) for end in (interval.low, interval.high))
    return (
        words(FIGURES[key].name),
        count(n, behind=f"took:{key}"),
        Cell(None, "too few") if median is None else minutes(median),
        low,
        high,
        _trend(study, key),
        _target(study, key, median, interval),
    )


def _mean_rows(found: Summary) -> tuple[tuple[Cell, ...], ...]:
    """What a typical incident takes, and what is called MTTR everywhere, with its warning."""
    positive = found.n - found.zeros
    low, high = minute_ends(found.geometric_interval)
    return (
        (
            words("Duration of impact, geometric mean"),
            count(positive),
            Cell(None, "too few") if found.geometric_mean is None else minutes(found.geometric_mean),
            low, high, NOTHING, NOTHING,
        ),
        (
            words(f"MTTR ({MEAN_LABEL})"),
            count(found.n, behind="took:duration"),
            Cell(None, "too few") if found.mean is None else minutes(found.mean),
            NOTHING, NOTHING, NOTHING, NOTHING,
        ),
    )  # fmt: skip


def _mtbf_row(study: Study) -> tuple[Cell, ...]:
    found = study.measures.reliability
    value = found.mtbf_hours
    shown = NOTHING if value is None else _hours(value)
    return (
        words(FIGURES["mtbf"].name),
        count(found.failures.count, all="1"),
        shown,
        *(_hours(end) for end in (found.mtbf_interval.low, found.mtbf_interval.high)),
        NOTHING,
        _target(study, "mtbf", value, found.mtbf_interval),
    )


def _hours(value: float) -> Cell:
    if not math.isfinite(value):
        return Cell(None, NO_END)
    return Cell(value, f"{number(value)} h")


SHARES = {
    "high_severity": ("high", "rated"),
    "by_customers": ("noticed:customer", "noticed"),
    "late": ("late", "timed"),
    "recurrence": ("recurring", "classed"),
    "postmortems": ("published", "due"),
}
"""What is behind the count of a share, and behind its n. Actions are no incidents."""


def _share_row(study: Study, key: str, found: Share) -> tuple[Cell, ...]:
    interval = found.interval
    shown = f"{found.count} of {found.n}" if found.value is None else percent(found.value)
    counted, every = SHARES.get(key, ("", ""))
    behind_it = (("behind", counted),) if counted and found.count else ()
    value = Cell(found.value, shown, behind_it)
    low, high = (
        (NOTHING, NOTHING)
        if interval is None
        else (Cell(end, f"{end:.0%}") for end in (interval.low, interval.high))
    )
    scaled = (
        None
        if interval is None
        else Interval(interval.low * 100, interval.high * 100, interval.level)
    )
    percents = None if found.value is None else found.value * 100
    return (
        words(FIGURES[key].name),
        count(found.n, **({"behind": every} if every else {})),
        value,
        low,
        high,
        NOTHING,
        _target(study, key, percents, scaled),
    )


def _trend(study: Study, key: str) -> Cell:
    found = study.trends.get(key)
    if found is None:
        return Cell(None, "no record that far back")
    return Cell(found.trend.ratio, found.trend.sentence)


def _target(study: Study, key: str, value: float | None, interval: Interval | None) -> Cell:
    target: Target | None = study.targets.get(key)
    if target is None:
        return NOTHING
    said = STANDINGS[target.standing(value, interval)]
    return Cell(target.value, f"{target.aim.value} {target.value:g} {FIGURES[key].unit}: {said}")


def _frequency(study: Study) -> Sheet:
    step = Step.WEEK if study.period.length <= WEEKS else Step.MONTH
    rows, points = [], []
    for one in periods(study.period, step, study.zone):
        n = len(in_period(study.inside, one))
        start, end = (
            at.astimezone(study.zone) for at in (one.since, one.until - timedelta(seconds=1))
        )
        name = f"{start.day} {start:%b}" if step is Step.WEEK else f"{start:%b %Y}"
        exact = count_interval(n)
        dates = {"since": start.date().isoformat(), "until": end.date().isoformat()}
        rows.append((words(name), count(n, **dates), *ends(exact)))
        points.append(Point(name, n, str(n), exact.low, exact.high))
    return Sheet(
        "frequency",
        f"Incidents by {step.value}",
        study.measures.n,
        (step.value.capitalize(), "Incidents", "From", "To"),
        tuple(rows),
        (
            (
                "Incidents",
                "Those that began in it, in your zone. The first and the last may be cut off.",
            ),
            *COUNT_MEANS,
        ),
        says=_said_of_change(study),
        chart=Chart.COLUMNS,
        points=tuple(points),
    )


def _said_of_change(study: Study) -> tuple[str, ...]:
    found = study.trends.get("frequency")
    return () if found is None else (f"Against the period before: {found.trend.sentence}.",)


def _severity(study: Study) -> Sheet:
    found, n = study.measures.severity, study.measures.n
    rows, points = [], []
    for level, many in found.counts:
        name = level.label if level else "No severity"
        exact = count_interval(many)
        narrowed = {"severity": level.label} if level else {"behind": "unrated"}
        rows.append((words(name), count(many, **narrowed), *ends(exact), _part(many, n)))
        points.append(Point(name, many, str(many), exact.low, exact.high))
    high = found.high
    says: tuple[str, ...] = ()
    if high.value is not None and high.interval is not None:
        says = (
            (
                f"{high.count} of {high.n} are SEV-1 or SEV-2: {percent(high.value)}, 95% interval "
                f"{share_between(high.interval)}."
            ),
        )
    return Sheet(
        "severity",
        "Severity",
        n,
        ("Severity", "Incidents", "From", "To", "Share"),
        tuple(rows),
        (("Severity", "As it stands now, after corrections."), *COUNT_MEANS),
        says=says,
        chart=Chart.BARS,
        points=tuple(points),
    )


def _part(many: int, n: int) -> Cell:
    return NOTHING if n < LIST_BELOW else Cell(many / n, percent(many / n))


def _impact(study: Study) -> Sheet:
    found = study.measures.impact
    rows = [
        (
            words("Minutes of impact"),
            Cell(found.minutes, lasting(found.minutes)),
            count(study.measures.n - found.unmeasured, behind="took:duration"),
        ),
        (
            words("The worst one"),
            minutes(found.worst_minutes),
            words(found.worst_id, f"/incidents/{found.worst_id}") if found.worst_id else NOTHING,
        ),
        *(
            (
                words(f"Revenue, {one.currency}"),
                Cell(str(one.amount), f"{one.amount:,} {one.currency}"),
                count(_with_revenue(study, one.currency), behind=f"revenue:{one.currency}"),
            )
            for one in found.revenue
        ),
    ]
    loud = []
    if found.unmeasured:
        loud.append(
            f"{plural(found.unmeasured, 'incident')} without a known length: the total is of the others."
        )
    return Sheet(
        "impact",
        "Impact",
        study.measures.n,
        ("What", "Total", "Of"),
        tuple(rows),
        (
            (
                "Minutes of impact",
                "From the start of impact to recovery, else resolution, added up over incidents.",
            ),
            ("Revenue", "As recorded, each currency on its own; of the incidents that have any."),
        ),
        loud=tuple(loud),
    )


def _with_revenue(study: Study, currency: str) -> int:
    return sum(one.revenue is not None and one.revenue.currency == currency for one in study.inside)


def _problems(study: Study) -> Sheet:
    found = study.measures.problems
    return Sheet(
        "problems",
        "Times that are wrong",
        len(found),
        ("Incident", "What is wrong"),
        tuple(
            (words(one.incident_id, f"/incidents/{one.incident_id}"), words(one.problem))
            for one in found
        ),
        (
            (
                "Why it matters",
                "An incident whose times are missing or go backwards is in no duration. Correct its milestones.",
            ),
        ),
    )
