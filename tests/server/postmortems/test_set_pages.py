"""Long postmortems as they were set: a new process finds them, and none is shown for another text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from kintsugi.core.postmortems.completeness import assess_full
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.document.masthead import INTERNAL, masthead_of
from kintsugi.formats.own_json import own_data
from kintsugi.formats.records import decode_own
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.latest import Latest
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.postmortems import document
from kintsugi.server.postmortems.service import pages
from kintsugi.server.postmortems.tables import postmortem_pages
from kintsugi.server.postmortems.web import keeping, set_pages, typeset, workbench
from kintsugi.server.postmortems.web.findings import findings
from tests.server.cast import Cast
from tests.server.postmortems.desk import begun, incident, patched
from tests.strategies import postmortems as any_postmortem

Start = Callable[[], None]
ADDRESSES = ("/postmortems/PM-1", "/postmortems/PM-1/edit")
LONG_TEXT = "\n\n".join(
    f"The **pool** of shop {number} is too small, and Bob should have known."
    for number in range(900)
)
EVENTS = [
    {"time": f"2026-03-01T{9 + number // 60:02}:{number % 60:02}:00Z", "description": f"Node {number} is slow",
     "important": number % 20 == 0}
    for number in range(120)
]  # fmt: skip


@pytest.fixture
def new_process(monkeypatch: pytest.MonkeyPatch) -> Start:
    """Forgets what this process has set, as one that has just started."""

    def start() -> None:
        for module in (typeset, workbench):
            monkeypatch.setattr(module, "_LATEST", Latest[Any](16))

    start()
    return start


@pytest.fixture
def long_one(client: Cast, works: Works, new_process: Start) -> str:
    """A long postmortem of Bob's, kept as it was set; its id."""
    incident(client.bob)
    made = begun(client.bob, rootCause=LONG_TEXT, timeline=EVENTS)
    keeping.keep(works, made["id"])
    new_process()
    return str(made["id"])


def rows(works: Works) -> dict[str, str]:
    """What is kept of each kind, and of what text."""
    with works.reading(SYSTEM) as work:
        found = work.connection.execute(sa.select(postmortem_pages))
        return {row.what: row.digest for row in found}


def forget(works: Works) -> None:
    with works.writing(SYSTEM) as work:
        work.connection.execute(postmortem_pages.delete())


def tamper(works: Works, what: str, before: str, after: str) -> None:
    """Put a word into what is kept, so that it is seen where it is read."""
    table = postmortem_pages
    with works.writing(SYSTEM) as work:
        query = sa.select(table.c.text).where(table.c.what == what)
        text = work.connection.execute(query).scalar_one()
        assert before in text
        changed = table.update().where(table.c.what == what)
        work.connection.execute(changed.values(text=text.replace(before, after)))


@pytest.mark.usefixtures("long_one")
@pytest.mark.long
def test_pages_are_the_same_with_and_without_what_is_kept(
    client: Cast, works: Works, new_process: Start
) -> None:
    assert rows(works).keys() == {"page", "findings"}
    kept = [client.bob.get(address).text for address in ADDRESSES]
    forget(works)
    new_process()
    assert kept == [client.bob.get(address).text for address in ADDRESSES]


@pytest.mark.usefixtures("long_one")
def test_a_new_process_reads_what_another_one_set(client: Cast, works: Works) -> None:
    tamper(works, "page", "shop 417 ", "shop KEPT ")
    tamper(works, "findings", "should have", "KEPT have")
    shown, edited = (client.bob.get(address).text for address in ADDRESSES)
    assert "shop KEPT " in shown
    assert "KEPT have" in edited


def test_after_a_change_nothing_kept_of_the_text_before_is_shown(
    client: Cast, works: Works, long_one: str, new_process: Start
) -> None:
    tamper(works, "page", "shop 417 ", "shop STALE ")
    tamper(works, "findings", "should have", "STALE have")
    before = rows(works)
    assert patched(client.bob, "PM-1", {"summary": "It was slow."}).status_code == 200
    for _ in range(2):
        pages_now = [client.bob.get(address).text for address in ADDRESSES]
        assert not any("STALE" in page for page in pages_now)
        assert "It was slow." in pages_now[0]
        new_process()
    keeping.keep(works, long_one)
    after = rows(works)
    assert after.keys() == before.keys()
    assert all(after[what] != before[what] for what in before)


@pytest.mark.usefixtures("long_one")
def test_a_new_release_sets_anew(
    client: Cast, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(works, "page", "shop 417 ", "shop STALE ")
    monkeypatch.setattr(pages, "release", lambda: "another release")
    assert "STALE" not in client.bob.get(ADDRESSES[0]).text
    with works.writing(SYSTEM) as work:
        pages.tidy(work)
    assert rows(works) == {}


def test_who_finds_no_page_has_it_kept_behind(works: Works, long_one: str) -> None:
    forget(works)
    waiting = keeping.Waiting()
    listening = replace(works, handlers=keeping.handlers(waiting))
    with listening.reading(SYSTEM) as work:
        stored = pages.to_set(work, long_one)
        assert stored is not None
        assert pages.find(work, stored, "page") is None
    assert waiting.take(60) is None
    assert waiting.take(0) == long_one
    assert waiting.take(0) is None
    keeping.keep(works, long_one)
    assert rows(works).keys() == {"page", "findings"}


def test_a_page_is_kept_for_long_postmortems_that_are_there(
    client: Cast, works: Works, long_one: str
) -> None:
    with works.writing(SYSTEM) as work:
        pages.tidy(work)
    assert rows(works).keys() == {"page", "findings"}
    assert patched(client.bob, "PM-1", {"rootCause": "The pool is small."}).status_code == 200
    keeping.keep(works, long_one)
    with works.writing(SYSTEM) as work:
        pages.tidy(work)
    assert rows(works) == {}
    keeping.keep(works, long_one)
    keeping.keep(works, "pm_gone")
    assert rows(works) == {}


@pytest.mark.usefixtures("long_one")
def test_who_may_not_see_a_draft_gets_nothing_of_what_is_kept(client: Cast) -> None:
    assert client.charlie.get(ADDRESSES[0]).status_code == 404
    assert client.charlie.get(ADDRESSES[1]).status_code in (403, 404)


@settings(max_examples=25)
@given(any_postmortem())
@pytest.mark.long
def test_what_is_kept_of_a_document_reads_back_to_the_same(found: Postmortem) -> None:
    text = typeset.typeset_outside(found)
    kept = set_pages.typeset_written(text)
    assert set_pages.typeset_read(kept, masthead_of(found, "external")) == replace(
        text, drawings=tuple(text.drawings)
    )
    assert masthead_of(found, INTERNAL).title == text.masthead.title
    read = assess_full(found), findings(found)
    assert set_pages.findings_read(set_pages.findings_written(read)) == read


@settings(max_examples=50)
@given(any_postmortem())
@pytest.mark.long
def test_a_kept_document_reads_back_as_our_own_json_does(found: Postmortem) -> None:
    kept = document.whole(found)
    assert json.loads(kept) == json.loads(json.dumps(own_data(found)))
    assert document.read(kept) == decode_own(json.loads(kept))
