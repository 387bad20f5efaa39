"""A postmortem as one HTML file: complete, safe, readable by everybody, the same on paper."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.severity import Severity
from kintsugi.demo.records import samples
from kintsugi.formats.html import write_html
from kintsugi.formats.markdown.templating import render, shipped_template
from tests.strategies import postmortems, texts

VOID = frozenset({"br", "hr", "meta", "path", "circle", "rect", "line"})
FORBIDDEN = frozenset(
    {"script", "iframe", "object", "embed", "form", "base", "img", "link", "input"}
)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)


INCIDENT = Postmortem(
    "Card payments failed at checkout",
    incident_id="INC-2041",
    severity=Severity.SEV_1,
    status=PostmortemStatus.IN_REVIEW,
    date=date(2026, 11, 21),
    zone="Europe/Berlin",
    impact=Impact(duration=timedelta(minutes=70)),
    milestones=Milestones(impact_start=at(1, 31), mitigated=at(2, 24), recovered=at(2, 52)),
    timeline=(
        TimelineEvent(at(1, 31), "Payments begin to fail", important=True),
        TimelineEvent(at(2, 24), "Rolled back", "Mina Okafor", important=True),
    ),
    owner="Alice Owner",
    commander="Mina Okafor",
    reviewers=("Bob Team",),
)
BODY = """# Card payments failed at checkout

- **Date**: 2026-11-21

## Summary

For 81 minutes payments failed.

## Timeline

| Time (UTC) | Event | Who |
|---|---|---|
| 01:31 | Payments begin to fail | |

## Detection

<!-- prompt: how was it found? -->

_Nothing recorded._

## Action Items

| Action | Owner | Priority | Due Date |
|---|---|---|---|
| Alert on pool use | Alice Owner | P0 | 2026-11-28 |

### Checks

