"""What strangers and bad input try: scripts that are kept, forged requests, other people's things, broken bodies."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx2
import pytest
from fastapi.testclient import TestClient

from kintsugi.app import build_app
from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.config import Settings
from kintsugi.kernel.http import SESSION_COOKIE
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.addresses import Things, addresses, routes
from tests.server.cast import Cast, a_database
from tests.server.databases import once
from tests.server.secret_story import Teller, tell
from tests.server.test_doors import BODIES
from tests.slices import part

HTML = {"Accept": "text/html"}
SHORT = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
SCRIPT = (
    f"{SHORT}<svg/onload=alert(3)>[a](javascript:alert(4)) <a href='javascript:alert(5)'>b</a>"
    " <javascript:alert(6)>"
)
ORIGIN = {"Origin": "http://testserver"}
PASSWORD = "correct horse battery staple"  # noqa: S105 - of invented people


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """What answers a stranger is decided before any database."""
    return a_database(request)


class Dangers(HTMLParser):
    """What of a page would run: scripts not of ours, handlers, and addresses that are programs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("object", "embed", "iframe", "base"):
            self.found.append(tag)
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.found.append(f"script {given}")
        for name, value in given.items():
            address = re.sub(r"[\s\x00-\x1f]", "", value).casefold()
            is_program = name in ("href", "src", "action", "formaction", "xlink:href") and (
                address.startswith(("javascript:", "vbscript:", "data:text"))
            )
            if name.startswith("on") or name == "srcdoc" or is_program:
                self.found.append(f"{tag} {name}={value}")


def added(client: Cast, works: Works, name: str, role: Role) -> TestClient:
    """One more person, with a token."""
    with works.writing(SYSTEM) as work:
        user = accounts.add_user(work, name, f"{name[:4].lower()}@example.com", role, PASSWORD)
        secret = accounts.create_token(work, user.id, "test", (Scope.ADMIN,)).secret
    headers = {"Authorization": f"Bearer {secret}"}
    return TestClient(client.bob.app, headers=headers, follow_redirects=False)


def browser_of(
    client: Cast, works: Works, name: str = "Frank", role: Role = Role.ADMIN
) -> TestClient:
    """Somebody signed in with a cookie, as browsers are."""
    added(client, works, name, role)
    browser = TestClient(client.bob.app, follow_redirects=False)
    said = {"email": f"{name[:4].lower()}@example.com", "password": PASSWORD}
    answer = browser.post("/sign-in", data=said, headers=ORIGIN)
    assert answer.status_code == 303, answer.text
    return browser


@pytest.fixture
def scripted(client: Cast, works: Works) -> Things:
    """A script in every text that is kept."""
    return once(works, "scripted", lambda: scripts(client, works))


def scripts(client: Cast, works: Works) -> Things:
    dave = added(client, works, "Dave", Role.RESPONDER)
    quiet = client.bob.post(
        "/api/incidents", json={"title": SCRIPT, "summary": SCRIPT, "impact": SCRIPT}
    ).json()["id"]
    client.bob.post(f"/api/incidents/{quiet}/timeline", json={"text": SCRIPT, "evidence": SCRIPT})
    story = tell(Teller(client.bob), Teller(dave), SHORT, quiet, private=False)
    alice = client.alice
    team = alice.post("/api/teams", json={"name": SHORT}).json()["id"]
    said = {"name": "checkout", "title": SHORT, "description": SCRIPT, "ownerTeam": SHORT,
            "tags": [SHORT],
            "links": [{"kind": "docs", "url": "https://x.example/\"onclick=a", "label": SHORT}]}  # fmt: skip
    assert alice.post("/api/services", json=said).status_code in (201, 422)
    user = alice.post("/api/users", json={"name": SHORT, "email": "s@example.com"}).json()["id"]
    alice.post(
        "/api/postmortem-templates", json={"name": "ours", "text": f"# {SCRIPT}\n\n{SCRIPT}"}
    )
    return {**story, "services": ["checkout"], "team_id": [team], "user_id": [user], "part": ["head"]}  # fmt: skip


@pytest.mark.long
def test_a_script_that_is_kept_runs_on_no_page(
    client: Cast, works: Works, scripted: Things
) -> None:
    works.live.close()
    seen = 0
    for route in routes(client):
        if route.method != "GET" or not route.is_page:
            continue
        for address in addresses(route, {kind: names[:1] for kind, names in scripted.items()}):
            for browser in (client.alice, client.bob):
                answer = browser.get(
                    address, headers=HTML, params={"q": SCRIPT, "text": SCRIPT, "next": SCRIPT}
                )
                assert answer.status_code < 500, address
                if answer.headers.get("content-type", "").startswith("text/html"):
                    assert Dangers(answer.text).found == [], address
                    seen += SHORT not in answer.text and "alert(1)" in answer.text
    assert seen > 5, "pages show the text as text"


@pytest.mark.long
def test_a_script_in_a_refused_form_is_text_on_the_page_that_comes_back(
    client: Cast, works: Works, scripted: Things
) -> None:
    browser = browser_of(client, works)
    for route in routes(client):
        if route.method != "POST" or not route.is_page or route.path in ("/sign-in", "/sign-out"):
            continue
        address = addresses(route, scripted)[0]
        names = ("title", "name", "email", "text", "reason", "note", "status", "severity", "into", "incident",
                 "who", "reference", "at", "zone", "summary", "happened", "kind", "services", "tags")  # fmt: skip
        form = dict.fromkeys(names, SCRIPT) | {"version": "1"}
        answer = browser.post(address, data=form, headers=ORIGIN | HTML)
        assert answer.status_code < 500, (route.name, answer.text)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert Dangers(answer.text).found == [], route.name


FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, {},
)  # fmt: skip


