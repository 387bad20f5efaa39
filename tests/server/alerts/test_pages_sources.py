"""The pages of sources and dead letters, and the report form, as a browser without scripts uses them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from kintsugi.server.alerts import service as alerts
from tests.server.alerts.telling import Tool, again, tool, works_of
from tests.server.cast import Cast, MovableClock

BROWSER = {"accept": "text/html"}
OWN = {"sec-fetch-site": "same-origin"}
KEY = re.compile(r'id="source-key">([0-9a-f]{32})<')


def key_in(page: str) -> str:
    found = KEY.search(page)
    assert found, page
    return found[1]


def sources(client: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.charlie.get("/api/alert-sources").json()["items"]
    return found


def settle(client: Cast) -> None:
    """Have intake finish what it took, and the dispatcher look at it."""
    client.alice.app.intake.stop()  # type: ignore[attr-defined] # the client's application
    while alerts.dispatch(works_of(client)):
        pass


def test_a_source_is_added_and_its_key_shown_once(client: Cast) -> None:
    form = client.alice.get("/alerts/sources/new", headers=BROWSER).text
    for told in ("Prometheus", "PagerDuty Events", "Report form", "Any other tool"):
        assert told in form
    sent = {"name": "shop", "format": "generic", "service": "warehouse", "secret": "qsecretq"}
    made = client.alice.post("/alerts/sources/new", data=sent)
    assert made.status_code == 200, made.text
    assert made.headers["cache-control"] == "no-store"
    key = key_in(made.text)
    assert f"/ingest/generic/{key}" in made.text
    assert "Waiting for the first event" in made.text
    source = sources(client)[0]
    for address in ("/alerts/sources", f"/alerts/sources/{source['id']}", "/alerts/sources/shop"):
        for person in (client.alice, client.charlie):
            page = person.get(address, headers=BROWSER)
            assert page.status_code == 200
            assert key not in page.text
            assert "qsecretq" not in page.text
    assert (
        "Waiting for the first event" in client.charlie.get("/alerts/sources", headers=BROWSER).text
    )
    answer = client.stranger.post(f"/ingest/generic/{key}", json={"title": "Printer"})
    assert answer.status_code in (202, 401, 403)


def test_a_page_that_waits_hears_of_the_first_event(client: Cast) -> None:
    made = client.alice.post("/alerts/sources/new", data={"name": "shop", "format": "generic"})
    source = sources(client)[0]
    part = f"/alerts/sources/{source['id']}/parts/heard"
    assert 'hx-trigger="every 3s"' in client.charlie.get(part).text
    assert (
        client.stranger.post(
            f"/ingest/generic/{key_in(made.text)}", json={"title": "x"}
        ).status_code
        == 202
    )
    settle(client)
    heard = client.charlie.get(part).text
    assert "every 3s" not in heard
    assert "Show its alerts" in heard


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": ""}, "Name is empty"),
        ({"name": "Prometheus"}, "Name is taken"),
        ({"format": "smoke"}, "Format"),
        ({"format": "alertmanager", "secret": "x"}, "signs nothing"),
        ({"service": "x" * 65}, "Service is too long"),
    ],
)
def test_a_refused_source_stands_in_its_form_as_typed(
    client: Cast, prometheus: Tool, said: dict[str, str], told: str
) -> None:
    sent = {"name": "kept-text", "format": "generic", "service": "kept-service", **said}
    answer = client.alice.post("/alerts/sources/new", data=sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert "kept-" in answer.text
    assert len(sources(client)) == 1, prometheus


def settings(source: dict[str, Any], **said: str) -> dict[str, str]:
    return {
        "version": str(source["version"]),
        "name": source["name"],
        "kind": "monitoring",
        "maxPerMinute": "60",
        **said,
    }


def test_a_source_is_changed(client: Cast, prometheus: Tool) -> None:
    place = f"/alerts/sources/{prometheus.source.id}"
    said = settings(
        sources(client)[0], name="Prom", severities="urgent = SEV-1\nmeh: 4", service="pay"
    )
    assert client.alice.post(place, data=said).status_code == 303
    source = sources(client)[0]
    assert source["severities"] == {"urgent": "SEV-1", "meh": "SEV-4"}
    assert (source["name"], source["service"], source["maxPerMinute"]) == ("Prom", "pay", 60)
    page = client.alice.get(place, headers=BROWSER).text
    assert "urgent = SEV-1\nmeh = SEV-4" in page
    lost = client.alice.post(place, data={**said, "name": "Yours"})
    assert lost.status_code == 412
    for told in ("Prom", 'value="Yours"', 'name="version" value="2"'):
        assert told in lost.text
    for wrong, told in (
        ({"severities": "urgent"}, "line 1"), ({"severities": "a = SEV-9"}, "Severity words"),
        ({"maxPerMinute": "many"}, "Requests a minute is no number"), ({"kind": "x"}, "Who notices"),
        ({"name": ""}, "Name"),
    ):  # fmt: skip
        answer = client.alice.post(
            place, data=settings(source, **{"service": "kept-text", **wrong})
        )
        assert answer.status_code == 422, wrong
        assert told in answer.text, wrong
        assert "kept-text" in answer.text


def test_a_secret_is_set_replaced_and_taken_away_and_never_shown(
    client: Cast, clock: MovableClock
) -> None:
    signed = tool(client, clock, "Grafana", format="grafana")
    place = f"/alerts/sources/{signed.source.id}"
    for said, has in (({"secret": "qsecretq"}, True), ({}, True), ({"no_secret": "on"}, False)):
        answer = client.alice.post(place, data=settings(sources(client)[0], **said))
        assert answer.status_code == 303, answer.text
        assert sources(client)[0]["hasSecret"] is has
        assert "qsecretq" not in client.alice.get(place, headers=BROWSER).text


def test_keys_are_changed_over(client: Cast, prometheus: Tool) -> None:
    place = f"/alerts/sources/{prometheus.source.id}"
    made = client.alice.post(f"{place}/rotate", data={"overlap": "24"})
    assert made.status_code == 200
    key = key_in(made.text)
    page = client.alice.get(place, headers=BROWSER).text
    assert f"…{key[-4:]}" in page
    assert key not in page
    assert "in 1 d" in page
    old = next(one for one in sources(client)[0]["keys"] if one["expiresAt"])
    assert client.alice.post(f"{place}/keys/{old['id']}/withdraw").status_code == 303
    assert len(sources(client)[0]["keys"]) == 1
    assert client.alice.post(f"{place}/keys/{old['id']}/withdraw").status_code == 404
    assert client.alice.post(f"{place}/rotate", data={"overlap": "for ever"}).status_code == 422


def test_a_mapping_is_tried_and_kept(client: Cast, clock: MovableClock) -> None:
    other = tool(client, clock, "Other", format="generic")
    place = f"/alerts/sources/{other.source.id}"
    body = json.dumps({"wrong": {"what": "Printer is on fire", "id": 7}, "prio": "high"})
    mapping = "title: wrong.what\nkey: wrong.id\nseverity: prio\n"
    sent = {"version": "1", "mapping": mapping, "body": body}
    tried = client.alice.post(f"{place}/mapping", data={**sent, "do": "try"})
    assert tried.status_code == 200, tried.text
    for told in ("Printer is on fire", "<dd>7</dd>", "<dd>high</dd>", "title: wrong.what"):
        assert told in tried.text, told
    assert sources(client)[0]["mapping"] is None
    assert client.alice.post(f"{place}/mapping", data={**sent, "do": "save"}).status_code == 303
    assert sources(client)[0]["mapping"] == {
        "title": "wrong.what",
        "key": "wrong.id",
        "severity": "prio",
    }
    assert "title: wrong.what" in client.charlie.get(place, headers=BROWSER).text
    cleared = {"version": "2", "mapping": "", "do": "save"}
    assert client.alice.post(f"{place}/mapping", data=cleared).status_code == 303
    assert sources(client)[0]["mapping"] is None


@pytest.mark.parametrize(
    ("mapping", "do", "told"),
    [
        ("title: [", "save", "line"),
        ("kept-text", "save", "is no mapping"),
        ("nothing: x\n# kept-text", "save", "nothing: is no field"),
        ("title: 5\n# kept-text", "save", "title: is no path"),
        ("title: a\n# kept-text", "try", "Message is empty"),
    ],
)
def test_a_refused_mapping_stands_in_its_form_as_typed(
    client: Cast, clock: MovableClock, mapping: str, do: str, told: str
) -> None:
    other = tool(client, clock, "Other", format="generic")
    sent = {"version": "1", "mapping": mapping, "do": do}
    answer = client.alice.post(f"/alerts/sources/{other.source.id}/mapping", data=sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert mapping.rsplit(maxsplit=1)[-1] in answer.text


def test_a_retired_source_takes_nothing_more(client: Cast, prometheus: Tool) -> None:
    place = f"/alerts/sources/{prometheus.source.id}"
    assert client.alice.post(f"{place}/retire", data={"version": "7"}).status_code == 412
    assert client.alice.post(f"{place}/retire", data={"version": "1"}).status_code == 303
    assert "Retired" in client.charlie.get("/alerts/sources", headers=BROWSER).text
    page = client.alice.get(place, headers=BROWSER).text
    assert "Make new key" not in page
    assert client.alice.post(f"{place}/rotate", data={"overlap": "1"}).status_code == 409


def test_sources_and_dead_letters_are_for_admins(client: Cast, prometheus: Tool) -> None:
    place, letter = f"/alerts/sources/{prometheus.source.id}", prometheus.dead(b"x")
    for person in (client.bob, client.charlie):
        for address in (
            "/alerts/sources/new",
            "/alerts/dead-letters",
            f"/alerts/dead-letters/{letter}",
        ):
            assert person.get(address, headers=BROWSER).status_code == 403
        for address in (
            place,
            f"{place}/rotate",
            f"{place}/mapping",
            f"{place}/retire",
            "/alerts/sources/new",
        ):
            assert person.post(address, data={"version": "1"}).status_code == 403
        assert "Dead letters" not in person.get("/alerts", headers=BROWSER).text
        assert (
            "qbodyq"
            not in person.get(f"{place}?letter={prometheus.dead(b'qbodyq')}", headers=BROWSER).text
        )


def test_a_dead_letter_is_mended_and_replayed(client: Cast, clock: MovableClock) -> None:
    other = tool(client, clock, "Other", format="generic")
    letter = other.dead(
        json.dumps({"wrong": "Printer <b>", "n": 1}).encode(), "neither a title nor a key is there"
    )
    listed = client.alice.get("/alerts/dead-letters", headers=BROWSER).text
    assert "neither a title nor a key is there" in listed
    place = f"/alerts/dead-letters/{letter}"
    page = client.alice.get(place, headers=BROWSER).text
    for told in ("Printer &lt;b&gt;", "Mend the mapping", "application/json"):
        assert told in page
    still = client.alice.post(f"{place}/replay")
    assert still.status_code == 409
    assert "It still cannot be read" in still.text
    source = client.alice.get(
        f"/alerts/sources/{other.source.id}?letter={letter}", headers=BROWSER
    ).text
    assert "Printer &lt;b&gt;" in source
    sent = {"version": "1", "mapping": "title: wrong", "do": "save"}
    assert (
        client.alice.post(f"/alerts/sources/{other.source.id}/mapping", data=sent).status_code
        == 303
    )
    assert "It can be read now: 1 alert" in client.alice.get(place, headers=BROWSER).text
    done = client.alice.post(f"{place}/replay")
    assert done.status_code == 303, done.text
    assert "1 new alert" in client.alice.get(done.headers["location"], headers=BROWSER).text
    again(other).dispatch()
    assert "Printer" in client.charlie.get("/alerts", headers=BROWSER).text
    assert client.alice.post(f"{place}/replay").status_code == 409
    assert "Replayed" in client.alice.get(place, headers=BROWSER).text


def test_a_dead_letter_is_dismissed(client: Cast, prometheus: Tool) -> None:
    letter = prometheus.dead(b"\xff\x00 not JSON")
    done = client.alice.post(f"/alerts/dead-letters/{letter}/dismiss")
    assert "dismissed" in client.alice.get(done.headers["location"], headers=BROWSER).text
    assert letter in client.alice.get("/alerts/dead-letters?show=dismissed", headers=BROWSER).text
    assert client.alice.post(f"/alerts/dead-letters/{letter}/dismiss").status_code == 409
    assert client.alice.get("/alerts/dead-letters/nothing", headers=BROWSER).status_code == 404


@pytest.fixture
def form(client: Cast) -> str:
    """The address of a report form."""
    made = client.alice.post("/alerts/sources/new", data={"name": "support", "format": "form"})
    found = re.search(r"/report/[0-9a-f]{32}", made.text)
    assert found, made.text
    return found[0]


def test_a_customer_reports_without_an_account(client: Cast, form: str) -> None:
    page = client.stranger.get(form, headers=BROWSER)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "Report a problem" in page.text
    said = {
        "summary": "The page stays blank",
        "description": "After I pay",
        "service": "checkout",
        "reporter": "Ida",
    }
    sent = client.stranger.post(form, data=said, headers=OWN)
    assert sent.status_code == 303, sent.text
    assert "has come in" in client.stranger.get(sent.headers["location"], headers=BROWSER).text
    settle(client)
    alert = client.charlie.get("/api/alerts").json()["items"][0]
    assert (alert["title"], alert["service"]) == ("The page stays blank", "checkout")
    assert "Ida" in client.charlie.get(f"/alerts/{alert['id']}", headers=BROWSER).text


def test_a_report_without_a_sentence_stands_in_its_form_as_typed(client: Cast, form: str) -> None:
    answer = client.stranger.post(
        form, data={"summary": " ", "description": "kept <b>text"}, headers=OWN
    )
    assert answer.status_code == 422
    assert "Say in one sentence what is wrong" in answer.text
    assert "kept &lt;b&gt;text" in answer.text


def test_a_report_comes_from_our_own_page(client: Cast, form: str) -> None:
    said = {"summary": "x"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {}):
        assert client.stranger.post(form, data=said, headers=headers).status_code == 403
    assert client.charlie.get("/api/alerts").json()["items"] == []


def test_there_is_no_form_at_other_addresses(client: Cast, form: str, prometheus: Tool) -> None:
    other = client.alice.post(
        f"/alerts/sources/{prometheus.source.id}/rotate", data={"overlap": "0"}
    )
    for address in (
        f"/report/{'0' * 32}",
        "/report/x.y",
        f"/report/{key_in(other.text)}",
        "/report/%00",
    ):
        assert client.stranger.get(address, headers=BROWSER).status_code == 404
        assert client.stranger.post(address, data={"summary": "x"}, headers=OWN).status_code == 404
    source = next(one for one in sources(client) if one["name"] == "support")
    client.alice.post(f"/alerts/sources/{source['id']}/retire", data={"version": "1"})
    assert client.stranger.get(form, headers=BROWSER).status_code == 404


def test_a_form_that_is_sent_too_often_asks_to_wait(client: Cast, form: str) -> None:
    source = next(one for one in sources(client) if one["name"] == "support")
    said = {"version": "1", "name": "support", "kind": "customer", "maxPerMinute": "1"}
    assert client.alice.post(f"/alerts/sources/{source['id']}", data=said).status_code == 303
    answers = [client.stranger.post(form, data={"summary": f"x{n}"}, headers=OWN) for n in range(3)]
    assert [one.status_code for one in answers] == [303, 429, 429]
    assert "Wait a minute" in answers[1].text
    assert 'value="x1"' in answers[1].text
    assert int(answers[1].headers["retry-after"]) >= 1
