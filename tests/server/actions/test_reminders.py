"""Reminders: on which days, to whom, once each whatever dies in between, and nothing to who may not see."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kintsugi.app import build_jobs
from kintsugi.kernel import outbox
from kintsugi.kernel.auth import SYSTEM
from kintsugi.kernel.clock import SystemClock
from kintsugi.kernel.config import Settings
from kintsugi.kernel.jobs import Jobs, StepFailed, Worker
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.actions import reactions, store
from kintsugi.server.actions.tables import action_reminders
from tests.server.actions.begun import FIRST, SECOND, THIRD, begun, moved, published
from tests.server.actions.mail_worker import QUICK
from tests.server.cast import Cast, MovableClock
from tests.smtp_server import MailServer, mail_server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


class Post:
    """The reminders' jobs, done by hand: `morning` takes them, `deliver` sends what is waiting."""

    def __init__(self, client: Cast, settings: Settings) -> None:
        self.works: Works = client.alice.app.state.kernel.works  # type: ignore[attr-defined] # the application
        self.jobs: Jobs = build_jobs(settings, self.works)

    def morning(self) -> None:
        with self.works.writing(SYSTEM) as work:
            self.jobs.handlers[reactions.REMIND](work, {})

    def waiting(self) -> list[outbox.Job]:
        with self.works.reading(SYSTEM) as work:
            query = sa.select(outbox.jobs).where(
                outbox.jobs.c.kind == reactions.LETTER, outbox.jobs.c.state == "waiting"
            )
            return [outbox.job_of(row) for row in work.connection.execute(query).mappings()]

    def deliver(self) -> None:
        for job in self.waiting():
            self.jobs.steps[reactions.LETTER](job.key, job.payload)
            with self.works.writing(SYSTEM) as work:
                work.cancel_later(job.key)


def sending(mail: MailServer, zone: str = "UTC") -> Settings:
    return Settings(smtp_url=f"{mail.url}?starttls=0", mail_from="kintsugi@example.com", zone=zone)


@pytest.fixture
def post(client: Cast, mail: MailServer) -> Post:
    return Post(client, sending(mail))


@pytest.mark.long
def test_the_owner_hears_it_before_on_the_day_after_it_and_then_every_week(
    client: Cast, clock: MovableClock, mail: MailServer, post: Post
) -> None:
    published(client, FIRST)
    heard = {}
    for day in range(2, 31):
        clock.now_is(datetime(2026, 3, day, 8, 0, tzinfo=UTC))
        post.morning()
        post.morning()
        post.deliver()
        if mail.letters:
            heard[day] = [str(one["Subject"]).partition(":")[0] for one in mail.letters]
            assert "bob@example.com" in mail.to()
        mail.letters.clear()
    assert heard == {
        10: ["ACT-1 is due in 2 days"], 12: ["ACT-1 is due today"], 13: ["ACT-1 is 1 day late"],
        19: ["ACT-1 is 7 days late"], 26: ["ACT-1 is 14 days late"],
    }  # fmt: skip


def test_a_week_late_it_is_told_to_collaborators_and_who_answers_for_the_postmortem(
    client: Cast, clock: MovableClock, mail: MailServer, post: Post
) -> None:
    item = {**SECOND, "due": "2026-03-12", "collaborators": ["dora@elsewhere.example", "Erin"]}
    published(client, item, owner="alice@example.com")
    clock.now_is(datetime(2026, 3, 19, 8, 0, tzinfo=UTC))
    post.morning()
    post.deliver()
    assert mail.to() == [
        "alice@example.com", "bob@example.com", "charlie@example.com", "dora@elsewhere.example",
    ]  # fmt: skip
    text = mail.letters[0].get_content()
    assert "Set a limit on connections" in text
    assert "http://127.0.0.1:8000/actions/ACT-1" in text
    assert "pool was smaller" not in text, "nothing of the postmortem"


@pytest.mark.long
def test_an_action_that_is_settled_or_moved_reminds_nobody(
    client: Cast, clock: MovableClock, mail: MailServer, post: Post
) -> None:
    published(client, FIRST, {**FIRST, "description": "Set another alert"})
    clock.now_is(datetime(2026, 3, 12, 8, 0, tzinfo=UTC))
    assert moved(client.bob, "ACT-1", {"status": "DONE"}).status_code == 200
    post.morning()
    assert len(post.waiting()) == 1
    assert moved(client.bob, "ACT-2", {"status": "DONE"}).status_code == 200
    post.deliver()
    assert mail.letters == [], "done between taking and sending"


