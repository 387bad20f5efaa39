"""Fixtures of what is sent: who receives, and the office that sends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kintsugi.kernel.unit_of_work import Works
from tests.receiver import Receiver, receiver
from tests.server.cast import MovableClock
from tests.server.comms.posting import Office
from tests.smtp_server import MailServer, mail_server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def office(works: Works, clock: MovableClock, mail: MailServer) -> Office:
    return Office(works, clock, mail)
