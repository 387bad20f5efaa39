"""The trees that the company keeps: a fault tree held against its year, and a why-tree of its open incident."""

from __future__ import annotations

import re
from importlib import resources

from kintsugi.core.analysis.what_if import Left
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.formats.whys.outline import whys_read
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis import service as analysis
from kintsugi.server.incidents import service as incidents

TITLE = "Nobody can book for an hour"
SERVICES = {
    "search-incident": "journey-search", "booking-incident": "booking",
    "gateway-incident": "api-gateway", "provider-one": "payments",
}  # fmt: skip
ASKED = "orders-down"
"""The incident that people ask why about."""
HALVED = ("booking-lasts", "search-lasts", "gateway-lasts")
"""What the first of the open actions would halve, an event each."""


def model(work: UnitOfWork) -> None:
    """Add the tree, with rates of the services' incidents, and with what three open actions leave."""
    text = resources.files("kintsugi.demo.company").joinpath("bookings.txt").read_text("utf-8")
    wanted = actions.Wanted(open_on=actions.today(work))
    found = actions.list_actions(work, wanted, len(HALVED)).items
    draft = analysis.Draft(
        TITLE, text,
        links=tuple(
            analysis.Link(event, analysis.Kind.SERVICE, name) for event, name in SERVICES.items()
        ),
        measures=tuple(
            analysis.Measure(event, action.id, Left(share=0.5))
            for event, action in zip(HALVED, found, strict=False)
        ),
    )  # fmt: skip
    analysis.add(work, draft, analysis.before_adding(work, draft))


def ask(work: UnitOfWork, incident_id: str) -> None:
    """Add the why-tree of an incident, as far as people got; evidence in braces is an entry with these words."""
    incident = incidents.get(work, incident_id)
    entries = incidents.timeline(work, incident)

    def entry(found: re.Match[str]) -> str:
        return f"entry {next(one.sequence for one in entries if found[1] in one.text)}"

    text = resources.files("kintsugi.demo.company").joinpath("whys.txt").read_text("utf-8")
    whys = whys_read(re.sub(r"\{(.+?)\}", entry, text))
    said = WhyAnalysis(incident.title, whys, halve_detection="Page when one session waits for 10 s")
    analysis.whys.add(work, incident.id, said)
