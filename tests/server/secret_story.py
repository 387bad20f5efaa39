"""A private incident with a word in every text anybody may write about it, and one that everybody may read."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient

from tests.server.addresses import Things

WORD = "qcanaryq"
NOBODYS = "qnobodyq"
"""A word of the same length that is nowhere."""


class Teller:
    """Somebody who writes over the API and is never refused."""

    def __init__(self, browser: TestClient) -> None:
        self.browser = browser

    def say(
        self,
        method: str,
        address: str,
        body: object = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> dict[str, Any]:
        headers = {}
        if method == "PATCH" or "milestones" in address:
            headers["If-Match"] = f'"{self.version(address)}"'
        answer = self.browser.request(method, address, json=body, headers=headers, files=files)
        assert answer.status_code < 300, (method, address, answer.status_code, answer.text)
        return dict(answer.json()) if answer.content else {}

    def version(self, address: str) -> int:
        shown = self.browser.get("/".join(address.split("/")[:4]))
        return int(shown.json()["version"])


def document(incident: str, word: str) -> dict[str, Any]:
    """A postmortem with the word in every field that holds text."""
    plain = re.sub(r"\W", "", word)
    return {
        "incidentId": incident, "title": f"Postmortem {word}", "summary": f"{word} summary",
        "impact": f"{word} impact", "rootCause": f"{word} root cause",
        "trigger": f"{word} trigger", "leadUp": f"{word} lead-up", "resolution": f"{word} resolution",
        "whatWentWell": [f"{word} well"], "whatWentPoorly": [f"{word} poorly"],
        "whereWeGotLucky": [f"{word} luck"], "lessons": [f"{word} lesson"],
        "knownBefore": f"{word} before", "owner": f"{plain}@example.com", "severity": "SEV-2",
        "external": {"summary": f"{word} external"}, "response": {"communication": f"{word} said"},
        "whys": [{"question": f"{word} why", "answer": f"{word} because"}],
        "links": [{"url": f"https://example.com/{plain}", "title": word}],
        "glossary": [{"term": word, "meaning": f"{word} meaning"}],
        "extraSections": [{"heading": word, "text": word}],
        "timeline": [{"time": "14:35", "description": f"{word} event"}],
        "actionItems": [
            {"description": f"Add an alert on {word}", "owner": f"{plain}@example.com", "status": "TODO",
             "priority": "HIGH"}
        ],
        "contributors": ["bob@example.com"], "status": "DRAFT",
    }  # fmt: skip


def tell(bob: Teller, dave: Teller, word: str, other: str, *, private: bool) -> Things:
    """An incident from declaration to its published postmortem; what it is made of, by kind.

    `other` is an incident that everybody sees; this one is linked to it from both sides.
    """
    name = re.sub(r"[\"'\\\\]", "", word)
    said = {
        "title": f"Title {word}", "summary": f"**{word}** summary",
        "impact": {"text": f"{word} impact", "affectedUsers": 7, "userExperience": f"{word} seen"},
        "services": [f"{name}-service"], "tags": [f"{name}-tag"], "externalId": f"{word}-77",
        "private": private, "severity": "SEV-3", "detection": "monitoring",
    }  # fmt: skip
    made = bob.say("POST", "/api/incidents", said)
    place = f"/api/incidents/{made['id']}"
    if private:
        bob.say("POST", f"{place}/grants", {"userId": "dave@example.com"})
    bob.say("POST", f"{place}/timeline",
            {"text": f"{word} note", "evidence": f"{word} graph", "important": True})  # fmt: skip
    bob.say("PATCH", place, {"status": "identified", "reason": f"{word} found"})
    bob.say("PATCH", place, {"severity": "SEV-2", "reason": f"{word} worse"})
    bob.say("PATCH", place, {"commander": "dave@example.com"})
    bob.say("PATCH", place, {"title": f"Title {word} again", "services": [f"{name}-other"]})
    bob.say("POST", f"{place}/milestones",
            {"name": "detected", "at": "2026-03-02T08:55:00Z", "reason": f"{word} log"})  # fmt: skip
    file = {"file": (f"{word}.txt", f"{word} content".encode(), "text/plain")}
    attached = bob.say("POST", f"{place}/attachments", files=file)
    gone = bob.say("POST", f"{place}/attachments", files=file)
    bob.say("DELETE", f"{place}/attachments/{gone['id']}")
    if other:
        bob.say("POST", f"{place}/links", {"incident": other, "reason": f"{word} linked"})
        far = f"/api/incidents/{other}/links"
        bob.say("POST", far, {"incident": made["id"], "kind": "caused-by", "reason": f"{word} far"})
    message = _messaged(bob, place, word)
    bob.say("PATCH", place, {"status": "resolved", "reason": f"{word} mended"})
    links = [one["id"] for one in bob.browser.get(f"{place}/links").json()["items"]]
    return {
        "incidents": [made["id"], made["reference"], f"{word}-77"],
        "attachment_id": [attached["id"], gone["id"]],
        "link_id": links,
        **message,
        **_analysed(bob, dave, made["id"], word),
        **_modelled(bob, made["id"], word),
    }  # fmt: skip


def _messaged(bob: Teller, place: str, word: str) -> dict[str, list[str]]:
    """A message about the incident, to an address of its own."""
    plain = re.sub(r"\W", "", word)
    body = {
        "subject": f"{word} subject", "values": {"progress": f"{word} progress"},
        "to": [f"{plain}@example.org"], "confirmed": True,
    }  # fmt: skip
    made = bob.say("POST", f"{place}/messages", body)
    delivery = made["deliveries"][0]["id"]
    return {"message": [made["id"]], "delivery": [delivery], "deliveries": [delivery]}


def _modelled(bob: Teller, incident: str, word: str) -> dict[str, list[str]]:
    """A fault tree about the incident, changed once, and one that is gone."""
    said = word.replace("\\", "\\\\").replace('"', '\\"')
    text = f'down = or("{said} pool", net)\n"{said} pool" = 0.1 "{said} label"\nnet = 0.01'
    body = {"title": f"Tree {word}", "text": text, "incidentId": incident}
    made = bob.say("POST", "/api/fault-trees", body)
    bob.say("PATCH", f"/api/fault-trees/{made['id']}", {"title": f"Tree {word} again"})
    gone = bob.say("POST", "/api/fault-trees", body)
    headers = {"If-Match": '"1"'}
    assert bob.browser.delete(f"/api/fault-trees/{gone['id']}", headers=headers).status_code == 200
    names = [made["id"], made["reference"]]
    asked = {"incidentId": incident, "problem": f"{word} problem", "halveDetection": f"{word} sooner",
             "whys": [{"question": f"{word} why?", "answer": f"{word} answer", "category": f"{word} kind"[:60],
                       "evidence": f"{word} graph"}]}  # fmt: skip
    why = bob.say("POST", "/api/why-trees", asked)
    bob.say("PATCH", f"/api/why-trees/{why['id']}", {"problem": f"{word} problem again"})
    whys = [why["id"], why["reference"]]
    return {"fault-trees": [*names, gone["id"]], "why-trees": whys, "analysis": [*names, *whys]}


def _analysed(bob: Teller, dave: Teller, incident: str, word: str) -> dict[str, list[str]]:
    begun = bob.say("POST", "/api/postmortems", document(incident, word))
    place = f"/api/postmortems/{begun['id']}"
    bob.say("PATCH", place, {"summary": f"{word} other summary"})
    bob.say("PATCH", place, {"status": "IN_REVIEW", "reason": f"{word} ready"})
    thread = dave.say("POST", f"{place}/comments", {"section": "summary", "text": f"{word} why?"})
    bob.say("POST", f"{place}/comments", {"thread": thread["thread"], "text": f"{word} because"})
    version = dave.browser.get(place).json()["textVersion"]
    dave.say("POST", f"{place}/reviews",
             {"decision": "approve", "textVersion": version, "note": f"{word} good"})  # fmt: skip
    bob.say("PATCH", place, {"status": "PUBLISHED", "reason": f"{word} out"})
    actions = bob.browser.get("/api/actions", params={"postmortemId": begun["id"]}).json()["items"]
    bob.say("PATCH", f"/api/actions/{actions[0]['id']}", {"status": "IN_PROGRESS"})
    shared = bob.say("POST", f"{place}/shares", {"days": 3})
    return {
        "postmortems": [begun["id"], begun["reference"]],
        "actions": [actions[0]["id"], actions[0]["reference"]],
        "thread": [thread["thread"]],
        "revision": ["1"],
        "share": [shared["id"]],
        "share_id": [shared["id"]],
    }  # fmt: skip
