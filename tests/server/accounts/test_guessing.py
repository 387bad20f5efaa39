"""How long a guesser waits: pure, by counts and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.server.accounts.guessing import ADDRESS, FORGOTTEN, PAIR, Patience, network, pair_key
from kintsugi.server.accounts.people import Guesses

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (10**6, 900)],
)
def test_the_wait_doubles_up_to_its_longest(failures: int, seconds: int) -> None:
    assert PAIR.wait(Guesses(failures, NOW), NOW) == timedelta(seconds=seconds)


@given(
    st.integers(0, 10**9),
    st.timedeltas(timedelta(0), timedelta(days=2)),
    st.sampled_from([PAIR, ADDRESS]),
)
def test_waiting_is_never_negative_or_longer_than_its_longest(
    failures: int, later: timedelta, patience: Patience
) -> None:
    wait = patience.wait(Guesses(failures, NOW), NOW + later)
    assert timedelta(0) <= wait <= patience.longest
    assert not (later >= FORGOTTEN and wait)


@pytest.mark.parametrize(
    ("address", "of"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_counts_for_its_network(address: str, of: str) -> None:
    assert network(address) == of


def test_a_key_tells_nothing_and_is_of_both() -> None:
    keys = {
        pair_key(email, address)
        for email in ("a@b", "c@d")
        for address in ("203.0.113.9", "203.0.113.8")
    }
    assert len(keys) == 4
    assert not any("a@b" in key for key in keys)
