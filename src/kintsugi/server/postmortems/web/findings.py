"""What the wording of a postmortem asks of its writers, each with its quote and a question to try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kintsugi.core.actions.review import review_action
from kintsugi.core.language.finding import Finding, Level
from kintsugi.core.language.wording import blamed_people, disguised_fixes
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.rules_analysis import known_people
from kintsugi.core.postmortems.texts import texts_by_field
from kintsugi.core.shared.kept import kept_of_each
from kintsugi.server.postmortems.web.parts import OF_FIELD

MOST = 50
_CAUSES = frozenset({"root_cause", "contributing_factors", "whys"})
_ACCOUNT = frozenset({"summary", "lead_up", "trigger", "root_cause", "detection", "timeline"})
_SHAPES = {Level.ERROR: "oct", Level.WARNING: "tri", Level.INFO: "dia"}
_WORDS = {Level.ERROR: "Error", Level.WARNING: "Warning", Level.INFO: "Hint"}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding where the page shows it: its number, its part, and what to try."""

    number: int
    part: str
    title: str
    finding: Finding

    @property
    def shape(self) -> str:
        return _SHAPES[self.finding.level]

    @property
    def word(self) -> str:
        return _WORDS[self.finding.level]


def findings(document: Postmortem) -> tuple[Found, ...]:
    """Up to 50, in the order of the document."""
    made = []
    for number, (field, finding) in enumerate(_all(document), start=1):
        part = OF_FIELD[field]
        made.append(Found(number, part.name, part.title, finding))
        if number == MOST:
            break
    return tuple(made)


def _all(document: Postmortem) -> Iterator[tuple[str, Finding]]:
    people = known_people(document)
    for field, texts in texts_by_field(document):
        if field != "action_items":
            for finding in _in_each(texts, people, field):
                yield field, finding
    for action in document.action_items:
        for finding in review_action(action).findings:
            yield "action_items", finding


def _in_text(text: str, people: tuple[str, ...], field: str) -> tuple[Finding, ...]:
    blamed = blamed_people(text, people=people, is_cause=field in _CAUSES)
    return (*blamed, *disguised_fixes(text)) if field in _ACCOUNT else blamed


_in_each = kept_of_each(_in_text)
