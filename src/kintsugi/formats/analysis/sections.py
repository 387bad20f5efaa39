"""What an analysis says, as sections of sentences, tables and charts, whatever they are written in later."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from kintsugi.core.analytics.analysis import Analysis, Table
from kintsugi.core.analytics.durations import Lengths
from kintsugi.core.analytics.facts import Period
from kintsugi.core.analytics.report import DAYS, Pattern
from kintsugi.core.analytics.slices import Dimension, Step
from kintsugi.core.shared.text import plural, shortened, spoken
from kintsugi.core.shared.times import written_duration
from kintsugi.formats.analysis.blocks import Columns, Grid, Input, Section
from kintsugi.formats.analysis.wording import (
    between,
    geometric_words,
    hours,
    mean_words,
    median_words,
    minutes,
    number,
    p90_words,
    percent,
    share_words,
)

_INSTANT = timedelta(microseconds=1)
_KEY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
TITLE = "Incident report"
MOST_ROWS = 20
MOST_NAMES = 5
_FREE_TEXT = frozenset({Dimension.FACTOR, Dimension.TAG})
"""Where everybody writes a name of their own: what stands once is only counted."""


def sections_of(found: Analysis, given: Input) -> tuple[Section, ...]:
    """The sections of an analysis; those about which nothing is known are left out."""
    listed = (
        Section("Summary", tuple(_summary(found, given))),
        Section("What the times lack", tuple(_problems(found, given))),
        Section("How long it took", tuple(_lengths(found))),
        Section("When they began", tuple(_clock(found))),
        Section("Over time", tuple(_over_time(found))),
        *(_told_apart(table) for table in found.tables),
        Section("How they were noticed", tuple(_detection(found))),
        Section("Postmortems and recurrence", tuple(_learning(found))),
        Section("Words of the causes", tuple(_causes(found))),
        Section("Recommendations of the guide", tuple(_recommendations(found))),
        Section("How to read this", _HOW_TO_READ),
    )
    return tuple(section for section in listed if section.blocks)


def period_words(found: Analysis) -> str:
    """From which day to which, and in which zone days and hours are told."""
    last = max(found.period.since, found.period.until - _INSTANT)
    since, until = (at.astimezone(found.zone) for at in (found.period.since, last))
    return f"{_day(since)} to {_day(until)}, by the clock of {found.zone}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b} {at.year}"


def headline(found: Analysis) -> tuple[tuple[str, str, str], ...]:
    """What one wants to know first: a name, its value, and how sure that is."""
    figures, often = found.measures, found.measures.reliability.failures
    pooled, high = figures.duration.pooled, figures.severity.high
    mixed = ", all severities" if figures.duration.is_mixed else ""
    told = [
        ("Incidents", f"{figures.n:,}", f"{number(often.per_30_days)} in 30 days" if often.days else ""),
        ("Half are over within", minutes(pooled.median), f"95%: {between(pooled.median_interval, minutes)}{mixed}"),
        ("SEV-1 and SEV-2", percent(high.value), f"95%: {between(high.interval, percent)}"),
        ("Impact in all", minutes(figures.impact.minutes) if pooled.n else "", ""),
        ("Postmortems published", percent(found.postmortems.completed.value),
         f"95%: {between(found.postmortems.completed.interval, percent)}"),
    ]  # fmt: skip
    return tuple((name, value, sure) for name, value, sure in told if value)


def _summary(found: Analysis, given: Input) -> Iterator[str | Grid | Columns]:
    figures, reliability = found.measures, found.measures.reliability
    pooled, impact = figures.duration.pooled, figures.impact
    often, available = reliability.failures, reliability.availability
    rate = f"{number(often.per_30_days)} ({between(often.per_30_days_interval)})"
    worst = f", the worst {minutes(impact.worst_minutes)} ({impact.worst_id})"
    rows = [
        ("Incidents", f"{figures.n:,}"),
        ("In 30 days", rate if often.days else "no time to count in"),
        ("Duration, median", median_words(pooled)),
        ("Duration, geometric mean", geometric_words(pooled)),
        ("Duration, 90% within", p90_words(pooled)),
        ("MTTR", mean_words(pooled)),
        ("Impact in all", f"{minutes(impact.minutes)}{worst}" if impact.worst_id else ""),
        ("Revenue", ", ".join(str(amount) for amount in impact.revenue)),
        ("SEV-1 and SEV-2", share_words(figures.severity.high)),
        ("MTBF, uptime over failures", _mtbf(found)),
        ("Mean gap between beginnings", hours(reliability.mean_gap_hours)),
        ("Available", f"{available:.3%}" if available is not None else ""),
    ]
    yield Grid(("Figure", "Value (95% interval)"), tuple(row for row in rows if row[1]))
    if figures.duration.is_mixed:
        yield f"Durations are pooled over {figures.duration.pooled_from}; read them by severity below."
    if found.is_open_ended and figures.n:
        yield (
            "The period is that of the incidents themselves, so rates and MTBF are a little off; "
            "--period-days and --now set one."
        )
    read = f"{plural(given.rows, 'row')} read" if given.rows else "no rows"
    yield f"{read}; {_counted(found, given)}."


def _mtbf(found: Analysis) -> str:
    reliability = found.measures.reliability
    if reliability.mtbf_hours is None:
        return ""
    return f"{hours(reliability.mtbf_hours)} ({between(reliability.mtbf_interval, hours)})"


def _counted(found: Analysis, given: Input) -> str:
    figures = found.measures
    parts = [f"{figures.n:,} counted"]
    for count, words in (
        (figures.outside, "outside the period"), (figures.left_out, "drills or without a beginning"),
        (given.maintenance, "planned maintenance"), (given.lost, "no incident at all"),
        (given.repeated, "the same again"),
    ):  # fmt: skip
        if count:
            parts.append(f"{count:,} {words}")
    return ", ".join(parts)


def _problems(found: Analysis, given: Input) -> Iterator[str | Grid | Columns]:
    problems = found.measures.problems
    if given.problems:
        yield f"Fields and rows that could not be read: {given.problems:,}; the command names them."
    if found.measures.reliability.without_end:
        count = plural(found.measures.reliability.without_end, "incident")
        yield f"Without a known end: {count}; no downtime is counted for them, so MTBF and availability are too good."
    if problems:
        by_problem: defaultdict[str, list[str]] = defaultdict(list)
        for one in problems:
            by_problem[one.problem].append(one.incident_id)
        rows = tuple(
            (problem, f"{len(ids):,}", ", ".join(ids[:MOST_NAMES]) + (" ..." if len(ids) > MOST_NAMES else ""))
            for problem, ids in sorted(by_problem.items(), key=lambda one: (-len(one[1]), one[0]))
        )  # fmt: skip
        yield Grid(("What is wrong", "Incidents", "Such as"), rows[:MOST_ROWS])


def _lengths(found: Analysis) -> Iterator[str | Grid | Columns]:
    heads = (
        "From, to",
        "n",
        "Median (95%)",
        "Geometric mean (95%)",
        "90% within",
        "Mean",
        "Left out",
    )
    rows: list[tuple[str, ...]] = []
    for one in (found.measures.duration, *found.measures.spans):
        if not one.pooled.n and not one.open:
            continue
        rows.append((one.name, *_length_cells(one), _left_out(one)))
        if one.is_mixed:
            rows += [
                (f"- {part.label}", f"{part.summary.n}", median_words(part.summary), geometric_words(part.summary),
                 p90_words(part.summary), minutes(part.summary.mean), "")
                for part in one.by_severity
            ]  # fmt: skip
    if rows:
        yield Grid(heads, tuple(rows))
        yield "Means are heavy-tailed: a few long incidents move them more than all others together."
    still_open = found.measures.duration
    if still_open.open and still_open.until_end.median is not None:
        yield (
            f"With the {still_open.open} still open, half are over after "
            f"{minutes(still_open.until_end.median)} ({between(still_open.until_end.median_interval, minutes)})."
        )


def _length_cells(one: Lengths) -> tuple[str, ...]:
    pooled = one.pooled
    return (
        f"{pooled.n}", median_words(pooled), geometric_words(pooled), p90_words(pooled), minutes(pooled.mean),
    )  # fmt: skip


def _left_out(one: Lengths) -> str:
    parts = [
        f"{count} {word}"
        for count, word in ((one.open, "open"), (one.missing, "without times"), (len(one.backwards), "backwards"))
        if count
    ]  # fmt: skip
    return ", ".join(parts)


def _clock(found: Analysis) -> Iterator[str | Grid | Columns]:
    if not found.measures.n:
        return
    for pattern in found.patterns:
        if pattern.name == "service":
            continue
        is_hour = pattern.name == "hour"
        names = [f"{hour:02d}" for hour in range(24)] if is_hour else [day[:3] for day in DAYS]
        counts = found.report.hours if is_hour else found.report.days
        bars = tuple(zip(names, counts, strict=True))
        title = f"Incidents by {'hour' if is_hour else 'day of the week'}, {found.zone}"
        yield Columns(title, bars, pattern.evenness.by_chance_at_most)
        yield _evenness_words(pattern, names)


def _evenness_words(pattern: Pattern, names: Sequence[str]) -> str:
    even = pattern.evenness
    if pattern.is_more_than_chance is None or even.busiest is None:
        return f"{even.n} are too few to tell a busy {pattern.name} from chance."
    busiest = names[even.busiest] + (":00" if pattern.name == "hour" else "")
    chance = ""
    if even.by_chance is not None:
        chance = (
            f"; by chance the busiest of {even.cells} has {even.by_chance:.1f}, "
            f"seldom more than {even.by_chance_at_most}"
        )
    began = "at" if pattern.name == "hour" else "on"
    verdict = "more than chance" if pattern.is_more_than_chance else "no more than chance makes"
    told = f"{even.count} of {even.n} began {began} {busiest}: {verdict}{chance}"
    return f"{told} (p = {pattern.adjusted_p:.2g}, adjusted)."


def _over_time(found: Analysis) -> Iterator[str | Grid | Columns]:
    if len(found.series) > 1:
        bars = tuple((_step_name(one, found), count) for one, count in found.series)
        yield Columns(f"Incidents by {found.step.value}", bars)
    if found.trends:
        rows = tuple(
            (spoken(one.key), f"{one.trend.n_before}", f"{one.trend.n_after}", one.trend.sentence)
            for one in found.trends
            if one.trend.n_before or one.trend.n_after
        )
        if rows:
            length = written_duration(found.period.length)
            yield Grid(("Figure", "n before", "n now", f"Against the {length} before"), rows)
    if found.begins_late is not None:
        yield (
            f"The record begins on {_day(found.begins_late.astimezone(found.zone))}, within the time this is held"
            " against: what nobody wrote down then looks like a rise."
        )
    elif not found.trends and not found.is_open_ended and found.measures.n:
        yield "Nothing is on record before the period, so there is nothing to hold it against."


def _step_name(one: Period, found: Analysis) -> str:
    day = one.since.astimezone(found.zone).date()
    match found.step:
        case Step.MONTH:
            return f"{day:%Y-%m}"
        case Step.QUARTER:
            return f"{day.year} Q{(day.month + 2) // 3}"
        case _:
            return f"{day:%m-%d}"


def _told_apart(table: Table) -> Section:
    noun = table.dimension.value
    shown = [row for row in table.rows if row.n > 1 or table.dimension not in _FREE_TEXT][
        :MOST_ROWS
    ]
    rows = tuple(
        (
            shortened(_called(row.name, table.dimension), 60), f"{row.n:,}", f"{row.high:,}",
            median_words(row.minutes), minutes(row.minutes.total),
        )
        for row in shown
    )  # fmt: skip
    blocks: list[str | Grid | Columns] = []
    if table.dimension is Dimension.SEVERITY:
        blocks.append(
            Columns("Incidents by severity", tuple((row.name, row.n) for row in table.rows))
        )
    if rows:
        blocks.append(
            Grid(
                (spoken(noun), "Incidents", "SEV-1 and 2", "Duration, median (95%)", "In all"), rows
            )
        )
    if len(table.rows) > len(shown):
        blocks.append(
            f"{len(table.rows) - len(shown):,} more{'' if rows else ', each named once'}."
        )
    if table.overlapping:
        blocks.append(
            f"{plural(table.overlapping, 'incident')} stand under several: rows add up to more than all."
        )
    if table.dimension in (Dimension.SERVICE, Dimension.TEAM):
        blocks.append(
            "The order is of counts; it ranks nobody. What gets more traffic, or reports more, counts more."
        )
    return Section(f"By {noun}", tuple(blocks))


def _called(name: str, by: Dimension) -> str:
    """A factor's key as words; other names as they are written."""
    return spoken(name) if by is Dimension.FACTOR and _KEY.fullmatch(name) else name


