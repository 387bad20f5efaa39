from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.browsers import Browsers, declare, entries, note
from tests.journeys.server import Clock, Server


def test_a_session_runs_out_after_its_days_away_and_not_before(
    clocked_server: Server, clock: Clock, browsers: Browsers
) -> None:
    bob = browsers.signed_in(clocked_server, "bob")
    for _ in range(2):
        clock.forward(timedelta(days=1, hours=12))
        bob.goto("/incidents")
        expect(bob.get_by_role("heading", name="Incidents")).to_be_visible()
    clock.forward(timedelta(days=2, minutes=1))
    bob.goto("/incidents")
    expect(bob.get_by_role("heading", name="Sign in")).to_be_visible()


def moment(entry: Locator) -> float:
    """When an entry says it happened, in seconds."""
    said = entry.locator("time").first.get_attribute("datetime") or ""
    return datetime.fromisoformat(said).timestamp()


def test_a_note_five_minutes_back_stands_at_its_time_and_ages_with_the_incident(
    clocked_server: Server, clock: Clock, browsers: Browsers
) -> None:
    # Without a script, so that what is read is the server's clock and not the browser's.
    bob = browsers.signed_in(clocked_server, "bob", java_script_enabled=False)
    declare(bob, "Invoices are late")
    clock.forward(timedelta(minutes=40))
    bob.reload()
    noted = note(bob, "The queue is 40,000 jobs long", happened="-5m")
    declared = entries(bob).get_by_role("listitem").last
    assert moment(noted) - moment(declared) == pytest.approx(35 * 60, abs=20)

    clock.forward(timedelta(hours=2))
    bob.reload()
    expect(bob.get_by_role("main")).to_contain_text(re.compile(r"2 h 4\d min ago"))
