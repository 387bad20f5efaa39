"""Reminders of updates: when they come, who gets them, and what is said where an update is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from kintsugi.kernel import outbox
from kintsugi.kernel.auth import SYSTEM
from kintsugi.server.comms.reminding import REMIND
from tests.server.cast import Cast, MovableClock
from tests.server.comms.posting import Office
from tests.server.comms.test_messages import declared
from tests.smtp_server import MailServer, mail_server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


class Desk(Office):
    """Does the reminders that are due, and sends their letters."""

    def reminders(self) -> list[outbox.Job]:
        with self.works.reading(SYSTEM) as work:
            query = sa.select(outbox.jobs).where(
                outbox.jobs.c.kind == REMIND, outbox.jobs.c.state == "waiting"
            )
            query = query.order_by(outbox.jobs.c.due_at)
            return [outbox.job_of(row) for row in work.connection.execute(query).mappings()]

    def tick(self) -> None:
        for job in self.reminders():
            if job.due_at <= self.clock.now():
                with self.works.writing(SYSTEM) as work:
                    self.jobs.handlers[REMIND](work, job.payload)
                    work.cancel_later(job.key)
        self.work()


@pytest.fixture
def desk(client: Cast, clock: MovableClock, mail: MailServer) -> Desk:
    return Desk(client.bob.app.state.kernel.works, clock, mail)  # type: ignore[attr-defined] # the application


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


def told(mail: MailServer) -> list[tuple[str, str]]:
    said = [(str(one["To"]), str(one["Subject"])) for one in mail.letters]
    mail.letters.clear()
    return said


def update(client: Cast, reference: str, **said: Any) -> None:  # noqa: ANN401 - a body
    body = {"values": {"progress": "We look", **said}}
    answer = client.bob.post(f"/api/incidents/{reference}/messages", json=body)
    assert answer.status_code == 201, answer.text


def role(client: Cast, reference: str, name: str, who: str) -> None:
    body = {"role": name, "who": who}
    answer = client.bob.post(f"/api/incidents/{reference}/roles", json=body)
    assert answer.status_code == 200, answer.text


def test_the_communications_lead_hears_it_before_and_when_it_is_late_and_not_after(
    client: Cast, clock: MovableClock, mail: MailServer, desk: Desk
) -> None:
    reference = declared(client)
    role(client, reference, "commander", "alice@example.com")
    role(client, reference, "comms", "charlie@example.com")
    clock.now_is(at(9, 3))
    desk.tick()
    assert told(mail) == []
    clock.now_is(at(9, 4))
    desk.tick()
    desk.tick()
    assert told(mail) == [("charlie@example.com", "INC-1: update due soon, 09:05 UTC")]
    clock.now_is(at(9, 6))
    desk.tick()
    assert told(mail) == [("charlie@example.com", "INC-1: update late, 09:05 UTC")]
    update(client, reference)
    assert [job.due_at for job in desk.reminders()] == [at(9, 10), at(9, 11)]
    update(client, reference)
    clock.now_is(at(9, 20))
    desk.tick()
    assert told(mail) == [], "it was sent in time, so the timers of the one before are gone"
    clock.now_is(at(9, 22))
    desk.tick()
    assert told(mail) == [("charlie@example.com", "INC-1: update due soon, 09:26 UTC")]


def test_without_a_lead_the_commander_hears_it_and_without_one_whoever_declared_it(
    client: Cast, clock: MovableClock, mail: MailServer, desk: Desk
) -> None:
    first, second = declared(client), declared(client)
    role(client, second, "commander", "alice@example.com")
    clock.now_is(at(9, 4))
    desk.tick()
    assert sorted(to for to, _ in told(mail)) == ["alice@example.com", "bob@example.com"]
    assert first != second


def test_who_cannot_see_a_private_incident_is_not_reminded_of_it(
    client: Cast, clock: MovableClock, mail: MailServer, desk: Desk
) -> None:
    reference = declared(client, private=True)
    clock.now_is(at(9, 4))
    desk.tick()
    assert [to for to, _ in told(mail)] == ["bob@example.com"]
    assert reference == "INC-1"


@pytest.mark.parametrize("change", [{"status": "resolved"}, {"severity": "SEV-3"}])
def test_what_needs_no_update_any_more_reminds_nobody(
    client: Cast, clock: MovableClock, mail: MailServer, desk: Desk, change: dict[str, str]
) -> None:
    reference = declared(client)
    assert len(desk.reminders()) == 2
    headers = {"If-Match": client.bob.get(f"/api/incidents/{reference}").headers["etag"]}
    body = {**change, "reason": "It is over"}
    answer = client.bob.patch(f"/api/incidents/{reference}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert desk.reminders() == []
    clock.now_is(at(10, 0))
    desk.tick()
    assert told(mail) == []


def test_a_severity_that_is_raised_late_reminds_once_and_at_once(
    client: Cast, clock: MovableClock, mail: MailServer, desk: Desk
) -> None:
    reference = declared(client, "SEV-3")
    assert desk.reminders() == []
    clock.now_is(at(9, 30))
    headers = {"If-Match": client.bob.get(f"/api/incidents/{reference}").headers["etag"]}
    body = {"severity": "SEV-1", "reason": "It spreads"}
    client.bob.patch(f"/api/incidents/{reference}", json=body, headers=headers)
    desk.tick()
    assert [said for _, said in told(mail)] == ["INC-1: update late, 09:05 UTC"]


def test_a_message_written_down_by_hand_counts_as_one(client: Cast, desk: Desk) -> None:
    reference = declared(client)
    body = {"text": "Told them in the channel", "kind": "message"}
    client.bob.post(f"/api/incidents/{reference}/timeline", json=body)
    assert [job.due_at for job in desk.reminders()] == [at(9, 4), at(9, 5)]
    assert len({job.key for job in desk.reminders()}) == 2
