"""The words the seeds use for an action's priority, status, type and horizon."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from kintsugi.core.actions.item import ActionStatus, ActionType, Horizon, Priority
from kintsugi.core.shared.errors import InvalidValue

Word = TypeVar("Word", bound=Enum)

PRIORITY_WORDS: Mapping[str, Priority] = {
    "p0": Priority.CRITICAL, "p1": Priority.HIGH, "p2": Priority.MEDIUM, "p3": Priority.LOW,
    "urgent": Priority.CRITICAL,
}  # fmt: skip
STATUS_WORDS: Mapping[str, ActionStatus] = {
    "open": ActionStatus.TODO, "pending": ActionStatus.TODO, "[ ]": ActionStatus.TODO, "": ActionStatus.TODO,
    "completed": ActionStatus.DONE, "complete": ActionStatus.DONE, "closed": ActionStatus.DONE,
    "[x]": ActionStatus.DONE, "started": ActionStatus.IN_PROGRESS, "doing": ActionStatus.IN_PROGRESS,
}  # fmt: skip
TYPE_WORDS: Mapping[str, ActionType] = {
    "immediate_fix": ActionType.PREVENT, "preventive": ActionType.PREVENT, "preventative": ActionType.PREVENT,
    "process_improvement": ActionType.PROCESS, "monitoring_enhancement": ActionType.DETECT,
    "monitoring": ActionType.DETECT, "documentation_update": ActionType.DOCUMENT,
    "documentation": ActionType.DOCUMENT, "automation": ActionType.MITIGATE, "corrective": ActionType.MITIGATE,
}  # fmt: skip
HORIZON_WORDS: Mapping[str, Horizon] = {"short_term": Horizon.SHORT, "long_term": Horizon.LONG}


def parse_priority(written: str) -> Priority:
    """P0 to P3, critical to low, urgent. Raises InvalidValue for another word."""
    return _read(written, Priority, PRIORITY_WORDS, "a priority")


def parse_status(written: str) -> ActionStatus:
    """Ours, or open, completed, closed, `[ ]`, `[x]`. Raises InvalidValue for another word."""
    return _read(written, ActionStatus, STATUS_WORDS, "an action status")


def parse_type(written: str) -> ActionType:
    """Ours, or the seeds' categories of action. Raises InvalidValue for another word."""
    return _read(written, ActionType, TYPE_WORDS, "an action type")


def parse_horizon(written: str) -> Horizon:
    """IMMEDIATE, SHORT or LONG, also short-term and long-term. Raises InvalidValue for another word."""
    return _read(written, Horizon, HORIZON_WORDS, "a horizon")


def _read(written: str, closed: type[Word], words: Mapping[str, Word], noun: str) -> Word:
    word = "_".join(written.strip().casefold().replace("-", "_").split())
    for member in closed:
        if word == str(member.value).casefold():
            return member
    if written.strip().casefold() in words:
        return words[written.strip().casefold()]
    if word in words:
        return words[word]
    allowed = ", ".join(str(member.value) for member in closed)
    raise InvalidValue(f"{written[:60]!r} is not {noun}", expected=allowed)
