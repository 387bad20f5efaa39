"""A fault tree as a picture: the top event above, in rows, each gate over what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.model import FaultTree, Gate, chances
from kintsugi.core.shared.text import one_line, plural, shortened
from kintsugi.formats.faulttree.mermaid import kind_words
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

MOST_DRAWN = 150
"""Parts in one picture; below that the tree goes on undrawn, and the picture says so."""

BOX_WIDTH, BOX_HEIGHT = 148.0, 58.0
GAP_ACROSS, GAP_DOWN = 16.0, 40.0
MARGIN, INSET = 6.0, 8.0
TEXT, SMALL = 13.0, 12.0
SWEEPS = 6


@dataclass(frozen=True, slots=True)
class _Part:
    """What is drawn of a name: two lines, and how its box looks."""

    title: str
    under: str
    kind: str


def fault_tree_svg(
    tree: FaultTree, top: str, *, picture: str = "fault-tree", is_on_paper: bool = False
) -> str:
    """The tree from its top event down; what is shared is drawn once, with a line from each gate that needs it.

    `picture` sets the ids apart where several drawings share a page. On paper the colours are fixed and light.
    """
    gates = {gate.name: gate for gate in tree.gates}
    shown, hidden = _drawn(gates, top)
    rows = _rows(gates, shown, top)
    places = _places(rows)
    palette = ON_PAPER if is_on_paper else BY_THEME
    parts = _parts(tree)
    lines = [
        _line(places[name], places[each], palette)
        for name in shown
        if name in gates
        for each in dict.fromkeys(gates[name].inputs)
        if each in places
    ]
    boxes = [
        _box(parts[name], places[name], palette, is_top=name == top, is_cut=name in hidden)
        for name in shown
    ]
    width = max(x for x, _ in places.values()) + BOX_WIDTH + MARGIN
    height = max(y for _, y in places.values()) + BOX_HEIGHT + MARGIN
    label = parts[top].title
    title = element("title", escaped(f"What causes {shortened(label, 100)}"), id=f"{picture}-title")
    words = element("desc", escaped(told(tree, gates, shown, hidden, label)), id=f"{picture}-desc")
    return element(
        "svg", title + words + "".join(lines) + "".join(boxes), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {round(width)} {round(height)}", width=round(width), height=round(height),
        role="img", aria_labelledby=f"{picture}-title", aria_describedby=f"{picture}-desc",
        class_="fault-tree", font_size=TEXT, **({"font_family": "Inter"} if is_on_paper else {}),
    )  # fmt: skip


def told(
    tree: FaultTree, gates: Mapping[str, Gate], shown: Sequence[str], hidden: set[str], label: str
) -> str:
    """The picture in words."""
    said = [
        f"{label}: {plural(len(tree.gates), 'gate')} over {plural(len(tree.events), 'basic event')}."
    ]
    for name in shown[:12]:
        if name in gates:
            inputs = ", ".join(shortened(each, 40) for each in gates[name].inputs[:8])
            more = len(gates[name].inputs) - 8
            said.append(
                f"{shortened(name, 40)} is {kind_words(gates[name])} of {inputs}"
                f"{f' and {more:,} more' if more > 0 else ''}."
            )
    if hidden:
        undrawn = len(tree.gates) + len(tree.events) + len(tree.houses) - len(shown)
        said.append(f"Not drawn: {undrawn:,} parts below the dashed boxes.")
    return " ".join(said)


def _drawn(gates: Mapping[str, Gate], top: str) -> tuple[list[str], set[str]]:
    """The names to draw, level by level while there is room, and those whose inputs are not all drawn."""
    found = {top: None}
    waiting, hidden = [top], set()
    for name in waiting:
        inputs = list(dict.fromkeys(gates[name].inputs)) if name in gates else []
        new = [each for each in inputs if each not in found]
        if len(found) + len(new) > MOST_DRAWN:
            hidden.add(name)
            new = new[: max(0, MOST_DRAWN - len(found))]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found), hidden


def _rows(gates: Mapping[str, Gate], shown: Sequence[str], top: str) -> list[list[str]]:
    """The names by their longest way from the top, each row ordered so that lines cross little."""
    inside = set(shown)
    users: dict[str, list[str]] = {name: [] for name in shown}
    for name in shown:
        for each in gates[name].inputs if name in gates else ():
            if each in inside:
                users[each].append(name)
    depth: dict[str, int] = {}
    open_users = {name: len(users[name]) for name in shown}
    waiting = [top]
    depth[top] = 0
    for name in waiting:
        for each in gates[name].inputs if name in gates else ():
            if each in inside:
                depth[each] = max(depth.get(each, 0), depth[name] + 1)
                open_users[each] -= 1
                if not open_users[each]:
                    waiting.append(each)
    rows: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in shown:
        rows[depth[name]].append(name)
    for sweep in range(SWEEPS):
        place = {name: (n + 0.5) / len(row) for row in rows for n, name in enumerate(row)}
        for row in rows[1:] if sweep % 2 == 0 else reversed(rows[:-1]):
            linked = users if sweep % 2 == 0 else {
                name: [each for each in gates[name].inputs if each in inside] if name in gates else []
                for name in row
            }  # fmt: skip
            middle = {
                name: sum(place[each] for each in linked[name]) / len(linked[name])
                if linked[name]
                else place[name]
                for name in row
            }
            row.sort(key=middle.__getitem__)
            place |= {name: (n + 0.5) / len(row) for n, name in enumerate(row)}
    return rows


def _places(rows: Sequence[Sequence[str]]) -> dict[str, tuple[float, float]]:
    step = BOX_WIDTH + GAP_ACROSS
    whole = max(map(len, rows)) * step - GAP_ACROSS
    return {
        name: (
            MARGIN + (whole - len(row) * step + GAP_ACROSS) / 2 + n * step,
            MARGIN + depth * (BOX_HEIGHT + GAP_DOWN),
        )
        for depth, row in enumerate(rows)
        for n, name in enumerate(row)
    }


def _parts(tree: FaultTree) -> dict[str, _Part]:
    labels = tree.labels()
    found = {
        gate.name: _Part(labels.get(gate.name, gate.name), kind_words(gate), "gate")
        for gate in tree.gates
    }
    for event in tree.events:
        found[event.name] = _Part(
            labels.get(event.name, event.name), f"{chances(event)[0]:.3g}", "event"
        )
    for house in tree.houses:
        state = "on" if house.state else "off"
        found[house.name] = _Part(labels.get(house.name, house.name), state, "house")
    return found


def _line(start: tuple[float, float], end: tuple[float, float], palette: Palette) -> str:
    x1, y1 = start[0] + BOX_WIDTH / 2, start[1] + BOX_HEIGHT
    x2, y2 = end[0] + BOX_WIDTH / 2, end[1]
    middle = y1 + GAP_DOWN / 2 if end[1] > start[1] else y1
    path = f"M{x1:.1f} {y1:.1f}V{middle:.1f}L{x2:.1f} {y2 - GAP_DOWN / 4:.1f}V{y2:.1f}"
    return element("path", d=path, fill="none", stroke=palette["line-2"], stroke_width=1.2)


def _box(
    part: _Part, place: tuple[float, float], palette: Palette, *, is_top: bool, is_cut: bool
) -> str:
    x, y = place
    dashes = {"stroke_dasharray": "4 3"} if is_cut or part.kind == "house" else {}
    rect = element(
        "rect", x=x, y=y, width=BOX_WIDTH, height=BOX_HEIGHT,
        rx=20 if part.kind == "event" else 4,
        fill=palette["sunken" if part.kind == "gate" else "surface"],
        stroke=palette["ink" if is_top else "line-2"], stroke_width=2 if is_top else 1, **dashes,
    )  # fmt: skip
    inset = INSET * 2 if part.kind == "event" else INSET
    room = BOX_WIDTH - 2 * inset
    middle = x + BOX_WIDTH / 2
    lines = _wrapped(part.title, room)
    first = y + (18 if len(lines) > 1 else 26)
    names = "".join(
        element(
            "text",
            escaped(isolated(line)),
            x=middle,
            y=first + 16 * number,
            text_anchor="middle",
            fill=palette["ink"],
            font_weight=600,
        )
        for number, line in enumerate(lines)
    )
    under = element(
        "text", escaped(part.under), x=middle, y=first + 16 * len(lines), text_anchor="middle",
        fill=palette["ink-2"], font_size=SMALL,
    )  # fmt: skip
    full = element("title", escaped(shortened(f"{one_line(part.title)}: {part.under}", 200)))
    return element("g", full + rect + names + under, **({"data_top": "yes"} if is_top else {}))


def _wrapped(text: str, room: float) -> list[str]:
    """A title on one line or two."""
    words = one_line(text).split()
    line = ""
    while words and width_of(f"{line} {words[0]}", TEXT, is_bold=True) <= room:
        line = f"{line} {words.pop(0)}".strip()
    rest = fitted(" ".join(words), TEXT, room, is_bold=True) if words else ""
    return [each for each in (line, rest) if each] or [fitted(text, TEXT, room, is_bold=True)]
