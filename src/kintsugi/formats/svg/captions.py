"""What is written on a timeline drawing: labels under the rail, notes below, and all of it in words."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.shared.kept import kept
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import written_duration
from kintsugi.formats.safe_markdown import plain
from kintsugi.formats.svg.elements import fitted, width_of
from kintsugi.formats.svg.labels import Label
from kintsugi.formats.svg.moments import Known, Point
from kintsugi.formats.svg.phases import PhaseKind
from kintsugi.formats.svg.picture import TEXT, Picture
from kintsugi.formats.svg.zones import day_words, local, zones_between

MOST_LABELS = 14
MOST_TOLD = 12


def labels_of(picture: Picture) -> list[Label]:
    """What is written under the rail: milestones, then important events, else all when they are few."""
    milestones: dict[str, list[str]] = {}
    places: dict[str, float] = {}
    for name, at in picture.moments.milestones:
        if picture.axis.shows(at):
            words = picture.axis.words(at)
            milestones.setdefault(words, []).append(_milestone_words(name))
            places.setdefault(words, picture.axis.x(at))
    important = [point for point in picture.shown if point.event.important]
    if says_every_event(picture):
        important = list(picture.shown)
    first_at = {picture.words(point): point for point in reversed(important)}
    labels = []
    for words, names in milestones.items():
        bold = f"{', '.join([names[0], *map(str.lower, names[1:])])} {words}"
        labels.append(_label(picture, places[words], bold, first_at.get(words), may_be_short=True))
    for point in _spread(important, MOST_LABELS):
        words = picture.words(point)
        if words not in milestones or first_at[words] is not point:
            labels.append(_label(picture, picture.axis.x(point.at), words, point))
    return labels


def says_every_event(picture: Picture) -> bool:
    """Whether its events are few and none is important, so that words of each stand under the rail."""
    few = len(picture.shown) <= MOST_LABELS
    return few and not any(point.event.important for point in picture.shown)


def _milestone_words(name: str) -> str:
    return "Impact" if name == "impact_start" else name.replace("_", " ").capitalize()


def _spread(points: Sequence[Point], most: int) -> list[Point]:
    if len(points) <= most:
        return list(points)
    return [points[round(n * (len(points) - 1) / (most - 1))] for n in range(most)]


def _label(
    picture: Picture, x: float, bold: str, point: Point | None, *, may_be_short: bool = False
) -> Label:
    text = _description(point) if point is not None else ""
    least = width_of(bold, TEXT, is_bold=True)
    whole = least + (width_of(f" {text}", TEXT) if text else 0)
    room = max(140.0, picture.width * 0.25, least)
    return Label(x, bold, text, least, min(room, whole), may_be_short)


def _description(point: Point) -> str:
    return _plain(point.event.description[:400])


_plain = kept(plain)


def notes_of(picture: Picture) -> list[str]:
    """What a reader must know of the picture: day, zone, what dots mean, and what is not drawn."""
    moments, axis, shown = picture.moments, picture.axis, picture.shown
    notes = []
    if moments.known is Known.MOMENTS:
        ends = (axis.start, max(moment for moment in moments.all if axis.shows(moment)))
        first, last = (local(moment, moments.zone).date() for moment in ends)
        days = day_words(first) if first == last else f"{day_words(first)} to {day_words(last)}"
        notes.append(f"{days}, times in {zones_between(*ends, moments.zone)}.")
    elif moments.known is Known.CLOCKS:
        notes.append("Clock times as they were written down.")
    else:
        notes.append("Evenly spaced, in the order listed: the times do not tell how far apart.")
    important = sum(point.event.important for point in shown)
    if 0 < important < len(shown):
        notes.append("Filled dots: marked important.")
    if len(picture.dots) < len(shown):
        notes.append(f"{len(picture.dots):,} of {plural(len(shown), 'event')} drawn.")
    if len(shown) < len(moments.points):
        earlier = sum(point.at < axis.start for point in moments.points)
        later = sum(point.at > axis.end for point in moments.points)
        counts = ((earlier, "earlier"), (later, "later"))
        notes.append(
            f"Not drawn: {' and '.join(f'{count:,} {word}' for count, word in counts if count)}."
        )
    if moments.left_out:
        notes.append(f"{plural(moments.left_out, 'event')} without a time that fits here.")
    return notes


def told(picture: Picture, notes: Sequence[str]) -> str:
    """The picture with its notes in words, for those who do not see it."""
    points = picture.moments.points
    sentences = [
        f"{phase.kind.value} lasted {written_duration(phase.length)}"
        for phase in picture.phases
        if phase.length is not None and phase.kind is not PhaseKind.BEFORE
    ]
    sentences += [
        f"{_milestone_words(name)} {picture.axis.words(at)}"
        for name, at in picture.moments.milestones
    ]
    if points:
        first, last = picture.words(points[0]), picture.words(points[-1])
        sentences.append(f"{plural(len(points), 'event')} from {first} to {last}")
    important = [point for point in points if point.event.important]
    sentences += [
        f"{picture.words(point)} {fitted(_description(point), 1, 80)}".rstrip(".")
        for point in _spread(important, MOST_TOLD)
    ]
    return " ".join([*(f"{sentence}." for sentence in sentences), *notes])
