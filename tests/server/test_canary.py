"""A private incident is nowhere for who may not see it: in no answer of any route, in no count, in no log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator

import httpx2
import pytest
import structlog
from fastapi.testclient import TestClient

from kintsugi.kernel.auth import SYSTEM, Role, Scope
from kintsugi.kernel.http import Kernel
from kintsugi.kernel.unit_of_work import Works
from kintsugi.server.accounts import service as accounts
from tests.server.addresses import Route, Things, addresses, pairs, routes
from tests.server.alerts.alarm import SECRET, Alarm, sent
from tests.server.cast import Cast, a_database
from tests.server.databases import once
from tests.server.secret_story import NOBODYS, WORD, Teller, tell
from tests.server.test_doors import BODIES
from tests.slices import IS_SLICE, drawn

OUTSIDERS = ("alice", "charlie", "dora", "stranger")
"""An admin, a viewer and a responder without a grant, and who is not signed in."""
CHANGING, SEARCHING = ("alice", "dora", "charlie"), ("alice", "charlie")
PAGE, PROGRAM = "text/html", "application/json"
OF_PAGES = ("cursor", "limit", "since", "until", "next")
"""Queries that look for nothing."""
_OF_ONE_ANSWER = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])|(?m:^kintsugi_(?:request|intake).*$)"
)
"""A request's id, and the counters of requests."""
NEEDED = {"since": "1"}
"""What some address cannot be asked without."""
Answers = dict[tuple[str, str, str], str]


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Every route, twice: the predicates are one text for both kinds, and each room tests them on both."""
    return a_database(request)


@pytest.fixture
def people(client: Cast, works: Works) -> dict[str, TestClient]:
    """The cast, with dave, who is let in, and dora, who is not."""
    made = {name: getattr(client, name) for name in ("alice", "bob", "charlie", "stranger")}
    for name, token in once(works, "outsiders", lambda: two_more(works)).items():
        headers = {"Authorization": f"Bearer {token}"}
        made[name] = TestClient(client.bob.app, headers=headers, follow_redirects=False)
    works.live.close()  # so that a stream ends after its first bytes
    return made


def two_more(works: Works) -> dict[str, str]:
    """Accounts of dave and dora: a token's secret by name."""
    made = {}
    for name in ("dave", "dora"):
        with works.writing(SYSTEM) as work:
            user = accounts.add_user(work, name.capitalize(), f"{name}@example.com", Role.RESPONDER)
            made[name] = accounts.create_token(work, user.id, "test", (Scope.ADMIN,)).secret
    return made


@pytest.fixture
def known(client: Cast, works: Works, people: dict[str, TestClient]) -> Things:
    """What everybody may see: an incident with all there is to it, and another one."""
    return once(works, "known", lambda: open_story(client, people))


def open_story(client: Cast, people: dict[str, TestClient]) -> Things:
    bob, dave = Teller(people["bob"]), Teller(people["dave"])
    quiet = bob.say("POST", "/api/incidents", {"title": "Queue stuck"})
    story = tell(bob, dave, "pool", quiet["id"], private=False)
    service = {"name": "checkout", "description": "Takes the money"}
    client.alice.post("/api/services", json=service)
    team = client.alice.post("/api/teams", json={"name": "Payments"}).json()["id"]
    me = client.bob.get("/api/me").json()["id"]
    alarm = Alarm(works_of(people), me)
    alarm.install()
    told = alarm.raised("pool", severity_word="info")
    bob.say("POST", "/api/alerts/verdict", {"alerts": [told], "verdict": "noise"})
    return {**story, "services": ["checkout"], "alerts": [told], "team_id": [team], "user_id": [me],
            "part": ["head", "list"]}  # fmt: skip


def works_of(people: dict[str, TestClient]) -> Works:
    kernel: Kernel = people["bob"].app.state.kernel  # type: ignore[attr-defined] # the application
    return kernel.works


