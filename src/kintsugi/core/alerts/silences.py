"""Silences and maintenance windows: alerts that are kept, and open nothing, for a while."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kintsugi.core.alerts.matchers import Find, Matcher, matches
from kintsugi.core.shared.errors import InvalidValue

MATCHERS = 50
COMMENT = 2_000
SERVICE = "alert.service"


class SilenceKind(Enum):
    """Why it is quiet: somebody asked for it, or work on services was planned."""

    SILENCE = "silence"
    MAINTENANCE = "maintenance"


class SilenceState(Enum):
    """Where a silence is at a moment."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Silence:
    """From `starts_at` until `ends_at`, alerts that satisfy all matchers lead to nothing.

    `source_id` empty: whatever the source.
    """

    id: str
    kind: SilenceKind
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    source_id: str = ""
    comment: str = ""
    created_by: str = ""

    def state(self, now: datetime) -> SilenceState:
        """Pending before its start, expired from its end on."""
        if now < self.starts_at:
            return SilenceState.PENDING
        return SilenceState.ACTIVE if now < self.ends_at else SilenceState.EXPIRED


def silence_for(
    silences: Iterable[Silence],
    facts: Mapping[str, str],
    now: datetime,
    find: Find,
    source_id: str = "",
) -> Silence | None:
    """The silence that keeps this alert quiet now; of several the one that ends last, None if none does."""
    found: Silence | None = None
    for silence in silences:
        if not silence.starts_at <= now < silence.ends_at:
            continue
        if silence.source_id and silence.source_id != source_id:
            continue
        if found is not None and silence.ends_at <= found.ends_at:
            continue
        if matches(silence.matchers, facts, find):
            found = silence
    return found


def for_services(names: Iterable[str]) -> tuple[Matcher, ...]:
    """The matchers of a maintenance window for these services, whatever label a tool tells them by."""
    found = sorted(set(names))
    if len(found) == 1:
        return (Matcher(SERVICE, found[0]),)
    return (Matcher(SERVICE, "|".join(map(re.escape, found)), is_regex=True),)


def checked(silence: Silence, now: datetime, find: Find) -> Silence:
    """The silence, if it may be made at this moment.

    As Alertmanager asks: an end after its start and not passed yet, and a matcher that an alert without
    labels does not satisfy, or everything would be quiet. Raises InvalidValue, with the field of the API.
    """
    if silence.ends_at <= silence.starts_at:
        raise InvalidValue("is not after the start", path=("endsAt",))
    if silence.ends_at <= now:
        raise InvalidValue("has passed", path=("endsAt",), expected="a moment to come")
    if not 1 <= len(silence.matchers) <= MATCHERS:
        raise InvalidValue(f"a silence has 1 to {MATCHERS} matchers", path=("matchers",))
    if matches(silence.matchers, {}, find):
        raise InvalidValue(
            "every alert would be quiet",
            path=("matchers",),
            expected='at least one matcher that "" does not satisfy',
        )
    if len(silence.comment) > COMMENT:
        raise InvalidValue(f"has more than {COMMENT:,} characters", path=("comment",))
    return silence
