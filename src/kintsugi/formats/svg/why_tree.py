"""A why-tree as a picture: the problem above, each answer under what it explains, with the question between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.five_whys import BELIEF, Why, walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis, causes
from kintsugi.core.shared.text import one_line, plural, shortened
from kintsugi.formats.svg.elements import (
    BY_THEME,
    ON_PAPER,
    Palette,
    element,
    escaped,
    fitted,
    isolated,
    width_of,
)
from kintsugi.formats.svg.why_sheets import IN_TEXT, Sheet, sheets_of, whole

MOST_DRAWN = 150
"""Answers in one picture; below that the tree goes on undrawn, and the picture says so."""

BOX_WIDTH = 196.0
GAP_ACROSS, GAP_DOWN = 16.0, 34.0
MARGIN, INSET = 6.0, 10.0
TEXT, SMALL = 13.0, 12.0
LINE = 16.0
MOST_LINES = 5
"""Of one answer; what is longer ends in an ellipsis, and stands whole in the outline."""


@dataclass(frozen=True, slots=True)
class _Box:
    """What is drawn of an answer: its question, the answer in lines, what it rests on; and where it hangs."""

    parent: int
    level: int
    asked: Sequence[str]
    said: Sequence[str]
    under: Sequence[str]
    why: Why

    @property
    def height(self) -> float:
        return (len(self.asked) + len(self.said) + len(self.under)) * LINE + 2 * INSET


def why_tree_svg(
    analysis: WhyAnalysis, *, picture: str = "why-tree", is_on_paper: bool = False
) -> str:
    """The tree from the problem down, a box for each answer under its question.

    What can be acted on has a thick gold edge and says so, what has no answer yet a dashed one. `picture` sets the ids
    apart where several drawings share a page. On paper the colours are fixed and light.
    """
    return _picture(analysis, whole(analysis.whys), picture, is_on_paper=is_on_paper)


def why_tree_svgs(
    analysis: WhyAnalysis, *, picture: str = "why-tree", is_on_paper: bool = False
) -> list[str]:
    """The same in as many pictures as it takes for each to be read on a page; where one ends, it says which goes on."""
    found = sheets_of(analysis.whys)
    return [
        _picture(
            analysis, sheet, picture if len(found) == 1 else f"{picture}-{number}",
            is_on_paper=is_on_paper, place=f", drawing {number} of {len(found)}" if len(found) > 1 else "",
        )
        for number, sheet in enumerate(found, 1)
    ]  # fmt: skip


def _picture(
    analysis: WhyAnalysis, sheet: Sheet, picture: str, *, is_on_paper: bool, place: str = ""
) -> str:
    palette = ON_PAPER if is_on_paper else BY_THEME
    boxes = _boxes(analysis.problem, sheet)
    across, down = _across(boxes), _down(boxes)
    lines = [
        _line((across[box.parent], down[boxes[box.parent].level] + boxes[box.parent].height),
              (across[number], down[box.level]), palette)
        for number, box in enumerate(boxes) if number
    ]  # fmt: skip
    drawn = [
        _drawn(box, (across[number], down[box.level]), palette, is_top=not number)
        for number, box in enumerate(boxes)
    ]
    width = max(across) + BOX_WIDTH + MARGIN
    height = max(down[box.level] + box.height for box in boxes) + MARGIN
    problem = shortened(one_line(analysis.problem) or "The problem", 100)
    title = element("title", escaped(f"Why: {problem}{place}"), id=f"{picture}-title")
    said = told(analysis, len(boxes) - 1) if not place else _told_of(boxes)
    words = element("desc", escaped(said), id=f"{picture}-desc")
    return element(
        "svg", title + words + "".join(lines) + "".join(drawn), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {round(width)} {round(height)}", width=round(width), height=round(height),
        role="img", aria_labelledby=f"{picture}-title", aria_describedby=f"{picture}-desc",
        class_="why-tree", font_size=TEXT, **({"font_family": "Inter"} if is_on_paper else {}),
    )  # fmt: skip


def told(analysis: WhyAnalysis, drawn: int) -> str:
    """The picture in words."""
    every = list(walk(analysis.whys))
    depth = max((level for level, _ in every), default=0)
    said = [f"{plural(len(every), 'answer')}, {plural(depth, 'level')} deep."]
    said += [f"Actionable: {shortened(one_line(why.answer), 100)}." for why in causes(analysis)[:8]]
    if drawn < len(every):
        said.append(f"Not drawn: {plural(len(every) - drawn, 'answer')} further down.")
    return " ".join(said)


def _told_of(boxes: Sequence[_Box]) -> str:
    """One of several pictures in words."""
    drawn = [box.why for box in boxes[1:]]
    said = [f"{plural(len(drawn), 'answer')} of the tree."]
    said += [
        f"Actionable: {shortened(one_line(why.answer), 100)}." for why in drawn if why.is_actionable
    ][:8]
    return " ".join(said)


def _boxes(problem: str, sheet: Sheet) -> list[_Box]:
    """What the picture begins with, and the answers to draw, parents first: level by level while there is room."""
    top = sheet.top.answer if sheet.top else problem
    under = [f"Goes on from drawing {sheet.begun_in}"] if sheet.begun_in else []
    under += _going_on(sheet.goes_on)
    found = [_Box(0, 0, (), _wrapped(top or "The problem", is_bold=True), under, Why("", ""))]
    waiting = [(0, branch) for branch in sheet.branches]
    for parent, branch in waiting:
        if len(found) > MOST_DRAWN:
            break
        number, why = len(found), branch.why
        found.append(
            _Box(
                parent, found[parent].level + 1, _wrapped(why.question or "Why?", most=2),
                _wrapped(why.answer or "Not answered", is_bold=True),
                [*_under(why), *_going_on(branch.goes_on)], why,
            )
        )  # fmt: skip
        waiting += [(number, below) for below in branch.below]
    return found


def _going_on(sheet: int) -> list[str]:
    if not sheet:
        return []
    return ["Goes on in the text" if sheet == IN_TEXT else f"Goes on in drawing {sheet}"]


def _under(why: Why) -> list[str]:
    category = FACTOR_CATEGORIES.get(why.category, why.category.replace("_", " "))
    sure = f"{why.confidence.value} confidence" if why.confidence else ""
    rests = "" if not why.evidence else ("belief" if why.evidence.casefold() == BELIEF else "shown")
    room = BOX_WIDTH - 2 * INSET
    marks = ", ".join(mark for mark in (sure, rests) if mark)
    ends = "Actionable, in our control" if why.is_actionable else ""
    return [fitted(line, SMALL, room) for line in (category, marks, ends) if line]


def _across(boxes: Sequence[_Box]) -> list[float]:
    """The left edge of each box: leaves side by side, each parent over the middle of its children."""
    children: dict[int, list[int]] = {}
    for number, box in enumerate(boxes):
        if number:
            children.setdefault(box.parent, []).append(number)
    left = [0.0] * len(boxes)
    step, leaves = BOX_WIDTH + GAP_ACROSS, 0
    order, stack = [], [0]
    while stack:
        number = stack.pop()
        order.append(number)
        if number not in children:
            left[number] = MARGIN + leaves * step
            leaves += 1
        stack.extend(reversed(children.get(number, [])))
    for number in reversed(order):
        if number in children:
            left[number] = (left[children[number][0]] + left[children[number][-1]]) / 2
    return left


def _down(boxes: Sequence[_Box]) -> Mapping[int, float]:
    """The top of each level: as far down as the highest boxes over it reach."""
    heights: dict[int, float] = {}
    for box in boxes:
        heights[box.level] = max(heights.get(box.level, 0.0), box.height)
    top, found = MARGIN, {}
    for level in sorted(heights):
        found[level] = top
        top += heights[level] + GAP_DOWN
    return found


def _line(start: tuple[float, float], end: tuple[float, float], palette: Palette) -> str:
    x1, x2 = start[0] + BOX_WIDTH / 2, end[0] + BOX_WIDTH / 2
    middle = end[1] - GAP_DOWN / 2
    path = f"M{x1:.1f} {start[1]:.1f}V{middle:.1f}H{x2:.1f}V{end[1]:.1f}"
    return element("path", d=path, fill="none", stroke=palette["line-2"], stroke_width=1.2)


def _drawn(box: _Box, place: tuple[float, float], palette: Palette, *, is_top: bool) -> str:
    x, y = place
    is_open = not is_top and not box.why.answer
    edge = "ink" if is_top else "gold-line" if box.why.is_actionable else "line-2"
    rect = element(
        "rect", x=x, y=y, width=BOX_WIDTH, height=box.height, rx=4,
        fill=palette["sunken" if is_top else "surface"], stroke=palette[edge],
        stroke_width=2 if is_top or box.why.is_actionable else 1,
        **({"stroke_dasharray": "4 3"} if is_open else {}),
    )  # fmt: skip
    lines = [(line, "ink-2", SMALL, 400) for line in box.asked]
    lines += [(line, "ink-2" if is_open else "ink", TEXT, 600) for line in box.said]
    lines += [(line, "ink-2", SMALL, 400) for line in box.under]
    texts = "".join(
        element(
            "text", escaped(isolated(line)), x=x + INSET, y=y + INSET + 12 + LINE * number,
            fill=palette[colour], font_size=size, font_weight=weight,
        )
        for number, (line, colour, size, weight) in enumerate(lines)
    )  # fmt: skip
    whole = " ".join((box.why.question, box.why.answer)) if not is_top else " ".join(box.said)
    full = element("title", escaped(shortened(one_line(whole), 300)))
    return element("g", full + rect + texts, **({"data_top": "yes"} if is_top else {}))


def _wrapped(text: str, *, is_bold: bool = False, most: int = MOST_LINES) -> list[str]:
    """A text in lines of the box's width, an ellipsis where it is longer than `most` of them."""
    size = TEXT if is_bold else SMALL
    room = BOX_WIDTH - 2 * INSET
    words = one_line(text)[:600].split()
    lines: list[str] = []
    while words and len(lines) < most:
        line = ""
        while words and width_of(f"{line} {words[0]}".strip(), size, is_bold=is_bold) <= room:
            line = f"{line} {words.pop(0)}".strip()
        if not line:  # one word that is wider than the box
            line = fitted(words.pop(0), size, room, is_bold=is_bold)
        if len(lines) == most - 1 and words:
            line = fitted(f"{line} {' '.join(words)}", size, room, is_bold=is_bold)
        lines.append(line)
    return lines or ["?"]
