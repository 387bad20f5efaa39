from __future__ import annotations

import json
from collections.abc import Callable

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.client import ClientError, Connection, NotReached
from kintsugi.core.shared.errors import InvalidValue

Answer = httpx2.Response | Exception
SECRET = "kin_s3cret"  # noqa: S105 - nobody's


class Far:
    """A server that answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []
        self.waits: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def connection(self) -> Connection:
        transport = httpx2.MockTransport(self)
        return Connection(
            "http://far.example/", SECRET, transport=transport, sleep=self.waits.append
        )


def busy(status: int = 503, after: str = "") -> httpx2.Response:
    return httpx2.Response(status, headers={"Retry-After": after} if after else {})


def down() -> Exception:
    return httpx2.ConnectError("refused")


CALLS: dict[str, Callable[[Connection], object]] = {
    "GET": lambda connection: connection.get("/api/x"),
    "POST": lambda connection: connection.post("/api/x", {"a": 1}),
    "PATCH": lambda connection: connection.patch("/api/x", {"a": 1}, etag='"3"'),
    "PUT": lambda connection: connection.put("/api/x", {"a": 1}),
    "DELETE": lambda connection: connection.delete("/api/x"),
}


def test_an_answer_has_its_json_etag_and_location() -> None:
    far = Far(httpx2.Response(201, json={"a": 1}, headers={"ETag": '"7"', "Location": "/api/x/1"}))
    reply = far.connection().post("/api/x", {"b": 2})
    assert (reply.status, reply.data, reply.etag, reply.location) == (
        201,
        {"a": 1},
        '"7"',
        "/api/x/1",
    )
    assert json.loads(far.asked[0].content) == {"b": 2}
    assert far.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert str(far.asked[0].url) == "http://far.example/api/x"


def test_a_server_under_a_path_is_asked_there() -> None:
    far = Far(httpx2.Response(200, json={}))
    with Connection(
        "https://e.com/kin/", SECRET, transport=httpx2.MockTransport(far)
    ) as connection:
        connection.get("/api/x", {"q": "a b", "none": None})
    assert str(far.asked[0].url) == "https://e.com/kin/api/x?q=a+b"


@pytest.mark.parametrize("first", [busy(429), busy(502), busy(503), busy(504), down()])
@pytest.mark.parametrize("method", CALLS)
def test_only_what_is_safe_twice_is_sent_twice(method: str, first: Answer) -> None:
    far = Far(first, httpx2.Response(200, json={"ok": True}))
    connection = far.connection()
    if method in ("GET", "POST"):
        CALLS[method](connection)
        assert len(far.asked) == 2
        assert len({one.headers.get("idempotency-key") for one in far.asked}) == 1
        return
    with pytest.raises(ClientError):
        CALLS[method](connection)
    assert len(far.asked) == 1


def test_it_gives_up_after_four_tries_and_waits_longer_each_time() -> None:
    far = Far(down())
    with pytest.raises(NotReached, match=r"cannot reach http://far\.example: refused") as caught:
        far.connection().get("/api/x")
    assert (len(far.asked), caught.value.status) == (4, 0)
    assert far.waits == [0.25, 0.5, 1.0]


def test_it_waits_as_long_as_the_server_asks_within_reason() -> None:
    far = Far(busy(429, after="3"), busy(after="9999"), httpx2.Response(204))
    assert far.connection().get("/api/x").data is None
    assert far.waits == [3.0, 10.0]


def test_two_posts_have_two_keys_and_one_may_be_given() -> None:
    far = Far(httpx2.Response(200, json={}))
    connection = far.connection()
    connection.post("/api/x")
    connection.post("/api/x")
    connection.post("/api/x", key="mine")
    keys = [one.headers["idempotency-key"] for one in far.asked]
    assert len(set(keys)) == 3
    assert keys[2] == "mine"


def test_a_problem_becomes_an_error_with_its_fields() -> None:
    problem = {
        "title": "Not understood", "detail": "severity: none", "status": 422,
        "errors": [{"field": "severity", "problem": "none", "expected": "SEV-1"}],
    }  # fmt: skip
    far = Far(
        httpx2.Response(422, json=problem, headers={"content-type": "application/problem+json"})
    )
    with pytest.raises(ClientError) as caught:
        far.connection().post("/api/x", {})
    error = caught.value
    assert (error.status, error.title, error.detail) == (422, "Not understood", "severity: none")
    assert [(one.field, one.expected) for one in error.errors] == [("severity", "SEV-1")]
    assert len(far.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, content=b"{", headers={"content-type": "application/json"}),
        httpx2.Response(500, content=b"<h1>no</h1>", headers={"content-type": "text/html"}),
        httpx2.Response(400, json=["not", "a", "problem"]),
        httpx2.Response(303, headers={"Location": "/sign-in"}),
    ],
)
def test_what_is_no_answer_of_ours_is_an_error_and_no_crash(answer: httpx2.Response) -> None:
    with pytest.raises(ClientError):
        Far(answer).connection().get("/api/x")


@given(st.text(max_size=30))
def test_any_address_is_taken_or_refused_by_name(url: str) -> None:
    refused = None
    try:
        Connection(url, SECRET).close()
    except InvalidValue as error:
        refused = error
    assert refused is None or refused.field == "url"


@pytest.mark.parametrize("token", ["", " ", "a\nb", "é"])
def test_a_bad_token_is_refused_and_never_repeated(token: str) -> None:
    with pytest.raises(InvalidValue, match="token: is empty, or holds"):
        Connection("http://e.com", token)


def test_the_token_is_in_no_text_of_the_connection_or_its_errors() -> None:
    connection = Far(down()).connection()
    with pytest.raises(NotReached) as caught:
        connection.get("/api/x")
    assert SECRET not in repr(connection) + str(caught.value) + repr(caught.value)
