"""What happened to actions, as told to the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kintsugi.core.actions.item import ActionStatus


@dataclass(frozen=True, slots=True)
class ActionChanged:
    """An action's state, owner, due date or evidence changed; `source_id` is what it follows from."""

    action_id: str
    source_id: str
    before: ActionStatus
    after: ActionStatus
    at: datetime
