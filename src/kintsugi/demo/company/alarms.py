"""What the company's tools said in the year, as data: who sends, which checks there are, and when each rang.

A ring is `BookingErrorRate -5m 34m`: a check, when it began seen from the declaration of its story's incident,
and for how long. Noise comes about every so often, by chance that is the same each time for the same check.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kintsugi.core.shared.times import parse_duration
from kintsugi.demo.company.messages import Check, change, form, prometheus, uptime
from kintsugi.demo.company.moments import length, moment

TOLD_AFTER = timedelta(seconds=20)
"""A tool tells of an alert so long after it began."""
GIVEN_AFTER = timedelta(minutes=1)
JUDGED_AFTER = timedelta(minutes=17)
NOISE = "noise/"
PIPELINE, OUTSIDE, PROMETHEUS, DESK = "pipeline", "outside", "prometheus", "desk"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of a tool. `bell` names its alert here, where something is done with that later.

    What `can_wait` changes nothing for anybody until the next message comes.
    """

    source: str
    body: bytes
    bell: str = ""
    path: str = ""
    can_wait: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """Whoever declared an incident gives it an alert that began before, or that does not join by itself."""

    bell: str
    story: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Somebody says what an alert was worth."""

    bell: str
    who: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Silenced:
    """Somebody has alerts be quiet, or plans work on services."""

    who: str
    until: datetime
    why: str
    matchers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruled:
    """Somebody switches the shipped rule on."""

    who: str


Alarm = Sent | Given | Judged | Silenced | Ruled


@dataclass(frozen=True, slots=True)
class Alarms:
    """All of it, as the file says it; `checks` by their name."""

    sources: Mapping[str, Mapping[str, str]]
    rules: tuple[Mapping[str, Any], ...]
    checks: Mapping[str, Check]
    written: Mapping[str, Any] = field(repr=False)


def alarms(written: Mapping[str, Any]) -> Alarms:
    """What alerts.yaml says."""
    checks = {
        name: Check(
            name, one["service"], one["severity"], one["says"], one["tells"],
            one.get("runbook", False), one["values"], one.get("labels", {}),
        )
        for name, one in written["checks"].items()
    }  # fmt: skip
    return Alarms(written["sources"], tuple(written["rules"]), checks, written)


def rung(
    told: Alarms, declared: Mapping[str, datetime], now: datetime
) -> list[tuple[datetime, Alarm]]:
    """Everything in no order, as far as it begins before now; `declared` is when each story's incident was."""
    return [*_Year(told, declared, now).all()]


