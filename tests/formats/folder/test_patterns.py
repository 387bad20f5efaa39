"""The files of patterns: our block is written, every byte of people's stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.knowledge.told import PatternAction, PatternIncident, PatternTold
from kintsugi.formats.folder.archive import base_files
from kintsugi.formats.folder.checks import check
from kintsugi.formats.folder.patterns import END, FROM_BASE, FROM_SERVER, written
from tests.formats.folder.making import TODAY, made, new, postmortem

TEXT = st.text(max_size=40)
TOLD = st.builds(
    PatternTold, st.just("pool"), TEXT, TEXT,
    st.lists(st.builds(PatternIncident, st.none() | st.dates(), TEXT, TEXT, st.tuples(TEXT)), max_size=3).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
    st.lists(st.builds(PatternAction, TEXT, TEXT, TEXT), max_size=2).map(tuple),
)  # fmt: skip
PEOPLES = st.binary(max_size=60) | TEXT.map(str.encode)
POOL = PatternTold(
    "pool", "Pool", incidents=(PatternIncident(date(2024, 6, 3), "Down", "INC-1", ("PM-1",)),)
)


@given(PEOPLES, PEOPLES, TOLD, TOLD, st.booleans())
def test_every_byte_outside_our_block_stays(
    before: bytes, after: bytes, first: PatternTold, second: PatternTold, from_server: bool
) -> None:
    begun = written(before, first, {}, from_server=from_server)
    assert begun is not None
    assert begun.startswith(before)
    whole = begun + after
    again = written(whole, second, {}, from_server=from_server)
    assert again is not None
    assert again.startswith(before)
    assert again.endswith(END.encode() + b"\n" + after)
    assert written(again, second, {}, from_server=from_server) == again
    assert again.count(END.encode()) == 1


def test_words_that_look_like_our_marks_do_not_close_the_block() -> None:
    sly = PatternTold("pool", "Pool", f"A {END} and {FROM_BASE}", says=(END,))
    first = written(None, sly, {}, from_server=False)
    assert first is not None
    assert first.count(END.encode()) == 1
    assert written(first, POOL, {}, from_server=False) == written(None, POOL, {}, from_server=False)


def test_a_mark_that_was_never_closed_is_left_as_it_is() -> None:
    assert written(f"# Mine\n{FROM_BASE}\nwords".encode(), POOL, {}, from_server=False) is None


def test_what_the_server_told_stays_when_only_the_base_tells() -> None:
    there = written(None, POOL, {}, from_server=True)
    assert there is not None
    assert FROM_SERVER.encode() in there
    assert written(there, POOL, {}, from_server=False) is None
    assert written(there, POOL, {}, from_server=True) == there


def test_a_factor_of_two_postmortems_gets_a_file_that_the_index_leads_to(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem(), postmortem("Search down", date(2024, 6, 4)))
    file = tmp_path / "patterns/inadequate-monitoring.md"
    text = file.read_text()
    assert text.startswith("# Inadequate monitoring\n")
    assert "[2024/02-search-down](../2024/02-search-down/postmortem.md)" in text
    assert "Alert on the pool" in text
    assert (
        "[Inadequate monitoring](patterns/inadequate-monitoring.md)"
        in (tmp_path / "README.md").read_text()
    )
    assert [one for one in check(base, TODAY) if one.rule != "overdue"] == []
    assert base.index() == ([], [])


def test_a_factor_of_one_postmortem_is_no_pattern(tmp_path: Path) -> None:
    made(tmp_path, postmortem())
    assert not (tmp_path / "patterns/inadequate-monitoring.md").exists()


def test_people_write_around_the_block_and_it_goes_on_being_written(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem(), postmortem("Search down", date(2024, 6, 4)))
    file = tmp_path / "patterns/inadequate-monitoring.md"
    theirs = b"# Nobody watched\r\n\r\nOur own words.\xff\n\n"
    ours = file.read_bytes().split(b"\n\n", 1)[1]
    file.write_bytes(theirs + ours + b"\nMore of ours.")
    base.add([new(postmortem("Shop down", date(2024, 6, 5)))], TODAY)
    now = file.read_bytes()
    assert now.startswith(theirs)
    assert now.endswith(b"\nMore of ours.")
    assert b"3 incidents of this class." in now


def test_a_servers_patterns_lead_to_the_folders_of_the_base(tmp_path: Path) -> None:
    base = made(tmp_path, postmortem(), postmortem("Search down", date(2024, 6, 4)))
    told = PatternTold(
        "inadequate_monitoring", "Nobody watched", says=("It held.",), incidents=POOL.incidents
    )
    assert base.tell_patterns([told]) == ["patterns/inadequate-monitoring.md"]
    base.index()
    assert "It held." in (tmp_path / "patterns/inadequate-monitoring.md").read_text()


def test_an_archive_holds_the_patterns_it_is_given() -> None:
    named = replace(postmortem(), id="PM-1")
    files = base_files([replace(new(named), postmortem=named)], TODAY, [POOL])
    assert b"[PM-1](../2024/01-checkout-down/postmortem.md)" in files["patterns/pool.md"]
    assert b"[Pool](patterns/pool.md)" in files["README.md"]
