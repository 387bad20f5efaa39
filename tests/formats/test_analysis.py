"""A report of whatever incidents is written, and says in each form the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kintsugi.core.analytics.analysis import analyse
from kintsugi.core.analytics.facts import IncidentFact, Period
from kintsugi.formats.analysis import Input, analysis_text, sections_of, write_analysis_html
from kintsugi.formats.analysis.blocks import Grid, shapes
from tests.core.analytics.facts import DAYS, NOW, at, lists_of_facts


@settings(max_examples=25)
@given(lists_of_facts, st.sampled_from([None, Period(at(DAYS / 2), NOW), Period(at(-DAYS), at(0))]))
def test_whatever_the_incidents_the_report_is_written(
    facts: list[IncidentFact], period: Period | None
) -> None:
    found, given_ = analyse(facts, now=NOW, period=period), Input(("x",), len(facts))
    text, page = analysis_text(sections_of(found, given_)), write_analysis_html(found, given_)
    for section in sections_of(found, given_):
        assert section.title in text
        assert f">{section.title}</h2>" in page
        for block in section.blocks:
            assert not isinstance(block, Grid) or (
                block.rows and len(shapes(block)) == len(block.heads)
            )
    for word in ("inf", "nan", "None"):
        assert word not in text.replace("infrastructure", "").split()
