"""Postmortems for journeys: made by a program up to where a journey begins, and the hands that write in their pages."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys import barriers
from tests.journeys.browsers import part
from tests.journeys.server import Server
from tests.journeys.world import program_of

BOB, ALICE = "bob@example.com", "alice@example.com"
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
TEXT: dict[str, Any] = {
    "title": "Card payments fail at checkout",
    "summary": "One in three card payments failed for 40 minutes.",
    "impact": "1,200 customers could not pay.",
    "rootCause": "Nobody watched the gateway's certificate.",
    "timeline": [{"time": "2026-03-02T14:05:00Z", "description": "Payments begin to fail"}],
    "actionItems": [
        {"description": "Alert 14 days before a certificate runs out", "owner": BOB, "priority": "HIGH",
         "type": "DETECT", "doneWhen": "A certificate of 13 days pages", "horizon": "SHORT"},
    ],
    "contributors": [ALICE],
}  # fmt: skip


def ended_incident(server: Server) -> str:
    """An incident that Bob declared and resolved with Alice's help; its reference."""
    declared = {"title": TEXT["title"], "severity": "SEV-2", "services": ["payments"]}
    with program_of(server, BOB) as bob, program_of(server, ALICE) as alice:
        reference: str = bob.post("/api/incidents", declared)["reference"]
        address = f"/api/incidents/{reference}"
        for text in ("The gateway answers with a handshake error", "Renew the certificate by hand"):
            alice.post(f"{address}/timeline", {"text": text, "kind": "decision", "important": True})
        for status in ("identified", "monitoring", "resolved"):
            bob.patch(address, {"status": status, "reason": f"It is {status}"})
    return reference


def begun(server: Server, status: str = "DRAFT") -> str:
    """Bob's postmortem of such an incident, Alice among its contributors; the address of its page."""
    incident = ended_incident(server)
    with program_of(server, BOB) as bob, program_of(server, ALICE) as alice:
        made = bob.post("/api/postmortems", TEXT | {"incidentId": incident})
        address = f"/api/postmortems/{made['reference']}"
        if status != "DRAFT":
            bob.patch(address, {"status": "IN_REVIEW"})
        if status == "PUBLISHED":
            read = alice.http.get(address).json()["textVersion"]
            alice.post(f"{address}/reviews", {"decision": "approve", "textVersion": read})
            bob.patch(address, {"status": "PUBLISHED"})
    return f"/postmortems/{made['reference']}"


def field(page: Page, section: str, label: str = "") -> Locator:
    """Where one writes in a section of the edit page."""
    return part(page, section).get_by_role("textbox", name=label or section, exact=True)


def write(page: Page, section: str, text: str, label: str = "") -> None:
    """Write into a section of the edit page, and wait until the page says that it is saved."""
    with page.expect_response("**/autosave") as answer:
        field(page, section, label).fill(text)
    assert answer.value.status == 200, (section, answer.value.status)
    expect(part(page, section).locator("[data-saved]")).to_contain_text("Saved")


def assert_open_to_all(page: Page) -> None:
    """Fail on a barrier, in either theme, or where the page scrolls sideways on a phone.

    Every page as it is opened is read at a phone's width as well, in test_pages.
    """
    barriers.assert_open_to_all(page, (1280,))


def kept(server: Server, address: str) -> dict[str, Any]:
    """What the server has of a postmortem, by the address of its page."""
    with program_of(server, BOB) as bob:
        found: dict[str, Any] = bob.http.get(f"/api{address}").json()
    return found
