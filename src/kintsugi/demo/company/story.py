"""The company as data: its people, teams, services, and incidents step by step, read from the YAML beside this file.

A step is `+4m lucja! action: what was done`: so long after the incident was declared, who, `!` where it
is important, what they did, and its text. `+9m lucja note -5m` is written down later than it happened. The text of
`edit numbers` is the impact in numbers, with the keys of the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from importlib import resources
from typing import Any

from kintsugi.core.catalog.service import LinkKind, ServiceLink, ServiceSpec
from kintsugi.core.catalog.tier import parse_tier
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.timeline import EventKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.demo.company.alarms import Alarms, alarms
from kintsugi.demo.company.moments import length
from kintsugi.demo.company.papers import Paper, paper
from kintsugi.formats.plain import load_yaml
from kintsugi.kernel.auth import Role


class Deed(Enum):
    """What somebody does in a step; a note also says of which kind it is."""

    NOTE = "note"
    STATUS = "status"
    SEVERITY = "severity"
    MILESTONE = "milestone"
    EDIT = "edit"
    GRANT = "grant"
    COMMANDER = "commander"
    LINK = "link"
    MERGE = "merge"
    FILE = "file"
    GIVE = "give"
    TASK = "task"
    DONE = "done"
    TRIAGE = "triage"
    CRITERIA = "criteria"
    MET = "met"
    SEND = "send"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to sign in as."""

    name: str
    email: str
    role: Role
    zone: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does. `about` is what the deed needs: a status, a severity, a milestone, a key."""

    after: timedelta
    who: str
    deed: Deed
    about: tuple[str, ...] = ()
    text: str = ""
    is_important: bool = False
    kind: EventKind = EventKind.NOTE
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """An incident: how it is declared, and what happens then. `at` is read by `moments.moment`."""

    key: str
    at: str
    by: str
    title: str
    summary: str
    impact: str
    services: tuple[str, ...]
    detection: DetectionMethod
    severity: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    milestones: Mapping[str, timedelta] = field(default_factory=dict)
    external_id: str | None = None
    is_private: bool = False
    is_drill: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """A class of cause: the key of a shipped one, or the title and terms of their own; which stories are of it."""

    key: str = ""
    title: str = ""
    says: str = ""
    terms: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """All of it. Teams, stories and papers name people by their key. `template` is a text of their own."""

    name: str
    zone: str
    founded: str
    people: Mapping[str, Person]
    teams: Mapping[str, tuple[str, ...]]
    services: tuple[ServiceSpec, ...]
    stories: tuple[Story, ...]
    papers: tuple[Paper, ...]
    alarms: Alarms
    causes: tuple[Cause, ...]
    template: str


TEMPLATE = "tidewell-review"
"""The name of the company's own template, and of its file."""

_HERE = resources.files("kintsugi.demo.company")
_HEAD = re.compile(r"(?P<after>\+\w+) (?P<who>\w+)(?P<mark>!?) (?P<deed>\w+)(?: (?P<about>.+))?")
_KEYS = frozenset(
    "key title at by severity services detection external_id tags summary impact milestones private drill"
    " commander story".split()
)


def company() -> Company:
    """The company as it comes with the product."""
    written = dict(_files())
    about = written.pop("company.yaml")
    rang = alarms(written.pop("alerts.yaml"))
    people = {
        key: Person(one["name"], one["email"], Role(one["role"]), one["zone"])
        for key, one in about["people"].items()
    }
    return Company(
        name=about["name"], zone=about["zone"], founded=about["founded"], people=people,
        teams={name: tuple(members) for name, members in about["teams"].items()},
        services=tuple(_service(one, about["links"]) for one in about["services"]),
        stories=tuple(_story(one) for one in _all(written, "incidents-")),
        papers=tuple(paper(one) for one in _all(written, "postmortems-")),
        alarms=rang, causes=tuple(map(_cause, about["causes"])),
        template=_HERE.joinpath(f"{TEMPLATE}.md").read_text("utf-8"),
    )  # fmt: skip


def _all(written: Mapping[str, Any], beginning: str) -> Iterator[Any]:
    for name in sorted(written):
        if name.startswith(beginning):
            yield from written[name]


def _files() -> Iterator[tuple[str, Any]]:
    for entry in _HERE.iterdir():
        if entry.name.endswith(".yaml"):
            yield entry.name, load_yaml(entry.read_text("utf-8"), file=entry.name)


def _cause(written: Mapping[str, Any]) -> Cause:
    return Cause(
        written.get("key", ""), written.get("title", ""), written.get("says", ""),
        tuple(written.get("terms", ())), tuple(written["incidents"]), tuple(written.get("not", ())),
    )  # fmt: skip


def _service(written: Mapping[str, Any], links: Mapping[str, str]) -> ServiceSpec:
    name = written["name"]
    return ServiceSpec(
        name=name, title=written["title"], description=written["says"], owner_team=written["team"],
        tier=parse_tier(written["tier"]), depends_on=tuple(written["needs"]),
        links=tuple(
            ServiceLink(LinkKind(kind), address.replace("NAME", name))
            for kind, address in links.items()
        ),
    )  # fmt: skip


def _story(written: Mapping[str, Any]) -> Story:
    unknown = set(written) - _KEYS
    if unknown:
        raise InvalidValue(f"{sorted(unknown)} are no keys of a story", path=(written["key"],))
    steps = tuple(_step(head, said) for one in written["story"] for head, said in one.items())
    if "commander" in written:
        taken = Step(timedelta(seconds=30), written["by"], Deed.COMMANDER, (written["commander"],))
        steps = (taken, *steps)
    return Story(
        key=written["key"], at=written["at"], by=written["by"], title=written["title"],
        summary=written["summary"], impact=written.get("impact", ""),
        services=tuple(written["services"]), detection=DetectionMethod(written["detection"]),
        severity=written.get("severity", {}), tags=tuple(written.get("tags", ())),
        milestones={name: length(at) for name, at in written.get("milestones", {}).items()},
        external_id=written.get("external_id"), is_private=written.get("private", False),
        is_drill=written.get("drill", False), steps=steps,
    )  # fmt: skip


def _step(head: str, said: Any) -> Step:  # noqa: ANN401 - a text, a text with its evidence, or nothing
    found = _HEAD.fullmatch(head)
    if found is None:
        raise InvalidValue(f"{head[:80]!r} is no step", expected="+4m lucja! action")
    word = found["deed"]
    is_deed = word in {deed.value for deed in Deed}
    text, evidence = (said["text"], said["evidence"]) if isinstance(said, dict) else (said, "")
    return Step(
        after=length(found["after"]), who=found["who"],
        deed=Deed(word) if is_deed else Deed.NOTE, about=tuple((found["about"] or "").split()),
        text=text or "", is_important=bool(found["mark"]),
        kind=EventKind.NOTE if is_deed else EventKind(word), evidence=evidence,
    )  # fmt: skip
