"""Whatever is sent: no exception escapes a decoder, it takes linear time, and memory of a few times the body."""

from __future__ import annotations

import copy
import gc
import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.formats.alerts import FORMATS, Undecodable
from tests.formats.alerts.hostile import HOSTILE, MEASURED, SIZE, survives
from tests.formats.alerts.samples import FORM, Sample, samples
from tests.slices import part

SAMPLES = samples()
HEADERS = (
    ":path",
    ":method",
    "content-type",
    "ce-id",
    "ce-type",
    "ce-source",
    "ce-specversion",
    "ce-subject",
)
MEMORY = 80
"""How many times the body a reading may hold at once: an object of Python is that much larger than its JSON."""

nasty = st.sampled_from(
    ["", " ", "$ALERT_ID", "{{ x }}", "*link*", "\x00", "\ud800", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00",
     "[", '{"a": 1}', "http://x", "javascript:x", "resolved", "firing", "1e400", "-0", "\u2028", "x" * 3000, "null"]
)  # fmt: skip
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | nasty
    | st.text(st.characters(), max_size=20)
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(nasty | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def written(data: object) -> bytes:
    """JSON as careless senders write it: NaN and halves of characters are let through."""
    return json.dumps(data).encode()


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    found = [at] if at else []
    if isinstance(data, dict | list):
        steps = data if isinstance(data, dict) else range(len(data))
        for step in steps:
            found += places(data[step], (*at, step))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> Sample:
    """A good body with a few places changed, dropped, or put where they do not belong."""
    one = draw(st.sampled_from(SAMPLES))
    if one.name.endswith(".form"):
        return one._replace(body=one.body + draw(st.binary(max_size=20)))
    data = json.loads(one.body)
    for _ in range(draw(st.integers(1, 4))):
        where = places(data)
        if not where:
            break
        *way, last = draw(st.sampled_from(where))
        holder = data
        for step in way:
            holder = holder[step]
        match draw(st.sampled_from(["change", "drop", "wrap", "as text", "move"])):
            case "change":
                holder[last] = draw(anything)
            case "drop":
                del holder[last]
            case "wrap":
                holder[last] = draw(
                    st.sampled_from([[holder[last]], {"x": holder[last]}, [holder[last]] * 3])
                )
            case "as text":
                holder[last] = json.dumps(holder[last])
            case _:
                holder[last] = copy.deepcopy(data)
    return one._replace(body=written(data))


@st.composite
def damaged(draw: st.DrawFn) -> Sample:
    """A good body with some bytes cut out or put in."""
    one = draw(st.sampled_from(SAMPLES))
    at = draw(st.integers(0, len(one.body)))
    gone = draw(st.integers(0, 10))
    return one._replace(body=one.body[:at] + draw(st.binary(max_size=6)) + one.body[at + gone :])


@pytest.mark.parametrize("name", FORMATS)
@given(st.binary(max_size=200), st.sampled_from([{}, FORM, {"content-type": "text/plain"}]))
def test_any_bytes_are_read_or_refused(name: str, body: bytes, headers: dict[str, str]) -> None:
    survives(name, body, headers)


@pytest.mark.parametrize("name", FORMATS)
@given(anything)
def test_any_json_is_read_or_refused(name: str, data: object) -> None:
    survives(name, written(data), {})


@given(mutated())
def test_a_good_body_with_places_changed_is_read_or_refused(one: Sample) -> None:
    survives(one.format, one.body, one.headers)


@given(mutated(), st.sampled_from(sorted(FORMATS)))
def test_a_body_sent_to_the_wrong_format_is_read_or_refused(one: Sample, name: str) -> None:
    survives(name, one.body, one.headers)


@given(damaged())
def test_a_good_body_with_bytes_changed_is_read_or_refused(one: Sample) -> None:
    survives(one.format, one.body, one.headers)


@pytest.mark.parametrize("name", ["cloudevents", "generic", "opsgenie", "pagerduty", "uptimerobot"])
@given(
    st.dictionaries(
        st.sampled_from(HEADERS),
        nasty | st.text(max_size=30),
    )
)
def test_any_headers_are_read_or_refused(name: str, headers: dict[str, str]) -> None:
    for body in (b"", b'{"title": "t", "message": "m", "event_action": "trigger"}'):
        survives(name, body, headers)


@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_bodies_are_read_or_refused_in_linear_time_and_little_memory(shape: str) -> None:
    headers = FORM if shape in ("form fields", "percent signs") else {}
    for name in part(MEASURED, 3, shape):
        body = HOSTILE[shape](SIZE)
        # A reading may be of a machine that was short of caches or cycles: it is taken again before it is believed.
        seen = []
        for readings in (2, 4, 8):
            small = seconds(name, HOSTILE[shape](SIZE // 8), headers, readings)
            seen.append((small, seconds(name, body, headers, readings)))
            if is_linear(*seen[-1]):
                break
        assert is_linear(*seen[-1]), f"{name}: an eighth and the whole took {seen} s"
        assert peak(name, body, headers) < MEMORY * len(body) + 2_000_000, name


def is_linear(small: float, large: float) -> bool:
    """Whether 8 times as much took no longer than three times 8 times as long, or was quick anyway."""
    return large < min(3.0, 0.05 + 24 * small)


def seconds(name: str, body: bytes, headers: dict[str, str], readings: int) -> float:
    """The shortest of some readings, of processor time."""
    taken = []
    gc.disable()  # it looks at all that the tests hold, when it likes
    try:
        for _ in range(readings):
            before = time.process_time()
            survives_once(name, body, headers)
            taken.append(time.process_time() - before)
    finally:
        gc.enable()
    return min(taken)


def peak(name: str, body: bytes, headers: dict[str, str]) -> int:
    """Bytes that a reading holds at most, beside the body."""
    gc.collect()
    tracemalloc.start()
    try:
        survives_once(name, body, headers)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def survives_once(name: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        FORMATS[name].decode(body, headers)
    except Undecodable:
        return
