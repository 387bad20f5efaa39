"""The timeline of a postmortem as a picture: phases, events and milestones on one axis of time.

The rail is grey while things are broken and gold from the first mending on: the seam.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.text import one_line
from kintsugi.core.shared.times import written_duration
from kintsugi.formats.svg.captions import labels_of, notes_of, says_every_event, told
from kintsugi.formats.svg.elements import (
    BY_THEME,
    ON_PAPER,
    element,
    escaped,
    fitted,
    isolated,
    width_of,
)
from kintsugi.formats.svg.labels import BESIDE, PlacedLabel, place
from kintsugi.formats.svg.moments import Moments, Point, moments_of
from kintsugi.formats.svg.phases import Phase, PhaseKind
from kintsugi.formats.svg.picture import TEXT, Picture, picture_of

BAR = 24.0
LANE = 19.0
MOST_LANES = 12

_PHASE_COLOURS = {
    PhaseKind.BEFORE: ("sunken", "ink-2", ""),
    PhaseKind.IMPACT: ("bad-bg", "bad", "sev1"),
    PhaseKind.EASING: ("sev2-bg", "sev2-ink", "sev2-line"),
    PhaseKind.MENDED: ("gold", "on-gold", ""),
}


def timeline_svg(
    postmortem: Postmortem,
    *,
    width: int = 704,
    name: str = "timeline",
    with_events: bool = True,
    is_on_paper: bool = False,
) -> str:
    """The postmortem's times drawn; empty when fewer than two are known.

    Clock times without a date make one axis across midnight; if their order forbids that, they are
    spaced evenly. `name` sets the ids apart where several drawings share a page. Without events
    there is nothing in it that people wrote but the title. On paper the colours are fixed and light.
    """
    moments = moments_of(postmortem, with_events=with_events)
    return _drawn(moments, postmortem.title, width, name, is_on_paper=is_on_paper)


def timeline_svgs(
    postmortem: Postmortem, widths: Sequence[int], *, with_events: bool = True
) -> list[str]:
    """The same in several widths, those that can be drawn; each is named by its width."""
    return timeline_drawn(postmortem, widths, with_events=with_events)[0]


def timeline_drawn(
    postmortem: Postmortem, widths: Sequence[int], *, with_events: bool = True
) -> tuple[list[str], bool]:
    """The same, and whether any of them has words of an event that is not important."""
    moments = moments_of(postmortem, with_events=with_events)
    pictures = [picture_of(moments, width=width, palette=BY_THEME) for width in widths]
    drawn = [
        _svg(picture, postmortem.title, f"timeline-{width}", is_on_paper=False)
        for picture, width in zip(pictures, widths, strict=True)
        if picture is not None
    ]
    says_all = any(picture is not None and says_every_event(picture) for picture in pictures)
    return drawn, says_all


def _drawn(moments: Moments, title: str, width: int, name: str, *, is_on_paper: bool) -> str:
    palette = ON_PAPER if is_on_paper else BY_THEME
    picture = picture_of(moments, width=width, palette=palette)
    return "" if picture is None else _svg(picture, title, name, is_on_paper=is_on_paper)


def _svg(picture: Picture, title: str, name: str, *, is_on_paper: bool) -> str:
    width = round(picture.width)
    labels = place(labels_of(picture), width, MOST_LANES)
    bottom = _rail_y(picture) + 14 + LANE * max((label.lane + 1 for label in labels), default=0)
    said = notes_of(picture)
    notes = _lines(said, width)
    height = round(bottom + len(notes) * 16 + 2)
    drawn = [
        *_bar(picture),
        *_scale(picture),
        *_rail(picture),
        *(_leader(picture, label) for label in labels),
        *(_dot(picture, point) for point in picture.dots),
        *(_label(picture, label) for label in _grown(picture, labels)),
        *(
            _text(picture, "ink-3", note, 0, bottom + 12 + line * 16, font_size=11.5)
            for line, note in enumerate(notes)
        ),
    ]
    subject = one_line(title)[:200] or "the incident"
    heading = element("title", escaped(f"Timeline of {subject}"), id=f"{name}-title")
    words = element("desc", escaped(told(picture, said)), id=f"{name}-desc")
    return element(
        "svg",
        heading + words + "".join(drawn),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        class_="timeline",
        font_size=TEXT,
        **({"font_family": "Inter"} if is_on_paper else {}),
    )


def _text(
    picture: Picture, colour: str, text: str, x: float, y: float, **attributes: str | float
) -> str:
    return element("text", escaped(text), x=x, y=y, fill=picture.palette[colour], **attributes)


def _line(
    picture: Picture,
    colour: str,
    start: tuple[float, float],
    end: tuple[float, float],
    width: float,
) -> str:
    (x1, y1), (x2, y2) = start, end
    stroke = picture.palette[colour]
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width)


def _rail_y(picture: Picture) -> float:
    return (BAR if picture.phases else 0) + (26.0 if picture.has_scale else 8.0)


def _bar(picture: Picture) -> Iterator[str]:
    for phase in picture.phases:
        is_first, is_last = phase is picture.phases[0], phase is picture.phases[-1]
        left = 0.0 if is_first or phase.start is None else picture.axis.x(phase.start) + 1
        right = picture.width if is_last or phase.end is None else picture.axis.x(phase.end) - 1
        wide = right - left
        if wide < 1:
            continue
        ground, ink, line = _PHASE_COLOURS[phase.kind]
        fill = picture.palette[ground]
        yield element("rect", x=left, y=0, width=wide, height=BAR, rx=3, fill=fill)
        if line:
            fill = picture.palette[line]
            yield element("rect", x=left, y=BAR - 3, width=wide, height=3, rx=1.5, fill=fill)
        for words in _phase_words(phase):
            if width_of(words, TEXT, is_bold=True) < wide - 12:
                yield _text(picture, ink, words, left + 7, 16, font_weight=600)
                break


def _phase_words(phase: Phase) -> list[str]:
    """What may be written on a phase, the best first."""
    word = phase.kind.value
    if phase.kind in (PhaseKind.BEFORE, PhaseKind.MENDED) or not phase.length:
        return [word]
    lasted = written_duration(phase.length)
    return [f"{word}, {lasted}", word, lasted]


def _scale(picture: Picture) -> Iterator[str]:
    if not picture.has_scale:
        return
    rail = _rail_y(picture)
    free_from = 0.0
    for x, words in picture.axis.marks(room=88):
        half = width_of(words, 11) / 2
        left = min(max(x - half, 0.0), picture.width - 2 * half)
        if left < free_from:
            continue
        free_from = left + 2 * half + 10
        yield _text(
            picture, "ink-3", words, left + half, rail - 10, font_size=11, text_anchor="middle"
        )
        yield _line(picture, "line", (x, rail - 7), (x, rail - 3), 1)


def _rail(picture: Picture) -> Iterator[str]:
    y = _rail_y(picture)
    turns = picture.width if picture.mending is None else picture.axis.x(picture.mending)
    for left, right, colour in ((0.0, turns, "line-2"), (turns, picture.width, "gold-line")):
        if right > left:
            yield _line(picture, colour, (left, y), (right, y), 2)


def _dot(picture: Picture, point: Point) -> str:
    is_mending = picture.mending is not None and point.at >= picture.mending
    colour = picture.palette["gold-line" if is_mending else "ink-2"]
    x, y = picture.axis.x(point.at), _rail_y(picture)
    if point.event.important:
        return element("circle", cx=x, cy=y, r=4.5, fill=colour)
    ground = picture.palette["surface"]
    return element("circle", cx=x, cy=y, r=3, fill=ground, stroke=colour, stroke_width=1.5)


def _lane_y(picture: Picture, lane: int) -> float:
    return _rail_y(picture) + 24 + lane * LANE


def _leader(picture: Picture, placed: PlacedLabel) -> str:
    x = placed.label.x
    end = (x, _lane_y(picture, placed.lane) + 1)
    return _line(picture, "line-2", (x, _rail_y(picture)), end, 1)


def _grown(picture: Picture, placed: Sequence[PlacedLabel]) -> list[PlacedLabel]:
    """The labels with as much of their words as there is room for, one after the other, so that none meets another."""
    grown = list(placed)
    for index, one in enumerate(grown):
        label = one.label
        text = fitted(label.text, TEXT, one.room(grown, picture.width) - label.least - 4)
        width = label.least + (width_of(f" {text}", TEXT) + 4 if text else 0)
        grown[index] = replace(one, label=replace(label, text=text, width=width))
    return grown


def _label(picture: Picture, placed: PlacedLabel) -> str:
    label = placed.label
    bold = element("tspan", escaped(label.bold), font_weight=600, fill=picture.palette["ink"])
    return element(
        "text",
        bold + (escaped(f" {isolated(label.text)}") if label.text else ""),
        x=label.x + (-BESIDE if placed.is_left else BESIDE),
        y=_lane_y(picture, placed.lane),
        fill=picture.palette["ink-2"],
        **({"text_anchor": "end"} if placed.is_left else {}),
    )


def _lines(notes: Sequence[str], width: float) -> list[str]:
    lines: list[str] = []
    for note in notes:
        if lines and width_of(f"{lines[-1]} {note}", 11.5) <= width:
            lines[-1] += f" {note}"
        else:
            lines.append(note)
    return lines
