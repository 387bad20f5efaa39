"""The fault tree that the company keeps, held against its year."""

from __future__ import annotations

from importlib import resources

from kintsugi.core.analysis.what_if import Left
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.actions import service as actions
from kintsugi.server.analysis import service as analysis

TITLE = "Nobody can book for an hour"
SERVICES = {
    "search-incident": "journey-search", "booking-incident": "booking",
    "gateway-incident": "api-gateway", "provider-one": "payments",
}  # fmt: skip
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
    analysis.add(work, draft)
