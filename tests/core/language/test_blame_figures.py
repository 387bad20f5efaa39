"""The blame lint against 160 sentences written before its rules (blame.tsv), each under the heading it would have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from kintsugi.core.language.blame_rules import BLAME_RULES
from kintsugi.core.language.finding import Finding
from kintsugi.core.language.lint import lint_markdown
from kintsugi.formats.sarif import rule_anchor
from tests.doc_pages import REFERENCE, section
from tests.soak.lint_corpus import PAGE, verdicts

FILE = Path(__file__).with_name("blame.tsv")
OTHER_FACTORS = "\n\n## Contributing factors\n\n- The alert was muted.\n- The job counted days in another zone.\n"
"""So that L6, which is about a whole document, has no say about a sentence."""


class Row(NamedTuple):
    """A sentence, what people say of it, and the rule that should speak."""

    verdict: str
    rule: str
    section: str
    text: str

    @property
    def document(self) -> str:
        if self.section == "document":
            return self.text.replace("\\n", "\n")
        others = "" if self.section == "Contributing factors" else OTHER_FACTORS
        return f"## {self.section}\n\n{self.text}\n{others}"


ROWS = [Row(*line.split("\t")) for line in FILE.read_text("utf-8").splitlines()[1:]]
BLAMING = [row for row in ROWS if row.verdict == "blaming"]
NEUTRAL = [row for row in ROWS if row.verdict == "neutral"]


def found(row: Row) -> tuple[Finding, ...]:
    return lint_markdown(row.document).findings


def test_there_are_80_of_each_and_none_twice() -> None:
    assert (len(BLAMING), len(NEUTRAL), len({row.text for row in ROWS})) == (80, 80, 160)


def test_at_least_90_of_100_blaming_sentences_are_found_by_the_rule_expected() -> None:
    missed = [
        row for row in BLAMING if not any(each.rule.startswith(row.rule) for each in found(row))
    ]
    assert len(missed) <= len(BLAMING) * 0.10, missed


def test_at_most_5_of_100_neutral_sentences_are_found_by_any_rule() -> None:
    wrong = [row for row in NEUTRAL if found(row)]
    assert len(wrong) <= len(NEUTRAL) * 0.05, wrong


@pytest.mark.parametrize("family", ["L1", "L2", "L3", "L4", "L5", "L6"])
def test_every_family_of_rules_has_its_sentences(family: str) -> None:
    assert sum(row.rule == family for row in BLAMING) >= 3


def test_every_rule_is_in_the_reference_with_its_level_its_reason_and_its_source() -> None:
    page = REFERENCE / "blame-lint.md"
    for rule in BLAME_RULES:
        told = section(page, rule.id)
        assert f"Level: {rule.level.value}. {rule.why}" in told
        assert f"- Source: {rule.source}." in told
        anchor = rule_anchor(rule.id)
        assert anchor == f"docs/reference/blame-lint.md#{rule.id.casefold().replace('.', '')}"


def test_at_most_two_of_the_published_findings_in_10_000_words_are_wrong() -> None:
    judged = verdicts()
    words = re.search(r"([\d,]+) words", PAGE.read_text("utf-8"))
    assert set(judged.values()) == {"right", "wrong"}
    wrong = [each for each, said in judged.items() if said == "wrong" and each.rule < "L3"]
    assert words is not None
    assert len(wrong) / int(words[1].replace(",", "")) * 10_000 <= 2
