"""Deliveries: sent with the commit or not at all, tried for days, given up, begun again, and one by their key."""

from __future__ import annotations

import importlib
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from kintsugi.app import PARKED
from kintsugi.core.comms.recipient import Recipient, Way
from kintsugi.core.comms.retries import SCHEDULE
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.standard_webhooks import is_signed
from kintsugi.kernel import jobs
from kintsugi.kernel.auth import SYSTEM, NotFound, Role, Viewer
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.comms.delivery import About, DeliveryState, Health
from kintsugi.server.comms.reactions import DELIVER, PURGE
from kintsugi.server.comms.service import delivering, endpoints
from tests.receiver import Receiver
from tests.server.cast import Cast, MovableClock
from tests.server.comms.posting import Office, by_mail, to
from tests.smtp_server import MailServer

TRIES = len(SCHEDULE[Way.WEBHOOK]) + 1


@pytest.mark.both_databases
def test_a_message_reaches_each_recipient_once(
    office: Office, hook: Receiver, mail: MailServer, clock: MovableClock
) -> None:
    endpoint, secret = office.endpoint(hook)
    bob, eve = by_mail("bob@example.com"), by_mail("eve@example.com")
    made = office.send([bob, to(endpoint), by_mail("BOB@example.com", "Bob"), eve])
    assert len(made) == 3, "who is named twice gets it once"
    assert (office.work(), office.work()) == (3, 0)
    assert mail.to() == ["bob@example.com", "eve@example.com"]
    (got,) = hook.got
    assert got.path == "/hook?from=kintsugi"
    assert is_signed(got.headers, got.body, secret, clock.now())
    assert json.loads(got.body)["data"]["incident"] == "INC-1"
    assert hook.keys == [made[1]]
    with office.works.reading(SYSTEM) as work:
        found = delivering.deliveries_of(work, "msg_1")
    assert [(one.to.name, one.state, one.attempts) for one in found] == [
        ("bob@example.com", DeliveryState.SENT, 1), ("Status page", DeliveryState.SENT, 1),
        ("eve@example.com", DeliveryState.SENT, 1),
    ]  # fmt: skip
    assert str(mail.letters[0]["Message-ID"]) != str(mail.letters[1]["Message-ID"])