def _detection(found: Analysis) -> Iterator[str | Grid | Columns]:
    detection = found.measures.detection
    known = [(way, count) for way, count in detection.sources if way is not None]
    if known:
        rows = tuple(
            (way.value if way else "not recorded", f"{count}") for way, count in detection.sources
        )
        yield Grid(("Noticed by", "Incidents"), rows)
        yield f"Customers noticed {share_words(detection.by_customers)}, of those whose way is known."
    if detection.late.n:
        yield f"Later than the target of their severity: {share_words(detection.late)}."
    if detection.gaps:
        late = tuple(
            (gap.incident_id, _span(gap.took), _span(gap.target), "yes" if gap.by_customers else "")
            for gap in detection.gaps[:MOST_ROWS]
        )
        yield Grid(("Incident", "Detected after", "Target", "By customers"), late)
        if len(detection.gaps) > MOST_ROWS:
            yield f"{len(detection.gaps) - MOST_ROWS:,} more."


def _span(length: timedelta | None) -> str:
    return "" if length is None else written_duration(length)


def _learning(found: Analysis) -> Iterator[str | Grid | Columns]:
    postmortems, recurrence = found.postmortems, found.measures.recurrence
    if postmortems.completed.n or postmortems.not_due:
        yield (
            f"Postmortems published, of those required and due: {share_words(postmortems.completed)}; "
            f"{postmortems.not_due} not due yet."
        )
        days = postmortems.days_to_publish
        if days.median is not None:
            yield f"Half are published {number(days.median)} days after the end ({between(days.median_interval)})."
    if recurrence.recurring.n:
        yield (
            f"Came back within twelve months, by class of cause: {share_words(recurrence.recurring)}; "
            f"{recurrence.without_class} without a class."
        )


def _causes(found: Analysis) -> Iterator[str | Grid | Columns]:
    if found.report.causes:
        told = ", ".join(f"{shortened(word, 60)} ({n:,})" for word, n in found.report.causes)
        yield f"{told}. Counted in root causes as the guide does; a word is no class of cause."


def _recommendations(found: Analysis) -> Iterator[str | Grid | Columns]:
    words = {True: "more than chance", False: "not shown", None: "cannot be told"}
    if found.judgements:
        rows = tuple(
            (one.recommendation, words[one.is_more_than_chance], one.because)
            for one in found.judgements
        )
        yield Grid(("By the guide's thresholds", "The figures say", "Because"), rows)


_HOW_TO_READ = (
    (
        "Intervals hold the true value 95 times in 100. The median's is exact and assumes nothing; rates have exact "
        "Poisson intervals, shares exact binomial ones. Under 6 values there are no statistics, only the values."
    ),
    (
        "A change is named only where it is more than chance, over all that is compared at once; else the smallest "
        "change that could have been seen is told."
    ),
    (
        "MTTR is the mean, kept because everybody asks for it. MTBF is operating time over failures; the mean gap "
        "between beginnings, which the guide calls MTBF, has the repairs in it."
    ),
)
