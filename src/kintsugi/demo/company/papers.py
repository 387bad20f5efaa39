"""The company's postmortems as data: what each says, and who did what to it when.

A turn is `+20h soren draft` or `+2d lucja comment root_cause: text`: so long after the incident was
declared, who, what they did, and what that needs. `document` has the keys of a record; in it `+3d` is
a time after the declaration, `today+3d` a day from now, a person's key is their address, and
`{inc:key}`, `{pm:key}` and `{act:key/A1}` are references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.demo.company.moments import length


class Deed(Enum):
    """What somebody does to a postmortem, or to one of its actions."""

    DRAFT = "draft"
    KEEP = "keep"
    LEAVE = "leave"
    WRITE = "write"
    SUBMIT = "submit"
    RETURN = "return"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    APPROVE = "approve"
    REFUSE = "refuse"
    COMMENT = "comment"
    REPLY = "reply"
    SETTLE = "settle"
    SHARE = "share"
    START = "start"
    DONE = "done"
    VERIFY = "verify"
    WONT = "wont"
    RISK = "risk"
    HAND = "hand"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that somebody does. `about` is what the deed needs; `sections` is what a WRITE changes."""

    after: timedelta
    who: str
    deed: Deed
    about: tuple[str, ...] = ()
    text: str = ""
    sections: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """A postmortem of the incident with the same key. `channel` is where the incident was talked about:
    the source of the events that are taken over from its record.
    """

    key: str
    template: str
    scenario: str
    channel: str
    document: Mapping[str, Any]
    turns: tuple[Turn, ...]


_HEAD = re.compile(r"(?P<after>\+\w+) (?P<who>\w+) (?P<deed>\w+)(?: (?P<about>.+))?")
_REFERENCE = re.compile(r"\{(inc|pm|act):([\w/-]+)\}")
_KEYS = frozenset({"key", "template", "scenario", "channel", "document", "story"})
_DAYS = ("due_date", "expires")
_ADDRESSES = (
    "owner", "approver", "facilitator", "commander", "contributors", "reviewers", "collaborators",
)  # fmt: skip


def paper(written: Mapping[str, Any]) -> Paper:
    """A postmortem as one of the files has it. Raises InvalidValue."""
    unknown = set(written) - _KEYS
    if unknown:
        raise InvalidValue(f"{sorted(unknown)} are no keys of a postmortem", path=(written["key"],))
    turns = tuple(_turn(head, said) for one in written["story"] for head, said in one.items())
    return Paper(
        written["key"], written.get("template", ""), written.get("scenario", ""),
        written.get("channel", ""), written.get("document", {}), turns,
    )  # fmt: skip


def _turn(head: str, said: Any) -> Turn:  # noqa: ANN401 - a text, sections, or nothing
    found = _HEAD.fullmatch(head)
    if found is None:
        raise InvalidValue(f"{head[:80]!r} is no turn", expected="+2d lucja approve")
    sections = said if isinstance(said, dict) else {}
    return Turn(
        after=length(found["after"]), who=found["who"], deed=Deed(found["deed"]),
        about=tuple((found["about"] or "").split()),
        text="" if said is None or sections else str(said), sections=sections,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes a record of what a file says: `moment` and `day` read times, `named` finds references."""

    moment: Callable[[str], str]
    day: Callable[[str], str]
    named: Callable[[str, str], str]
    addresses: Mapping[str, str]
    names: Mapping[str, str]

    def read(self, value: Any, key: str = "") -> Any:  # noqa: ANN401 - plain data
        """The value with its times, people and references, all the way down."""
        if isinstance(value, dict):
            return {name: self.read(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self.read(each, key) for each in value]
        if not isinstance(value, str):
            return value
        if key == "time":
            return self.moment(value)
        if key in _DAYS:
            return self.day(value)
        if key in _ADDRESSES:
            return self.addresses.get(value, value)
        if key == "actor":
            return self.names.get(value, value)
        return self.told(value)

    def told(self, text: str) -> str:
        """A text with its references."""
        return _REFERENCE.sub(lambda found: self.named(found[1], found[2]), text)
