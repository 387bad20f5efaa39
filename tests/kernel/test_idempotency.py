"""A request that is sent again with the same Idempotency-Key is answered again and not done again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.responses import Response
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kintsugi.app import build_app
from kintsugi.kernel import http, idempotency
from kintsugi.kernel.auth import Action
from kintsugi.kernel.clock import SystemClock
from kintsugi.kernel.config import Settings
from kintsugi.kernel.database import Database
from kintsugi.kernel.unit_of_work import UnitOfWork, Works
from tests.server.cast import Cast, MovableClock

pytestmark = pytest.mark.both_databases

INCIDENTS = "/api/incidents"
Answer = Any  # the test client's own type differs between versions of its library


def declare(browser: TestClient, key: str, **said: object) -> Answer:
    body = {"title": "Checkout fails", **said}
    return browser.post(INCIDENTS, json=body, headers={"Idempotency-Key": key})


def count(client: Cast) -> int:
    return len(client.alice.get(INCIDENTS).json()["items"])


def kept(works: Works) -> int:
    with works.database.reading() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(idempotency.answers)
        ).scalar_one()


def told(answer: Answer) -> tuple[object, ...]:
    names = ("etag", "location", "content-type")
    return (answer.status_code, answer.content, *(answer.headers.get(name) for name in names))


def test_the_same_request_gets_the_same_answer_and_is_done_once(client: Cast) -> None:
    first = declare(client.bob, "k1")
    again = declare(client.bob, "k1")
    assert first.status_code == 201, first.text
    assert told(again) == told(first)
    assert (first.headers.get("etag"), first.headers["location"]) == (
        '"1"',
        f"{INCIDENTS}/{first.json()['id']}",
    )
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert count(client) == 1


def test_the_layout_of_the_body_does_not_matter(client: Cast) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    one = client.bob.post(INCIDENTS, content='{"title":"X","drill":true}', headers=headers)
    other = client.bob.post(INCIDENTS, content='{ "drill": true, "title": "X" }', headers=headers)
    assert told(one) == told(other)


def test_without_the_header_nothing_is_kept(client: Cast, works: Works) -> None:
    for _ in range(2):
        assert client.bob.post(INCIDENTS, json={"title": "X"}).status_code == 201
    assert (count(client), kept(works)) == (2, 0)


def test_the_same_key_with_another_body_or_place_is_refused(client: Cast) -> None:
    place = declare(client.bob, "k1").headers["location"]
    for answer in (
        declare(client.bob, "k1", title="Search fails"),
        client.bob.post(f"{place}/timeline", json={"text": "x"}, headers={"Idempotency-Key": "k1"}),
    ):
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert count(client) == 1


def test_each_user_has_keys_of_their_own(client: Cast) -> None:
    assert declare(client.bob, "k1").json()["id"] != declare(client.alice, "k1").json()["id"]
    assert count(client) == 2


def test_a_role_that_was_lost_does_not_get_the_answer_again(client: Cast) -> None:
    assert declare(client.bob, "k1").status_code == 201
    bob = client.bob.get("/api/me").json()["id"]
    assert client.alice.patch(f"/api/users/{bob}", json={"role": "viewer"}).status_code == 200
    assert declare(client.bob, "k1").status_code == 403


def test_a_refused_request_keeps_nothing_and_may_be_sent_right_again(
    client: Cast, works: Works
) -> None:
    assert declare(client.bob, "k1", severity="enormous").status_code == 422
    assert declare(client.bob, "k1", title=" ").status_code == 422
    assert declare(client.charlie, "k1").status_code == 403
    assert kept(works) == 0
    assert declare(client.bob, "k1").status_code == 201


def test_a_handler_that_answers_with_a_failure_keeps_nothing(
    works: Works, client: Cast, database_url: str
) -> None:
    def busy() -> Response:
        return http.problem(503, "Busy", "later")

    answers: list[object] = [busy, busy, {"done": True}]

    @http.door(Action.RESPOND, writes=True)
    def sometimes(_work: UnitOfWork) -> object:
        return answers.pop(0)

    app = build_app(Settings(database_url=database_url), works)
    app.post("/api/sometimes", response_model=None)(sometimes)
    bob = TestClient(app, headers={**client.bob.headers, "Idempotency-Key": "k"})
    statuses = [bob.post("/api/sometimes").status_code for _ in range(4)]
    assert (statuses, kept(works)) == ([503, 503, 200, 200], 1)


def test_an_answer_is_kept_for_a_day(client: Cast, works: Works, clock: MovableClock) -> None:
    first = declare(client.bob, "k1").json()["id"]
    clock.forward(hours=23, minutes=59)
    assert declare(client.bob, "k1").json()["id"] == first
    clock.forward(minutes=2)
    assert declare(client.bob, "k1").json()["id"] != first
    clock.forward(hours=23)
    declare(client.bob, "k2")
    clock.forward(hours=2)
    with works.database.writing() as connection:
        assert idempotency.purge(connection, clock.now()) == 1
    assert kept(works) == 1


def test_of_twins_at_the_same_time_one_does_the_work(client: Cast) -> None:
    twins = [TestClient(client.bob.app, headers=dict(client.bob.headers)) for _ in range(8)]
    start = Barrier(len(twins))

    def send(twin: TestClient) -> Answer:
        start.wait()
        return declare(twin, "k1")

    with ThreadPoolExecutor(len(twins)) as pool:
        answers = list(pool.map(send, twins))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == len(twins) - 1
    assert count(client) == 1


@pytest.mark.parametrize("key", [b"", b"   ", b"x" * 201, b"a\tb", "é".encode()])
def test_what_is_no_key_is_refused(client: Cast, key: bytes) -> None:
    answer = client.bob.post(INCIDENTS, json={"title": "X"}, headers={b"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert count(client) == 0


def test_a_key_may_have_200_characters(client: Cast) -> None:
    assert declare(client.bob, "x" * 200).status_code == 201
    assert declare(client.bob, "x" * 200).headers["idempotent-replayed"] == "true"


def test_neither_a_password_nor_a_fingerprint_of_it_is_kept(client: Cast, works: Works) -> None:
    def add(password: str) -> Answer:
        person = {"name": "Dora", "email": "d@example.com", "password": password}
        return client.alice.post("/api/users", json=person, headers={"Idempotency-Key": "k"})

    assert add("correct horse battery").status_code == 201
    # Another password gives the same fingerprint: none of it is in there.
    assert add("another horse battery").headers["idempotent-replayed"] == "true"
    with works.database.reading() as connection:
        (row,) = connection.execute(sa.select(idempotency.answers))
    assert "horse" not in str(row)


def test_an_answer_with_a_secret_is_not_kept_and_not_made_twice(client: Cast, works: Works) -> None:
    person = {"name": "D", "email": "d@example.com", "password": "mended with gold"}
    assert client.alice.post("/api/users", json=person).status_code == 201
    browser = TestClient(
        client.stranger.app, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )
    assert browser.post("/sign-in", data=person).status_code == 303
    headers = {"Idempotency-Key": "k"}
    made = browser.post("/api/tokens", json={"name": "x"}, headers=headers)
    again = browser.post("/api/tokens", json={"name": "x"}, headers=headers)
    assert (made.status_code, again.status_code) == (201, 409)
    assert len(browser.get("/api/tokens").json()["items"]) == 1
    with works.database.reading() as connection:
        (row,) = connection.execute(sa.select(idempotency.answers))
    assert made.json()["secret"] not in str(row)


def test_the_schema_tells_of_the_header_at_every_post() -> None:
    app = build_app(Settings(), Works(Database("sqlite://"), SystemClock()))
    for _ in range(2):
        paths = app.openapi()["paths"]
        for path, methods in paths.items():
            for method, call in methods.items():
                names = [one["name"] for one in call.get("parameters", [])]
                wanted = path.startswith("/api/") and method == "post"
                assert names.count("Idempotency-Key") == wanted, (method, path)


TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@pytest.mark.long
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200),
    title=TEXTS.filter(lambda text: bool(text.strip())),
    times=st.integers(1, 3),
)
def test_however_often_it_is_sent_it_happens_once(
    client: Cast, key: str, title: str, times: int
) -> None:
    before = count(client)
    answers = [declare(client.bob, key + str(before), title=title) for _ in range(times)]
    if answers[0].status_code == 201:
        assert len({told(answer) for answer in answers}) == 1
        assert count(client) == min(before + 1, 25)
    else:
        assert count(client) == before
