"""A postmortem as PDF: its text is there, and whatever was typed is only text."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.severity import Severity
from kintsugi.demo.records import samples
from kintsugi.formats.markdown.templating import render, shipped_template
from kintsugi.formats.pdf import PdfIsNotInstalled, write_pdf
from kintsugi.formats.pdf.nodes import nodes_of
from kintsugi.formats.pdf.tables import WIDTH
from kintsugi.formats.safe_markdown import parse
from kintsugi.formats.svg.elements import width_of
from tests.strategies import postmortems, texts


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)


INCIDENT = Postmortem(
    "Card payments failed at checkout",
    incident_id="INC-2041",
    severity=Severity.SEV_1,
    date=date(2026, 11, 21),
    zone="Europe/Berlin",
    milestones=Milestones(impact_start=at(1, 31), mitigated=at(2, 24), recovered=at(2, 52)),
    timeline=(TimelineEvent(at(1, 31), "Payments begin to fail", important=True),),
    owner="Alice Owner",
    tags=("payments",),
    updated_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
)
BODY = """# Card payments failed at checkout

- **Date**: 2026-11-21

## Summary

For 81 minutes payments failed. See [the graph](https://graphs.example/x).

1. one
   - two

> quoted

```
code
```

## Timeline

| Time (UTC) | Event | Who |
|---|---|---|
| 01:31 | Payments begin to fail | |

## Detection

_Nothing recorded._

## Action Items

| Action | Owner | Priority | Due Date |
|---|---|---|---|
| Alert on pool use | Alice Owner | P0 | 2026-11-28 |

- [x] done
- [ ] open
"""


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def words_of(pdf: bytes) -> str:
    """The words, without the invisible places to break."""
    pages = [page.extract_text() for page in opened(pdf).pages]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def test_it_says_what_the_document_says() -> None:
    words = words_of(write_pdf(INCIDENT, BODY))
    for part in (
        "Card payments failed at checkout",
        "SEV-1",
        "21 Nov 2026, 02:31 to 03:52 CET (UTC+1)",
        "Alice Owner",
        "For 81 minutes payments failed. See the graph.",
        "Time (UTC)",
        "Alert on pool use",
        "Nothing recorded under Detection.",
        "INC-2041",
        "1 / 1",
    ):
        assert part in words
    assert words.count("Card payments failed at checkout") == 1


def test_the_timeline_is_drawn_in_it() -> None:
    words = words_of(write_pdf(INCIDENT, BODY))
    assert "Impact, 53 min" in words
    assert "Mended" in words


def test_it_has_a_title_an_author_a_date_and_a_language() -> None:
    reader = opened(write_pdf(INCIDENT, BODY))
    assert reader.metadata is not None
    assert reader.metadata.title == "Card payments failed at checkout"
    assert reader.metadata.author == "Alice Owner"
    assert reader.metadata.creation_date == datetime(2026, 11, 22, tzinfo=UTC)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]


def test_pages_are_a4_and_their_sections_are_bookmarks() -> None:
    reader = opened(write_pdf(INCIDENT, BODY))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    outline: Any = reader.outline
    title, sections = outline
    assert title["/Title"] == "Card payments failed at checkout"
    assert [section["/Title"] for section in sections] == ["Summary", "Timeline", "Action Items"]


def test_a_long_table_repeats_its_head_on_every_page() -> None:
    rows = "".join(f"| 0{n % 10}:00 | event {n} | bob |\n" for n in range(120))
    body = f"# x\n\n## Log\n\n| When exactly | Event | Who |\n|---|---|---|\n{rows}"
    reader = opened(write_pdf(INCIDENT, body))
    assert len(reader.pages) > 2
    assert all("When exactly" in page.extract_text() for page in reader.pages)
    assert f"{len(reader.pages)} / {len(reader.pages)}" in reader.pages[-1].extract_text()


def test_outsiders_see_no_people_and_no_events_in_the_drawing() -> None:
    pdf = write_pdf(INCIDENT, "# x\n\n## Timeline\n\nIt is over.\n", audience="external")
    words = words_of(pdf)
    assert "Alice Owner" not in words
    assert "begin to fail" not in words
    metadata = opened(pdf).metadata
    assert metadata is not None
    assert not metadata.author


def columns_of(pdf: bytes) -> str:
    """The words as they lie on the pages, with the room between columns."""
    pages = [page.extract_text(extraction_mode="layout") for page in opened(pdf).pages]
    return "\n".join(pages).replace("\u200b", "")


def test_columns_keep_their_words_apart() -> None:
    sample = next(sample for sample in samples() if sample.name == "payments-connection-pool")
    body = render(shipped_template("standard"), sample.postmortem)
    laid = columns_of(write_pdf(sample.postmortem, body))
    for collided in ("monitoringdetection", "OpenedPriya", "Moved Priya", "TakenWho"):
        assert collided not in laid
    assert re.search(r"monitoring\s+detection\s+alerts\.example\.com", laid)


def test_no_word_of_a_table_reaches_into_the_next_column() -> None:
    words = ("monitoring", "W" * 30, "**bold**" + "m" * 40, "`code_of_a_thing`", "时间" * 20, "on")
    head = "| Time | " + " | ".join(f"Column {n}" for n in range(len(words))) + " |\n"
    body = f"# x\n\n## A\n\n{head}{'|---' * 7}|\n| 01:31 | {' | '.join(words)} |\n"
    table = next(node for node in nodes_of(parse(body)) if node[0] == "table")
    _, columns, _, cells, (size, half_gutter, _) = table
    assert sum(percent for _, percent in columns) <= 100.1
    for (_, percent), cell in zip(columns, cells, strict=True):
        room = percent / 100 * WIDTH - half_gutter
        for run in re.split(r"[\s\u200b]+", words_in(cell)):
            assert width_of(run, size) <= room


def words_in(nodes: list[Any]) -> str:
    return "".join(
        words_in(node[-1]) if isinstance(node[-1], list) else str(node[-1]) for node in nodes
    )


@given(
    st.lists(
        st.lists(st.text("ab W-0时\u05d0", max_size=90), min_size=1, max_size=14),
        min_size=1,
        max_size=4,
    )
)
def test_any_table_fits_its_page(rows: list[list[str]]) -> None:
    count = max(map(len, rows))
    lines = [f"| {' | '.join([*row, *[''] * (count - len(row))])} |" for row in rows]
    body = "\n".join(["# x", "", "## A", "", lines[0], "|---" * count + "|", *lines[1:]])
    for node in nodes_of(parse(body)):
        if node[0] == "table":
            percents = [percent for _, percent in node[1]]
            assert all(percent > 0 for percent in percents)
            assert sum(percents) <= 100.1


def test_the_same_document_gives_the_same_bytes() -> None:
    assert write_pdf(INCIDENT, BODY) == write_pdf(INCIDENT, BODY)
    undated = replace(INCIDENT, updated_at=None)
    assert write_pdf(undated, BODY) == write_pdf(undated, BODY)


CODE = (
    '#panic("x")',
    "$x$",
    "a\\b",
    '"]#eval("1")',
    "#include",
    "= heading",
    "@label",
    "//comment",
    '#import "@preview/x:1.0.0"',
    "#sys.inputs",
    "\\u{41}",
)


@pytest.mark.parametrize("code", CODE)
def test_typst_code_is_only_text(code: str) -> None:
    nasty = replace(
        INCIDENT,
        title=code,
        incident_id=code,
        owner=code,
        tags=(code,),
        timeline=(TimelineEvent(at(1, 40), code, important=True), *INCIDENT.timeline),
    )
    escaped = code.replace("\\", "\\\\")  # a backslash of its own, as Markdown writes it
    body = f"# x\n\n## Timeline\n\nBefore {escaped} after\n\n| `{code}` |\n|---|\n| {escaped} |\n"
    words = words_of(write_pdf(nasty, body))
    assert f"Before {code} after" in words


def test_html_and_comments_are_as_in_the_html() -> None:
    words = words_of(write_pdf(INCIDENT, "# x\n\n## A\n\n<b>bold</b> <!-- hidden --> one<br>two\n"))
    assert "<b>bold</b>" in words
    assert "hidden" not in words
    assert "one two" in words


def test_what_no_line_holds_is_broken() -> None:
    long = "x" * 5_000
    columns = "| " + " | ".join(["Wide column"] * 11) + " |\n" + "|---" * 11 + "|\n"
    row = "| " + " | ".join(["y" * 60] * 11) + " |\n"
    pdf = write_pdf(
        INCIDENT, f"# x\n\n## A\n\n{long}\n\n`{long}`\n\n{columns}{row}\n```\n{long}\n```\n"
    )
    assert words_of(pdf).replace(" ", "").count("x") >= 15_000


def test_deep_nesting_and_long_addresses_are_set() -> None:
    deep = "".join(f"{'  ' * n}- a{n}\n" for n in range(60)) + "\n" + "> " * 60 + "deep\n"
    address = f"[x](https://a.example/{'y' * 10_000})"
    assert "a0" in words_of(
        write_pdf(INCIDENT, f"# x\n\n## A\n\n{deep}\n\n{'*_' * 60}z{'_*' * 60}\n\n{address}\n")
    )


def test_without_the_extra_it_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PdfIsNotInstalled, match=r"pip install 'kintsugi\[pdf\]'"):
        write_pdf(INCIDENT, BODY)


@given(
    postmortems(), texts(max_size=80), texts(max_size=20), st.sampled_from(["internal", "external"])
)
def test_any_postmortem_and_any_text_can_be_set(
    postmortem: Postmortem, text: str, heading: str, audience: str
) -> None:
    body = f"# {heading}\n\n{text}\n\n## Timeline {heading}\n\n{text}\n\n## {heading}\n\n- {text}\n"
    assert opened(write_pdf(postmortem, body, audience=audience)).pages


@given(st.text(st.characters(), max_size=60))
def test_any_unicode_can_be_set(text: str) -> None:
    nasty = replace(INCIDENT, title=text, incident_id=text, owner=text, tags=(text,))
    assert opened(write_pdf(nasty, f"# x\n\n## {text}\n\n{text}\n")).pages


def test_a_duration_of_years_is_set() -> None:
    long = replace(
        INCIDENT,
        milestones=Milestones(impact_start=at(1, 0), recovered=at(1, 0) + timedelta(days=3_000)),
    )
    assert "Impact, 3000 d" in words_of(write_pdf(long, BODY))