- [x] done
"""


class Page(HTMLParser):
    """Reads a page and keeps what the tests ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.styles: list[str] = []
        self.comments: list[str] = []
        self.words: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            self.styles.append(data)
            return
        for tag in {*self._open, "all"}:
            self.words[tag] = self.words.get(tag, "") + data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def assert_inert(page: Page) -> None:
    assert not {tag for tag, _ in page.tags} & FORBIDDEN
    assert page.comments == []
    assert len(page.styles) == 2
    for _, attributes in page.tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src")
        ]
    for link in page.all("a"):
        assert link["href"].startswith(("#", "http://", "https://", "mailto:"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(page.all("h1")) == 1


def test_the_head_says_what_when_and_who() -> None:
    page = Page(write_html(INCIDENT, BODY))
    words = " ".join(page.words["header"].split())
    assert "In review" in words
    assert "SEV-1" in words
    assert "INC-2041" in words
    assert "21 Nov 2026, 02:31 to 03:52 CET (UTC+1), 1 h 10 min" in words
    assert "Owner Alice Owner" in words
    assert page.words["h1"] == "Card payments failed at checkout"
    assert [time["datetime"] for time in page.all("time")] == [
        "2026-11-21T01:31:00Z",
        "2026-11-21T02:52:00Z",
    ]


def test_a_typed_duration_that_differs_from_the_record_is_noted() -> None:
    page = Page(write_html(INCIDENT, BODY))
    assert "Duration as typed: 1 h 10 min. The record gives 1 h 21 min." in page.words["header"]


def test_outsiders_see_no_people_and_no_events_in_the_drawing() -> None:
    html = write_html(INCIDENT, "# x\n\n## Timeline\n\nIt is over.\n", audience="external")
    for name in ("Alice Owner", "Mina Okafor", "Bob Team", "Rolled back", "as typed"):
        assert name not in html
    assert "Mitigated 03:24" in Page(html).words["text"]


def test_sections_are_landmarks_of_the_outline() -> None:
    page = Page(write_html(INCIDENT, BODY))
    ids = [section["aria-labelledby"] for section in page.all("section")]
    assert ids == ["s-summary", "s-timeline", "s-detection", "s-action-items"]
    assert [heading["id"] for heading in page.all("h2")] == ids
    links = [link["href"] for link in page.all("a")]
    assert links[0] == "#main"
    assert links[1:5] == [f"#{name}" for name in ids]
    assert {nav["aria-label"] for nav in page.all("nav")} == {"Sections", "Sections, short"}
    assert page.all("main")[0]["id"] == "main"


def test_headings_alike_have_ids_of_their_own() -> None:
    page = Page(
        write_html(INCIDENT, "# x\n\n## Ach\n\n## Ach\n\n## 时间\n\n## 原因\n\n# One more\n")
    )
    assert [heading["id"] for heading in page.all("h2")] == [
        "s-ach", "s-ach-2", "s-untitled", "s-untitled-2", "s-one-more",
    ]  # fmt: skip


def test_a_heading_within_a_list_or_a_quote_is_no_section() -> None:
    page = Page(write_html(INCIDENT, "# x\n\n## A\n\n- # one\n\n> ## two\n"))
    assert len(page.all("h1")) == len(page.all("h2")) == 1
    assert len(page.all("h3")) == 2


def test_the_timeline_is_drawn_for_page_and_phone_in_its_section() -> None:
    html = write_html(INCIDENT, BODY)
    drawn = [m.start() for m in re.finditer('<svg [^>]*class="timeline"', html)]
    assert len(drawn) == 2
    assert html.index('id="s-timeline"') < drawn[0] < drawn[1] < html.index('id="s-detection"')
    assert "Impact 01:31" in html  # the table beside it is in UTC, and so is the drawing


def test_without_a_section_about_the_timeline_nothing_is_drawn() -> None:
    assert 'class="timeline"' not in write_html(INCIDENT, "# x\n\n## Summary\n\ntext\n")


def test_what_is_empty_is_named_once_on_paper() -> None:
    page = Page(write_html(INCIDENT, BODY))
    assert [section["class"] for section in page.all("section")].count("sec empty") == 1
    assert "Nothing recorded under Detection." in page.words["main"]


def test_the_policy_lets_in_its_own_style_and_nothing_else() -> None:
    page = Page(write_html(INCIDENT, BODY))
    policy = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    hashes = [
        base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in page.styles
    ]
    assert re.findall(r"'sha256-([^']+)'", policy) == hashes
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_file_needs_no_other() -> None:
    html = write_html(INCIDENT, BODY)
    assert not re.findall(r"(?:src|url)\s*[=(]\s*[\"']?(?:https?:)?//", html)
    assert html.count("data:font/woff2;base64,") == 1
    assert len(html) < 120_000


def test_the_reference_stands_in_the_margin_of_each_page_and_cannot_leave_its_quotes() -> None:
    nasty = replace(INCIDENT, incident_id='I"}</style><script>\\')
    page = Page(write_html(nasty, BODY))
    assert_inert(page)
    assert re.search(r'@bottom-left\{content:"[A-Za-z0-9\\ ]*"\}', page.styles[1])


def test_every_cell_says_what_it_is_for_where_rows_become_blocks() -> None:
    page = Page(write_html(INCIDENT, BODY))
    labels = [cell["data-label"] for cell in page.all("td")]
    assert labels == ["Time (UTC)", "Event", "Who", "Action", "Owner", "Priority", "Due Date"]
    for tag, role in (
        ("table", "table"), ("thead", "rowgroup"), ("tbody", "rowgroup"),
        ("tr", "row"), ("th", "columnheader"), ("td", "cell"),
    ):  # fmt: skip
        assert {one["role"] for one in page.all(tag)} == {role}


def test_every_row_of_a_sample_has_labels() -> None:
    sample = next(sample for sample in samples() if sample.name == "payments-connection-pool")
    body = render(shipped_template("standard"), sample.postmortem)
    cells = Page(write_html(sample.postmortem, body)).all("td")
    assert len(cells) > 100
    assert all(cell["data-label"] for cell in cells)
    kinds = {cell["data-label"]: cell.get("class", "") for cell in cells}
    assert kinds["Event"] == kinds["Action"] == "main"
    assert kinds["Actions Taken"] == "long"
    assert kinds["Time (UTC)"] == kinds["Kind"] == "short"


def test_what_heads_a_column_stays_in_the_quotes_of_its_label() -> None:
    body = (
        '# x\n\n## A\n\n| a" onclick="x <td> <tr> | [<td>](https://a.example "<td \'>") |'
        "\n|---|--:|\n| <td> one | two |\n\n- | b |\n  |---|\n  | three |\n"
    )
    page = Page(write_html(INCIDENT, body))
    assert_inert(page)
    assert [cell["data-label"] for cell in page.all("td")] == [
        'a" onclick="x <td> <tr>', "<td>", "b",
    ]  # fmt: skip
    assert page.all("td")[1]["class"] == "short right"


ATTACK = (
    '"><script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) <!-- c -->'
)


@pytest.mark.parametrize(
    "field", ["title", "id", "incident_id", "zone", "owner", "commander", "facilitator"]
)
def test_no_field_can_run(field: str) -> None:
    change: dict[str, Any] = {field: ATTACK}
    attacked = replace(INCIDENT, **change)
    assert_inert(Page(write_html(attacked, f"# {ATTACK}\n\n## Timeline {ATTACK}\n\n{ATTACK}\n")))


def test_no_list_of_people_and_no_event_can_run() -> None:
    attacked = replace(
        INCIDENT,
        contributors=(ATTACK,),
        reviewers=(ATTACK,) * 50,
        timeline=(TimelineEvent(at(1, 40), ATTACK, ATTACK, important=True), *INCIDENT.timeline),
    )
    assert_inert(Page(write_html(attacked, BODY)))


@given(
    postmortems(), texts(max_size=80), texts(max_size=20), st.sampled_from(["internal", "external"])
)
def test_any_postmortem_and_any_text_give_a_page_that_is_inert(
    postmortem: Postmortem, text: str, heading: str, audience: str
) -> None:
    body = f"# {heading}\n\n{text}\n\n## Timeline {heading}\n\n{text}\n\n## {heading}\n\n- {text}\n"
    assert_inert(Page(write_html(postmortem, body, audience=audience)))


@given(st.text(st.characters(), max_size=60))
def test_any_unicode_gives_a_page(text: str) -> None:
    nasty = replace(INCIDENT, title=text, incident_id=text, owner=text)
    assert_inert(Page(write_html(nasty, text)))


def test_every_asset_is_the_one_its_manifest_names_and_has_its_licence() -> None:
    assets = files("kintsugi.formats") / "assets"
    manifest = json.loads((assets / "manifest.json").read_text("utf-8"))
    assert manifest
    for asset in manifest:
        content = assets.joinpath(*asset["file"].split("/")).read_bytes()
        assert hashlib.sha256(content).hexdigest() == asset["sha256"]
        licence = assets.joinpath(*asset["licence_file"].split("/")).read_text("utf-8")
        assert "SIL OPEN FONT LICENSE" in licence
