"""Charts: a step curve with its band, bars with their intervals, columns over time. Numbers belong beside each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kintsugi.formats.svg.elements import (
    BY_THEME,
    ON_PAPER,
    Palette,
    element,
    escaped,
    fitted,
    width_of,
)

WIDE, NARROW = 640.0, 320.0
"""The two widths that charts are drawn at; a page shows the one that fits."""
TEXT = 12.0
HEIGHT = 220.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 12.0, 12.0, 26.0
BAR, GAP = 18.0, 8.0


@dataclass(frozen=True, slots=True)
class Step:
    """From this moment on the curve stands at this height."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """At this moment the band lies between these heights."""

    at: datetime
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on the axis, with a word for it."""

    at: datetime
    word: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its value, how that is written; between which values the true one lies, if that is known."""

    name: str
    value: float
    written: str
    low: float | None = None
    high: float | None = None


def step_chart(  # noqa: PLR0913 - what may be drawn besides the curve
    title: str, told: str, steps: Sequence[Step], *, band: Sequence[Band] = (),
    marks: Sequence[Mark] = (), name: str = "curve", width: float = WIDE, is_on_paper: bool = False,
    counts_days: bool = False, unit: str = "",
) -> str:  # fmt: skip
    """A curve that goes by steps; empty where there is no time to draw. `told` is the drawing in words.

    `counts_days`: the axis says how many days have gone by, and not which. `unit` is of the heights.
    """
    if len(steps) < 2 or steps[0].at >= steps[-1].at:
        return ""
    palette = ON_PAPER if is_on_paper else BY_THEME
    start, end = steps[0].at, steps[-1].at
    # A band that nothing bounds would press the curve flat: it is cut off above.
    reached = max([1.0, *(one.value for one in steps)])
    highest = max([reached, *(min(one.high, 3 * reached) for one in band)])
    frame = _Frame(width, HEIGHT, _round_up(highest), palette, unit=unit)

    def x(at: datetime) -> float:
        share = (at - start) / (end - start)
        return frame.left + max(0.0, min(1.0, share)) * frame.across

    drawn = [*frame.grid(), *_days(frame, start, end, counts=counts_days)]
    if band:
        there = [one for one in band if start <= one.at <= end]
        over = " ".join(f"{x(one.at):.1f},{frame.y(one.high):.1f}" for one in there)
        under = " ".join(f"{x(one.at):.1f},{frame.y(one.low):.1f}" for one in reversed(there))
        drawn.append(
            element("polygon", points=f"{over} {under}", fill=palette["ink-3"], fill_opacity="0.18")
        )
    path = f"M{x(start):.1f} {frame.y(steps[0].value):.1f}"
    for one in steps[1:]:
        path += f"H{x(one.at):.1f}V{frame.y(one.value):.1f}"
    drawn += [_mark(frame, x(one.at), one.word) for one in marks if start <= one.at <= end]
    drawn.append(element("path", d=path, fill="none", stroke=palette["gold-line"], stroke_width=2))
    return _svg(title, told, drawn, name, width, HEIGHT, is_on_paper)


def column_chart(
    title: str, told: str, columns: Sequence[Bar], *, name: str = "columns", width: float = WIDE,
    is_on_paper: bool = False,
) -> str:  # fmt: skip
    """A column for each of a few stretches of time, in their order, with its interval as a line; empty of none."""
    if not columns:
        return ""
    palette = ON_PAPER if is_on_paper else BY_THEME
    highest = max([1e-9, *(max(one.value, one.high or 0.0) for one in columns)])
    frame = _Frame(width, HEIGHT, _round_up(highest), palette)
    room = frame.across / len(columns)
    drawn = list(frame.grid())
    every = max(1, math.ceil(max(width_of(one.name, TEXT) for one in columns) / room + 0.15))
    for place, one in enumerate(columns):
        left, middle = frame.left + place * room, frame.left + (place + 0.5) * room
        top = frame.y(one.value)
        wide = max(1.0, room * 0.7)
        drawn.append(
            element(
                "rect", x=left + (room - wide) / 2, y=top, width=wide,
                height=max(0.0, frame.floor - top), fill=palette["gold"],
            )
        )  # fmt: skip
        for low, high, colour in _parts(one):
            drawn.append(_line(middle, frame.y(low), middle, frame.y(high), palette[colour]))
        if place % every == 0:
            drawn.append(_words(one.name, middle, frame.floor + 16, palette["ink-3"], "middle"))
    return _svg(title, told, drawn, name, width, HEIGHT, is_on_paper)


def bar_chart(
    title: str, told: str, bars: Sequence[Bar], *, name: str = "bars", width: float = WIDE,
    is_on_paper: bool = False,
) -> str:  # fmt: skip
    """A bar for each name, with its interval as a line and its value behind it; empty of none."""
    if not bars:
        return ""
    palette = ON_PAPER if is_on_paper else BY_THEME
    names = min(width * 0.36, max(width_of(one.name, TEXT) for one in bars) + 8)
    behind = max(width_of(one.written, TEXT) for one in bars) + 8
    across = max(40.0, width - names - behind - 4)
    highest = max([1e-9, *(max(one.value, one.high or 0.0) for one in bars)])
    drawn = []
    for place, one in enumerate(bars):
        top = 2 + place * (BAR + GAP)
        middle, scale = top + BAR / 2, across / highest
        end = max(one.value, one.high or 0.0) * scale
        drawn += [
            _words(fitted(one.name, TEXT, names - 8), names - 8, middle + 4, palette["ink-2"], "end"),
            element("rect", x=names, y=top, width=max(1.0, one.value * scale), height=BAR, rx=2, fill=palette["gold"]),
            _words(one.written, names + end + 6, middle + 4, palette["ink"], "start"),
        ]  # fmt: skip
        for low, high, colour in _parts(one):
            drawn.append(
                _line(names + low * scale, middle, names + high * scale, middle, palette[colour])
            )
    height = 4 + len(bars) * (BAR + GAP)
    return _svg(title, told, drawn, name, width, height, is_on_paper)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The room of a chart and its scale, from 0 to `top`."""

    width: float
    height: float
    top: float
    palette: Palette
    left: float = LEFT
    unit: str = ""

    @property
    def across(self) -> float:
        return self.width - self.left - RIGHT

    @property
    def floor(self) -> float:
        return self.height - BOTTOM

    def y(self, value: float) -> float:
        return self.floor - min(value, self.top) / self.top * (self.floor - TOP)

    def grid(self) -> Iterable[str]:
        for share in (0.0, 0.5, 1.0):
            value = self.top * share
            at = self.y(value)
            yield _line(self.left, at, self.width - RIGHT, at, self.palette["line"])
            yield _words(
                _written(value) + self.unit, self.left - 6, at + 4, self.palette["ink-3"], "end"
            )


