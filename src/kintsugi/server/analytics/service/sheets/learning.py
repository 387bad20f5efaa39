"""Learning: postmortems written, actions closed and how old they get, what came again."""

from __future__ import annotations

from kintsugi.core.analytics.facts import UNKNOWN_SEVERITY, ActionFact
from kintsugi.core.analytics.follow_up import action_figures, postmortem_figures
from kintsugi.core.analytics.slices import Dimension, sliced
from kintsugi.core.analytics.statistics import share
from kintsugi.core.analytics.survival import Step, Survival
from kintsugi.core.analytics.wording import between, number
from kintsugi.core.shared.text import plural
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.classes import all_classes
from kintsugi.server.analytics.service.study import Study
from kintsugi.server.analytics.sheet import (
    NOTHING,
    SHARE_HEADS,
    SHARE_MEANS,
    Cell,
    Chart,
    Point,
    Sheet,
    count,
    listed,
    share_cells,
    words,
)

SURVIVAL_MEANS = (
    (
        "Still open",
        "Kaplan and Meier's curve: what is still open counts with the time it has been so, and is not left out.",
    ),
    ("95% interval", "Greenwood's variance on log(-log), 95%."),
)
MOST_STEPS = 60


def sheets(work: UnitOfWork, study: Study) -> tuple[Sheet, ...]:
    """Every figure of the page of learning."""
    return (*_postmortems(study), *_actions(study), *_recurrence(study), _classes(work, study))


def _postmortems(study: Study) -> tuple[Sheet, Sheet]:
    found = postmortem_figures(study.facts, study.period, study.now)
    rows = [
        (words("Required postmortems published"), *share_cells(found.completed, behind="published"))
    ]
    if found.unpublished:
        missing = share(len(found.unpublished), found.completed.n)
        rows.append((words("Due and not published"), *share_cells(missing, behind="unpublished")))
    loud = [f"Not due yet: {found.not_due} more."] if found.not_due else []
    if found.unpublished:
        loud.append(
            f"Not published: {', '.join(found.unpublished[:20])}{' …' if len(found.unpublished) > 20 else ''}."
        )
    by_severity = sliced(
        [one for one in study.inside if one.is_postmortem_required], Dimension.SEVERITY
    )
    for label, facts in by_severity.groups:
        done = sum(one.postmortem_at is not None for one in facts)
        rows.append(
            (words(f"of {label}"), *share_cells(share(done, len(facts)), **_published_of(label)))
        )
    return (
        Sheet(
            "postmortems",
            "Postmortems",
            found.completed.n,
            ("Postmortems", *SHARE_HEADS),
            tuple(rows),
            (
                (
                    "Required",
                    "Incidents of the period that ask for a postmortem by your rules as they are now.",
                ),
                (
                    "Published",
                    (
                        "Those with a published postmortem. One whose 72 hours still run and that has "
                        "none is in neither number;"
                        " by severity it is counted as not published."
                    ),
                ),
                *SHARE_MEANS,
            ),
            loud=tuple(loud),
        ),
        _curve(
            "publishing",
            "Days to publish",
            "From the end of an incident to the publication of its postmortem.",
            found.days_to_publish,
        ),
    )


def _published_of(label: str) -> dict[str, str]:
    if label == UNKNOWN_SEVERITY:
        return {"behind": "published,unrated"}
    return {"severity": label, "behind": "published"}


def _actions(study: Study) -> tuple[Sheet, Sheet, Sheet]:
    found = action_figures(study.actions, study.period, study.now)
    rows = [
        (words("Closed"), *share_cells(found.closed)),
        (words("Verified"), *share_cells(found.verified)),
        (
            words("Overdue, of the open ones", "#overdue" if found.overdue_ids else ""),
            *share_cells(found.overdue),
        ),
    ]
    inside = [one for one in study.actions if study.period.holds(one.created)]
    rows += [
        (words(f"Closed, {name}"), *share_cells(share(done, n)))
        for name, done, n in _by_priority(inside)
    ]
    overdue = set(found.overdue_ids)
    late = sorted((one for one in study.actions if one.id in overdue), key=lambda one: one.created)
    return (
        Sheet(
            "actions",
            "Actions",
            found.closed.n,
            ("Actions", *SHARE_HEADS),
            tuple(rows),
            (
                (
                    "Of which",
                    "Actions of published postmortems that were written down in the period, whenever they were closed.",
                ),
                (
                    "Closed",
                    "Done, verified, or decided against. An accepted risk is open: it expires.",
                ),
                *SHARE_MEANS,
            ),
        ),
        _curve(
            "closing",
            "Days to close an action",
            "From the day an action was written down to the day it was closed.",
            found.days_to_close,
        ),
        Sheet(
            "overdue",
            "Overdue actions",
            len(late),
            ("Action", "Incident", "Days open"),
            tuple(
                (
                    words(one.id, f"/actions/{one.id}"),
                    words(one.incident_id, f"/incidents/{one.incident_id}"),
                    count((study.now - one.created).days),
                )
                for one in late
            ),
            (("Overdue", "Open past its due date. Oldest first."),),
            says=_ages(found.open_age.median, found.open_age.n),
        ),
    )