def alarmed(people: dict[str, TestClient]) -> list[str]:
    """Alerts of a rule for private incidents, which bob made: taken, judged, ended, and one that still fires."""
    bob = Teller(people["bob"])
    alarm = Alarm(works_of(people), people["bob"].get("/api/me").json()["id"])
    over, fires = alarm.raised(WORD, "over", **SECRET), alarm.raised(WORD, "fires", **SECRET)
    bob.say("POST", "/api/alerts/acknowledge", {"alerts": [over, fires]})
    bob.say("POST", "/api/alerts/verdict", {"alerts": [over], "verdict": "noise"})
    bob.say("POST", "/api/alerts/resolve", {"alerts": [over], "reason": f"{WORD} mended"})
    alarm.dispatch()
    assert len(bob.browser.get("/api/alerts", params={"text": WORD}).json()["items"]) == 2
    assert WORD in bob.browser.get(f"/api/alerts/{over}/body").text
    return [over, fires]


def hidden_story(people: dict[str, TestClient], known: Things) -> Things:
    """Bob's private incident, one merged into what all see, one with what all see merged into it."""
    bob, dave = Teller(people["bob"]), Teller(people["dave"])
    into = known["incidents"][0]
    secret = tell(bob, dave, WORD, into, private=True)
    twin = {"title": f"Twin {WORD}", "private": True, "summary": WORD, "tags": [WORD]}
    made = bob.say("POST", "/api/incidents", twin)
    merge = {"into": into, "reason": f"{WORD} same"}
    bob.say("POST", f"/api/incidents/{made['id']}/merge", merge)
    secret = {**secret, "alerts": alarmed(people)}
    return {kind: names for kind, names in secret.items() if kind != "revision"}


def absent(secret: Things) -> Things:
    """For each secret name one of its shape that was never given."""

    def never(name: str) -> str:
        if WORD in name:
            return name.replace(WORD, NOBODYS)
        if re.fullmatch(r"[A-Z]+-\d+", name):
            return re.sub(r"\d+", lambda found: str(9 * 10 ** len(found[0])), name)
        return name[:-6] + "000000"

    return {kind: [never(name) for name in names] for kind, names in secret.items()}


def by_length(things: Things) -> list[str]:
    """Their names, the longest first: one may be part of another."""
    return sorted(names_of(things), key=len, reverse=True)


def answer_to(browser: TestClient, address: str, accept: str, **more: object) -> httpx2.Response:
    method = str(more.pop("method", "GET"))
    headers = {"Accept": accept, "If-Match": '"1"'}
    answer: httpx2.Response = browser.request(method, address, headers=headers, **more)  # type: ignore[arg-type] # its options
    assert answer.status_code < 500, (method, address, answer.text)
    return answer


def told(answer: httpx2.Response, *own: str) -> str:
    """All an answer tells, without what is of this one request; `own` are names that were asked with."""
    own_ones = ("x-request-id", "content-length")
    headers = {name: value for name, value in answer.headers.items() if name not in own_ones}
    said = f"{answer.status_code} {sorted(headers.items())}\n{answer.text}"
    for name in own:
        said = said.replace(name, "#" * 8)
    return _OF_ONE_ANSWER.sub("", said)


def reads(client: Cast) -> list[Route]:
    return [route for route in routes(client) if route.method == "GET"]


def everything(client: Cast, people: dict[str, TestClient], known: Things) -> Answers:
    """What each outsider is told at every address that reads, plain and searched."""
    found: Answers = {}
    for route in reads(client):
        accept = PAGE if route.is_page else PROGRAM
        for address in addresses(route, {kind: names[:1] for kind, names in known.items()}):
            for who in asking(route.name):
                found[(who, accept, address)] = told(answer_to(people[who], address, accept))
    for path in ("/metrics", "/readyz", "/api/openapi.json"):
        found[("stranger", PROGRAM, path)] = told(answer_to(people["stranger"], path, PROGRAM))
    return found


def asking(what: str, among: tuple[str, ...] = OUTSIDERS) -> tuple[str, ...]:
    """Who asks for something: everybody; in `make test` one of them."""
    return (among[drawn(what, len(among))],) if IS_SLICE else among


def names_of(things: Things) -> set[str]:
    return {name for names in things.values() for name in names}


