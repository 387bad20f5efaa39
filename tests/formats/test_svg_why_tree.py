"""A why-tree as a picture: everything in it is drawn and said, nothing overlaps, and no text breaks out."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree as ET

from hypothesis import given, settings

from kintsugi.core.analysis.five_whys import Why, walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.html.document import write_html
from kintsugi.formats.markdown.templating import render, shipped_template
from kintsugi.formats.svg import why_tree_svg, why_tree_svgs
from kintsugi.formats.svg.why_sheets import ACROSS, MOST_SHEETS, level_by_level, sheets_of
from kintsugi.formats.svg.why_tree import BOX_WIDTH, MOST_DRAWN
from tests import strategies

RECT = "{http://www.w3.org/2000/svg}rect"


def boxes(svg: str) -> list[tuple[float, float, float]]:
    """Left, top and height of each box."""
    root = ET.fromstring(svg)  # noqa: S314 - our own
    return [
        (float(one.attrib["x"]), float(one.attrib["y"]), float(one.attrib["height"]))
        for one in root.iter(RECT)
    ]


@settings(max_examples=40)
@given(strategies.lists_of(strategies.whys, 3))
def test_each_answer_has_a_box_of_its_own_and_no_text_breaks_out(whys: tuple[Why, ...]) -> None:
    found = boxes(why_tree_svg(WhyAnalysis('<script>"&', whys)))
    assert len(found) == 1 + len(list(walk(whys)))
    for (x1, y1, high1), (x2, y2, high2) in itertools.combinations(found, 2):
        beside = x1 + BOX_WIDTH <= x2 or x2 + BOX_WIDTH <= x1
        above = y1 + high1 <= y2 or y2 + high2 <= y1
        assert beside or above


def test_a_great_tree_is_drawn_as_far_as_there_is_room_and_says_so() -> None:
    whys = tuple(Why("Why?", f"Answer {number}") for number in range(400))
    svg = why_tree_svg(WhyAnalysis("P", whys))
    assert len(boxes(svg)) == MOST_DRAWN + 1
    assert "Not drawn: 250 answers" in svg


def test_a_problem_without_an_answer_is_a_picture_too() -> None:
    assert len(boxes(why_tree_svg(WhyAnalysis("")))) == 1


def test_the_whys_of_a_postmortem_are_drawn_in_its_html_and_not_for_readers_outside() -> None:
    postmortem = Postmortem("Checkout down", whys=(Why("Why?", "Nothing limits retries"),))
    for template in ("standard", "sre"):
        body = render(shipped_template(template), postmortem)
        html = write_html(postmortem, body)
        assert html.count('class="why-tree"') == 1
        section = html[html.index('class="why-tree"') - 2_000 : html.index('class="why-tree"')]
        assert "Nothing limits retries" in section
        assert 'class="why-tree"' not in write_html(postmortem, body, audience="external")
    assert (
        "why-tree"
        not in write_html(Postmortem("No whys"), "# No whys\n\n## Summary\n\nShort.").split(
            "</style>"
        )[-1]
    )


def deep(levels: int, each: int) -> tuple[Why, ...]:
    if not levels:
        return ()
    return tuple(Why("Why?", f"Answer {levels}.{one}", whys=deep(levels - 1, each)) for one in range(each))  # fmt: skip


@settings(max_examples=40)
@given(strategies.lists_of(strategies.whys, 7))
def test_each_answer_stands_in_one_of_the_drawings_of_a_page_and_none_is_too_wide(
    whys: tuple[Why, ...],
) -> None:
    sheets = sheets_of(whys)
    drawn = [
        one.why
        for sheet in sheets
        for branch in sheet.branches
        for one in level_by_level(branch)
    ]  # fmt: skip
    assert sorted(map(id, drawn)) == sorted(id(why) for _, why in walk(whys))
    svgs = why_tree_svgs(WhyAnalysis("P", whys), is_on_paper=True)
    assert len(svgs) == len(sheets)
    for svg in svgs:
        assert len({left for left, _, _ in boxes(svg)}) <= 2 * ACROSS
        assert max(left for left, _, _ in boxes(svg)) < ACROSS * (BOX_WIDTH + 16)


def test_a_drawing_that_ends_says_which_goes_on() -> None:
    first, second, third, fourth = why_tree_svgs(
        WhyAnalysis("Down", (*deep(2, 3), Why("Why?", "Last")))
    )
    assert [word in first for word in ("drawing 2", "drawing 3", "drawing 4", "Last")] == [True] * 4
    assert "Goes on from drawing 1" in second
    assert "drawing 5" not in first + second + third + fourth
    assert len({re.search(r' id="([^"]+)"', svg)[1] for svg in (first, second, third)}) == 3  # type: ignore[index]


def test_a_tree_that_a_page_holds_is_one_drawing_and_a_huge_one_goes_on_in_the_text() -> None:
    five = Why("Why?", "1", whys=(Why("Why?", "2", whys=(Why("Why?", "3"),)),))
    analysis = WhyAnalysis("Down", (five,))
    assert why_tree_svgs(analysis) == [why_tree_svg(analysis)]
    huge = why_tree_svgs(WhyAnalysis("Down", deep(3, 12)), is_on_paper=True)
    assert len(huge) == MOST_SHEETS
    assert "Goes on in the text" in huge[-1]
