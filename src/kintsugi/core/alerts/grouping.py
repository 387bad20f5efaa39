"""Grouping: which alerts are one thing to a person, by what they have in common within a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from kintsugi.core.alerts.labels import field

LONGEST = timedelta(hours=24)
"""A group without an incident takes nothing more after this, however steadily its alerts come."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Alerts with the same value for each name in `by` are one group, while no gap between them exceeds `window`.

    A name is one of the alert's own fields (`labels.FIELDS`) or a label. By nothing: all alerts of the rule
    are one group. A window of zero: each alert is a group of its own.
    """

    by: tuple[str, ...] = ("service", "rule")
    window: timedelta = timedelta(minutes=5)


def group_key(grouping: Grouping, facts: Mapping[str, str]) -> str:
    """What the alerts of a group share, as people read it: `service="checkout", rule="HighErrorRate"`.

    What is absent is empty, as in Alertmanager's group_by, so alerts without a service are a group too. But the
    title stands for a rule that is absent: else all that tools without rules tell of would be one thing.
    """
    return ", ".join([f"{name}={_quoted(_value(facts, name))}" for name in grouping.by])


def key_hash(rule_id: str, key: str) -> str:
    """By what a group is found, as 32 hex digits: two rules never share one."""
    return blake2b(f"{rule_id}\0{key}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def still_open(
    grouping: Grouping,
    *,
    last_at: datetime,
    opened_at: datetime,
    now: datetime,
    has_open_incident: bool = False,
) -> bool:
    """Whether a group takes one more alert at this moment.

    It does while its incident is open, so that one key never has two incidents at a time; else within the
    window after its last alert, and for 24 hours at most. A window of zero groups nothing.
    """
    if not grouping.window:
        return False
    if has_open_incident:
        return True
    return now - last_at <= grouping.window and now - opened_at <= LONGEST


def _value(facts: Mapping[str, str], name: str) -> str:
    found = field(facts, name)
    return field(facts, "title") if name == "rule" and not found else found


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
