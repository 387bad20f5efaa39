"""Tables of foreign documents: which column holds the time, the event, the action, its owner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kintsugi.formats.foreign.headings import plain_heading
from kintsugi.formats.foreign.source import Block

_TIME = re.compile(
    r"(?:(?:start|end|event|local) )?(?:date ?/? ?time|timestamp|times?|dates?|day|when|weekday|clock)\b.*"
)
_EVENT = re.compile(
    r"(?:.*\b)?(?:events?|description|what(?: happened)?|details?|notes?|updates?|activity|happening|entry|log)\b.*"
)
_TAKEN = re.compile(r"(?:.*\b)?(?:actions?(?: taken)?|response)\b.*")
_WHO = re.compile(r"(?:who|actors?|person|people|by|by whom|responder|owners?|source)\b.*")
_ACTION = re.compile(
    r"(?:.*\b)?(?:action(?: items?)?s?|tasks?|description|what|items?|measures?|follow-?ups?"
    r"|to-?dos?|title|summary|remediation|improvement)\b.*"
)
_OWNER = re.compile(
    r"(?:.*\b)?(?:owners?|assignees?|assigned(?: to)?|who|dri|responsible|lead|team|poc|contact)\b.*"
)
_PRIORITY = re.compile(r"prio(?:rity)?\b.*")
_DUE = re.compile(r"(?:due|deadline|eta|target|by when|when|date)\b.*")
_STATUS = re.compile(r"(?:status|state|done|complete[d]?|progress)\b.*")
_TICKET = re.compile(
    r"(?:.*\b)?(?:tickets?|issues?|bugs?|links?|tracking|tracker|jira|url|reference)\b.*"
)
_TYPE = re.compile(r"(?:type|category|kind)\b.*")
_NUMBER = re.compile(r"(?:#|id|no|nr|number)\b.*|#")


@dataclass(frozen=True, slots=True)
class TimelineColumns:
    """Which columns of a timeline's table hold what, counted from 0; the others go with the event."""

    times: tuple[int, ...]
    event: int
    taken: int | None = None
    who: int | None = None


@dataclass(frozen=True, slots=True)
class ActionColumns:
    """Which columns of a table of actions hold what, counted from 0; the others go with the action."""

    action: int
    owner: int | None = None
    priority: int | None = None
    due: int | None = None
    status: int | None = None
    ticket: int | None = None
    type: int | None = None
    number: int | None = None


def heads_of(table: Block) -> list[str]:
    """The heads of a table's columns in lower case, without marks and brackets."""
    return [plain_heading(cell) for cell in table.rows[0].cells]


def timeline_columns(heads: Sequence[str]) -> TimelineColumns | None:
    """The columns of a timeline: times first, then what happened; None if it is no such table."""
    times: list[int] = []
    for at, head in enumerate(heads):
        if not _TIME.fullmatch(head):
            break
        times.append(at)
    others = [at for at in range(len(heads)) if at not in times]
    if not times or not others:
        return None
    event = next((at for at in others if _EVENT.fullmatch(heads[at])), others[0])
    left = [at for at in others if at != event]
    taken = next((at for at in left if _TAKEN.fullmatch(heads[at])), None)
    who = next((at for at in left if at != taken and _WHO.fullmatch(heads[at])), None)
    return TimelineColumns(tuple(times), event, taken, who)


def is_timeline(heads: Sequence[str]) -> bool:
    """Whether a table outside a timeline is one by its heads: a time first, and what happened."""
    columns = timeline_columns(heads)
    return columns is not None and bool(_EVENT.fullmatch(heads[columns.event]))


def action_columns(heads: Sequence[str]) -> ActionColumns | None:
    """The columns of a table of actions; None if none of them says what is to be done."""
    action = next((at for at, head in enumerate(heads) if _ACTION.fullmatch(head)), None)
    if action is None:
        return None
    free = {at for at in range(len(heads)) if at != action}

    def first(pattern: re.Pattern[str]) -> int | None:
        at = next((at for at in sorted(free) if pattern.fullmatch(heads[at])), None)
        if at is not None:
            free.discard(at)
        return at

    return ActionColumns(
        action, owner=first(_OWNER), priority=first(_PRIORITY), due=first(_DUE), status=first(_STATUS),
        ticket=first(_TICKET), type=first(_TYPE), number=first(_NUMBER),
    )  # fmt: skip


def cell_at(cells: Sequence[str], at: int | None) -> str:
    """A cell of a row, empty where the row is shorter than its head."""
    return cells[at] if at is not None and at < len(cells) else ""
