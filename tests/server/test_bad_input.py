"""Bodies, queries and paths that no honest program sends, and what belongs to somebody else: refused, never broken."""

from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM, Scope
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.addresses import Route, routes
from tests.server.cast import Cast, a_database
from tests.server.test_doors import BODIES, filled
from tests.slices import part

JSON = {"Content-Type": "application/json"}
BODIES_OF_NOBODY = (
    b'{"title": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"title": "\\u0000"}', b'{"title": "\\ud800"}', b'{"\\ud800": 1}', b'{"title": "a\x00b"}',
    b'{"title": "\xed\xa0\x80"}', b'{"title": 1e999}', b'{"title": NaN}', b"", b"null", b"0",
    b"{" + b",".join(b'"k%d":1' % number for number in range(50_000)) + b"}",
)  # fmt: skip


@pytest.fixture(params=["postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """PostgreSQL refuses more than SQLite does: NUL, surrogates, numbers that are too large."""
    return a_database(request)


def changing(client: Cast, asked: object) -> list[Route]:
    """The routes that change something; in `make test` others for each question."""
    found = (route for route in routes(client) if route.method != "GET")
    return part(found, 8, asked, lambda route: route.name)


@pytest.mark.long
@pytest.mark.parametrize("body", BODIES_OF_NOBODY, ids=lambda body: repr(body[:20]))
def test_no_body_breaks_the_api(client: Cast, body: bytes) -> None:
    for route in changing(client, body[:20]):
        headers = JSON | {"If-Match": '"1"'}
        answer = client.alice.request(
            route.method, filled(route.path), content=body, headers=headers
        )
        assert answer.status_code < 500, (route.name, answer.text)


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "multipart/form-data", "", "application/json; charset=utf-7"],
)
def test_no_content_type_breaks_anything(client: Cast, kind: str) -> None:
    for route in changing(client, kind):
        answer = client.alice.request(
            route.method,
            filled(route.path),
            content=b"\xff\x00=1&x",
            headers={"Content-Type": kind},
        )
        assert answer.status_code < 500, (route.name, answer.text)


@pytest.mark.long
@pytest.mark.parametrize(
    "odd", ["%00", "%ed%a0%80", "%ff", "a%00b", "x" * 5000, "..%2f..%2fetc", "%f0%9f%92%a5"]
)
def test_no_address_breaks_anything(client: Cast, works: Works, odd: str) -> None:
    works.live.close()
    for route in part(routes(client), 4, odd, lambda route: route.name):
        address = route.filled([odd] * len(route.slots))
        body = BODIES.get(route.name)
        if route.slots:
            answer = client.alice.request(
                route.method, address, json=body, headers={"If-Match": '"1"'}
            )
            assert answer.status_code < 500, (route.name, answer.text)
        if route.method == "GET":
            plain = filled(route.path)
            for name in route.queries:
                assert client.alice.get(f"{plain}?{name}={odd}").status_code < 500, (
                    route.name,
                    name,
                )


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PROPFIND"])
def test_a_method_of_no_route_is_refused(client: Cast, works: Works, method: str) -> None:
    works.live.close()
    table = {route.name for route in routes(client)}
    for route in part(routes(client), 4, method, lambda route: route.name):
        if f"{method} {route.path}" not in table:
            answer = client.alice.request(method, filled(route.path))
            assert 400 <= answer.status_code < 500, (method, route.path)


def test_a_body_over_the_cap_is_refused_wherever_it_is_sent(client: Cast) -> None:
    big = b'{"title": "' + b"x" * (10 * 1024 * 1024) + b'"}'
    for address in ("/api/incidents", "/api/postmortems", "/api/services/apply"):
        assert client.alice.post(address, content=big, headers=JSON).status_code == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (
        client.alice.post("/incidents/declare", content=b"title=" + big, headers=form).status_code
        == 413
    )


def test_a_form_with_very_many_fields_breaks_nothing(client: Cast) -> None:
    many = {f"field{number}": "1" for number in range(20_000)}
    assert client.bob.post("/incidents/declare", data=many).status_code < 500
    files = [("file", (f"{number}.txt", b"x")) for number in range(1_500)]
    client.bob.post("/api/incidents", json={"title": "Queue"})
    answer = client.bob.post("/api/incidents/INC-1/attachments", files=files)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(("name", "kind"), [
    ("page.html", "text/html"), ("x.svg", "image/svg+xml"), ("x.png", "text/html"),
    ("x.xhtml", "application/xhtml+xml"),
    ("x.html", "image/png"), ("x.pdf", "application/pdf"), ("x.js", "text/javascript"),
])  # fmt: skip
def test_a_page_that_is_uploaded_never_opens_as_one(client: Cast, name: str, kind: str) -> None:
    client.bob.post("/api/incidents", json={"title": "Queue"})
    content = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    made = client.bob.post(
        "/api/incidents/INC-1/attachments", files={"file": (name, content, kind)}
    )
    if made.status_code != 201:
        assert made.status_code == 422
        return
    for place in ("/api/incidents", "/incidents"):
        answer = client.charlie.get(f"{place}/INC-1/attachments/{made.json()['id']}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]


def test_a_token_that_may_read_writes_nowhere(client: Cast, works: Works) -> None:
    me = client.alice.get("/api/me").json()["id"]
    with works.writing(SYSTEM) as work:
        secret = accounts.create_token(work, me, "reader", (Scope.READ,)).secret
    reader = TestClient(
        client.alice.app, headers={"Authorization": f"Bearer {secret}"}, follow_redirects=False
    )
    before = client.alice.get("/api/audit").text
    for route in routes(client):
        if route.door.writes and route.door.action is not None:
            body = BODIES.get(route.name)
            form = None if body else {"version": "1"}
            answer = reader.request(route.method, filled(route.path), json=body, data=form,
                                    headers={"If-Match": '"1"'})  # fmt: skip
            assert answer.status_code in (403, 422), (route.name, answer.text)
            assert answer.status_code == 403 or not body, route.name
    assert client.alice.get("/api/audit").text == before


def test_of_many_changes_from_one_version_exactly_one_wins(client: Cast) -> None:
    client.bob.post("/api/incidents", json={"title": "Queue"})
    answers: list[int] = []

    def change(number: int) -> None:
        said = {"title": f"Title {number}"}
        answer = client.bob.patch("/api/incidents/INC-1", json=said, headers={"If-Match": '"1"'})
        answers.append(answer.status_code)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [412] * 19
    assert client.bob.get("/api/incidents/INC-1").json()["version"] == 2


def test_the_text_of_who_was_later_is_still_in_their_form(client: Cast) -> None:
    client.bob.post("/api/incidents", json={"title": "Queue"})
    first = {"title": "Queue stuck", "summary": "First words", "version": "1"}
    assert client.alice.post("/incidents/INC-1/edit", data=first).status_code == 303
    late = {"title": "Queue full", "summary": "What the later one wrote", "version": "1"}
    answer = client.bob.post("/incidents/INC-1/edit", data=late, headers={"Accept": "text/html"})
    assert answer.status_code == 412
    assert "What the later one wrote" in answer.text
    assert "Queue full" in answer.text


def test_what_belongs_to_another_cannot_be_touched_by_its_id(client: Cast, works: Works) -> None:
    made = client.bob.post("/api/incidents", json={"title": "Mine", "private": True}).json()
    file = {"file": ("a.txt", b"secret", "text/plain")}
    kept = client.bob.post(f"/api/incidents/{made['id']}/attachments", files=file).json()["id"]
    open_one = client.bob.post("/api/incidents", json={"title": "Open"}).json()["id"]
    bob = client.bob.get("/api/me").json()["id"]
    for place in (made["id"], open_one):
        address = f"/api/incidents/{place}/attachments/{kept}"
        assert client.alice.get(address).status_code == 404
        assert client.alice.delete(address).status_code == 404
    assert client.alice.delete(f"/api/incidents/{made['id']}/grants/{bob}").status_code == 404
    assert client.bob.get(f"/api/incidents/{open_one}/attachments/{kept}").status_code == 404
    with works.writing(SYSTEM) as work:
        token = accounts.create_token(work, bob, "own", (Scope.READ,)).token.id
    for address in (f"/api/tokens/{token}", f"/api/sessions/{token}"):
        assert client.charlie.delete(address).status_code in (403, 404)