def assert_without(said: str, secret: Things, about: object) -> None:
    for trace in {WORD, *names_of(secret)}:
        assert not re.search(rf"{re.escape(trace)}(?!\d)", said, re.IGNORECASE), (trace, about)


@pytest.fixture
def logged() -> Iterator[list[object]]:
    """All that is logged, by us and by what we use."""
    kept: list[object] = []
    handler = logging.Handler()
    handler.emit = lambda record: kept.append(record.getMessage())  # type: ignore[method-assign] # one line of a handler
    logging.getLogger().addHandler(handler)
    with structlog.testing.capture_logs() as entries:
        yield kept
        kept.extend(entries)
    logging.getLogger().removeHandler(handler)


@pytest.mark.long
def test_a_private_incident_moves_nothing_that_others_see(
    client: Cast, people: dict[str, TestClient], known: Things
) -> None:
    before = everything(client, people, known)
    assert len(before) >= len(asking("")) * len(reads(client))
    secret = hidden_story(people, known)
    after = everything(client, people, known)
    for asked, said in after.items():
        assert said == before[asked], asked
        assert_without(said, secret, asked)


@pytest.mark.long
def test_the_private_addresses_answer_as_if_nothing_was_ever_there(
    client: Cast, people: dict[str, TestClient], known: Things
) -> None:
    secret = hidden_story(people, known)
    asked = 0
    for route in reads(client):
        for number, (address, nowhere) in enumerate(pairs(route, secret, known, absent(secret))):
            for who in asking(f"{route.name} {number}"):
                accept = PAGE if route.is_page else PROGRAM
                hidden = answer_to(people[who], address, accept, params=NEEDED)
                never = answer_to(people[who], nowhere, accept, params=NEEDED)
                said = told(hidden, *by_length(secret))
                assert said == told(never, *by_length(absent(secret))), (who, address)
                assert who == "stranger" or hidden.status_code in (403, 404), (who, address)
                asked += 1
    assert asked > 25 * len(asking(""))


@pytest.mark.long
def test_a_search_finds_a_hidden_word_as_little_as_one_that_is_nowhere(
    client: Cast, people: dict[str, TestClient], known: Things
) -> None:
    secret = hidden_story(people, known)
    words = {
        WORD: NOBODYS, secret["incidents"][0]: absent(secret)["incidents"][0],
        secret["postmortems"][0]: absent(secret)["postmortems"][0],
    }  # fmt: skip
    for route in reads(client):
        if route.slots:
            continue
        asked = [query for query in route.queries if query not in OF_PAGES]
        questions = [(who, one) for one in asked for who in asking(route.path + one, SEARCHING)]
        for who, query in questions:
            for word, never in words.items():
                hidden = answer_to(people[who], route.path, PAGE, params={query: word})
                if hidden.status_code in (403, 422):
                    break
                control = answer_to(people[who], route.path, PAGE, params={query: never})
                assert told(hidden, word) == told(control, never), (who, route.path, query)


@pytest.mark.long
def test_who_may_not_see_it_changes_nothing_of_it(
    client: Cast, people: dict[str, TestClient], known: Things
) -> None:
    secret = hidden_story(people, known)
    before = people["bob"].get(f"/api/incidents/{secret['incidents'][0]}").json()
    asked = 0
    for route in routes(client):
        if route.method == "GET":
            continue
        for number, (address, nowhere) in enumerate(pairs(route, secret, known, absent(secret))):
            body = None if route.is_page else BODIES.get(route.name)
            for who in asking(f"{route.name} {number}", CHANGING):
                more = {"method": route.method, "json": body}
                hidden = answer_to(people[who], address, PAGE if route.is_page else PROGRAM, **more)
                never = answer_to(people[who], nowhere, PAGE if route.is_page else PROGRAM, **more)
                assert hidden.status_code == never.status_code, (who, route.name, address)
                allowed = (403, 404, 422) if route.is_page else (403, 404)
                assert hidden.status_code in allowed, (who, route.name, hidden.text)
                assert_without(told(hidden).replace(address, ""), {"word": [WORD]}, route.name)
                asked += 1
    assert asked > 17 * len(asking("", CHANGING))
    assert people["bob"].get(f"/api/incidents/{secret['incidents'][0]}").json() == before


