"""The drawn timeline: what it shows, and that nothing in it can run."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.times import ClockTime
from kintsugi.demo.records import Sample, samples
from kintsugi.formats.svg import timeline_svg
from kintsugi.formats.svg.elements import width_of
from tests.strategies import postmortems

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = frozenset({"svg", "title", "desc", "rect", "line", "circle", "text", "tspan"})


def at(hour: int, minute: int, day: int = 21) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def event(hour: int, minute: int, what: str, *, important: bool = False) -> TimelineEvent:
    return TimelineEvent(at(hour, minute), what, important=important)


INCIDENT = Postmortem(
    "Card payments failed",
    zone="Europe/Berlin",
    milestones=Milestones(
        impact_start=at(1, 31), detected=at(1, 34), mitigated=at(2, 24), recovered=at(2, 52)
    ),
    timeline=(
        event(1, 4, "payments 4.18.0 is deployed", important=True),
        event(1, 40, "nothing special"),
        event(2, 4, "Decision: **roll back**", important=True),
    ),
)


def texts_of(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own output


def clocks(*whens: str) -> tuple[TimelineEvent, ...]:
    return tuple(TimelineEvent(ClockTime(time.fromisoformat(when)), f"at {when}") for when in whens)


def test_phases_and_milestones_are_named_in_the_zone_of_the_incident() -> None:
    texts = texts_of(timeline_svg(INCIDENT))
    assert {"Before", "Impact, 53 min", "Easing, 28 min", "Mended"} <= set(texts)
    assert {"Impact 02:31", "Detected 02:34", "Mitigated 03:24", "Recovered 03:52"} <= set(texts)
    assert any("times in CET (UTC+1)" in text for text in texts)


def test_important_events_are_labelled_without_their_markdown() -> None:
    texts = texts_of(timeline_svg(INCIDENT))
    assert "03:04 Decision: roll back" in texts
    assert not any("nothing special" in text for text in texts)


def test_gold_is_only_what_is_mended() -> None:
    assert "--gold" in timeline_svg(INCIDENT)
    broken = replace(INCIDENT, milestones=Milestones(impact_start=at(1, 31)))
    assert "--gold" not in timeline_svg(broken)


@pytest.mark.parametrize("width", [320, 340, 680, 704, 1200])
def test_no_label_lies_on_another(width: int) -> None:
    drawing = ET.fromstring(timeline_svg(INCIDENT, width=width))  # noqa: S314 - our own output
    by_line: dict[str, list[tuple[float, float]]] = {}
    for text in drawing.iter(f"{SVG}text"):
        words = "".join(text.itertext())
        wide = len(words) * float(text.get("font-size", "12")) * 0.5
        x = float(text.get("x", "0"))
        left = {"end": x - wide, "middle": x - wide / 2}.get(text.get("text-anchor", ""), x)
        assert left >= -1
        assert left + wide <= width + 1
        by_line.setdefault(text.get("y", ""), []).append((left, left + wide))
    for spans in by_line.values():
        ordered = sorted(spans)
        assert all(one[1] <= two[0] for one, two in pairwise(ordered))


def test_it_tells_in_words_what_it_shows() -> None:
    drawing = ET.fromstring(timeline_svg(INCIDENT))  # noqa: S314 - our own output
    assert drawing.get("role") == "img"
    title, told = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert drawing.get("aria-labelledby") == title.get("id")
    assert title.text == "Timeline of Card payments failed"
    assert "Impact lasted 53 min." in str(told.text)
    assert "3 events from 02:04 to 03:04." in str(told.text)


def test_what_happened_days_later_does_not_squeeze_the_incident() -> None:
    later = replace(INCIDENT, timeline=(*INCIDENT.timeline, TimelineEvent(at(9, 0, day=28), "x")))
    assert any("Not drawn: 1 later." in text for text in texts_of(timeline_svg(later)))


def test_clock_times_make_one_axis_across_midnight() -> None:
    texts = texts_of(timeline_svg(Postmortem("x", timeline=clocks("23:50", "00:05", "00:40"))))
    assert {"23:50 at 23:50", "00:05 at 00:05", "00:40 at 00:40"} <= set(texts)
    assert any("Clock times as they were written down." in text for text in texts)


def test_clock_times_out_of_order_are_spaced_evenly() -> None:
    listed = clocks("12:00", "09:00", "07:00", "05:00")
    svg = timeline_svg(Postmortem("x", timeline=listed))
    assert any("Evenly spaced" in text for text in texts_of(svg))
    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', svg)]
    gaps = {round(two - one) for one, two in pairwise(places)}
    assert len(gaps) == 1


@pytest.mark.parametrize(
    "events", [(), (event(1, 0, "alone"),), (TimelineEvent(None, "when?"),) * 3]
)
def test_nothing_to_draw_gives_nothing(events: tuple[TimelineEvent, ...]) -> None:
    assert timeline_svg(Postmortem("x", timeline=events)) == ""


def test_a_hundred_thousand_events_are_thinned_and_it_says_so() -> None:
    many = tuple(
        TimelineEvent(at(1, 0) + timedelta(seconds=n / 20), f"event {n}") for n in range(100_000)
    )
    incident = replace(INCIDENT, timeline=many)
    svg = timeline_svg(incident)
    assert svg.count("<circle") <= 201
    assert any(re.search(r"\d+ of [\d,]+ events drawn", text) for text in texts_of(svg))


def test_without_events_it_shows_milestones_alone() -> None:
    svg = timeline_svg(INCIDENT, with_events=False)
    assert "roll back" not in svg
    assert "deployed" not in svg
    assert "Mitigated 03:24" in texts_of(svg)


def test_on_paper_no_colour_waits_for_a_style_sheet() -> None:
    svg = timeline_svg(INCIDENT, is_on_paper=True)
    assert "var(" not in svg
    assert "currentColor" not in svg


@given(postmortems(), st.booleans(), st.sampled_from([320, 704]))
def test_any_postmortem_gives_a_drawing_that_cannot_run(
    postmortem: Postmortem, is_on_paper: bool, width: int
) -> None:
    svg = timeline_svg(postmortem, width=width, is_on_paper=is_on_paper)
    if not svg:
        return
    for part in ET.fromstring(svg).iter():  # noqa: S314 - our own output
        assert part.tag.removeprefix(SVG) in DRAWN
        assert not [name for name in part.attrib if name.startswith("on") or "href" in name]
        assert "style" not in part.attrib


@given(st.text(st.characters(), max_size=60))
def test_any_text_is_well_formed_in_it(text: str) -> None:
    nasty = replace(
        INCIDENT, title=text, timeline=(event(1, 30, text, important=True), *INCIDENT.timeline)
    )
    ET.fromstring(timeline_svg(nasty))  # noqa: S314 - our own output


@pytest.mark.parametrize("sample", list(samples()), ids=lambda sample: str(sample.name))
@pytest.mark.parametrize("width", [340, 704])
def test_no_label_of_a_sample_lies_on_another(sample: Sample, width: int) -> None:
    drawn = ET.fromstring(timeline_svg(sample.postmortem, width=width))  # noqa: S314 - our own output
    rows: dict[str, list[tuple[float, float]]] = {}
    for text in drawn.iter():
        if not text.tag.endswith("text") or text.get("text-anchor") == "middle":
            continue
        words = "".join(text.itertext()).replace("\u2068", "").replace("\u2069", "")
        bold = next((part.text or "" for part in text if part.tag.endswith("tspan")), "")
        long = width_of(bold, 12, is_bold=True) + width_of(words.removeprefix(bold), 12)
        x = float(text.get("x", "0"))
        left = x - long if text.get("text-anchor") == "end" else x
        rows.setdefault(text.get("y", ""), []).append((left, left + long))
    for spans in rows.values():
        ordered = sorted(spans)
        assert all(before[1] <= after[0] + 1 for before, after in pairwise(ordered)), ordered