def _ages(median: float | None, n: int) -> tuple[str, ...]:
    if median is None:
        return (f"{plural(n, 'action')} of the period open.",) if n else ()
    return (
        f"{plural(n, 'action')} of the period open, half of them for more than {number(median)} days.",
    )


def _by_priority(inside: list[ActionFact]) -> list[tuple[str, int, int]]:
    found = []
    for name in ("CRITICAL", "HIGH", "MEDIUM", "LOW", ""):
        of = [one for one in inside if one.priority == name]
        if of:
            said = name.lower() if name else "without a priority"
            found.append((said, sum(one.closed is not None for one in of), len(of)))
    return found


def _curve(key: str, title: str, definition: str, found: Survival) -> Sheet:
    steps = _thinned(found)
    says = []
    if found.median is not None:
        reach = ""
        if found.median_interval is not None:
            reach = f" (95% interval {between(found.median_interval)})"
        says.append(
            f"Half are over after {number(found.median)} days{reach}; {found.closed} over, {found.open} still open."
        )
    else:
        says.append(
            f"{found.closed} over, {found.open} still open: when half are over is not known yet."
        )
    return Sheet(
        key,
        title,
        found.n,
        ("Days", "At risk", "Over then", "Still open", "From", "To"),
        tuple(
            (
                Cell(one.time, number(one.time)),
                count(one.at_risk),
                count(one.closed),
                Cell(one.still_open, f"{one.still_open:.0%}"),
                Cell(one.interval.low, f"{one.interval.low:.0%}"),
                Cell(one.interval.high, f"{one.interval.high:.0%}"),
            )
            for one in steps
        ),
        (("What it is", definition), *SURVIVAL_MEANS),
        says=tuple(says),
        chart=Chart.STEPS,
        points=(
            Point("", 100.0, at=0.0, low=100.0, high=100.0),
            *(
                Point(
                    "",
                    one.still_open * 100,
                    at=one.time,
                    low=one.interval.low * 100,
                    high=one.interval.high * 100,
                )
                for one in steps
            ),
        ),
        unit="%",
    )


def _thinned(found: Survival) -> tuple[Step, ...]:
    """The steps, or where they are many some of them, the first and the last among these."""
    every = max(1, -(-len(found.steps) // MOST_STEPS))
    last = len(found.steps) - 1
    return tuple(
        one for place, one in enumerate(found.steps) if place % every == 0 or place == last
    )


def _recurrence(study: Study) -> tuple[Sheet, ...]:
    found = study.measures.recurrence
    loud = (
        (f"{plural(found.without_class, 'incident')} of the period have no confirmed class.",)
        if found.without_class
        else ()
    )
    rate = Sheet(
        "recurrence",
        "Recurrence",
        found.recurring.n,
        ("Came again", *SHARE_HEADS),
        (
            (words("Within a year"), *share_cells(found.recurring, behind="recurring")),
            (
                words("No confirmed class"),
                count(found.without_class, behind="unclassed"),
                *[NOTHING] * 4,
            ),
        ),
        (
            (
                "Came again",
                (
                    "Of incidents with a class that a person confirmed, those with another of that class in "
                    "the 365 days before."
                ),
            ),
            *SHARE_MEANS,
        ),
        loud=loud,
    )
    return (rate, _again(study, found.recurring_ids)) if found.recurring_ids else (rate,)


def _again(study: Study, ids: tuple[str, ...]) -> Sheet:
    facts = {one.id: one for one in study.inside}
    return Sheet(
        "again",
        "Incidents that came again",
        len(ids),
        ("Incident", "What", "Services"),
        tuple(
            (
                words(one, f"/incidents/{one}"),
                words(facts[one].title),
                words(listed(words(name) for name in facts[one].services) or "–"),
            )
            for one in reversed(ids)
        ),
        (
            (
                "Came again",
                "As above, the latest first. Patterns has which one came before, and of which class.",
            ),
        ),
    )


def _classes(work: UnitOfWork, study: Study) -> Sheet:
    titles = {one.key: one.cause.title for one in all_classes(work, retired=True)}
    found = sliced([one for one in study.inside if one.classes], Dimension.CLASS)
    groups = sorted(found.groups, key=lambda one: (-len(one[1]), one[0]))
    return Sheet(
        "classes",
        "Classes of cause",
        found.n,
        ("Class", "Incidents"),
        tuple(
            (
                words(titles.get(key, key), f"/patterns/{key}"),
                count(len(facts), behind=f"class:{key}"),
            )
            for key, facts in groups
        ),
        (
            (
                "Incidents",
                "Those of the period that a person confirmed to be of the class; one can be of several.",
            ),
        ),
        chart=Chart.BARS,
        points=tuple(
            Point(titles.get(key, key), len(facts), str(len(facts))) for key, facts in groups
        ),
    )
