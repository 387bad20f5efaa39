"""The services around one service as a picture: what depends on it to the left, what it needs to the right."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kintsugi.core.catalog.dependencies import Dependencies, circle, reached, turned
from kintsugi.core.shared.text import joined, plural, shortened
from kintsugi.formats.svg.elements import (
    BY_THEME,
    ON_PAPER,
    Palette,
    element,
    escaped,
    fitted,
    isolated,
)
from kintsugi.formats.svg.layers import (
    BOX_HEIGHT,
    BOX_WIDTH,
    GAP_ACROSS,
    Arrow,
    Box,
    layout,
)

TEXT, SMALL = 13.0, 12.0
INSET = 10.0
TOLD = 12
"""Names that the words beside the drawing list; the rest is counted."""


def dependencies_svg(
    name: str,
    dependencies: Dependencies,
    *,
    notes: Mapping[str, str] = {},
    faded: Collection[str] = (),
    picture: str = "dependencies",
    is_on_paper: bool = False,
) -> str:
    """All that a service depends on and all that depends on it; empty when there is neither.

    `notes` is a second line for each box (its tier), `faded` are drawn dashed (retired). Arrows of a
    circle are dashed and stay in one column. `picture` sets the ids apart where several drawings share
    a page. On paper the colours are fixed and light.
    """
    placed = layout(name, dependencies)
    if len(placed.boxes) < 2:
        return ""
    palette = ON_PAPER if is_on_paper else BY_THEME
    head = element(
        "marker", element("path", d="M0 0 8 4 0 8z", fill=palette["ink-3"]),
        id=f"{picture}-head", viewBox="0 0 8 8", refX=8, refY=4, markerWidth=8, markerHeight=8,
        markerUnits="userSpaceOnUse", orient="auto",
    )  # fmt: skip
    drawn = [
        element("defs", head),
        *(_arrow(arrow, palette, f"url(#{picture}-head)") for arrow in placed.arrows),
        *(
            _box(box, palette, notes.get(box.name, ""), box.name == name, box.name in faded)
            for box in placed.boxes.values()
        ),
    ]
    title = element(
        "title", escaped(f"What {name} depends on, and what depends on it"), id=f"{picture}-title"
    )
    words = element("desc", escaped(told(name, dependencies)), id=f"{picture}-desc")
    width, height = round(placed.width), round(placed.height)
    return element(
        "svg", title + words + "".join(drawn), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}", width=width, height=height, role="img",
        aria_labelledby=f"{picture}-title", aria_describedby=f"{picture}-desc", class_="dependencies",
        font_size=TEXT, **({"font_family": "Inter"} if is_on_paper else {}),
    )  # fmt: skip


def told(name: str, dependencies: Dependencies) -> str:
    """The drawing in words."""
    backwards = turned(dependencies)
    said = [
        _told(f"{name} depends on", reached(name, dependencies)),
        _told(f"{name} is needed by", reached(name, backwards)),
    ]
    way = circle(name, dependencies)
    if way:
        said.append(f"It is part of a circle: {', '.join(way)}.")
    return " ".join(part for part in said if part)


def _told(opening: str, steps: Mapping[str, int]) -> str:
    if not steps:
        return f"{opening} nothing."
    direct = [each for each, count in steps.items() if count == 1]
    further = [each for each, count in steps.items() if count > 1]
    through = f"; through them, {_listed(further)}" if further else ""
    return f"{opening} {_listed(direct)}{through}."


def _listed(names: list[str]) -> str:
    if len(names) <= TOLD:
        return joined(names)
    return f"{', '.join(names[:TOLD])} and {plural(len(names) - TOLD, 'other')}"


def _arrow(arrow: Arrow, palette: Palette, head: str) -> str:
    start, end = arrow.start, arrow.end
    x1, y1, y2 = start.x + BOX_WIDTH, start.middle, end.middle
    if arrow.is_circle:
        # Out on the right and back in on the right, a little apart from the way back.
        y1, y2 = y1 - 5, y2 + 5
        out = x1 + GAP_ACROSS / 2 - 2
        path = f"M{x1:.1f} {y1:.1f}C{out:.1f} {y1:.1f} {out:.1f} {y2:.1f} {x1:.1f} {y2:.1f}"
    else:
        path = f"M{x1:.1f} {y1:.1f}"
        for x, y in arrow.lanes:
            path += f"{_bend(x1, y1, x, y)}H{x + BOX_WIDTH:.1f}"
            x1, y1 = x + BOX_WIDTH, y
        path += _bend(x1, y1, end.x, y2)
    dashes = {"stroke_dasharray": "5 3"} if arrow.is_circle else {}
    return element(
        "path", d=path, fill="none", stroke=palette["line-2"], stroke_width=1.4, marker_end=head,
        **dashes,
    )  # fmt: skip


def _bend(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"


def _box(box: Box, palette: Palette, note: str, is_middle: bool, is_faded: bool) -> str:
    dashes = {"stroke_dasharray": "4 3"} if is_faded else {}
    rect = element(
        "rect", x=box.x, y=box.y, width=BOX_WIDTH, height=BOX_HEIGHT, rx=6,
        fill=palette["sunken" if is_middle else "surface"],
        stroke=palette["ink" if is_middle else "line-2"], stroke_width=2 if is_middle else 1, **dashes,
    )  # fmt: skip
    room = BOX_WIDTH - 2 * INSET
    baseline = box.y + (17.0 if note else BOX_HEIGHT / 2 + 4.5)
    name = element(
        "text", escaped(isolated(fitted(box.name, TEXT, room, is_bold=True))), x=box.x + INSET,
        y=baseline, fill=palette["ink-2" if is_faded else "ink"], font_weight=600,
    )  # fmt: skip
    under = (
        element(
            "text", escaped(isolated(fitted(note, SMALL, room))), x=box.x + INSET, y=box.y + 32,
            fill=palette["ink-3"], font_size=SMALL,
        )
        if note
        else ""
    )  # fmt: skip
    full = element("title", escaped(shortened(f"{box.name}: {note}" if note else box.name, 200)))
    return element("g", full + rect + name + under)
