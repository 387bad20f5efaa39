"""What was said in a chat during an incident, and which of it may enter the timeline."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kintsugi.core.incidents.happened import past
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import one_line, plural

SOURCE = "chat"
"""The evidence of an entry that was said in a chat."""
MOST_MESSAGES = 2_000
MOST_TAKEN = 500
"""So many enter the timeline at once: it is one transaction."""
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as it was sent; `at` is in UTC, `line` where it stands in the text, `id` what the chat calls it.

    `is_automatic` says that no person wrote it: an integration, a changed topic.
    """

    at: datetime
    author: str
    text: str
    line: int = 0
    id: str = ""
    is_automatic: bool = False
    is_reply: bool = False
    is_edited: bool = False
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ChatLog:
    """The messages of a text, oldest first; how many were left out because they say nothing; what was assumed.

    `begins` is the day that was taken for a text without any date.
    """

    messages: tuple[ChatMessage, ...]
    left_out: int = 0
    notes: tuple[str, ...] = ()
    begins: date | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A message that may enter the timeline, numbered from 1 within its text; `problem` says why it cannot."""

    number: int
    message: ChatMessage
    key: str
    is_in: bool
    problem: str

    @property
    def may_enter(self) -> bool:
        """Whether it can be taken: it is not in the timeline yet, and nothing speaks against it."""
        return not self.is_in and not self.problem

    @property
    def is_proposed(self) -> bool:
        """Whether it is chosen unless somebody says otherwise: what a person wrote."""
        return self.may_enter and not self.message.is_automatic


@dataclass(frozen=True, slots=True)
class Choice:
    """A message that is to enter the timeline, as what, and whether it is a key moment."""

    number: int
    kind: EventKind = EventKind.NOTE
    important: bool = False


def far_off(log: ChatLog, began: datetime, ended: datetime) -> tuple[str, ...]:
    """What is odd about the messages' times: a day or more before the incident began, or after it ended."""
    day = timedelta(days=1)
    early = [one for one in log.messages if began - one.at >= day]
    late = [one for one in log.messages if one.at - ended >= day]
    found = []
    if early:
        first = plural((began - early[0].at) // day, "day")
        found.append(
            f"{_of(early, log)} from before the incident, the first {first} before it began"
        )
    if late:
        last = plural((late[-1].at - ended) // day, "day")
        found.append(f"{_of(late, log)} from after the incident, the last {last} after it was over")
    return tuple(found)


def _of(some: list[ChatMessage], log: ChatLog) -> str:
    are = "is" if len(some) == 1 else "are"
    return f"{plural(len(some), 'message')} of {len(log.messages)} {are}"


def keys_of(messages: Iterable[ChatMessage]) -> tuple[str, ...]:
    """A key for each message, so that pasting it again finds it.

    It is made of the minute, the author and the words, since copied text has no seconds where an export has them. The
    same words of one person within a minute are told apart by their order.
    """
    seen: Counter[str] = Counter()
    found = []
    for one in messages:
        words = f"{one.at:%Y-%m-%dT%H:%M}\n{one.author.casefold()}\n{one_line(one.text)}"
        key = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]
        seen[key] += 1
        found.append(key if seen[key] == 1 else f"{key}-{seen[key]}")
    return tuple(found)


def offered(log: ChatLog, known: Collection[str], now: datetime) -> tuple[Offered, ...]:
    """The messages as they may be chosen; `known` has the keys and ids of those in the timeline already."""
    return tuple(
        Offered(number, one, key, key in known or (one.id != "" and one.id in known), _problem(one, now))
        for number, (one, key) in enumerate(
            zip(log.messages, keys_of(log.messages), strict=True), start=1
        )
    )  # fmt: skip


def chosen(
    found: tuple[Offered, ...], choices: Mapping[int, Choice]
) -> tuple[tuple[Offered, Choice], ...]:
    """The messages that are chosen, oldest first; what is in the timeline already is passed over.

    Raises InvalidValue for a number that no message has, for one that cannot enter, and for too many.
    """
    for number in choices:
        if not 1 <= number <= len(found):
            raise InvalidValue(
                f"there is no message {number}", path=("messages",), expected=f"1 to {len(found)}"
            )
    taken = [(one, choices[one.number]) for one in found if one.number in choices and not one.is_in]
    for one, _ in taken:
        if one.problem:
            raise InvalidValue(
                f"message {one.number}, line {one.message.line}: {one.problem}", path=("messages",),
                expected="messages that may enter",
            )  # fmt: skip
    if len(taken) > MOST_TAKEN:
        raise InvalidValue(
            f"has {len(taken)} messages", path=("messages",), expected=f"{MOST_TAKEN} at most at once"
        )  # fmt: skip
    return tuple(taken)


def _problem(message: ChatMessage, now: datetime) -> str:
    if len(message.text) > LONGEST_TEXT:
        return f"it has {len(message.text):,} characters, and an entry {LONGEST_TEXT:,} at most"
    try:
        past(message.at, now)
    except InvalidValue as error:
        return error.problem
    return ""
