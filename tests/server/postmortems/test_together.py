"""Many people write in one postmortem at once: every edit is in its text, or was answered 412."""

from __future__ import annotations

import random
import sys
import threading
import time

import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.unit_of_work import Works
from tests.server.cast import Cast
from tests.server.postmortems.desk import begun, incident, shown
from tests.slices import IS_SOAK

pytestmark = pytest.mark.both_databases

SECTIONS = (
    "summary", "trigger", "rootCause", "leadUp", "resolution", "noActionBecause", "knownBefore",
    "commander", "facilitator", "impact",
)  # fmt: skip
CLIENTS, WIDTH, EDITS = (30, 10, 20) if IS_SOAK else (8, 6, 5)


class Writer:
    """One of them: appends a mark of their own to a section, as they read it, and reads again."""

    def __init__(self, browser: TestClient, number: int) -> None:
        self.browser, self.number = browser, number
        self.got_in: list[tuple[str, str]] = []
        self.refused = 0
        self.others: list[int] = []

    def run(self) -> None:
        chance = random.Random(self.number)  # noqa: S311 - which section is no secret
        for turn in range(EDITS):
            section, mark = chance.choice(SECTIONS[:WIDTH]), f"<{self.number}.{turn}>"
            now = shown(self.browser)
            answer = self.browser.patch(
                "/api/postmortems/PM-1", json={section: now.get(section, "") + mark},
                headers={"If-Match": f'"{now["version"]}"'},
            )  # fmt: skip
            if answer.status_code == 200:
                self.got_in.append((section, mark))
            elif answer.status_code == 412:
                self.refused += 1
            else:
                self.others.append(answer.status_code)


@pytest.mark.long
def test_every_edit_is_in_the_text_or_was_answered_412(client: Cast, works: Works) -> None:
    incident(client.bob)
    begun(client.bob, **dict.fromkeys(SECTIONS, ""))
    before = shown(client.bob)["version"]
    app, headers = client.bob.app, dict(client.bob.headers)
    writers = [Writer(TestClient(app, headers=headers), number) for number in range(CLIENTS)]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    text = shown(client.bob)
    got_in = [one for writer in writers for one in writer.got_in]
    refused = sum(writer.refused for writer in writers)
    assert [code for writer in writers for code in writer.others] == []
    assert len(got_in) + refused == CLIENTS * EDITS
    for section, mark in got_in:
        assert text.get(section, "").count(mark) == 1, (section, mark)
    marks = sum(text.get(section, "").count("<") for section in SECTIONS)
    assert marks == len(got_in), "what was answered 412 left nothing"
    assert text["version"] == before + len(got_in)
    kind = "SQLite" if works.database.is_sqlite else "PostgreSQL"
    sys.stderr.write(f"{kind}: {len(got_in)} in, {refused} refused, {seconds:.1f} s\n")


@pytest.mark.soak
def test_the_long_run_is_the_one_that_was_promised() -> None:
    assert (CLIENTS, WIDTH, EDITS) == (30, 10, 20)
