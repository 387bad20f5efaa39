"""What a browser makes of the pages of postmortems: their forms, and sending them back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from tests.server.cast import Cast


@dataclass
class Form:
    """A form as a browser reads it from a page, and what it would send."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Browser(HTMLParser):
    """Reads forms as browsers do: the first line break of a textarea is dropped, single-line fields lose theirs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._name: str | None = None
        self._text = ""
        self._select: str | None = None
        self._chosen: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        if not self.forms:
            return
        if tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "textarea":
            self._name, self._text = given["name"], ""
        elif tag == "select":
            self._select, self._chosen = given["name"], None
        elif tag == "option" and self._select and (self._chosen is None or "selected" in given):
            self._chosen = given.get("value", "")
        elif tag == "button" and given.get("name"):
            self.forms[-1].buttons.append((given["name"], given.get("value", "")))

    def _input(self, given: dict[str, str]) -> None:
        if given.get("type") == "checkbox":
            if "checked" in given:
                self._add(given["name"], given.get("value", "on"))
            return
        self._add(given["name"], re.sub(r"[\r\n]", "", given.get("value", "")))

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._name is not None:
            text = self._text.removeprefix("\n")
            self._add(self._name, text.replace("\r\n", "\n").replace("\n", "\r\n"))
            self._name = None
        elif tag == "select" and self._select is not None:
            self._add(self._select, self._chosen or "")
            self._select = None


def forms_of(browser: TestClient, address: str) -> dict[str, Form]:
    """The forms of the parts, by the part."""
    answer = browser.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text[:500]
    found = Browser(answer.text).forms
    return {one.action.rpartition("/")[2]: one for one in found if "/edit/" in one.action}


def sent(browser: TestClient, form: Form, do: str = "save", **changed: str) -> httpx2.Response:
    answer: httpx2.Response = browser.post(
        form.action, data={**form.fields, "do": do, **changed}, headers={"Accept": "text/html"}
    )
    return answer


SEED: dict[str, Any] = {
    "title": "Pool exhausted",
    "summary": "For 15 minutes every call failed.",
    "impact": "1,200 users.",
    "rootCause": "The pool was too small.",
    "timeline": [
        {"time": "14:35", "description": "Traffic triples"},
        {"time": "14:38", "description": "Connections run out"},
    ],
    "actionItems": [{"description": "Add an alert on pool use", "priority": "HIGH"}],
    "whatWentWell": ["- A bullet", "Two\nlines"],
    "contributors": ["bob@example.com", "alice@example.com"],
}


PAGE = {"Accept": "text/html"}
EDIT = "/postmortems/PM-1/edit"


def now(client: Cast) -> dict[str, Any]:
    found: dict[str, Any] = client.bob.get("/api/postmortems/PM-1").json()
    return found


def begin(client: Cast) -> dict[str, Any]:
    incident = client.bob.post("/api/incidents", json={"title": "Down", "severity": "SEV-3"}).json()
    body = {**SEED, "incidentId": incident["id"]}
    answer = client.bob.post("/api/postmortems", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
