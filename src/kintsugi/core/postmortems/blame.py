"""The blame lint over a record: each field's texts by the rules of its passage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kintsugi.core.language.allowances import Allowed, settle
from kintsugi.core.language.blame_rules import SINGLE_CAUSE
from kintsugi.core.language.finding import Finding
from kintsugi.core.language.lint import lint_text
from kintsugi.core.language.outline import PassageKind
from kintsugi.core.language.prose import is_written
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.rules_analysis import known_people
from kintsugi.core.postmortems.texts import texts_by_field

_KINDS = {
    "timeline": PassageKind.TIMELINE,
    "root_cause": PassageKind.CAUSE,
    "contributing_factors": PassageKind.FACTORS,
    "whys": PassageKind.FACTORS,
    "what_went_well": PassageKind.LESSONS,
    "what_went_poorly": PassageKind.LESSONS,
    "where_we_got_lucky": PassageKind.LESSONS,
    "lessons": PassageKind.LESSONS,
    "action_items": PassageKind.ACTIONS,
    "sections": PassageKind.LESSONS,
}
"""What is told in no other field is an account. What stands in sections of people's own nobody knows: L3 is silent."""


@dataclass(frozen=True, slots=True)
class FieldFindings:
    """One text of a field of a record, and what its words say of people."""

    field: str
    text: str
    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]


def lint_record(postmortem: Postmortem) -> Iterator[FieldFindings]:
    """Each text in which something is found or allowed, in the order of the record (practice notes B2)."""
    people = known_people(postmortem)
    for field, texts in texts_by_field(postmortem):
        for text in texts:
            found = list(lint_text(text, kind_of_field(field), people=people))
            if field == "root_cause" and _is_single(postmortem):
                end = len(re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0])
                found.append(SINGLE_CAUSE.at(text, 0, end))
            standing, allowed = settle(text, found)
            if standing or allowed:
                yield FieldFindings(field, text, standing, allowed)


def kind_of_field(field: str) -> PassageKind:
    """What a field of a record is for, in the terms of the lint."""
    return _KINDS.get(field, PassageKind.ACCOUNT)


def _is_single(postmortem: Postmortem) -> bool:
    """Whether there is a root cause and no contributing factor (practice notes B2, L6)."""
    return is_written(postmortem.root_cause) and not any(
        is_written(factor.text) for factor in postmortem.contributing_factors
    )
