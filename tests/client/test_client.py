"""The typed client, against the real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice

import httpx2
import pytest

from kintsugi import Impact, Money
from kintsugi.client import Client, ClientError, Wanted, actions, postmortems, services
from tests.client.live import Live


@pytest.fixture
def bob(live: Live) -> Iterator[Client]:
    with Client(live.url, live.tokens["bob"]) as client:
        yield client


def test_me_is_whom_the_token_stands_for(bob: Client) -> None:
    me = bob.me()
    assert (me.name, me.email, me.role, me.zone) == ("Bob", "bob@example.com", "responder", "UTC")


def test_a_declared_incident_is_read_back_as_it_was_declared(bob: Client) -> None:
    made = bob.declare(
        "Checkout fails", severity="sev2", summary="Cards are refused", impact="One in ten",
        services=["api", "web"], tags=["cards"], external_id="a/b c?", drill=True,
        detection="customer",
    )  # fmt: skip
    assert (made.reference, made.severity, made.status, made.version) == (
        "INC-1", "SEV-2", "investigating", 1,
    )  # fmt: skip
    assert (made.services, made.tags, made.drill) == (("api", "web"), ("cards",), True)
    assert made.milestones.declared == made.created_at
    for name in (made.id, "INC-1", "inc-1", "a/b c?"):
        assert bob.incident(name) == made


def test_an_impact_may_have_numbers(bob: Client) -> None:
    hurt = Impact("One in ten", affected_users=900, revenue=Money(Decimal("12.50"), "EUR"))
    made = bob.declare("X", impact=hurt)
    assert made.impact == "One in ten"
    assert made.impact_details == replace(hurt, text="")
    worse = bob.edit(made, impact=Impact(affected_users=1_200, estimated=("affected_users",)))
    assert (worse.impact, worse.impact_details.affected_users) == ("One in ten", 1_200)
    assert worse.impact_details.revenue == hurt.revenue
    assert bob.edit(worse, impact="One in eight").impact_details == worse.impact_details


def test_the_severity_may_be_calculated(bob: Client) -> None:
    assert bob.declare("X", impacts={"user_impact": "majority"}).severity == "SEV-2"
    assert bob.declare("X").severity is None


def test_the_same_key_is_the_same_declaration(bob: Client) -> None:
    assert bob.declare("X", key="alert 7") == bob.declare("X", key="alert 7")
    assert len(list(bob.incidents())) == 1


class Lossy(httpx2.HTTPTransport):
    """A network on which the server hears everything and its first answers are lost."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.lost = lost

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if self.lost:
            self.lost -= 1
            answer.close()
            raise httpx2.ReadError("the line went dead")
        return answer


@pytest.mark.long
def test_what_is_done_and_whose_answer_is_lost_is_not_done_again(live: Live) -> None:
    with Client(live.url, live.tokens["bob"], transport=Lossy(2)) as client:
        assert client.declare("X").reference == "INC-1"
        assert live.asked.count(("POST", "/api/incidents")) == 3
        assert len(list(client.incidents())) == 1


@pytest.mark.long
def test_incidents_are_read_page_by_page(bob: Client, live: Live) -> None:
    for number in range(103):
        bob.declare(f"X {number}", services=["odd" if number % 2 else "even"])
    live.asked.clear()
    assert [one.reference for one in islice(bob.incidents(), 3)] == [
        "INC-103",
        "INC-102",
        "INC-101",
    ]
    assert len(live.asked) == 1
    assert len({one.id for one in bob.incidents()}) == 103
    assert len(list(bob.incidents(Wanted(status="open", service="odd")))) == 51
    assert list(bob.incidents(Wanted(status="closed"))) == []


def test_changes_give_the_new_version(bob: Client) -> None:
    one = bob.declare("X")
    one = bob.change_status(one, "identified", reason="found it")
    one = bob.change_severity(one, 1, reason="it is worse")
    one = bob.edit(one, title="Y", tags=["a"])
    assert (one.status, one.severity, one.title, one.tags) == ("identified", "SEV-1", "Y", ("a",))
    assert bob.edit(one, summary="known").title == "Y"


def test_of_two_changes_from_one_version_the_second_is_refused(bob: Client) -> None:
    one = bob.declare("X")
    bob.change_status(one, "identified")
    with pytest.raises(ClientError) as caught:
        bob.change_status(one, "monitoring")
    assert caught.value.status == 412
    assert caught.value.current is not None
    assert caught.value.current["status"] == "identified"


def test_a_milestone_can_be_corrected(bob: Client) -> None:
    one = bob.declare("X")
    began = one.created_at - timedelta(minutes=30)
    fixed = bob.correct_milestone(one, "impactStart", began, reason="from the graphs")
    assert fixed.milestones.impact_start == began
    assert (
        bob.correct_milestone(fixed, "impactStart", None, reason="no").milestones.impact_start
        is None
    )


def test_notes_stand_in_the_timeline(bob: Client) -> None:
    one = bob.declare("X")
    when = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    made = bob.note("INC-1", "rolled back", happened_at=when, kind="rollback", important=True)
    assert (made.happened_at, made.kind, made.important, made.actor) == (
        when,
        "rollback",
        True,
        "Bob",
    )
    assert made in list(bob.timeline(one.id))
    assert "rolled back" in bob.timeline_text("INC-1")


def test_refusals_say_what_and_where(bob: Client, live: Live) -> None:
    with pytest.raises(ClientError) as caught:
        bob.declare("X", severity="enormous")
    assert (caught.value.status, caught.value.errors[0].field) == (422, "severity")
    with pytest.raises(ClientError) as caught:
        bob.incident("INC-99")
    assert caught.value.status == 404
    with Client(live.url, live.tokens["charlie"]) as charlie, pytest.raises(ClientError) as caught:
        charlie.declare("X")
    assert caught.value.status == 403
    with Client(live.url, "nobody") as nobody, pytest.raises(ClientError) as caught:
        nobody.me()
    assert caught.value.status == 401


def test_a_private_incident_is_not_there_for_others(bob: Client, live: Live) -> None:
    bob.declare("X", private=True)
    with Client(live.url, live.tokens["charlie"]) as charlie:
        assert list(charlie.incidents()) == []
        with pytest.raises(ClientError) as caught:
            charlie.incident("INC-1")
    assert caught.value.status == 404


@pytest.mark.parametrize("said", [{}, [], "x", {"id": 1}, {"milestones": {}}])
def test_an_answer_of_another_server_is_an_error_that_says_so(said: object) -> None:
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, json=said))
    with Client("http://other.example", "t", transport=transport) as client:
        far = client.connection
        for ask in (
            client.me,
            lambda: client.incident("x"),
            lambda: list(client.incidents()),
            lambda: list(actions.listed(far, {})),
            lambda: actions.find(far, "ACT-1"),
            lambda: list(postmortems.listed(far, {})),
            lambda: postmortems.find(far, "PM-1"),
            lambda: services.apply_services(far, []),
        ):
            with pytest.raises(ClientError, match="no answer of a Kintsugi server"):
                ask()


def test_what_a_newer_server_adds_is_passed_over_and_kept(bob: Client) -> None:
    data = dict(bob.declare("X").data) | {"mood": "calm"}
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, json=data))
    with Client("http://newer.example", "t", transport=transport) as client:
        assert client.incident("x").data["mood"] == "calm"
