"""What can be done with actions. Each use case works in a unit of work that the caller opened."""

from kintsugi.server.actions.action import Action, ActionTimes, Change, Order, Source, Wanted
from kintsugi.server.actions.service.changing import Edit, edit, may_move, move
from kintsugi.server.actions.service.hiding import hidden_by
from kintsugi.server.actions.service.indexing import ids_of_source, numbered, to_index
from kintsugi.server.actions.service.reading import (
    get,
    history,
    is_owner,
    items_of,
    list_actions,
    mine,
    of_ids,
    of_source,
    of_teams,
    put_worth,
    reminders,
    tally,
    times,
    today,
)
from kintsugi.server.actions.service.reminding import (
    Leads,
    Reminder,
    mark_reminded,
    reminders_of,
    still_wanted,
)
from kintsugi.server.actions.service.syncing import replace_all

__all__ = [
    "Action",
    "ActionTimes",
    "Change",
    "Edit",
    "Leads",
    "Order",
    "Reminder",
    "Source",
    "Wanted",
    "edit",
    "get",
    "hidden_by",
    "history",
    "ids_of_source",
    "is_owner",
    "items_of",
    "list_actions",
    "mark_reminded",
    "may_move",
    "mine",
    "move",
    "numbered",
    "of_ids",
    "of_source",
    "of_teams",
    "put_worth",
    "reminders",
    "reminders_of",
    "replace_all",
    "still_wanted",
    "tally",
    "times",
    "to_index",
    "today",
]