@pytest.mark.long
def test_a_change_that_another_site_sends_changes_nothing(
    client: Cast, works: Works, scripted: Things
) -> None:
    browser = browser_of(client, works)
    before = client.alice.get("/api/audit").text, client.alice.get("/api/me").text
    asked = 0
    for route in routes(client):
        if not route.door.writes:
            continue
        assert route.method != "GET", f"{route.name} changes something"
        for headers in part(FOREIGN, 3, route.name):
            address = addresses(route, scripted)[0]
            body = BODIES.get(route.name)
            form = {} if body is not None else {"data": {"title": "forged", "version": "1"}}
            answer = browser.request(
                route.method,
                address,
                headers=headers | HTML,
                json=body,
                **form,  # type: ignore[arg-type] # its options
            )
            assert answer.status_code in (403, 422), (route.name, headers, answer.text)
            asked += answer.status_code == 403
    assert asked > 50
    assert (client.alice.get("/api/audit").text, client.alice.get("/api/me").text) == before


LINES = "x\r\nSet-Cookie: evil=1\r\n\r\n<b>"


def test_line_ends_in_what_is_typed_become_no_headers(client: Cast) -> None:
    answers: list[httpx2.Response] = []
    made = client.bob.post("/api/incidents", json={"title": LINES, "externalId": "x\r\ny: z"})
    answers.append(made)
    client.bob.post("/api/incidents", json={"title": "Queue"})
    raw = (
        '--b\r\nContent-Disposition: form-data; name="file"; filename="x\nX-Evil: 1\ry.txt"\r\n'
        "Content-Type: text/plain\n X-Evil: 1\r\n\r\ncontent\r\n--b--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    kept = client.bob.post("/api/incidents/INC-1/attachments", content=raw.encode(), headers=kind)
    answers.append(kept)
    if kept.status_code == 201:
        answers.append(client.bob.get(kept.headers["location"]))
    browser = TestClient(client.bob.app, follow_redirects=False)
    for way in (LINES, "/x%0d%0aSet-Cookie:evil=1", "/\r\nSet-Cookie: evil=1"):
        answers.append(browser.get("/sign-in", params={"next": way}))
        answers.append(client.bob.get("/sign-in", params={"next": way}))
        answers.append(client.bob.get("/incidents", params={"q": way}, headers=HTML))
        answers.append(browser.get("/incidents", params={"q": way}, headers=HTML))
        answers.append(client.bob.get("/incidents/x%0d%0aX-Evil:%201", headers=HTML))
    for answer in answers:
        assert answer.status_code < 500
        assert not {"set-cookie", "x-evil", "y"} & set(answer.headers), answer.headers
        assert not any("\r" in value or "\n" in value for value in answer.headers.values())


AWAY = (
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "javascript:alert(1)", "///evil.example", " //evil.example", "/%09/evil.example", "http:evil.example",
)  # fmt: skip


@pytest.mark.parametrize("way", AWAY)
def test_no_redirect_leads_away(client: Cast, works: Works, way: str) -> None:
    browser = browser_of(client, works)
    typed = {"email": "fran@example.com", "password": PASSWORD, "next": way}
    answers = [
        TestClient(client.bob.app, follow_redirects=False).post("/sign-in", data=typed, headers=ORIGIN),
        browser.get("/sign-in", params={"next": way}),
        TestClient(client.bob.app, follow_redirects=False).get("/incidents", params={"q": way}, headers=HTML),
        browser.post("/sign-out", data={"next": way}, headers=ORIGIN),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 303
        goal = httpx2.URL("http://testserver/").join(answer.headers["location"])
        assert goal.host == "testserver", answer.headers["location"]


def test_a_host_that_is_made_up_enters_no_link(client: Cast) -> None:
    poison = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
    }
    user = client.alice.get("/api/users").json()["items"][0]["id"]
    texts = [client.alice.post(f"/api/users/{user}/password-link", headers=poison)]
    client.bob.post("/api/incidents", json={"title": "Queue"})
    for address in (
        "/",
        "/incidents",
        "/incidents/INC-1",
        "/profile",
        "/sign-in",
        "/nothing",
        "/incidents/",
    ):
        answer = client.bob.get(address, headers=HTML | poison)
        texts += [answer]
    for answer in texts:
        assert "evil.example" not in answer.text
        assert "evil.example" not in answer.headers.get("location", ""), answer.request.url


@pytest.mark.parametrize(
    ("base", "is_secure"), [("https://kintsugi.example.com", True), ("", False)]
)
def test_a_session_begins_with_a_new_cookie_that_scripts_cannot_read(
    works: Works, client: Cast, database_url: str, base: str, is_secure: bool
) -> None:
    added(client, works, "Frank", Role.VIEWER)
    app = build_app(Settings(database_url=database_url, base_url=base), works)
    address = base or "http://testserver"
    browser = TestClient(app, base_url=address, follow_redirects=False)
    browser.cookies.set(SESSION_COOKIE, "a" * 43)
    said = {"email": "fran@example.com", "password": PASSWORD}
    answer = browser.post("/sign-in", data=said, headers={"Origin": address})
    cookie = answer.headers["set-cookie"]
    assert SESSION_COOKIE in cookie
    assert "a" * 43 not in cookie
    flags = {part.strip().casefold() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert ("secure" in flags) is is_secure
    old = re.search(rf"{SESSION_COOKIE}=([^;]+)", cookie)
    assert old is not None
    again = TestClient(
        app, base_url=address, cookies={SESSION_COOKIE: old[1]}, follow_redirects=False
    )
    assert again.get("/profile", headers=HTML).status_code == 200
    again.post("/sign-out", headers={"Origin": address})
    assert again.get("/profile", headers=HTML).status_code == 303, "an ended session stays ended"
