"""What the wording of a postmortem asks of its writers, each with its quote and a question to try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kintsugi.core.actions.review import review_action
from kintsugi.core.language.finding import Finding, Level
from kintsugi.core.postmortems.blame import lint_record
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.server.postmortems.web.parts import OF_FIELD

MOST = 50
_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}
_SHAPES = {Level.ERROR: "oct", Level.WARNING: "tri", Level.INFO: "dia"}
_WORDS = {Level.ERROR: "Error", Level.WARNING: "Warning", Level.INFO: "Hint"}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding where the page shows it: its number, its part and field, and what to try."""

    number: int
    part: str
    title: str
    field: str
    finding: Finding

    @property
    def shape(self) -> str:
        return _SHAPES[self.finding.level]

    @property
    def word(self) -> str:
        return _WORDS[self.finding.level]


def findings(document: Postmortem) -> tuple[Found, ...]:
    """Up to 50, the gravest if there are more, in the order of the document."""
    told = list(_all(document))
    gravest = sorted(range(len(told)), key=lambda place: (_ORDER[told[place][1].level], place))
    shown = sorted(gravest[:MOST])
    return tuple(
        Found(number, OF_FIELD[field].name, OF_FIELD[field].title, field, finding)
        for number, (field, finding) in enumerate((told[place] for place in shown), start=1)
    )


def _all(document: Postmortem) -> Iterator[tuple[str, Finding]]:
    actions = [
        ("action_items", one)
        for action in document.action_items
        for one in review_action(action).findings
    ]
    for each in lint_record(document):
        if each.field == "action_items":
            yield from actions
            actions = []
        for finding in each.findings:
            yield each.field, finding
    yield from actions
