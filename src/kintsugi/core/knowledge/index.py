"""The index of a knowledge base: its postmortems by service and by factor, and their open actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kintsugi.core.actions.item import ActionItem, due_date
from kintsugi.core.postmortems.document import Postmortem

NO_CATEGORY = "Without a category"
"""Where factors stand whose category nobody named."""


@dataclass(frozen=True, slots=True)
class IndexedPostmortem:
    """A postmortem and its folder in the base, such as `2024/01-checkout-down`."""

    folder: str
    postmortem: Postmortem


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action nobody has closed, of which postmortem it is, and when it is due if that is known."""

    of: IndexedPostmortem
    action: ActionItem
    due: date | None


Groups = tuple[tuple[str, tuple[IndexedPostmortem, ...]], ...]


def newest_first(entries: Iterable[IndexedPostmortem]) -> tuple[IndexedPostmortem, ...]:
    """By day, the newest first; those without a day last; by folder where the day is the same."""
    by_folder = sorted(entries, key=lambda entry: entry.folder, reverse=True)
    return tuple(
        sorted(by_folder, key=lambda entry: entry.postmortem.date or date.min, reverse=True)
    )


def by_service(entries: Iterable[IndexedPostmortem]) -> Groups:
    """The postmortems of each service they hurt, services by name."""
    pairs = [
        (name, entry) for entry in entries for name in entry.postmortem.impact.affected_services
    ]
    return _grouped(pairs)


def by_factor(entries: Iterable[IndexedPostmortem]) -> Groups:
    """The postmortems of each category of contributing factor, by its label; NO_CATEGORY comes last."""
    pairs = [
        (factor.category_label or NO_CATEGORY, entry)
        for entry in entries
        for factor in entry.postmortem.contributing_factors
    ]
    found = _grouped(pairs)
    named = tuple(group for group in found if group[0] != NO_CATEGORY)
    return (*named, *(group for group in found if group[0] == NO_CATEGORY))


def _grouped(pairs: Sequence[tuple[str, IndexedPostmortem]]) -> Groups:
    """Names that differ in case only are one, as it was first written."""
    names: dict[str, str] = {}
    groups: dict[str, dict[str, IndexedPostmortem]] = {}
    for name, entry in pairs:
        key = name.strip().casefold()
        if key:
            names.setdefault(key, name.strip())
            groups.setdefault(key, {})[entry.folder] = entry
    return tuple((names[key], newest_first(groups[key].values())) for key in sorted(groups))


def open_actions(entries: Iterable[IndexedPostmortem]) -> tuple[OpenAction, ...]:
    """The actions that are still open, by the day they are due; those without a day last."""
    found = [
        OpenAction(entry, action, known_due_date(entry.postmortem, action))
        for entry in newest_first(entries)
        for action in entry.postmortem.action_items
        if not action.status.is_closed
    ]
    return tuple(sorted(found, key=lambda one: (one.due is None, one.due or date.min)))


def known_due_date(postmortem: Postmortem, action: ActionItem) -> date | None:
    """When an action is due: typed, by its horizon, or by a severity that is stated; None if nothing says it.

    A severity nobody stated gives no default here, so that an imported history is not overdue as a whole.
    An accepted risk is due when it expires.
    """
    if action.expires is not None:
        return action.expires
    if action.due is not None:
        return action.due
    if postmortem.date is None or (action.horizon is None and postmortem.severity is None):
        return None
    return due_date(action, postmortem.severity, postmortem.date)


def overdue(actions: Iterable[OpenAction], today: date) -> tuple[OpenAction, ...]:
    """Those that were due before today."""
    return tuple(one for one in actions if one.due is not None and one.due < today)
