"""Workers that are killed while they send, receivers that are away for days: each message arrives once, by its key."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa

from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.formats.standard_webhooks import is_signed
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.clock import SystemClock
from kintsugi.kernel.database import Database
from kintsugi.kernel.guard import networks_of
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.comms.delivery import About, DeliveryId, Endpoint
from kintsugi.server.comms.service import delivering, endpoints
from kintsugi.server.comms.tables.deliveries import message_deliveries
from tests.journeys.server import Clock, Server, add_cast, running
from tests.receiver import Receiver, receiver
from tests.server.cast import (  # noqa: F401 - fixtures are found by name
    cluster,
    database_url,
    postgres_giver,
    postgres_template,
    sqlite_giver,
    sqlite_template,
)
from tests.smtp_server import MailServer, mail_server

ROOT = Path(__file__).parents[2]
MESSAGES = 25
Started = subprocess.Popen[str]
Start = Callable[[], Started]


@pytest.fixture
def works(database_url: str) -> Iterator[Works]:  # noqa: F811 - the fixture above
    database = Database(database_url)
    yield Works(database, SystemClock())
    database.close()


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running_one:
        yield running_one


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running_one:
        yield running_one


@pytest.fixture
def start(database_url: str, mail: MailServer) -> Iterator[Start]:  # noqa: F811 - the fixture above
    """Starts a worker that sends, in a process of its own; all are killed at the end."""
    started: list[Started] = []

    def start_one() -> Started:
        told = [database_url, f"{mail.url}?starttls=0"]
        command = [sys.executable, "-m", "tests.journeys.sending_worker", *told]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def until(is_so: Callable[[], bool], seconds: float = 300) -> None:
    gives_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < gives_up, "it did not come to that"
        time.sleep(0.2)


def added(works: Works, hook: Receiver) -> tuple[Endpoint, str]:
    with works.writing(SYSTEM) as work:
        return endpoints.add_endpoint(work, "Status page", hook.url, networks_of("127.0.0.1"))


def sent_to(works: Works, number: int, *recipients: Recipient) -> tuple[DeliveryId, ...]:
    with works.writing(SYSTEM) as work:
        return delivering.send(
            work, about=About(f"msg_{number}"), to=recipients, subject=f"Word {number}",
            text=f"Word {number}", event="incident.update", facts={"number": number},
        )  # fmt: skip


def states(works: Works) -> Counter[str]:
    with works.reading(SYSTEM) as work:
        found = work.connection.execute(sa.select(message_deliveries.c.state))
        return Counter(found.scalars())


def test_killed_while_sending_each_message_arrives_once_by_its_key(
    works: Works, start: Start, hook: Receiver, mail: MailServer
) -> None:
    endpoint, secret = added(works, hook)
    to = Recipient(Way.WEBHOOK, endpoint.id, endpoint.name)
    letter = Recipient(Way.EMAIL, "bob@example.com", "Bob")
    first = start()
    hook.may_end.clear()  # what is sent is received, and its answer kept back
    made = [one for number in range(MESSAGES) for one in sent_to(works, number, to, letter)]
    until(hook.begun.is_set)
    until(lambda: len(mail.letters) > 0)
    first.kill()
    first.wait()
    hook.may_end.set()
    asked_before = len(hook.got)
    assert asked_before > 0
    second = start()
    until(lambda: len(hook.got) > asked_before + MESSAGES // 4)
    second.kill()  # once more, in the middle
    second.wait()
    start()
    until(lambda: states(works) == Counter({"sent": len(made)}))
    keys = Counter(hook.keys)
    webhooks = set(made[::2])
    assert set(keys) == webhooks, "each arrived, and nothing else"
    for key in keys:
        bodies = {one.body for one in hook.got if one.headers["webhook-id"] == key}
        assert len(bodies) == 1, "who takes each key once has each message once"
    told = {json.loads(one.body)["data"]["number"] for one in hook.got}
    assert told == set(range(MESSAGES))
    from_now = SystemClock().now()
    assert all(is_signed(one.headers, one.body, secret, from_now) for one in hook.got)
    names = Counter(str(one["Message-ID"]) for one in mail.letters)
    assert len(names) == MESSAGES
    assert {str(one["Subject"]) for one in mail.letters} == {f"Word {n}" for n in range(MESSAGES)}


class Program:
    """A program that uses the API of a running server as alice."""

    def __init__(self, server: Server) -> None:
        self._address, self._token = server.address, server.token_of("alice@example.com")

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        request = Request(  # noqa: S310 - our own server
            self._address + path, method=method, data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urlopen(request, timeout=120) as answer:  # noqa: S310 - our own server
            return json.loads(answer.read())


def test_a_receiver_that_is_away_for_a_day_has_it_once_and_one_that_is_gone_is_disabled(
    database_url: str,  # noqa: F811 - the fixture above
    tmp_path: Path,
    clock: Clock,
    hook: Receiver,
    mail: MailServer,
) -> None:
    add_cast(database_url)
    with running(
        database_url, tmp_path, clock, KINTSUGI_ALLOWED_NETWORKS="127.0.0.1",
        KINTSUGI_SMTP_URL=f"{mail.url}?starttls=0", KINTSUGI_MAIL_FROM="kintsugi@example.com",
    ) as server:  # fmt: skip
        alice = Program(server)
        made = alice.ask("POST", "/api/webhook-endpoints", {"name": "Status page", "url": hook.url})
        here = f"/api/webhook-endpoints/{made['id']}"
        hook.answers = [500, 302, 503, 429, 500, 500]
        ping = alice.ask("POST", f"{here}/ping", {})["id"]

        def tried(number: int) -> bool:
            found: int = alice.ask("GET", f"/api/deliveries/{ping}")["attempts"]
            return found == len(hook.got) == number

        # The schedule of the specification, a tenth of jitter added.
        for attempt, hours in enumerate((0, 0.01, 0.1, 0.6, 2.3, 5.6, 11.1), start=1):
            clock.forward(timedelta(hours=hours))
            until(partial(tried, attempt))
        whole = alice.ask("GET", f"/api/deliveries/{ping}")
        assert (whole["state"], set(hook.keys)) == ("sent", {ping})
        assert whole["tried"][0]["says"] == "answered 204"
        hook.usual = 410
        alice.ask("POST", f"{here}/ping", {})
        until(lambda: not alice.ask("GET", here)["isEnabled"])
        until(lambda: mail.to() == ["alice@example.com"])
        assert "Status page is disabled" in str(mail.letters[0]["Subject"])
        server_log = (tmp_path / "server.log").read_text()
    assert hook.url.partition("?")[2] not in server_log
    assert made["secret"] not in server_log