@dataclass(frozen=True, slots=True)
class _Year:
    told: Alarms
    declared: Mapping[str, datetime]
    now: datetime

    def all(self) -> Iterator[tuple[datetime, Alarm]]:
        for part in (
            self._of_incidents, self._outside, self._noise, self._flapping, self._open_now,
            self._reports, self._changes, self._silences,
        ):  # fmt: skip
            yield from part()
        rule = self.told.written["shipped_rule"]
        yield moment(rule["at"], self.now), Ruled(rule["by"])

    def _of_incidents(self) -> Iterator[tuple[datetime, Alarm]]:
        for story, rings in self.told.written["incidents"].items():
            for number, ring in enumerate(rings):
                name, after, lasts = ring.split()
                began = self.declared[story] + length(after)
                check, bell = self.told.checks[name], f"{story}/{number}"
                yield from self._ring(check, "all", began, parse_duration(lasts), bell)
                yield self._given(story, began, bell)

    def _outside(self) -> Iterator[tuple[datetime, Alarm]]:
        for story, rings in self.told.written["outside"].items():
            for number, ring in enumerate(rings):
                name, after, lasts = ring.rsplit(" ", 2)
                began, bell = self.declared[story] + length(after), f"{story}/outside/{number}"
                ended = began + parse_duration(lasts)
                yield began + TOLD_AFTER, Sent(OUTSIDE, uptime(name, began), bell)
                yield self._given(story, began, bell)
                yield ended, Sent(OUTSIDE, uptime(name, ended, is_down=False))

    def _given(self, story: str, began: datetime, bell: str) -> tuple[datetime, Alarm]:
        return max(began + TOLD_AFTER, self.declared[story]) + GIVEN_AFTER, Given(bell, story)

    def _noise(self) -> Iterator[tuple[datetime, Alarm]]:
        for place, noise in enumerate(self.told.written["noise"]):
            chance = random.Random(f"{place} {noise['check']}")  # noqa: S311 - the same year each time
            every, lasts = parse_duration(noise["every"]), parse_duration(noise["lasts"])
            end = self.now - parse_duration(noise.get("until", "2h"))
            at = self.now - parse_duration(noise["since"])
            while (at := at + every * chance.uniform(0.4, 1.6)) < end:
                began = at.replace(microsecond=0)
                bell = f"{NOISE}{place}/{began.isoformat()}"
                instance = chance.choice(noise["instances"])
                length_of = lasts * chance.uniform(0.5, 1.5)
                yield from self._ring(
                    self.told.checks[noise["check"]], instance, began, length_of, bell
                )
                who, verdict = chance.choice(noise["by"]), _verdict(noise["verdicts"], chance)
                if verdict:
                    judged = began + length_of + JUDGED_AFTER * chance.uniform(0.1, 8)
                    yield judged, Judged(bell, who, verdict)

    def _flapping(self) -> Iterator[tuple[datetime, Alarm]]:
        for one in self.told.written["flapping"]:
            every, lasts = parse_duration(one["every"]), parse_duration(one["lasts"])
            for evening in one["at"]:
                for number in range(one["times"]):
                    began = moment(evening, self.now) + every * number
                    check, instance = self.told.checks[one["check"]], one["instances"][0]
                    yield from self._ring(check, instance, began, lasts)

    def _open_now(self) -> Iterator[tuple[datetime, Alarm]]:
        for one in self.told.written["open_now"]:
            check, began = self.told.checks[one["check"]], moment(one["at"], self.now)
            for instance in one["instances"]:
                yield from self._ring(check, instance, began, None)

    def _ring(
        self, check: Check, instance: str, began: datetime, lasts: timedelta | None, bell: str = ""
    ) -> Iterator[tuple[datetime, Alarm]]:
        firing = prometheus(check, instance, began)
        yield began + TOLD_AFTER, Sent(PROMETHEUS, firing, bell)
        if lasts is not None:
            ended = (began + max(lasts, 2 * TOLD_AFTER)).replace(microsecond=0)
            is_noise = not bell or bell.startswith(NOISE)
            over = prometheus(check, instance, began, ended)
            yield ended, Sent(PROMETHEUS, over, can_wait=is_noise)

    def _reports(self) -> Iterator[tuple[datetime, Alarm]]:
        for one in self.told.written["reports"]:
            at, bell = moment(one["at"], self.now), one["ticket"]
            yield at, Sent(DESK, form(one), bell)
            if "story" in one:
                yield self._given(one["story"], at, bell)
            if "lasts" in one:
                yield at + parse_duration(one["lasts"]), Sent(DESK, form(one, is_open=False))

    def _changes(self) -> Iterator[tuple[datetime, Alarm]]:
        for one in self.told.written["changes"]:
            at = self.declared[one["story"]] + length(one["at"])
            yield at + TOLD_AFTER, Sent(PIPELINE, change(one, at), path="/v2/change/enqueue")

    def _silences(self) -> Iterator[tuple[datetime, Alarm]]:
        for one in self.told.written["silences"]:
            at = moment(one["at"], self.now)
            yield at, Silenced(
                one["by"], at + parse_duration(one["lasts"]), one["why"],
                tuple(one.get("matchers", ())), tuple(one.get("services", ())),
            )  # fmt: skip


def _verdict(of_ten: Mapping[str, int], chance: random.Random) -> str:
    """One of the verdicts, each as often of ten as it says; empty for the rest."""
    drawn = chance.randrange(10)
    for verdict, count in of_ten.items():
        if drawn < count:
            return verdict
        drawn -= count
    return ""
