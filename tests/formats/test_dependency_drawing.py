"""The drawing of dependencies: nothing overlaps, arrows lead right, and it is quick."""

from __future__ import annotations

import random
import time
from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.catalog.dependencies import components, reached, turned
from kintsugi.formats.svg import dependencies_svg
from kintsugi.formats.svg.layers import BOX_HEIGHT, BOX_WIDTH, layout
from tests.strategies import NASTY

NAMES = [f"s{number}" for number in range(14)]
graphs = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4))


@given(graphs, st.sampled_from(NAMES))
def test_no_two_boxes_touch_and_all_are_inside(graph: dict[str, list[str]], name: str) -> None:
    drawn = layout(name, graph)
    boxes = list(drawn.boxes.values())
    for one, other in combinations(boxes, 2):
        assert abs(one.x - other.x) > BOX_WIDTH or abs(one.y - other.y) > BOX_HEIGHT
    for box in boxes:
        assert 0 <= box.x <= drawn.width - BOX_WIDTH
        assert 0 <= box.y <= drawn.height - BOX_HEIGHT
    for arrow in drawn.arrows:
        for x, y in arrow.lanes:
            assert 0 <= y <= drawn.height
            assert not any(box.x == x and box.y <= y <= box.y + BOX_HEIGHT for box in boxes)


@given(graphs, st.sampled_from(NAMES))
def test_what_depends_stands_left_of_what_it_needs(graph: dict[str, list[str]], name: str) -> None:
    drawn = layout(name, graph)
    assert set(drawn.boxes) == {name, *reached(name, graph), *reached(name, turned(graph))}
    group = {one: members for members in components(graph) for one in members}
    wanted = {
        (start, end) for start in drawn.boxes for end in graph.get(start, ())
        if end in drawn.boxes and end != start
    }  # fmt: skip
    assert {(arrow.start.name, arrow.end.name) for arrow in drawn.arrows} == wanted
    for arrow in drawn.arrows:
        if arrow.end.name in group[arrow.start.name]:
            assert arrow.is_circle
        else:
            assert arrow.start.column < arrow.end.column
            assert len(arrow.lanes) == arrow.end.column - arrow.start.column - 1
    assert drawn.boxes[name].column == 0


@given(graphs, st.sampled_from(NAMES))
def test_the_order_in_which_they_are_said_does_not_matter(
    graph: dict[str, list[str]], name: str
) -> None:
    backwards = {key: graph[key][::-1] for key in reversed(list(graph))}
    assert dependencies_svg(name, graph) == dependencies_svg(name, backwards)


@given(st.dictionaries(st.sampled_from(NASTY), st.sampled_from(NASTY)), st.sampled_from(NASTY))
def test_any_text_makes_well_formed_markup(notes: dict[str, str], name: str) -> None:
    drawn = dependencies_svg(name, {name: ["a", *notes]}, notes=notes, faded=["a"])
    if drawn:
        found = ET.fromstring(drawn)  # noqa: S314 - our own text
        assert not [one for one in found.iter() if one.tag.endswith(("script", "}a"))]


def test_it_says_in_words_what_it_shows() -> None:
    graph = {"web": ["shop"], "shop": ["pay"], "pay": ["shop", "db"]}
    drawn = dependencies_svg("shop", graph)
    for told in (
        "shop depends on pay; through them, db.",
        "shop is needed by pay and web.",
        "It is part of a circle: shop, pay, shop.",
    ):
        assert told in drawn
    assert dependencies_svg("alone", graph) == ""


def test_300_services_are_drawn_in_well_under_a_second() -> None:
    chance = random.Random(1)  # noqa: S311 - the same each time
    tangled = {f"s{n}": [f"s{chance.randrange(300)}" for _ in range(4)] for n in range(300)}
    layered = {f"s{n}": [f"s{chance.randrange(n + 1, 300)}" for _ in range(4)] for n in range(299)}
    for graph, name in ((tangled, "s0"), (layered, "s150")):
        began = time.process_time()
        assert dependencies_svg(name, graph).count("<rect") > 80
        assert time.process_time() - began < 1
