from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from kintsugi.app import open_works
from kintsugi.core.shared.severity import Severity
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.config import Settings
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from tests.journeys.browsers import Browsers, part
from tests.journeys.server import Server, add_cast, running
from tests.journeys.writing import assert_open_to_all
from tests.receiver import Receiver, receiver
from tests.smtp_server import MailServer, mail_server

PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True}
PATIENCE = 180.0


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as started:
        yield started


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


@pytest.fixture
def sending_server(database_url: str, tmp_path: Path, mail: MailServer) -> Iterator[Server]:
    """A server with the cast that sends letters, and webhooks to this machine."""
    add_cast(database_url)
    with running(
        database_url, tmp_path, KINTSUGI_SMTP_URL=f"{mail.url}?starttls=0",
        KINTSUGI_MAIL_FROM="kintsugi@example.com", KINTSUGI_ALLOWED_NETWORKS="127.0.0.1",
    ) as started:  # fmt: skip
        yield started


def soon(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def declared(page: Page, title: str) -> str:
    page.goto("/incidents/declare")
    page.get_by_label("What is wrong").fill(title)
    page.locator("select[name=severity]").select_option("SEV-1")
    page.get_by_role("button", name="Declare incident").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def listed(alice: Page, hook: Receiver, server: Server) -> None:
    """Alice makes an endpoint of the receiver, and lists it and an address for SEV-1."""
    headers = {"Authorization": f"Bearer {server.token_of('alice@example.com')}"}
    body = {"name": "Status hub", "url": hook.url}
    made = httpx2.post(f"{server.address}/api/webhook-endpoints", json=body, headers=headers)
    assert made.status_code == 201, made.text
    alice.goto("/settings/messages?start=guide")
    assert_open_to_all(alice)
    group = alice.get_by_role("group", name="executives")
    group.get_by_label("Who").fill("boss@example.com\nwebhook:Status hub")
    alice.get_by_role("button", name="Save who is told").click()
    alice.get_by_label("Status page").fill("https://status.example.com")
    alice.get_by_label("Channel").fill("#{incident_id}")
    part(alice, "What messages name").get_by_role("button", name="Save").click()
    expect(alice.get_by_label("Channel")).to_have_value("#{incident_id}")


def test_an_update_reaches_its_stakeholders_by_letter_and_webhook(
    sending_server: Server, browsers: Browsers, mail: MailServer, hook: Receiver
) -> None:
    listed(browsers.signed_in(sending_server, "alice"), hook, sending_server)
    bob = browsers.signed_in(sending_server, "bob", **PHONE)
    declared(bob, "Checkout is down")
    part(bob, "Messages").get_by_role("link", name="Send update").click()
    assert_open_to_all(bob)
    expect(part(bob, "What is sent")).to_contain_text("Still missing: service, impact, commander.")
    bob.get_by_label("Service", exact=True).fill("checkout")
    bob.get_by_label("Impact", exact=True).fill("Orders fail")
    expect(part(bob, "What is sent")).to_contain_text("Still missing: commander.")
    bob.get_by_role("button", name="Send update").click()
    expect(bob.get_by_text("Commander is missing. Type it, or say")).to_be_visible()
    bob.get_by_label("Commander is not available").check()
    bob.get_by_role("button", name="Send update").click()
    expect(part(bob, "Messages")).to_contain_text("SEV-1 INC-1 declared: Checkout is down")
    soon(lambda: len(mail.letters) == 1 and len(hook.got) == 1)
    letter, sent = mail.letters[0], json.loads(hook.got[0].body)
    assert letter["To"] == "boss@example.com"
    assert "Channel: #inc-1\nCommander: not available" in letter.get_content().replace("\r", "")
    assert "Impact: Orders fail" in json.dumps(sent)
    part(bob, "Messages").get_by_role("link", name="SEV-1 INC-1 declared").click()
    deliveries = part(bob, "Deliveries")
    expect(deliveries.get_by_text("Sent", exact=True)).to_have_count(2)
    assert_open_to_all(bob)


class Earlier:
    """A clock that is late."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(minutes=9)


def declared_earlier(server: Server, title: str) -> str:
    """Bob declared a SEV-1 nine minutes ago, and nobody was told since; its reference."""
    works = open_works(Settings(database_url=server.database_url), Earlier())
    try:
        with works.reading(SYSTEM) as work:
            user = accounts.user_of_email(work, "bob@example.com")
        assert user is not None
        with works.writing(user.viewer("UTC")) as work:
            said = incidents.Declaration(title=title, severity=Severity.SEV_1)
            return incidents.declare(work, said).reference
    finally:
        works.database.close()


def test_a_late_update_is_loud_on_a_phone_and_reminded_of_until_it_is_sent(
    sending_server: Server, browsers: Browsers, mail: MailServer
) -> None:
    address = f"/incidents/{declared_earlier(sending_server, 'Search is slow')}"
    soon(lambda: mail.to() == ["bob@example.com"])
    assert "INC-1: update late" in str(mail.letters[0]["Subject"])
    bob = browsers.signed_in(sending_server, "bob", **PHONE)
    bob.goto(address)
    expect(part(bob, "Messages").get_by_role("alert")).to_contain_text("overdue")
    bob.goto("/incidents")
    expect(bob.get_by_role("row").filter(has_text="Search is slow")).to_contain_text("min late")
    bob.goto(f"{address}/messages/new?template=update")
    bob.get_by_label("Progress", exact=True).fill("Rolling back")
    bob.get_by_role("button", name="Send update").click()
    expect(part(bob, "Messages").get_by_role("alert")).to_have_count(0)
    bob.goto("/incidents")
    expect(bob.get_by_role("row").filter(has_text="Search is slow")).not_to_contain_text("min late")
