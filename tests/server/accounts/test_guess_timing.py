"""How long a wrong sign-in takes says nothing about who has an account."""

from __future__ import annotations

from statistics import median
from time import process_time

import pytest
from argon2 import PasswordHasher

from kintsugi.server.accounts import secret
from tests.server.accounts.conftest import Browsers

EACH = 9


def test_a_wrong_password_takes_as_long_for_nobody_as_for_somebody(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = PasswordHasher(time_cost=2, memory_cost=16384, parallelism=1)
    monkeypatch.setattr(secret, "hasher", slow)
    bob = f"/api/users/{browsers.ids['bob']}/password-link"
    path = browsers.alice.post(bob).json()["address"].split("8000", 1)[1]
    assert browsers.open().post(path, data={"password": "a fresh start in gold"}).status_code == 303
    took: dict[str, list[float]] = {"bob@example.com": [], "nobody@example.com": []}
    for number in range(EACH):
        for email, times in took.items():
            browser = browsers.open(f"203.0.113.{number}")
            began = process_time()
            answer = browser.post("/sign-in", data={"email": email, "password": "a wrong one here"})
            times.append(process_time() - began)
            assert answer.status_code == 401
    known, unknown = (median(times) for times in took.values())
    assert 1 / 3 < known / unknown < 3