@pytest.mark.both_databases
def test_who_may_not_see_an_action_gets_no_letter_of_it(
    client: Cast, clock: MovableClock, mail: MailServer, post: Post
) -> None:
    due = {"due": "2026-03-12"}
    begun(client, SECOND | due, THIRD | due)
    begun(client, SECOND | due, THIRD | due, FIRST, private=True)
    clock.now_is(datetime(2026, 3, 12, 8, 0, tzinfo=UTC))
    post.morning()
    post.deliver()
    assert mail.to() == ["bob@example.com"], (
        "who declared the private one; drafts are their authors'"
    )


def test_an_address_without_an_account_hears_what_everybody_sees(
    client: Cast, clock: MovableClock, mail: MailServer, post: Post
) -> None:
    made = published(client, THIRD)
    clock.now_is(datetime(2026, 3, 5, 8, 0, tzinfo=UTC))
    post.morning()
    incident = made["incidentId"]
    version = client.bob.get(f"/api/incidents/{incident}").json()["version"]
    hidden = client.bob.post(
        f"/incidents/{client.bob.get(f'/api/incidents/{incident}').json()['reference']}/privacy",
        data={"version": str(version), "on": "yes", "reason": "It names a customer"},
        headers={"Accept": "text/html"},
    )
    assert hidden.status_code == 303
    post.deliver()
    assert mail.letters == [], "it was made private in between"


def test_who_was_let_out_and_a_deleted_postmortem_remind_nobody(
    client: Cast, clock: MovableClock, post: Post
) -> None:
    published(client, SECOND | {"due": "2026-03-12"})
    begun(client, FIRST)
    charlie = client.charlie.get("/api/me").json()["id"]
    assert client.alice.patch(f"/api/users/{charlie}", json={"isActive": False}).status_code == 200
    version = client.bob.get("/api/postmortems/PM-2").json()["version"]
    gone = client.bob.delete("/api/postmortems/PM-2", headers={"If-Match": f'"{version}"'})
    assert gone.status_code == 204
    clock.now_is(datetime(2026, 3, 12, 8, 0, tzinfo=UTC))
    post.morning()
    assert post.waiting() == []


def test_the_day_is_the_organisations(client: Cast, clock: MovableClock, mail: MailServer) -> None:
    published(client, FIRST)
    clock.now_is(datetime(2026, 3, 11, 19, 0, tzinfo=UTC))  # 12 March, 08:00, in Auckland
    post = Post(client, sending(mail, "Pacific/Auckland"))
    night = next(one for one in post.jobs.nightly if one.kind == reactions.REMIND)
    assert night.next_after(clock.now() - timedelta(minutes=1)) == clock.now()
    post.morning()
    post.deliver()
    assert str(mail.letters[0]["Subject"]).startswith("ACT-1 is due today")


def test_a_morning_that_was_missed_is_made_up_for_once(
    client: Cast, clock: MovableClock, mail: MailServer, post: Post
) -> None:
    published(client, FIRST, THIRD)
    clock.now_is(datetime(2026, 3, 14, 8, 0, tzinfo=UTC))
    for _ in range(2):
        post.morning()
        post.deliver()
        clock.forward(days=1)
    found = sorted(str(one["Subject"]).partition(":")[0] for one in mail.letters)
    escalated = ["ACT-2 is 9 days late"] * 2
    assert found == ["ACT-1 is 2 days late", *escalated], "the owner, and who wrote it down"


def test_without_a_mail_server_nothing_is_taken(client: Cast, clock: MovableClock) -> None:
    published(client, FIRST)
    clock.now_is(datetime(2026, 3, 12, 8, 0, tzinfo=UTC))
    post = Post(client, Settings())
    assert reactions.REMIND not in post.jobs.handlers
    assert reactions.REMIND not in [one.kind for one in post.jobs.nightly]
    assert "Reminders are off" in client.charlie.get("/actions").text


