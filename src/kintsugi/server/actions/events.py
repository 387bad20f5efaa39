"""What happened to actions, as told to the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.actions.item import ActionItem


@dataclass(frozen=True, slots=True)
class ActionChanged:
    """An action is about to change where it is followed; `source_id` is what it follows from.

    Told before its row is written, so that what it follows from is locked first, as everywhere. A list
    written in its postmortem tells nothing: the postmortem knows.
    """

    action_id: str
    source_id: str
    before: ActionItem
    after: ActionItem
    at: datetime
