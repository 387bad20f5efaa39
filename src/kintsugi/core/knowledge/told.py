"""A pattern as a knowledge base tells it: a class of cause, its incidents, what was done, whether it held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.knowledge.index import IndexedPostmortem, newest_first
from kintsugi.core.shared.text import spoken

LEAST = 2
"""A factor of one postmortem is no pattern."""


@dataclass(frozen=True, slots=True)
class PatternIncident:
    """An incident of a pattern; `postmortems` are their references, or their folders in a base (`2024/01-name`)."""

    day: date | None
    title: str
    reference: str = ""
    postmortems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PatternAction:
    """An action of a pattern's incidents that is still open."""

    description: str
    reference: str = ""
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class PatternTold:
    """A pattern with all that a file of it says; `says` are sentences."""

    key: str
    title: str
    description: str = ""
    incidents: tuple[PatternIncident, ...] = ()
    says: tuple[str, ...] = ()
    open_actions: tuple[PatternAction, ...] = ()


def patterns_of(entries: Iterable[IndexedPostmortem]) -> tuple[PatternTold, ...]:
    """The categories of factor that two postmortems or more name, by their key: a pattern each.

    `other` is none: it says nothing that they have in common.
    """
    found: dict[str, dict[str, IndexedPostmortem]] = {}
    for entry in entries:
        for factor in entry.postmortem.contributing_factors:
            key = factor.category.strip().casefold().replace(" ", "_")
            if key and key != "other":
                found.setdefault(key, {})[entry.folder] = entry
    return tuple(
        _told(key, newest_first(found[key].values()))
        for key in sorted(found) if len(found[key]) >= LEAST
    )  # fmt: skip


def _told(key: str, entries: Sequence[IndexedPostmortem]) -> PatternTold:
    return PatternTold(
        key, FACTOR_CATEGORIES.get(key, spoken(key)),
        incidents=tuple(
            PatternIncident(
                one.postmortem.date, one.postmortem.title, one.postmortem.incident_id, (one.folder,)
            )
            for one in entries
        ),
        open_actions=tuple(
            PatternAction(action.description.split("\n")[0], action.id, action.owner, action.due)
            for one in entries for action in one.postmortem.action_items
            if not action.status.is_closed
        ),
    )  # fmt: skip
