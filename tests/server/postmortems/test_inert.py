"""Whatever somebody writes stays text: in sections, comments, names and titles, on every page and in every export."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.server.cast import Cast
from tests.server.postmortems.desk import approved, begun, incident, moved

pytestmark = pytest.mark.both_databases
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))", "[a](data:text/html,<script>alert(1)</script>)", "![a](javascript:alert(1))",
    "<a href='java\tscript:alert(1)'>a</a>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{background:url(//evil.example)}</style>", "<form action=//evil.example><button>a</button></form>",
    "\"><script>alert(1)</script>", "'-alert(1)-'", "{{ 7 * 7 }}{% raw %}", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "<!--<script>alert(1)</script>-->", "`</code><script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>", "[x]: javascript:alert(1)\n\n[x]", "<b onclick=alert(1)>b</b>",
)  # fmt: skip
ALL = "\n\n".join(HOSTILE)
LINE = " ".join(HOSTILE[:12]).replace("\t", " ")
RUNNING = ("script", "iframe", "object", "embed", "base", "meta", "form", "style", "link")
"""Elements that do something; ours are counted on a page without hostile text, and none may be added."""


class Alive(HTMLParser):
    """What of a page a browser would run or fetch: elements, handlers, addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: dict[str, int] = {}
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNNING:
            self.elements[tag] = self.elements.get(tag, 0) + 1
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc":
                self.handlers.append(name)
            if name in ("href", "src", "action", "formaction", "data") and value:
                self.addresses.append(value.strip().casefold())


def written(client: Cast, text: str, line: str) -> str:
    """A postmortem with this text wherever one can write, published, and its reference."""
    made = incident(client.bob, f"inc_{len(text)}")
    record: dict[str, Any] = {
        "incidentId": made, "title": f"Pool {line}"[:300], "summary": text, "impact": text,
        "rootCause": text, "trigger": text, "resolution": text, "leadUp": text,
        "timeline": [{"time": "14:35", "description": text, "actor": line, "evidence": line}],
        "actionItems": [{"description": line[:400], "owner": line[:400], "doneWhen": text[:4000], "priority": "HIGH"}],
        "whatWentWell": [text], "whatWentPoorly": [text], "lessons": [text], "whereWeGotLucky": [text],
        "contributingFactors": [{"text": text, "category": line[:60]}],
        "whys": [{"question": text, "answer": text}], "glossary": [{"term": line[:80], "meaning": text}],
        "links": [{"title": line[:80], "url": "javascript:alert(1)"}], "owner": line[:200],
        "sections": [{"heading": line[:100], "text": text}], "tags": [line[:60]],
        "external": {"summary": text, "whatHappened": text, "whatWeAreDoing": text},
    }  # fmt: skip
    reference = str(begun(client.bob, **record)["reference"])
    where = f"/api/postmortems/{reference}"
    for section in ("summary", "rootCause", "postmortem"):
        said = client.bob.post(f"{where}/comments", json={"section": section, "text": text})
        assert said.status_code == 201, said.text
    moved(client.bob, reference, "IN_REVIEW")
    refused = {"decision": "refuse", "textVersion": 1, "note": text}
    assert client.alice.post(f"{where}/reviews", json=refused).status_code == 201
    return reference


def pages(client: Cast, reference: str) -> dict[str, str]:
    """Every page and export that shows the text, by its address without the reference."""
    found = {}
    page, api = f"/postmortems/{reference}", f"/api/postmortems/{reference}"
    client.bob.patch(
        api, json={"trigger": "Another"}, headers={"If-Match": version(client.bob, api)}
    )
    addresses = [
        "/postmortems", page, f"{page}/edit", f"{page}/review", f"{page}/history", f"{page}/history?since=1",
        "/actions", "/", f"{api}/export?format=html", f"{api}/export?format=html&profile=external",
        *(f"{api}/export?format=html&template={name}" for name in ("standard", "report", "executive", "sre", "auto")),
    ]  # fmt: skip
    for address in addresses:
        answer = client.bob.get(address, headers={"accept": "text/html"})
        assert answer.status_code == 200, (address, answer.text[:200])
        found[address.replace(reference, "PM")] = answer.text
    approved(client.alice, reference)
    moved(client.bob, reference, "PUBLISHED")
    share = client.bob.post(f"{api}/shares", json={"days": 1}).json()["address"]
    found["/share"] = client.stranger.get("/share/" + share.rpartition("/")[2]).text
    return found


def version(browser: TestClient, api: str) -> str:
    return f'"{browser.get(api).json()["version"]}"'


@pytest.mark.long
def test_hostile_text_runs_nowhere(client: Cast) -> None:
    tame = {
        name: Alive(page)
        for name, page in pages(client, written(client, "Words", "a line")).items()
    }
    hostile = pages(client, written(client, ALL, LINE))
    assert hostile.keys() == tame.keys()
    for name, page in hostile.items():
        alive = Alive(page)
        assert alive.handlers == tame[name].handlers, name
        ours = tame[name].elements
        # A form may stand more than once for more rows; nothing else may come with a text.
        more = {tag for tag, count in alive.elements.items() if count > ours.get(tag, 0)}
        assert not more - {"form"}, (name, more)
        foreign = [
            one
            for one in alive.addresses
            if re.match(r"(?:java\s*script|data:text|vbscript|//)", one)
        ]
        assert foreign == [], (name, foreign)
        assert not [one for one in alive.addresses if "evil.example" in one], name
        assert "{{ 7 * 7 }}" in page or "{{ 7" not in page, name


def test_an_export_is_a_file_and_no_page_of_ours(client: Cast) -> None:
    reference = written(client, ALL, LINE)
    for form in ("html", "md", "json", "pdf", "yaml"):
        answer = client.bob.get(f"/api/postmortems/{reference}/export", params={"format": form})
        assert answer.status_code == 200, answer.text[:300]
        assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert answer.headers["x-content-type-options"] == "nosniff"
    html = client.bob.get(f"/api/postmortems/{reference}/export", params={"format": "html"}).text
    assert "default-src 'none'" in unescape(html)
