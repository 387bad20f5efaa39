"""Patterns as the knowledge base tells them: each class that incidents were confirmed to be of."""

from __future__ import annotations

from kintsugi.core.analytics.wording import fix_said, recurrence_said
from kintsugi.core.knowledge.told import PatternAction, PatternIncident, PatternTold
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics.service.pattern import ClassPage, confirmed_pages


def told_patterns(work: UnitOfWork) -> list[PatternTold]:
    """Every class with a confirmed incident, but for the retired; nothing of a private incident is in it."""
    return [told(one) for one in confirmed_pages(work)]


def told(page: ClassPage) -> PatternTold:
    """One class, as a file of it tells it."""
    cause = page.kept.cause
    return PatternTold(
        cause.key, cause.title, cause.description,
        tuple(
            PatternIncident(
                one.at.date(), one.incident.title, one.incident.reference,
                tuple(lesson.reference for lesson in one.lessons),
            )
            for one in page.cases
        ),
        says_of(page),
        tuple(
            PatternAction(
                one.item.description.split("\n")[0], one.reference, one.item.owner, one.due_on
            )
            for one in page.open_actions
        ),
    )  # fmt: skip


def says_of(page: ClassPage) -> tuple[str, ...]:
    """What its figures say: whether it came again, and of each verified action whether it held."""
    recurred = (recurrence_said(page.recurrence),) if page.recurrence.count else ()
    fixes = (f"{one.action.reference}: {fix_said(one.held)}" for one in page.fixes)
    return (*recurred, *fixes)
