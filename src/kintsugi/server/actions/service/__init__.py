"""What can be done with actions. Each use case works in a unit of work that the caller opened."""

from kintsugi.server.actions.action import Action, Change, Source, Wanted
from kintsugi.server.actions.service.changing import Edit, edit, move
from kintsugi.server.actions.service.reading import (
    counts,
    get,
    hidden_by,
    history,
    items_of,
    list_actions,
    mine,
    of_source,
)
from kintsugi.server.actions.service.reminding import Reminder, reminders_of_today
from kintsugi.server.actions.service.syncing import replace_all

__all__ = [
    "Action",
    "Change",
    "Edit",
    "Reminder",
    "Source",
    "Wanted",
    "counts",
    "edit",
    "get",
    "hidden_by",
    "history",
    "items_of",
    "list_actions",
    "mine",
    "move",
    "of_source",
    "reminders_of_today",
    "replace_all",
]
