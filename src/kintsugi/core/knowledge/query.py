"""What people type to search: words, "phrases", beginnings*, -without, either OR the other, and name:value filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from kintsugi.core.actions.item import ActionStatus
from kintsugi.core.alerts.event import AlertState
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.knowledge.words import spelled
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import either, one_line

LONGEST = 500
"""Characters of a question; the rest is not looked at."""
MOST = 40
"""Words of a question; more are not looked at."""


class Kind(Enum):
    """What can be found."""

    INCIDENT = "incident"
    POSTMORTEM = "postmortem"
    ACTION = "action"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand in this order, side by side; of the last one perhaps only its beginning."""

    words: tuple[str, ...]
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on what is known of a thing beside its text: any of the values, or, where `is_not`, none."""

    values: tuple[str, ...]
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A question, read. All of `groups` must hold, of each group one phrase; none of `without` may stand there.

    `since` is the first moment that counts, `until` the first that no longer does. `notes` say what of the
    question was passed over, and what would be right.
    """

    groups: tuple[tuple[Phrase, ...], ...] = ()
    without: tuple[Phrase, ...] = ()
    kinds: tuple[Kind, ...] = ()
    services: tuple[Filter, ...] = ()
    teams: tuple[Filter, ...] = ()
    statuses: tuple[Filter, ...] = ()
    severities: tuple[Severity, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return self == Query(notes=self.notes)


_PART = re.compile(
    r'(?P<minus>-)?(?:(?P<name>[a-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))(?P<star>\*)?',
    re.IGNORECASE,
)
_AGO = re.compile(r"(\d{1,4})([hdwmy])", re.IGNORECASE)
_LENGTHS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1),
            "m": timedelta(days=30), "y": timedelta(days=365)}  # fmt: skip
_STATUSES = tuple(
    dict.fromkeys(
        one.value.casefold()
        for states in (IncidentStatus, PostmortemStatus, ActionStatus, AlertState)
        for one in states
    )
)
_OPEN = tuple(
    one.value.casefold()
    for one in (*sorted(OPEN, key=lambda one: one.value), PostmortemStatus.DRAFT,
                PostmortemStatus.IN_REVIEW, ActionStatus.TODO, ActionStatus.IN_PROGRESS,
                AlertState.FIRING, AlertState.ACKNOWLEDGED)
)  # fmt: skip
"""What `status:open` means: somebody still works on it."""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing is older; databases differ in how they write a year of three digits."""
NAMES = ("kind", "service", "severity", "status", "team", "since", "until")


def read_query(text: str, now: datetime, zone: ZoneInfo) -> Query:
    """The question of a text. Never raises: what cannot be meant is passed over, and a note says so.

    `zone` is the asker's: a day begins and ends there.
    """
    reader = _Reader(now, zone)
    for found in _PART.finditer(text[:LONGEST]):
        reader.take(found)
    query = reader.query()
    if len(text) <= LONGEST:
        return query
    note = f"Only the first {LONGEST} characters are looked at."
    return replace(query, notes=(note, *query.notes))


def spelled_status(written: str) -> str:
    """A status as it is kept and compared."""
    return written.casefold()


class _Reader:
    """What was read of a question so far."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self._now, self._zone = now, zone
        self._groups: list[list[Phrase]] = []
        self._without: list[Phrase] = []
        self._kinds: list[Kind] = []
        self._filters: dict[str, list[Filter]] = {"service": [], "team": [], "status": []}
        self._severities: list[Severity] = []
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._notes: list[str] = []
        self._is_or = False
        self._words = 0

    def take(self, found: re.Match[str]) -> None:
        name = (found["name"] or "").casefold()
        said = found["phrase"] if found["phrase"] is not None else found["word"]
        if name in NAMES:
            value = one_line(said.rstrip("*"))
            if value:
                self._filter(name, value, is_not=bool(found["minus"]))
            return
        if said == "OR" and not found["minus"] and not name and found["phrase"] is None:
            self._is_or = bool(self._groups)
            return
        is_beginning = bool(found["star"]) or (found["phrase"] is None and said.endswith("*"))
        self._phrase(f"{name} {said}" if name else said, is_beginning, bool(found["minus"]))

    def query(self) -> Query:
        """All of it."""
        return Query(
            groups=tuple(tuple(group) for group in self._groups), without=tuple(self._without),
            kinds=tuple(dict.fromkeys(self._kinds)), services=tuple(self._filters["service"]),
            teams=tuple(self._filters["team"]), statuses=tuple(self._filters["status"]),
            severities=tuple(dict.fromkeys(self._severities)), since=self._since,
            until=self._until, notes=tuple(self._notes),
        )  # fmt: skip

    def _phrase(self, text: str, is_beginning: bool, is_not: bool) -> None:
        words = spelled(text, MOST)
        if not words:
            return
        self._words += len(words)
        if self._words > MOST:
            note = f"Only the first {MOST} words are looked for."
            self._notes += [] if note in self._notes else [note]
            return
        phrase = Phrase(words, is_beginning)
        if is_not:
            self._without.append(phrase)
        elif self._is_or and self._groups:
            self._groups[-1].append(phrase)
        else:
            self._groups.append([phrase])
        self._is_or = False

    def _filter(self, name: str, value: str, *, is_not: bool) -> None:
        if is_not and name not in self._filters:
            self._notes.append(f"-{name}: is not understood; say {name}: with what is wanted.")
        elif name == "kind":
            self._kind(value)
        elif name == "severity":
            self._severity(value)
        elif name in ("since", "until"):
            self._day(name, value)
        else:
            values = tuple(one.strip() for one in value.split(",") if one.strip())
            self._named(name, values, is_not=is_not)

    def _named(self, name: str, values: Sequence[str], *, is_not: bool) -> None:
        if name == "status":
            written = [one.casefold().replace("-", "_").replace(" ", "_") for one in values]
            wrong = [one for one in written if one not in (*_STATUSES, "open")]
            if wrong:
                self._notes.append(
                    f"No status is called {wrong[0]}: {either(('open', *_STATUSES))}."
                )
            values = [
                status
                for one in written
                for status in (_OPEN if one == "open" else (one,))
                if status in _STATUSES
            ]
        if values:
            self._filters[name].append(Filter(tuple(values), is_not))

    def _kind(self, value: str) -> None:
        for one in value.casefold().split(","):
            named = [kind for kind in Kind if one.rstrip("s") == kind.value]
            if not named and one:
                self._notes.append(
                    f"No kind is called {one}: {either(tuple(kind.value for kind in Kind))}."
                )
            self._kinds += named

    def _severity(self, value: str) -> None:
        for one in value.split(","):
            try:
                self._severities.append(parse_severity(one))
            except InvalidValue:
                self._notes.append(
                    f"No severity is called {one}: {either(tuple(each.label for each in Severity))}."
                )

    def _day(self, name: str, value: str) -> None:
        moment = self._moment(name, value)
        if moment is None:
            self._notes.append(
                f"{name}:{value} is no day: write 2026-03-02, or 30d for 30 days ago."
            )
        elif name == "since":
            self._since = moment
        else:
            self._until = moment

    def _moment(self, name: str, value: str) -> datetime | None:
        ago = _AGO.fullmatch(value)
        try:
            if ago:
                return max(_FIRST, self._now - int(ago[1]) * _LENGTHS[ago[2].lower()])
            day = date.fromisoformat(value)
            if name == "until":  # all of that day still counts
                day += timedelta(days=1)
            return max(_FIRST, datetime.combine(day, time(), self._zone).astimezone(UTC))
        except (ValueError, OverflowError):
            return None
