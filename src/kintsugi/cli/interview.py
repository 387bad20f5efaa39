"""Asks a person for what a postmortem is missing, one question at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, TypeVar

from kintsugi.cli.output import note
from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import parse_severity
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import (
    ClockTime,
    When,
    parse_clock,
    parse_date,
    parse_when,
    resolve_clock_times,
    zone_named,
)
from kintsugi.formats.scenarios import Scenario

Answer = TypeVar("Answer")
ENOUGH_EVENTS = 3
_PROSE = (
    ("summary", "Summary: what happened, for how long, and what ended it?"),
    ("trigger", "Trigger: what set it off?"),
    ("root_cause", "Root cause: what about the system made this possible?"),
)


class _EndedByPerson(Exception):
    """No more answers are coming."""


@dataclass(slots=True)
class Interview:
    """Questions about a postmortem. `postmortem` holds each answer as soon as it is given.

    An empty answer leaves a thing open; the end of input ends the questions and keeps the answers.
    """

    postmortem: Postmortem
    scenario: Scenario | None = None

    def held(self) -> Postmortem:
        """The postmortem with every answer that was given."""
        note(
            "An empty answer leaves a thing open. Ctrl-D ends the questions; what you said is kept."
        )
        try:
            self._basics()
            self._prose()
            self._timeline()
            self._lists()
            self._actions()
        except _EndedByPerson:
            note("")
        self._date_clock_times()
        return self.postmortem

    def _keep(self, **answers: Any) -> None:  # noqa: ANN401 - fields of any type
        self.postmortem = replace(self.postmortem, **answers)

    def _ask(self, question: str, parse: Callable[[str], Answer]) -> Answer | None:
        while True:
            # Questions go to standard error, so that standard output is the document alone.
            sys.stderr.write(f"{question}: ")
            sys.stderr.flush()
            written = sys.stdin.buffer.readline().decode("utf-8", "replace")
            if not written:
                raise _EndedByPerson
            answer = clean(written).strip()
            if not answer:
                return None
            try:
                return parse(answer)
            except InvalidValue as error:
                note(f"  {error.text()}")

    def _words(self, question: str) -> str:
        return self._ask(question, str) or ""

    def _question(self, field: str, default: str) -> str:
        prompts = dict(self.scenario.prompts) if self.scenario else {}
        return prompts.get(field, default)

    def _offer(self, heading: str, texts: Sequence[str]) -> None:
        if texts:
            note(f"{heading}: {'; '.join(texts)}")

    def _basics(self) -> None:
        if not self.postmortem.title:
            self._keep(title=self._words("Title: what happened, in a line"))
        if self.postmortem.severity is None:
            self._keep(severity=self._ask("Severity (SEV-1 to SEV-5)", parse_severity))
        if self.postmortem.date is None:
            self._keep(date=self._ask("Day it began (such as 2025-01-15)", parse_date))

    def _prose(self) -> None:
        for field, question in _PROSE:
            if not getattr(self.postmortem, field):
                self._keep(**{field: self._words(self._question(field, question))})
        impact = self.postmortem.impact
        if not impact.text and not impact.is_quantified:
            asked = self._question("impact", "Impact: who and what was hurt, how many, how long?")
            self._keep(impact=replace(impact, text=self._words(asked)))

    def _timeline(self) -> None:
        if len(self.postmortem.timeline) >= ENOUGH_EVENTS:
            return
        if self.scenario:
            self._offer(
                "Common events here", [event.description for event in self.scenario.timeline]
            )
        while True:
            count = len(self.postmortem.timeline)
            wanted = (
                f" of at least {ENOUGH_EVENTS}" if count < ENOUGH_EVENTS else " (more, or empty)"
            )
            event = self._ask(
                f"Event {count + 1}{wanted} (such as: 14:35 Errors begin)", read_event
            )
            if event is None:
                return
            self._keep(timeline=(*self.postmortem.timeline, event))

    def _lists(self) -> None:
        if not self.postmortem.contributing_factors:
            if self.scenario:
                self._offer("Typical causes here", [cause.text for cause in self.scenario.causes])
            while text := self._more("Contributing factor", self.postmortem.contributing_factors):
                self._keep(
                    contributing_factors=(
                        *self.postmortem.contributing_factors,
                        ContributingFactor(text),
                    )
                )
        if not self.postmortem.what_went_well:
            while text := self._more("What went well", self.postmortem.what_went_well):
                self._keep(what_went_well=(*self.postmortem.what_went_well, text))
        if not self.postmortem.what_went_poorly:
            while text := self._more(
                "What cost time or made it worse", self.postmortem.what_went_poorly
            ):
                self._keep(what_went_poorly=(*self.postmortem.what_went_poorly, text))

    def _more(self, question: str, so_far: Sequence[object]) -> str:
        return self._words(f"{question} (more, or empty)" if so_far else question)

    def _actions(self) -> None:
        actions = self.postmortem.action_items
        for place, action in enumerate(actions):
            if not action.owner:
                owned = replace(action, owner=self._words(f"Owner of: {action.description}"))
                listed = self.postmortem.action_items
                self._keep(action_items=(*listed[:place], owned, *listed[place + 1 :]))
        if actions:
            return
        if self.scenario:
            self._offer(
                "Standard actions here", [action.description for action in self.scenario.actions]
            )
        while text := self._more("Action", self.postmortem.action_items):
            made = ActionItem(text, f"A{len(self.postmortem.action_items) + 1}")
            before = self.postmortem.action_items
            self._keep(action_items=(*before, made))
            self._keep(
                action_items=(*before, replace(made, owner=self._words("  Its owner, one person")))
            )

    def _date_clock_times(self) -> None:
        """Clock times become moments, once day and zone are known."""
        day, zone = self.postmortem.date, self.postmortem.zone
        timed = [event.time for event in self.postmortem.timeline if event.time is not None]
        if day is None or not zone or not any(isinstance(when, ClockTime) for when in timed):
            return
        dated = iter(resolve_clock_times(timed, day, zone_named(zone)))
        self._keep(
            timeline=tuple(
                event if event.time is None else replace(event, time=next(dated))
                for event in self.postmortem.timeline
            )
        )


def read_event(written: str) -> TimelineEvent:
    """An event as typed: a clock time or a moment, then what happened. Raises InvalidValue."""
    first, _, rest = written.partition(" ")
    second, _, further = rest.partition(" ")
    for stamp, text in ((f"{first} {second}", further), (first, rest)):
        when: When | None = parse_clock(stamp)
        if when is None and text:
            try:
                when = parse_when(stamp, UTC).when
            except InvalidValue:
                continue
        if when is not None and text.strip(" -:"):
            return TimelineEvent(when, text.lstrip(" -:"))
    raise InvalidValue(
        "this has no time at its beginning",
        expected="a time and what happened, such as 14:35 Errors begin",
    )
