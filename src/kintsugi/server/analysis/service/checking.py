"""What a fault tree may be given: a title, an exposure, links to the history, and what actions leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.faulttree.validation import top_of
from kintsugi.core.analysis.what_if import is_minimal_cause
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis.service import solving
from kintsugi.server.analysis.stored import Kind, Link, Measure, Model, StoredTree

LONGEST_TITLE = 200
LONGEST_NAME = 200
MOST_DAYS = 3_650
MOST = 100
"""Links, and measures, of one tree."""
MOST_HAPPENED = 100
"""Events of the cut set that happened."""


def title(written: str) -> str:
    """A title on one line. Raises InvalidValue."""
    found = one_line(clean(written)).strip()
    if not found:
        raise InvalidValue("is missing", path=("title",), expected="what the top event is about")
    if len(found) > LONGEST_TITLE:
        raise InvalidValue(
            f"has {len(found):,} characters", path=("title",), expected=f"at most {LONGEST_TITLE}"
        )
    return found


def exposure(days: int) -> int:
    """For how many days rates become probabilities. Raises InvalidValue."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidValue(
            f"is {days}", path=("exposureDays",), expected=f"1 to {MOST_DAYS:,} days, such as 91"
        )
    return days


def links(found: Sequence[Link]) -> tuple[Link, ...]:
    """Links, one for each event at most. Raises InvalidValue."""
    _few(found, "links")
    kept: dict[str, Link] = {}
    for place, one in enumerate(found):
        event, name = _name(one.event, "links", place), _name(one.name, "links", place)
        if event in kept:
            raise InvalidValue(
                f"{event} is linked twice", path=("links", place), expected="one link for an event"
            )
        if one.kind is Kind.FACTOR and name not in FACTOR_CATEGORIES:
            raise InvalidValue(
                f"{name} is no factor category", path=("links", place),
                expected=f"one of {', '.join(FACTOR_CATEGORIES)}",
            )  # fmt: skip
        kept[event] = Link(event, one.kind, name)
    return tuple(kept.values())


def measures(
    work: UnitOfWork,
    found: Sequence[Measure],
    incident_id: str | None,
    before: Sequence[Measure] = (),
) -> tuple[Measure, ...]:
    """Measures with the ids of their actions; those of actions that the viewer does not see stay as they are.

    An action has a part only in a tree about its own incident, or about none, so that what it buys tells
    nobody of a tree they may not see. Raises InvalidValue.
    """
    _few(found, "measures")
    seen = actions.of_ids(work, (one.action_id for one in before))
    kept = {(one.action_id, one.event): one for one in before if one.action_id not in seen}
    for place, one in enumerate(found):
        event = _name(one.event, "measures", place)
        try:
            action = actions.get(work, one.action_id)
        except NotFound as error:
            raise InvalidValue(
                f"{one.action_id[:40]} is no action that you can see", path=("measures", place),
                expected="a reference such as ACT-42",
            ) from error  # fmt: skip
        if incident_id is not None and action.source.incident_id != incident_id:
            raise InvalidValue(
                f"{action.reference} follows from another incident", path=("measures", place),
                expected="an action of the incident that the tree is about",
            )  # fmt: skip
        if (action.id, event) in kept:
            raise InvalidValue(
                f"{action.reference} stands twice at {event}", path=("measures", place), expected="it once"
            )  # fmt: skip
        kept[(action.id, event)] = replace(one, event=event, action_id=action.id)
    return tuple(kept.values())


def happened(tree: StoredTree, said: Sequence[str]) -> tuple[str, ...]:
    """The cut set that happened in the incident; empty takes it back. Raises InvalidValue."""
    events = tuple(sorted(set(said)))
    if len(events) > MOST_HAPPENED:
        raise InvalidValue(
            f"has {len(events):,} events", path=("happened",), expected=f"at most {MOST_HAPPENED}"
        )
    if not events:
        return ()
    if tree.incident_id is None:
        raise InvalidValue(
            "is said of a tree that is about no incident", path=("happened",),
            expected="a tree about an incident",
        )  # fmt: skip
    if not _is_cut_set(tree, events):
        raise InvalidValue(
            "is no minimal cut set of the tree", path=("happened",),
            expected="events that together cause the top event, and none that is not needed",
        )  # fmt: skip
    return events


def still_happened(tree: StoredTree) -> tuple[str, ...]:
    """The cut set that happened, where the text still has it."""
    return tree.happened if _is_cut_set(tree, tree.happened) else ()


def _is_cut_set(tree: StoredTree, events: Sequence[str]) -> bool:
    return bool(events) and _causes(tree.text, tuple(events))


@lru_cache(maxsize=64)
def _causes(text: str, events: tuple[str, ...]) -> bool:
    found = solving.parsed(text).tree
    return is_minimal_cause(found, top_of(found), events)


def model(work: UnitOfWork, said: Model, tree: StoredTree | None = None) -> Model:
    """A model as it would be kept, for who wants to see its answers first. Raises InvalidValue."""
    about, before = (tree.incident_id, tree.measures) if tree else (None, ())
    return Model(
        clean(said.text), exposure(said.exposure_days), links(said.links),
        measures(work, said.measures, about, before),
    )  # fmt: skip


def _few(found: Sequence[object], field: str) -> None:
    if len(found) > MOST:
        raise InvalidValue(f"has {len(found):,} lines", path=(field,), expected=f"at most {MOST}")


def _name(written: str, field: str, place: int) -> str:
    name = clean(written).strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValue(
            "has no name" if not name else "has a name that is too long", path=(field, place),
            expected=f"1 to {LONGEST_NAME} characters",
        )  # fmt: skip
    return name
