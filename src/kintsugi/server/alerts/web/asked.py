"""What the inbox's address asks for: every filter lives in it, so that a view can be shared and linked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from kintsugi.core.alerts.event import AlertState
from kintsugi.core.alerts.matchers import parse_matchers
from kintsugi.core.alerts.precision import Verdict
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.core.shared.text import clean, either
from kintsugi.core.shared.times import ClockTime, parse_when
from kintsugi.core.shared.words import word_of
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.alerts import service as alerts

OPEN = tuple(state for state in AlertState if state.is_open)
VIEWS = {
    "": ("Waiting", alerts.Wanted(is_waiting=True)),
    "open": ("Open", alerts.Wanted(states=OPEN)),
    "silenced": ("Silenced", alerts.Wanted(states=OPEN, is_silenced=True)),
    "incidents": ("In incidents", alerts.Wanted(states=OPEN, is_in_incident=True)),
    "all": ("All", alerts.Wanted()),
}
"""The views by the word in the address; the first is what waits for a person."""
WITHIN = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 h", timedelta(hours=24)),
    "7d": ("Last 7 d", timedelta(days=7)),
    "30d": ("Last 30 d", timedelta(days=30)),
}
VERDICTS = {
    Verdict.USEFUL: "Useful",
    Verdict.NOISE: "Noise",
    Verdict.DUPLICATE: "Duplicate",
    Verdict.NOTHING_TO_DO: "Nothing to do",
}
"""What a person says of an alert, in words."""
JUDGED = {"none": False, "any": True}
Searched = Annotated[str, Field(max_length=500)]


class Asked(BaseModel):
    """What the inbox's address asks for. `source` is a source's name, `incident` an id,
    `label` a matcher such as `env="prod"`.
    """

    view: Searched = ""
    severity: Searched = ""
    service: Searched = ""
    source: Searched = ""
    rule: Searched = ""
    label: Searched = ""
    q: Searched = ""
    verdict: Searched = ""
    incident: Searched = ""
    within: Searched = ""
    since: Searched = ""
    until: Searched = ""
    cursor: str | None = Field(None, max_length=500)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What an address asks for, as typed and as a query; without its view, and with it."""

    asked: Mapping[str, str]
    any_view: alerts.Wanted
    view: str
    cursor: str | None

    @property
    def wanted(self) -> alerts.Wanted:
        """What is listed."""
        return in_view(self.any_view, self.view)

    @property
    def is_searched(self) -> bool:
        """Whether it looks for words, which no index answers: then nothing is counted beside it."""
        return bool(self.any_view.text or self.any_view.labels)


def narrowed(work: UnitOfWork, query: Asked) -> Narrowed:
    """What an address asks for. Raises InvalidValue, at the field, for what is none of its words."""
    typed = query.model_dump(exclude={"cursor"})
    asked = {name: clean(value).strip() for name, value in typed.items() if value.strip()}
    view = asked.get("view", "")
    if view not in VIEWS:
        raise InvalidValue(
            f"{view[:60]!r} is not known",
            path=("view",),
            expected=either([one for one in VIEWS if one]),
        )
    verdict = asked.get("verdict", "")
    wanted = alerts.Wanted(
        severities=(_severity(asked["severity"]),) if "severity" in asked else (),
        service=asked.get("service", ""),
        source_id=_source_id(work, asked["source"]) if "source" in asked else "",
        rule=asked.get("rule", ""),
        labels=_labels(asked.get("label", "")),
        text=asked.get("q", ""),
        incident_id=asked.get("incident", ""),
        verdict=word_of(Verdict, verdict, "verdict") if verdict and verdict not in JUDGED else None,
        is_judged=JUDGED.get(verdict),
    )  # fmt: skip
    return Narrowed(asked, _timed(work, wanted, asked), view, query.cursor)


def in_view(wanted: alerts.Wanted, view: str) -> alerts.Wanted:
    """The same alerts, of those that a view shows."""
    shown = VIEWS[view][1]
    return replace(
        wanted, states=shown.states, is_waiting=shown.is_waiting, is_silenced=shown.is_silenced,
        is_in_incident=shown.is_in_incident,
    )  # fmt: skip


def address(asked: Mapping[str, str], path: str = "/alerts", **changed: str | None) -> str:
    """The address of the inbox with these filters, some of them changed."""
    query = {name: value for name, value in {**asked, **changed}.items() if value}
    return path + (f"?{urlencode(query)}" if query else "")


def _source_id(work: UnitOfWork, name: str) -> str:
    try:
        return alerts.get_source(work, name).id
    except NotFound:
        return "none"


def _severity(written: str) -> Severity:
    try:
        return parse_severity(written)
    except InvalidValue as error:
        raise error.under("severity") from error


def _labels(written: str) -> tuple[tuple[str, str], ...]:
    try:
        found = parse_matchers(written)
    except InvalidValue as error:
        raise error.under("label") from error
    if any(one.is_regex or not one.is_equal for one in found):
        raise InvalidValue(
            "asks for more than a value", path=("label",), expected='labels such as env="prod"'
        )
    return tuple((one.name, one.value) for one in found)


def _timed(work: UnitOfWork, wanted: alerts.Wanted, asked: Mapping[str, str]) -> alerts.Wanted:
    after = _moment(work, asked, "since")
    within = asked.get("within", "")
    if within:
        if within not in WITHIN:
            raise InvalidValue("is not known", path=("within",), expected=either(list(WITHIN)))
        after = work.now - WITHIN[within][1]
    return replace(wanted, raised_after=after, raised_before=_moment(work, asked, "until"))


def _moment(work: UnitOfWork, asked: Mapping[str, str], name: str) -> datetime | None:
    if name not in asked:
        return None
    try:
        read = parse_when(asked[name], ZoneInfo(work.viewer.zone)).when
    except InvalidValue as error:
        raise error.under(name) from error
    if isinstance(read, ClockTime):
        raise InvalidValue("has no day", path=(name,), expected="such as 2026-03-31T09:00")
    return read
