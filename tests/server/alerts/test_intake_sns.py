"""CloudWatch through Amazon SNS, with a certificate of our own: signatures hold, subscriptions are confirmed.

What lies on Amazon's hosts is stood in for; which hosts those may be, the format's own tests say.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.error import URLError

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.intake import Intake
from kintsugi.server.alerts.tables import alert_bodies
from kintsugi.server.alerts.tables import alerts as alert_rows
from tests.formats.alerts.test_signatures import NOW, certificate, signed
from tests.server.alerts.intake import recorded, rows
from tests.server.alerts.telling import works_of
from tests.server.cast import Cast, MovableClock


class Amazon:
    """What lies at Amazon's addresses, and which were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_up = True

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if not self.is_up:
            raise URLError("unreachable")
        return certificate() if url.endswith(".pem") else b"<ConfirmSubscriptionResponse/>"


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def sns(client: Cast, clock: MovableClock, amazon: Amazon) -> Iterator[tuple[TestClient, str]]:
    """Intake with that Amazon, and the path of a source."""
    clock.now_is(NOW)
    works = works_of(client)
    with works.writing(SYSTEM) as work:
        _, key = alerts.make_source(work, "CloudWatch", "cloudwatch")
    intake = Intake(works, fetch=amazon.fetch)
    app = FastAPI()
    app.mount("", intake)
    yield TestClient(app), f"/ingest/cloudwatch/{key}"
    intake.stop()


def test_an_alarm_that_amazon_signed_is_taken_and_its_certificate_fetched_once(
    sns: tuple[TestClient, str], amazon: Amazon, client: Cast
) -> None:
    sender, path = sns
    for _ in range(2):
        assert sender.post(path, content=signed()).status_code == 202
    recorded(works_of(client))
    assert [row["state"] for row in rows(works_of(client), alert_rows)] == ["firing"]
    assert len(amazon.asked) == 1


def test_what_amazon_did_not_sign_is_refused_and_not_kept(
    sns: tuple[TestClient, str], amazon: Amazon, client: Cast
) -> None:
    sender, path = sns
    for body in (signed().replace(b"ALARM:", b"OK:"), b'{"AlarmName": "x"}', b""):
        assert sender.post(path, content=body).status_code == 403
    assert rows(works_of(client), alert_bodies) == []
    assert len(amazon.asked) == 1


def test_a_subscription_is_confirmed_and_asked_for_again_while_amazon_is_away(
    sns: tuple[TestClient, str], amazon: Amazon
) -> None:
    sender, path = sns
    body = signed("cloudwatch/confirmation.json")
    amazon.is_up = False
    refused = sender.post(path, content=body)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    amazon.is_up = True
    assert sender.post(path, content=body).status_code == 202
    assert "Action=ConfirmSubscription" in amazon.asked[-1]
