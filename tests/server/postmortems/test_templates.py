"""Own templates: kept with what was begun with them, and never endless, whatever is written in one."""

from __future__ import annotations

import time

import pytest

from tests.server.cast import Cast
from tests.server.postmortems.desk import begun, incident

HEAD = "---\nname: ours\n---\n"
HARMFUL = {
    "loops in loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "a filter in a loop": "{% for a in range(9999) %}{% for b in range(9999) if b > 9 %}x{% endfor %}{% endfor %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a power": "{{ 10 ** 10 ** 10 }}",
    "a text many times": "{{ 'a' * 1000000000 }}",
    "a list many times": "{{ ([1] * 1000000000) | length }}",
    "a wide format": "{{ '%1000000000d' % 1 }}",
    "a wide filter": "{{ 'a' | center(1000000000) }}",
    "an indent": "{{ 'a' | indent(1000000000) }}",
    "a wide method": "{{ 'a'.ljust(1000000000) }}",
    "a method's format": "{{ '{:>1000000000}'.format(1) }}",
    "replacing again and again": "{{ ('a' * 9)" + " | replace('a', 'aaaaaaaaaa')" * 12 + " }}",
    "doubling": "{% set ns = namespace(x='ab') %}{% for i in range(64) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "doubling a list": "{%set ns = namespace(x=[1]) %}{% for i in range(64) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "a long join": "{{ range(99999) | join('" + "x" * 9999 + "') }}",
    "the class of a class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "the globals of a function": "{{ section.__globals__ }}",
    "the code of a method": "{{ section.__func__.__code__ }}",
    "the environment": "{{ self._TemplateReference__context.environment }}",
    "a file": "{% include '/etc/passwd' %}",
}


def saved(client: Cast, text: str, name: str = "ours") -> int:
    answer = client.alice.post("/api/postmortem-templates", json={"name": name, "text": text})
    return int(answer.status_code)


@pytest.mark.parametrize("body", HARMFUL.values(), ids=HARMFUL)
def test_no_template_takes_the_server_with_it(client: Cast, body: str) -> None:
    incident(client.bob)
    began = time.process_time()
    if saved(client, HEAD + body) == 201:
        made = client.bob.post(
            "/api/postmortems", json={"incidentId": "inc_123"}, params={"template": "ours"}
        )
        answer = client.bob.get(f"/api/postmortems/{made.json()['reference']}/export")
        assert answer.status_code == 422, answer.text[:200]
        assert "template" in answer.json()["detail"]
    assert time.process_time() - began < 20


def test_a_template_is_kept_as_it_was_when_the_postmortem_was_begun(client: Cast) -> None:
    incident(client.bob)
    assert saved(client, HEAD + "First: {{ title }}") == 201
    answer = client.bob.post(
        "/api/postmortems",
        json={"incidentId": "inc_123", "title": "T"},
        params={"template": "ours"},
    )
    assert (answer.status_code, answer.json()["template"]) == (201, "ours")
    assert saved(client, HEAD + "Second: {{ title }}") == 201
    told = client.bob.get("/api/postmortems/PM-1/export", params={"frontMatter": 0}).text
    assert "First: T" in told
    assert client.alice.delete("/api/postmortem-templates/ours").status_code == 204
    again = client.bob.get("/api/postmortems/PM-1/export", params={"frontMatter": 0}).text
    assert "First: T" in again
    assert client.bob.post(
        "/api/postmortems", json={"incidentId": "inc_123"}, params={"template": "ours"}
    ).status_code == 422  # fmt: skip


def test_what_cannot_be_a_template_is_refused(client: Cast) -> None:
    incident(client.bob)
    begun(client.bob)
    assert saved(client, HEAD + "{% for %}") == 422
    assert saved(client, "no front matter") == 422
    assert saved(client, HEAD + "x", name="product") == 422
    assert saved(client, HEAD + "x", name="../x") == 422
    assert saved(client, HEAD + "x" * 100_001) == 422
    answer = client.bob.post("/api/postmortem-templates", json={"name": "x", "text": HEAD})
    assert answer.status_code == 403