def test_a_letter_that_is_not_taken_stays_unsent(
    client: Cast, clock: MovableClock, mail: MailServer, post: Post
) -> None:
    published(client, FIRST)
    clock.now_is(datetime(2026, 3, 12, 8, 0, tzinfo=UTC))
    post.morning()
    mail.answers["RCPT"] = ["450 later"]
    with pytest.raises(StepFailed):
        post.deliver()
    assert "not sent yet" in client.bob.get("/actions/ACT-1").text
    post.deliver()
    assert "not sent yet" not in client.bob.get("/actions/ACT-1").text
    assert mail.to() == ["bob@example.com"]


@pytest.mark.long
@pytest.mark.both_databases
def test_two_who_take_one_reminder_at_once_make_one(client: Cast, works: Works) -> None:
    published(client, FIRST)
    act = client.bob.get("/api/actions/ACT-1").json()["id"]
    day, taken = date(2026, 3, 12), []
    together = threading.Barrier(2, timeout=60)

    def take() -> None:
        together.wait()
        with works.writing(SYSTEM) as work:
            taken.append(store.claim_reminder(work.connection, act, day, "today", ["b"], work.now))
            time.sleep(0.3)
            work.audit("test.after", act)  # the transaction of the second still works

    threads = [threading.Thread(target=take) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(taken) == [False, True]


@pytest.mark.long
def test_the_worker_sends_them_at_eight(
    client: Cast, database_url: str, clock: MovableClock, mail: MailServer
) -> None:
    published(client, FIRST)
    clock.now_is(datetime(2026, 3, 12, 6, 59, tzinfo=UTC))
    works: Works = client.alice.app.state.kernel.works  # type: ignore[attr-defined] # the application
    settings = replace(sending(mail, "Europe/Berlin"), database_url=database_url)
    worker = Worker(works, build_jobs(settings, works), QUICK)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        until(lambda: "actions.remind" in waiting_kinds(works))
        assert mail.letters == []
        clock.forward(minutes=2)  # 08:01 in Berlin
        until(lambda: bool(mail.letters))
    finally:
        worker.stop()
        thread.join(60)
    assert mail.to() == ["bob@example.com"]
    assert ZoneInfo("Europe/Berlin") == settings.zone_info


@pytest.mark.long
def test_killed_between_taking_and_sending_each_letter_comes_once(
    client: Cast, database_url: str, mail: MailServer
) -> None:
    """The first worker is killed while the mail server has its letter and has not answered yet."""
    works = replace(client.alice.app.state.kernel.works, clock=SystemClock())  # type: ignore[attr-defined]
    today = datetime.now(UTC).date().isoformat()
    items = [{**FIRST, "due": today, "description": f"Add alert {n}"} for n in range(3)]
    published(client, *items)
    mail.may_end.clear()
    with works.writing(SYSTEM) as work:
        work.later(reactions.REMIND, {}, key="now")
    with worker(database_url, mail) as first:
        assert mail.begun.wait(120)
        first.kill()
        first.wait(60)
    assert mail.letters == []
    mail.may_end.set()
    with worker(database_url, mail):
        until(lambda: len({str(one["Message-ID"]) for one in mail.letters}) == 3)
        until(lambda: not open_letters(works))
    names = [str(one["Message-ID"]) for one in mail.letters]
    assert len(set(names)) == 3
    with works.reading(SYSTEM) as work:
        kept = work.connection.execute(sa.select(action_reminders.c.sent_at)).scalars().all()
    assert len(kept) == 3
    assert all(kept)


@contextmanager
def worker(database_url: str, mail: MailServer) -> Iterator[subprocess.Popen[bytes]]:
    words = [
        sys.executable, "-m", "tests.server.actions.mail_worker", database_url,
        f"{mail.url}?starttls=0",
    ]  # fmt: skip
    process = subprocess.Popen(words)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def open_letters(works: Works) -> int:
    with works.reading(SYSTEM) as work:
        query = sa.select(outbox.jobs.c.id).where(
            outbox.jobs.c.kind == reactions.LETTER, outbox.jobs.c.state.in_(outbox.OPEN)
        )
        return len(work.connection.execute(query).all())


def waiting_kinds(works: Works) -> set[str]:
    with works.reading(SYSTEM) as work:
        return set(work.connection.execute(sa.select(outbox.jobs.c.kind)).scalars())


def until(holds: object, seconds: float = 120) -> None:
    assert callable(holds)
    gives_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < gives_up, "it did not come"
        time.sleep(0.1)