def test_what_is_rolled_back_sends_nothing(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    with office.works.writing(SYSTEM) as work, suppress(ZeroDivisionError), work.attempt():
        delivering.send(
            work, about=About("msg_1"), to=[to(endpoint)], subject="x", text="x", event="x",
            facts={},
        )  # fmt: skip
        raise ZeroDivisionError
    assert office.work() == 0
    assert hook.got == []


@pytest.mark.parametrize(
    ("recipient", "field"),
    [(by_mail("bob"), "to[0].address"), (by_mail("b@x.y\0"), "to[0].address"),
     (Recipient(Way.WEBHOOK, "whe_1", "x"), "to[0].address"), (None, "to")],
)  # fmt: skip
def test_who_cannot_be_reached_is_refused(
    office: Office, recipient: Recipient | None, field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        office.send([recipient] if recipient else [])
    assert refused.value.field == field
    for text in ("", "   ", "x" * 20_001):
        with pytest.raises(InvalidValue, match="text"):
            office.send([by_mail("bob@example.com")], text)


def test_it_is_tried_for_three_days_under_one_key_and_then_given_up(
    office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.usual = 500
    (made,) = office.send([to(endpoint)])
    took = office.work_on()
    assert timedelta(days=3) < took < timedelta(days=4)
    assert hook.keys == [made] * TRIES
    assert len({one.body for one in hook.got}) == 1
    assert len({one.headers["webhook-timestamp"] for one in hook.got}) == TRIES
    found = office.delivery(made)
    assert (found.state, found.attempts, found.error) == (
        DeliveryState.GIVEN_UP, TRIES, "answered 500",
    )  # fmt: skip
    with office.works.reading(SYSTEM) as work:
        tried = delivering.attempts_of(work, found)
    assert [one.number for one in tried] == list(range(TRIES, 0, -1))
    assert {one.says for one in tried} == {"answered 500"}


@pytest.mark.both_databases
def test_a_failure_that_passes_is_made_up_for(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.answers = [503, 302]
    (made,) = office.send([to(endpoint)])
    office.work()
    waiting, first = office.delivery(made), office.clock.now()
    assert (waiting.state, waiting.error) == (DeliveryState.WAITING, "answered 503")
    assert waiting.next_at is not None
    assert office.health() == Health(None, first)
    office.work_on()
    assert office.delivery(made).state is DeliveryState.SENT
    assert office.delivery(made).attempts == 3
    assert office.health() == Health(office.clock.now(), None)


def test_an_endpoint_that_fails_for_days_is_disabled_and_the_admins_hear_it(
    client: Cast, office: Office, hook: Receiver, mail: MailServer
) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.usual = 500
    office.send([to(endpoint)])
    office.work_on()
    shown = office.shown()
    assert not shown.is_enabled
    assert "nothing arrived in 3 days" in shown.disabled_because
    assert mail.to() == ["alice@example.com"]
    assert "Status page is disabled" in str(mail.letters[0]["Subject"])
    assert hook.url not in mail.letters[0].get_content()
    audit = client.alice.get("/api/audit").json()["items"]
    assert "webhook_endpoint.disable" in {one["action"] for one in audit}


def test_one_success_among_failures_keeps_an_endpoint(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.usual = 500
    (first,) = office.send([to(endpoint)])
    for _ in range(4):
        office.work()
        office.clock.forward(hours=1)
    (second,) = office.send([to(endpoint)], "Another")
    hook.usual = 204
    for job in office.waiting():
        if job.payload["delivery"] == second:
            office.jobs.steps[DELIVER](job.key, job.payload)
    hook.usual = 500
    office.work_on()
    assert office.delivery(first).state is DeliveryState.GIVEN_UP
    assert office.shown().is_enabled


def test_410_disables_at_once_and_what_waits_fails(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.answers = [500, 410]
    (first,) = office.send([to(endpoint)])
    office.work()
    (second,) = office.send([to(endpoint)], "More")
    office.work()
    assert office.delivery(second).state is DeliveryState.FAILED
    assert office.shown().disabled_because.startswith("it answered 410")
    office.work_on()
    assert office.delivery(first).error == "the endpoint is disabled"
    assert len(hook.got) == 2, "nothing more was asked of it"
    (third,) = office.send([to(endpoint)], "Later")
    assert office.delivery(third).state is DeliveryState.FAILED
    assert office.waiting() == []


@pytest.mark.both_databases
def test_a_delivery_whose_job_was_parked_says_so_and_is_sent_after_all(
    office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    made = office.send([to(endpoint), by_mail("bob@example.com"), by_mail("eve@example.com")])
    hooked, bob, eve = made
    with office.works.writing(SYSTEM) as work:
        assert jobs.park_overdue(work, PARKED) == 3
    for one in made:
        found = office.delivery(one)
        assert (found.state, found.next_at) == (DeliveryState.GIVEN_UP, None)
        assert found.error.startswith("parked: it was overdue when a backup was restored")
    office.again(hooked)
    with office.works.writing(SYSTEM) as work:
        left = {job.payload["delivery"]: job.id for job in jobs.overview(work.connection).parked}
        assert set(left) == {bob, eve}, "nobody has to decide any more on what was begun again"
        jobs.do_again(work, left[bob])
    office.work()
    states = [office.delivery(one).state for one in made]
    assert states == [DeliveryState.SENT, DeliveryState.SENT, DeliveryState.GIVEN_UP]
    assert hook.keys == [hooked]


@pytest.mark.both_databases
def test_what_an_older_version_left_waiting_for_a_parked_job_is_given_up(office: Office) -> None:
    old, fresh = office.send([by_mail("bob@example.com"), by_mail("eve@example.com")])
    with office.works.writing(SYSTEM) as work:
        jobs.park_overdue(work)
    (begun,) = office.send([by_mail("ana@example.com")])
    office.again(fresh)
    migration = importlib.import_module(
        "kintsugi.kernel.migrations.versions.20261122_0024_deliveries"
    )
    with (
        office.works.writing(SYSTEM) as work,
        Operations.context(MigrationContext.configure(work.connection)),
    ):
        migration.upgrade()
    states = {one: office.delivery(one).state.value for one in (old, fresh, begun)}
    assert states == {old: "given up", fresh: "waiting", begun: "waiting"}
    assert "a backup was restored" in office.delivery(old).error


def test_what_failed_is_begun_again_under_the_same_key(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.answers = [410]
    (made,) = office.send([to(endpoint)])
    office.work()
    with pytest.raises(InvalidValue, match="disabled"):
        office.again(made)
    with office.works.writing(SYSTEM) as work:
        endpoints.enable_endpoint(work, office.shown())
    office.again(made)
    assert office.delivery(made).state is DeliveryState.WAITING
    office.work()
    found = office.delivery(made)
    assert (found.state, found.round, found.attempts) == (DeliveryState.SENT, 2, 1)
    assert hook.keys == [made, made]
    office.again(made)
    office.work()
    assert hook.keys == [made] * 3, "what was sent, too"


def test_what_waits_is_tried_now_when_it_is_begun_again(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.answers = [500, 500]
    (made,) = office.send([to(endpoint)])
    office.work()
    office.clock.forward(seconds=10)
    office.work()
    office.again(made)
    assert len(office.waiting()) == 1, "the attempt that waited is taken back"
    office.work()
    assert office.delivery(made).state is DeliveryState.SENT


@pytest.mark.both_databases
def test_an_attempt_that_was_made_is_not_made_twice(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.answers = [500]
    office.send([to(endpoint)])
    (job,) = office.waiting()
    office.work()
    office.jobs.steps[DELIVER](job.key, job.payload)
    assert len(hook.got) == 1


def test_while_secrets_change_over_both_sign(
    office: Office, hook: Receiver, clock: MovableClock
) -> None:
    endpoint, old = office.endpoint(hook)
    with office.works.writing(SYSTEM) as work:
        rotated, new = endpoints.rotate_secret(work, endpoint, timedelta(hours=24))
    assert rotated.secrets_at(clock.now()) == (new, old)
    office.send([to(endpoint)])
    office.work()
    clock.forward(hours=25)
    office.send([to(endpoint)], "Later")
    office.work()
    both, one = hook.got
    assert is_signed(both.headers, both.body, old, clock.now() - timedelta(hours=25))
    assert is_signed(both.headers, both.body, new, clock.now() - timedelta(hours=25))
    assert is_signed(one.headers, one.body, new, clock.now())
    assert not is_signed(one.headers, one.body, old, clock.now())


def test_an_address_inside_is_refused_whatever_its_name(works: Works, clock: MovableClock) -> None:
    office = Office(works, clock, networks="")
    with works.writing(SYSTEM) as work:
        endpoint, _ = endpoints.add_endpoint(work, "Inside", "http://localhost:9/")
        with pytest.raises(InvalidValue, match=r"url: leads to 10\.0\.0\.1, which is private"):
            endpoints.add_endpoint(work, "Private", "http://10.0.0.1/")
    (made,) = office.send([to(endpoint)])
    office.work()
    found = office.delivery(made)
    assert "which is loopback" in found.error
    assert found.state is DeliveryState.WAITING, "names change; so do settings"


@pytest.mark.both_databases
def test_metrics_count_deliveries_by_way_and_state_and_tell_how_long_the_oldest_waits(
    client: Cast, office: Office, hook: Receiver
) -> None:
    endpoint, _ = office.endpoint(hook)
    hook.answers = [500]
    office.send([to(endpoint)])
    office.work()
    office.clock.forward(minutes=2)
    office.send([by_mail("bob@example.com"), by_mail("eve@example.com")])
    made = client.alice.post("/api/incidents", json={"title": "Breach", "private": True}).json()
    with office.works.writing(SYSTEM) as work:
        delivering.send(
            work, about=About("msg_2", made["id"]), to=[by_mail("ceo@example.com")], subject="x",
            text="x", event="x", facts={},
        )  # fmt: skip
    told = client.stranger.get("/metrics").text
    assert 'kintsugi_deliveries{state="waiting",way="webhook"} 1.0' in told
    assert 'kintsugi_deliveries{state="waiting",way="email"} 2.0' in told
    assert 'kintsugi_deliveries{state="given_up",way="email"} 0.0' in told
    assert "kintsugi_delivery_waiting_seconds 120.0" in told


def test_without_a_mail_server_a_letter_fails_and_says_why(
    works: Works, clock: MovableClock
) -> None:
    office = Office(works, clock)
    (made,) = office.send([by_mail("bob@example.com")])
    office.work()
    found = office.delivery(made)
    assert (found.state, found.error) == (
        DeliveryState.FAILED, "no mail server is set: KINTSUGI_SMTP_URL",
    )  # fmt: skip


def test_a_letter_that_is_sent_twice_has_one_name(office: Office, mail: MailServer) -> None:
    mail.answers["DATA"] = ["451 busy"]
    (made,) = office.send([by_mail("bob@example.com", "Bob\0\r\nX: 1")])
    office.work_on()
    office.again(made)
    office.work()
    assert len({str(one["Message-ID"]) for one in mail.letters}) == 1
    assert len(mail.letters) == 2


def test_what_is_about_a_private_incident_exists_only_for_who_sees_it(
    client: Cast, office: Office, hook: Receiver
) -> None:
    private = client.bob.post("/api/incidents", json={"title": "Kept", "private": True}).json()
    endpoint, _ = office.endpoint(hook)
    with office.works.writing(SYSTEM) as work:
        (made,) = delivering.send(
            work, about=About("msg_1", private["id"]), to=[to(endpoint)], subject="x", text="x",
            event="x", facts={},
        )  # fmt: skip
    office.work()
    assert len(hook.got) == 1
    alice = Viewer(
        client.alice.get("/api/me").json()["id"], "Alice", "alice@example.com", Role.ADMIN
    )
    bob = Viewer(client.bob.get("/api/me").json()["id"], "Bob", "bob@example.com", Role.RESPONDER)
    works: Works = client.alice.app.state.kernel.works  # type: ignore[attr-defined] # the application
    with works.reading(bob) as work:
        assert [one.id for one in delivering.deliveries_of(work, "msg_1")] == [made]
    with works.reading(alice) as work:
        assert delivering.deliveries_of(work, "msg_1") == ()
        assert delivering.deliveries_to(work, endpoint).items == ()
        assert endpoints.health_of(work)[endpoint.id] == Health(), "not even when"
        with pytest.raises(NotFound):
            delivering.get_delivery(work, made)


@pytest.mark.both_databases
def test_what_came_to_its_end_long_ago_is_forgotten(office: Office, hook: Receiver) -> None:
    endpoint, _ = office.endpoint(hook)
    (old,) = office.send([to(endpoint)])
    office.work()
    office.clock.forward(days=80)
    (new,) = office.send([to(endpoint)], "Newer")
    office.work()
    office.clock.forward(days=11)
    with office.works.writing(SYSTEM) as work:
        office.jobs.handlers[PURGE](work, {})
    assert office.delivery(new).state is DeliveryState.SENT
    with pytest.raises(NotFound):
        office.delivery(old)
