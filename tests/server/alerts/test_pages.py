"""The inbox and the page of an alert, as a browser without scripts uses them."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from kintsugi.core.alerts.event import AlertLink
from tests.server.alerts.telling import GOOD, Tool, event, tool
from tests.server.cast import Cast, MovableClock

BROWSER = {"accept": "text/html"}
SCRIPT = "<script>alert(1)</script>"


def state(client: Cast, alert_id: str) -> str:
    return str(client.bob.get(f"/api/alerts/{alert_id}").json()["state"])


def listed(page: str) -> list[str]:
    """The alerts of a list, by id."""
    return re.findall(r'<tr id="(alr_[0-9a-f]+)"', page)


def test_an_empty_inbox_says_what_to_do_next(client: Cast) -> None:
    for person, told in (
        (client.alice, 'href="/alerts/sources/new"'), (client.charlie, "An admin adds a source first")
    ):  # fmt: skip
        page = person.get("/alerts", headers=BROWSER)
        assert page.status_code == 200
        assert told in page.text


def test_nobody_sees_it_who_is_not_signed_in(client: Cast, prometheus: Tool) -> None:
    alert = prometheus.raised()
    for address in (
        "/alerts",
        f"/alerts/{alert}",
        "/alerts/quality",
        "/alerts/sources",
        "/alerts/rules",
    ):
        away = client.stranger.get(address, headers=BROWSER)
        assert away.status_code == 303
        assert away.headers["location"].startswith("/sign-in")


def test_what_waits_is_shown_first_and_the_views_count(client: Cast, prometheus: Tool) -> None:
    opened, waits = (
        prometheus.raised("a"),
        prometheus.raised("b", severity_word="warning", title="Disk full"),
    )
    page = client.charlie.get("/alerts", headers=BROWSER).text
    assert listed(page) == [waits]
    for told in (
        "Waiting 1",
        "Open 2",
        "Silenced 0",
        "In incidents 1",
        "All 2",
        "SEV-3",
        "Disk full",
        "Firing",
    ):
        assert told in page
    assert 'name="alert"' not in page, "who only looks chooses nothing"
    within = client.charlie.get("/alerts?view=incidents", headers=BROWSER).text
    assert listed(within) == [opened]
    assert re.search(r'class="tag" href="/incidents/INC-\d+"', within)


def test_filters_live_in_the_address(client: Cast, clock: MovableClock, prometheus: Tool) -> None:
    old = prometheus.raised("old", service="pay", labels={"env": "prod"}, severity_word="warning")
    clock.forward(hours=3)
    new = prometheus.raised(
        "new", rule="Slow", title="Slow search", service="search", severity_word="info"
    )
    client.bob.post(f"/alerts/{new}/do", data={"do": "noise"})
    both = [new, old]
    for query, expected in (
        ("service=pay", [old]), ("rule=Slow", [new]), ("severity=SEV-3", [old]), ("q=slow", [new]),
        ("label=env=prod", [old]), ("within=1h", [new]), ("verdict=noise", [new]),
        ("verdict=none", [old]), ("verdict=any", [new]), ("source=Prometheus", both), ("source=x", []),
        ("since=2026-03-02T10:00", [new]), ("until=2026-03-02T10:00", [old]),
    ):  # fmt: skip
        page = client.charlie.get(f"/alerts?{query}", headers=BROWSER)
        assert listed(page.text) == expected, query
    none = client.charlie.get("/alerts?severity=SEV-3&q=x&view=all", headers=BROWSER).text
    assert 'value="x"' in none
    assert "No alert fits these filters" in none


@pytest.mark.parametrize(
    "query", ["view=x", "severity=9", "within=2y", "since=soon", "since=10:00", "verdict=x", "label=x", "label=a!=b"]
)  # fmt: skip
def test_a_filter_that_is_none_is_said_so(client: Cast, query: str) -> None:
    answer = client.charlie.get(f"/alerts?{query}", headers=BROWSER)
    assert answer.status_code == 422
    assert "More filters" in answer.text


def test_a_cursor_leads_through_all_pages(client: Cast, prometheus: Tool) -> None:
    made = prometheus.tell(*[event(f"k{number}", severity_word="info") for number in range(30)])
    prometheus.dispatch()
    first = client.charlie.get("/alerts", headers=BROWSER).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.charlie.get(following[1].replace("&amp;", "&"), headers=BROWSER).text
    assert sorted(listed(first) + listed(second)) == sorted(made)
    assert client.charlie.get("/alerts?cursor=x", headers=BROWSER).status_code == 422


def test_the_list_can_be_fetched_by_itself(client: Cast, prometheus: Tool) -> None:
    alert = prometheus.raised(severity_word="info")
    part = client.charlie.get("/alerts/parts/list?view=open")
    assert listed(part.text) == [alert]
    assert "<html" not in part.text
    assert "/alerts/parts/list?view=open" in part.text


def test_chosen_alerts_are_taken_judged_and_ended_at_once(client: Cast, prometheus: Tool) -> None:
    ids = prometheus.tell(*[event(f"k{number}", severity_word="info") for number in range(3)])
    prometheus.dispatch()
    for what, said in (
        ("acknowledge", "2 alerts acknowledged."), ("useful", "2 alerts judged."), ("no-verdict", "2 alerts judged."),
        ("nothing_to_do", "2 alerts judged."), ("resolve", "2 alerts resolved."),
    ):  # fmt: skip
        sent = {"alert": ids[:2], "do": what, "back": "view=all&severity=SEV-5"}
        answer = client.bob.post("/alerts/chosen/do", data=sent)
        assert answer.status_code == 303, answer.text
        place = answer.headers["location"]
        assert parse_qs(urlsplit(place).query)["severity"] == ["SEV-5"]
        assert said in client.bob.get(place, headers=BROWSER).text
    assert [state(client, one) for one in ids] == ["resolved", "resolved", "firing"]
    assert client.bob.get(f"/api/alerts/{ids[0]}").json()["verdict"] == "nothing_to_do"


def test_a_way_back_leads_nowhere_else(client: Cast, prometheus: Tool) -> None:
    alert = prometheus.raised(severity_word="info")
    for back in ("//elsewhere.example", "https://elsewhere.example", "x=\r\nSet-Cookie: a"):
        place = client.bob.post(
            "/alerts/chosen/do", data={"alert": alert, "do": "noise", "back": back}
        ).headers["location"]
        assert place.startswith("/alerts?")


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"do": "acknowledge"}, 422, "No alert is chosen"),
        ({"do": "dance", "alert": "one"}, 422, "is not known"),
        ({"do": "noise", "alert": "alr_0"}, 404, "are there for you to see"),
        ({"do": "noise", "alert": "a\0b"}, 404, "are there for you to see"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_same_page(
    client: Cast, prometheus: Tool, sent: dict[str, str], status: int, told: str
) -> None:
    alert = prometheus.raised(severity_word="info")
    data = {name: alert if value == "one" else value for name, value in sent.items()}
    answer = client.bob.post("/alerts/chosen/do", data={**data, "back": "view=open"})
    assert answer.status_code == status
    assert told in answer.text
    assert "checked" in answer.text or "one" not in sent.values()


def test_who_only_looks_does_nothing(client: Cast, prometheus: Tool) -> None:
    alert = prometheus.raised(severity_word="info")
    assert (
        client.charlie.post("/alerts/chosen/do", data={"alert": alert, "do": "resolve"}).status_code
        == 403
    )
    assert client.charlie.post(f"/alerts/{alert}/do", data={"do": "resolve"}).status_code == 403
    assert (
        'method="post" action="/alerts'
        not in client.charlie.get(f"/alerts/{alert}", headers=BROWSER).text
    )


def test_the_page_of_an_alert_says_all_that_is_known(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    prometheus.raised(severity_word="warning")
    clock.forward(minutes=10)
    prometheus.ended()
    prometheus.dispatch()
    clock.forward(hours=2)
    alert = prometheus.raised(
        severity_word="warning", description=GOOD, runbook_url="https://example.com/runbook",
        labels={"env": "prod"}, annotations={"note": "kept"}, values={"ratio": "0.07"},
        links=(AlertLink("https://example.com/graph", "Graph"), AlertLink("javascript:alert(1)", "Bad")),
    )  # fmt: skip
    page = client.charlie.get(f"/alerts/{alert}", headers=BROWSER).text
    for told in (
        GOOD, "https://example.com/runbook", "https://example.com/graph", "env", "prod", "kept", "0.07", "SEV-3",
        "Prometheus", "checkout", "HighErrorRate", "Nobody has taken it", "Insufficient metrics context", "B 80",
        "No silence and no maintenance window is for it", "resolved, 10 min", "It belongs to none",
        "Messages are kept for 30 days",
    ):  # fmt: skip
        assert told in page, told
    assert "javascript:" not in page
    part = client.charlie.get(f"/alerts/{alert}/parts/now").text
    assert "<html" not in part
    assert GOOD in part


def test_one_tap_judges_and_one_takes_it_back(client: Cast, prometheus: Tool) -> None:
    alert = prometheus.raised(severity_word="info")
    for what, told in (("duplicate", "Duplicate, says Bob"), ("no-verdict", "No verdict yet")):
        answer = client.bob.post(f"/alerts/{alert}/do", data={"do": what})
        assert answer.headers["location"] == f"/alerts/{alert}"
        assert told in client.bob.get(f"/alerts/{alert}", headers=BROWSER).text
    page = client.bob.get(f"/alerts/{alert}", headers=BROWSER).text
    assert "Verdict" in page
    assert "taken back" in page
    keys = re.compile(r'value="(\w+)"[^>]* data-key="([undt])"')
    every = {"useful": "u", "noise": "n", "duplicate": "d", "nothing_to_do": "t"}
    assert dict(keys.findall(page)) == every
    assert dict(keys.findall(client.bob.get("/alerts", headers=BROWSER).text)) == every


def test_silence_goes_on_to_a_form_with_what_alerts_have_in_common(
    client: Cast, prometheus: Tool
) -> None:
    ids = prometheus.tell(
        event("a", labels={"env": "prod", "host": "1"}),
        event("b", labels={"env": "prod", "host": "2"}),
    )
    prometheus.dispatch()
    place = client.bob.post("/alerts/chosen/do", data={"alert": ids, "do": "silence"}).headers[
        "location"
    ]
    page = client.bob.get(place, headers=BROWSER).text
    assert "env=&#34;prod&#34;" in page
    assert "host=" not in page
    assert "2 alerts" in page


def test_what_was_sent_is_shown_as_text_and_can_be_downloaded(
    client: Cast, clock: MovableClock
) -> None:
    other = tool(client, clock, "Other", format="generic")
    body = json.dumps({"title": SCRIPT, "key": "k", "note": "kept"}).encode()
    alert = other.sent(body)["k"]
    other.dispatch()
    page = client.charlie.get(f"/alerts/{alert}", headers=BROWSER).text
    assert "<script>alert" not in page
    assert "&#34;note&#34;: &#34;kept&#34;" in page
    got = client.charlie.get(f"/alerts/{alert}/body")
    assert got.content == body
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["content-type"] == "application/octet-stream"


def test_what_strangers_write_is_text(client: Cast, prometheus: Tool) -> None:
    alert = prometheus.raised(
        title=SCRIPT, description=SCRIPT, service="<b>x", rule="<i>r", labels={"<u>": SCRIPT},
        annotations={"a": SCRIPT}, values={"v": SCRIPT}, runbook_url="javascript:alert(1)", severity_word="info",
    )  # fmt: skip
    client.bob.post(f"/alerts/{alert}/do", data={"do": "noise"})
    for address in (
        "/alerts?view=all", f"/alerts/{alert}", "/", "/alerts/quality", f"/alerts/silences/new?alert={alert}",
        f"/incidents/declare?alert={alert}", "/alerts/rules/new",
    ):  # fmt: skip
        page = client.bob.get(address, headers=BROWSER)
        if page.status_code == 403:
            continue
        assert page.status_code == 200, address
        for bad in ("<script>alert", "<b>x", "<i>r", "<u>", 'href="javascript:'):
            assert bad not in page.text, (address, bad)


def test_there_is_no_page_for_an_alert_that_is_not_there(client: Cast) -> None:
    for name in ("alr_0", "%00", "x" * 79):
        for after in ("", "/parts/now", "/body"):
            assert client.bob.get(f"/alerts/{name}{after}", headers=BROWSER).status_code == 404, (
                name
            )
        assert client.bob.post(f"/alerts/{name}/do", data={"do": "noise"}).status_code == 404


def test_home_shows_what_waits(client: Cast, clock: MovableClock, prometheus: Tool) -> None:
    assert "Alerts that wait" not in client.charlie.get("/", headers=BROWSER).text
    for number in range(7):
        prometheus.raised(f"k{number}", title=f"Disk {number} full", severity_word="info")
        clock.forward(minutes=1)
    page = client.charlie.get("/", headers=BROWSER).text
    assert "Alerts that wait for a person" in page
    assert "Show all 7" in page
    assert "Disk 6 full" in page
    assert "Disk 0 full" not in page


def test_quality_has_levels_precision_and_what_to_change(
    client: Cast, clock: MovableClock, prometheus: Tool
) -> None:
    for number in range(8):
        alert = prometheus.raised(f"k{number}", service="pay", rule="Slow", severity_word="info")
        client.bob.post(f"/alerts/{alert}/do", data={"do": "noise" if number else "useful"})
        clock.forward(minutes=20)
    page = client.charlie.get("/alerts/quality?window=7d", headers=BROWSER).text
    for told in (
        "Alert fatigue, last 7 d", "Critical", "100%", "1 useful, 7 noise", "12%", "0% to 53%", "Slow", "pay",
        "What these numbers mean", "Add a runbook link",
        "view=all&amp;within=30d&amp;source=Prometheus&amp;rule=Slow", "view=all&amp;within=7d&amp;service=pay",
    ):  # fmt: skip
        assert told in page, told
    empty = client.charlie.get("/alerts/quality?window=x", headers=BROWSER)
    assert empty.status_code == 200
    assert "last 24 h" in empty.text