NAMED_IN_A_BODY = (
    ("POST /api/incidents/{}/merge", "incidents", lambda name: {"into": name, "reason": "same"}),
    ("POST /api/incidents/{}/links", "incidents", lambda name: {"incident": name}),
    ("POST /api/postmortems", "incidents", lambda name: {"incidentId": name, "title": "X"}),
    ("POST /api/postmortems/draft", "incidents", lambda name: {"incidentId": name}),
    ("POST /api/incidents/{}/alerts", "alerts", lambda name: {"alerts": [name]}),
    ("POST /api/alerts/acknowledge", "alerts", lambda name: {"alerts": [name]}),
    ("POST /api/alerts/resolve", "alerts", lambda name: {"alerts": [name], "reason": "over"}),
    ("POST /api/alerts/verdict", "alerts", lambda name: {"alerts": [name], "verdict": "noise"}),
)


@pytest.mark.parametrize("route", NAMED_IN_A_BODY, ids=lambda one: str(one[0]))
@pytest.mark.long
def test_a_body_that_names_it_is_answered_as_one_that_names_nothing(
    people: dict[str, TestClient],
    known: Things,
    route: tuple[str, str, Callable[[str], dict[str, object]]],
) -> None:
    secret = hidden_story(people, known)
    asked, kind, body = route
    method, address = asked.format(known["incidents"][0]).split(" ")
    for name, never in zip(secret[kind], absent(secret)[kind], strict=True):
        for who in ("alice", "dora"):
            hidden = people[who].request(method, address, json=body(name))
            control = people[who].request(method, address, json=body(never))
            assert hidden.status_code in (404, 422), hidden.text
            assert told(hidden, name) == told(control, never)


def test_a_message_about_a_hidden_alert_is_explained_as_one_about_a_new_alert(
    people: dict[str, TestClient], known: Things
) -> None:
    hidden_story(people, known)

    def explained(who: str, word: str) -> httpx2.Response:
        message = {"source": "Prometheus", "body": sent(word, "fires").decode()}
        answer: httpx2.Response = people[who].post("/api/alerts/explain", json=message)
        assert answer.status_code == 200, answer.text
        return answer

    for who in ("alice", "dora", "charlie"):
        hidden, never = explained(who, WORD), explained(who, NOBODYS)
        assert told(hidden, WORD, *prints(hidden)) == told(never, NOBODYS, *prints(never))
    steps = [explained(who, WORD).json()["events"][0]["step"] for who in ("bob", "dora")]
    assert steps[0] != steps[1]


def prints(explained: httpx2.Response) -> list[str]:
    """The fingerprints in an explanation: a hash of what was asked."""
    return [one["fingerprint"] for one in explained.json()["events"]]


@pytest.mark.long
def test_no_log_holds_a_private_word_or_a_secret(
    client: Cast, people: dict[str, TestClient], known: Things, logged: list[object]
) -> None:
    hidden_story(people, known)
    for name in ("bob", "dave", "alice"):
        for route in reads(client):
            for address in addresses(route, known)[:1]:
                answer_to(people[name], address, PAGE, params={"q": WORD, "text": WORD})
    made = client.alice.post("/api/users", json={
        "name": "Erin", "email": "erin@example.com", "password": "four words of a secret"
    })  # fmt: skip
    link = client.alice.post(f"/api/users/{made.json()['id']}/password-link").json()["address"]
    client.stranger.get(link, headers={"Accept": PAGE})
    client.stranger.post("/sign-in", data={"email": "bob@example.com", "password": "secretqqq"},
                         headers={"Origin": "http://testserver"})  # fmt: skip
    written = "\n".join(str(one) for one in logged)
    tokens = [
        str(one.headers["authorization"]).split()[1]
        for one in people.values()
        if "authorization" in one.headers
    ]
    for secret in (WORD, "four words of", "secretqqq", link.rsplit("/", 1)[1], *tokens):
        assert secret not in written, secret
