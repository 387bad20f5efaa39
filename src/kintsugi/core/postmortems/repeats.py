"""Which incidents repeat an earlier one: of the same confirmed class of cause, or of the same service and title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.text import joined

REPEATED_WITHIN = timedelta(days=90)
"""Practice rule 9: a repeat of a class within 90 days asks for a postmortem."""

_NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Repeat:
    """The latest earlier incident that one repeats, and what they have in common.

    `classes` are the titles of the classes of cause that people confirmed of both; empty where they have
    a service and the title in common instead. `after` is from when the earlier one began to when this one did.
    """

    earlier_id: str
    earlier: str
    after: timedelta
    classes: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Why it is one, in words: `it repeats INC-7, 12 d earlier, of the same service and title`."""
        days = self.after // timedelta(days=1)
        earlier = f"{days} d earlier" if days else "less than a day earlier"
        what = f"the class {joined(self.classes)}" if self.classes else "the same service and title"
        return f"it repeats {self.earlier}, {earlier}, of {what}"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What of an incident says what it repeats: no drill, and none that is merged into another."""

    id: str
    number: int
    reference: str
    title: str
    services: tuple[str, ...]
    began_at: datetime


def occurrences(incidents: Iterable[Incident]) -> list[Occurrence]:
    """Incidents as what repeats and is repeated: without drills and merged duplicates."""
    return [
        Occurrence(one.id, one.number, one.reference, one.title, tuple(one.services), one.began_at)
        for one in incidents
        if not one.is_drill and not one.merged_into_id
    ]


def repeats(
    among: Iterable[Occurrence],
    classes: Mapping[str, Mapping[str, str]],
    within: timedelta = REPEATED_WITHIN,
) -> dict[str, Repeat]:
    """Each incident that began within `within` of the beginning of an earlier one that it is like, by id.

    `classes` are the confirmed classes of an incident by its id: title by key. Titles are the same if their
    words are, in any case and with any marks between them. A common class goes before a common title, then
    the latest earlier one.
    """
    found: dict[str, Repeat] = {}
    latest: dict[tuple[str, str], Occurrence] = {}
    for one in sorted(among, key=_order):
        own = classes.get(one.id, {})
        of_class, of_title = [("class", key) for key in own], _titled(one)
        for keys in (of_class, of_title):
            earlier = [latest[key] for key in keys if key in latest]
            near = [each for each in earlier if one.began_at - each.began_at <= within]
            if near:
                last = max(near, key=_order)
                shared = tuple(own[key] for key in own if key in classes.get(last.id, {}))
                after = one.began_at - last.began_at
                found[one.id] = Repeat(last.id, last.reference, after, shared)
                break
        latest |= dict.fromkeys((*of_class, *of_title), one)
    return found


def _order(one: Occurrence) -> tuple[datetime, int]:
    return one.began_at, one.number


def same_title(title: str) -> str:
    """What titles of the same words have in common."""
    return _NO_WORD.sub(" ", title.casefold()).strip()


def _titled(one: Occurrence) -> list[tuple[str, str]]:
    title = same_title(one.title)
    return [(service.casefold(), title) for service in one.services] if title else []
