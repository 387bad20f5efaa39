"""Lists in our Markdown bodies: items, factors, events, actions."""

from __future__ import annotations

import re

from kintsugi.core.actions.item import ActionItem, ActionStatus, Priority
from kintsugi.core.actions.words import parse_priority
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import When, parse_when
from kintsugi.formats.markdown.escape import unescaped
from kintsugi.formats.markdown.read_facts import CATEGORIES

_BULLET = re.compile(r"^(?:[-*+]|\d+\.)[ ]+(.*)$")
_BOX = re.compile(r"^- \[[ xX]\] ")
_ACTION = re.compile(
    r"^- \[(?P<box>[ xX])\] (?P<text>.*?)(?: \((?P<priority>CRITICAL|HIGH|MEDIUM|LOW)\))?(?: - (?P<owner>.*))?$"
)
_EVENT = re.compile(
    r"^- (?P<time>\S+)(?: \[(?P<actor>[^\]]*)\])?(?P<separator> - |: )(?P<key>★ )?(?P<text>.*)$"
)
_SEED_EVENT = re.compile(r"^  (?P<time>\S*?)(?: \[(?P<actor>[^\]]*)\])?: (?P<text>.*?)(?:  )?$")


def items(text: str) -> tuple[str, ...]:
    """The items of a list; indented lines belong to the item above, text outside a list is one item each."""
    found: list[list[str]] = []
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        if bullet:
            found.append([bullet[1]])
        elif found and (line.startswith(" ") or not line.strip()):
            found[-1].append(line.strip())
        elif line.strip():
            found.append([line.strip()])
    return tuple(unescaped("\n".join(lines).strip("\n")) for lines in found)


def factors(text: str) -> tuple[ContributingFactor, ...]:
    """Contributing factors with their category in brackets; the guide's check boxes are left out."""
    listed = "\n".join(line for line in text.split("\n") if not _BOX.match(line)).strip("\n")
    found = []
    for item in items(listed):
        name, _, tail = item.rpartition(" (")
        category = CATEGORIES.get(tail.removesuffix(")")) if name and tail.endswith(")") else None
        found.append(ContributingFactor(name, category) if category else ContributingFactor(item))
    return tuple(found)


def timeline(text: str) -> tuple[TimelineEvent, ...] | None:
    """Events as `- 14:35 - text` or `- 2024-03-15T09:15:00Z: text`; None if a line is none."""
    return _events(text, _EVENT)


def seed_timeline(text: str) -> tuple[TimelineEvent, ...] | None:
    """Events as the generator seed lists them: `  09:15 [alice]: text`."""
    return _events("  " + text.lstrip(), _SEED_EVENT)


def _events(text: str, form: re.Pattern[str]) -> tuple[TimelineEvent, ...] | None:
    found = []
    for line in text.split("\n"):
        match = form.match(line)
        if match is None:
            return None
        try:
            when = read_time(match["time"])
        except InvalidValue:
            return None
        important = bool(match.groupdict().get("key"))
        found.append(
            TimelineEvent(
                when, unescaped(match["text"]), unescaped(match["actor"] or ""), "", important
            )
        )
    return tuple(found)


def read_time(text: str) -> When | None:
    """A time as our tables and lists write it; None for an empty one. Raises InvalidValue for anything else."""
    return parse_when(text).when if text else None


def actions(text: str) -> tuple[ActionItem, ...] | None:
    """Actions as `- [ ] what (HIGH) - owner`; None if a line is none."""
    found = []
    for line in text.split("\n"):
        match = _ACTION.match(line)
        if match is None:
            return None
        status = ActionStatus.DONE if match["box"] in "xX" else ActionStatus.TODO
        priority: Priority | None = parse_priority(match["priority"]) if match["priority"] else None
        owner = unescaped(match["owner"] or "")
        found.append(
            ActionItem(unescaped(match["text"]), owner=owner, priority=priority, status=status)
        )
    return tuple(found)