def _days(frame: _Frame, start: datetime, end: datetime, *, counts: bool) -> Iterable[str]:
    most = max(2, int(frame.across / 90))
    for place in range(most):
        at = start + (end - start) * place / (most - 1)
        where = "start" if not place else "end" if place == most - 1 else "middle"
        x = frame.left + frame.across * place / (most - 1)
        day = f"{at:%b} {at.day}" if place else f"{at:%b} {at.day}, {at.year}"
        said = f"{round((at - start) / timedelta(days=1))} d" if counts else day
        yield _words(said, x, frame.floor + 16, frame.palette["ink-3"], where)


def _mark(frame: _Frame, x: float, word: str) -> str:
    line = element(
        "path", d=f"M{x:.1f} {TOP:.1f}V{frame.floor:.1f}", stroke=frame.palette["ink"],
        stroke_width=1, stroke_dasharray="4 3",
    )  # fmt: skip
    is_right = x > frame.width / 2
    said = fitted(word, TEXT, (x - frame.left if is_right else frame.width - x) - 12)
    return line + _words(
        said, x - 5 if is_right else x + 5, TOP + 10, frame.palette["ink"], "end" if is_right else "start"
    )  # fmt: skip


def _parts(one: Bar) -> Iterable[tuple[float, float, str]]:
    """The interval of a bar: the part on the bar, and the part beyond it, each in a colour that is seen there."""
    if one.low is None or one.high is None:
        return
    if one.low < one.value:
        yield one.low, min(one.value, one.high), "on-gold"
    if one.high > one.value:
        yield max(one.value, one.low), one.high, "ink-2"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=1)


def _words(text: str, x: float, y: float, colour: str, anchor: str) -> str:
    return element("text", escaped(text), x=x, y=y, fill=colour, text_anchor=anchor) if text else ""


def _written(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:.2g}"


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 10 times a power of ten: its half is round too."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(one * power for one in (1, 2, 4, 10) if value <= one * power * (1 + 1e-9))


def _svg(
    title: str, told: str, drawn: Iterable[str], name: str, width: float, height: float, is_on_paper: bool
) -> str:  # fmt: skip
    head = element("title", escaped(title), id=f"{name}-title")
    words = element("desc", escaped(told), id=f"{name}-desc")
    return element(
        "svg", head + words + "".join(drawn), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {round(width)} {round(height)}", width=round(width), height=round(height),
        role="img", aria_labelledby=f"{name}-title", aria_describedby=f"{name}-desc", class_="chart",
        font_size=TEXT, **({"font_family": "Inter"} if is_on_paper else {}),
    )  # fmt: skip
