"""The forms of a postmortem's sections as values: what is shown, sent back untouched, is what was there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.whys import outline
from kintsugi.kernel.web import environment
from kintsugi.server.postmortems.web import written
from kintsugi.server.postmortems.web.controls import Control, Kind, read, shown
from kintsugi.server.postmortems.web.forms import WAS, PartForm, read_part
from kintsugi.server.postmortems.web.parts import PARTS
from kintsugi.server.postmortems.web.workbench import section
from tests import strategies
from tests.server.postmortems.browsing import Browser

SEEKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking: a whole postmortem takes minutes to make smaller."""


def drawn(
    document: Postmortem, zone: ZoneInfo, opened: int
) -> Iterator[tuple[str, dict[str, str]]]:
    """Each part's form as a browser would send it back, untouched."""
    template = environment().get_template("postmortems/_part.html")
    module: Any = template.make_module({"rows_at_once": 100})
    for part in PARTS:
        row = (part.rows.field, opened) if part.rows else ("", -1)
        html = module.part(section(part, document, 3, zone, opened=row), "/x")
        form = next(one for one in Browser(html).forms if f"{WAS}{part.fields[0]}" in one.fields)
        yield part.name, {name: values[-1] for name, values in form.fields.items()}


@pytest.mark.long
@settings(max_examples=40, deadline=None, phases=SEEKING)
@given(
    strategies.postmortems(),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"]),
    st.integers(0, 3),
)
def test_a_form_sent_back_as_it_is_shown_is_the_same_value(
    document: Postmortem, zone_name: str, opened: int
) -> None:
    zone = ZoneInfo(zone_name)
    for name, fields in drawn(document, zone, opened):
        part = next(one for one in PARTS if one.name == name)
        form = PartForm.model_validate(fields)
        said = read_part(part, document, form.typed, zone)
        assert said.touched == (), name
        assert said.postmortem == document
        # Read in earnest, as when somebody touched it, each field still is what it was.
        typed = {key: text for key, text in form.typed.items() if not key.startswith(WAS)}
        assert read_part(part, document, typed, zone).postmortem == document, name


@given(strategies.lists_of(strategies.texts()))
def test_a_list_typed_as_lines_reads_back(items: tuple[str, ...]) -> None:
    kept = tuple(item for item in items if item.strip())
    assert written.list_read(written.list_written(kept)) == kept


@given(strategies.lists_of(strategies.whys, 2))
def test_a_why_tree_typed_as_an_outline_reads_back(whys: tuple[Any, ...]) -> None:
    assert outline.whys_read(outline.whys_written(whys)) == whys


@given(st.lists(st.tuples(strategies.texts(), strategies.texts(), strategies.texts()), max_size=3))
def test_a_table_typed_as_lines_reads_back(rows: list[tuple[str, str, str]]) -> None:
    assert list(written.columns_read(written.columns_written(rows), 3)) == rows


def test_an_outline_can_be_typed_without_marks() -> None:
    (why,) = outline.whys_read(
        "Why did the pool run dry?\nThe timeout was too short.\n  Why?\n  A default."
    )
    assert (why.question, why.answer) == ("Why did the pool run dry?", "The timeout was too short.")
    assert [(one.question, one.answer) for one in why.whys] == [("Why?", "A default.")]


@pytest.mark.parametrize("hour", [4, 5, 6, 7])
def test_an_hour_that_stands_twice_says_which_one_is_meant(hour: int) -> None:
    zone, moment = ZoneInfo("America/New_York"), datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    control = Control("time", "When", Kind.WHEN)
    typed = shown(control, moment, zone)
    assert read(control, typed, zone) == moment
    assert len(typed) == (22 if hour in (5, 6) else 16)
