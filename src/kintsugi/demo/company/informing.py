"""Whom the company tells of its incidents, and its messages: told as delivered, so that nothing is really sent."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from kintsugi.core.comms.message import Audience
from kintsugi.core.comms.stakeholders import Group, StakeholderLists
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.severity import Severity
from kintsugi.demo.company.story import Step
from kintsugi.formats.plain import load_yaml
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.plugins.sending import Sent
from kintsugi.server.comms.message import OrganisationValues
from kintsugi.server.comms.service import attempting, members, sending, settings
from kintsugi.server.comms.service.composing import Draft, Here

ADDRESS = "http://127.0.0.1:8000"
GROUPS: Mapping[str, tuple[Audience, tuple[str, ...], tuple[Severity, ...]]] = {
    "executives": (
        Audience.STAKEHOLDERS, ("duty-manager@example.com", "amara@tidewell.example"),
        (Severity.SEV_1,),
    ),
    "support": (
        Audience.STAKEHOLDERS, ("call-centre@example.com", "support-leads@example.com"),
        (Severity.SEV_1, Severity.SEV_2),
    ),
    "engineering": (
        Audience.RESPONDERS, ("team:Platform", "team:Booking"), (Severity.SEV_1, Severity.SEV_2),
    ),
    "on-call": (Audience.STAKEHOLDERS, ("team:Platform",), (Severity.SEV_2, Severity.SEV_3)),
    "customers": (Audience.CUSTOMERS, ("newsroom@example.com",), (Severity.SEV_1,)),
}  # fmt: skip


def found(work: UnitOfWork, name: str) -> None:
    """The company's groups, which severity tells which, and what its messages name."""
    groups = tuple(
        Group(group, audience, tuple(members.member_of(work, one) for one in written))
        for group, (audience, written, _) in GROUPS.items()
    )
    told = {
        severity: tuple(group for group, one in GROUPS.items() if severity in one[2])
        for severity in Severity
    }
    settings.set_stakeholder_lists(work, StakeholderLists(groups, told), 0)
    values = OrganisationValues(name, "https://status.example.com", "#{incident_id}")
    settings.set_organisation_values(work, values)


def send(work: UnitOfWork, incident: Incident, step: Step, zone: str) -> None:
    """A message, from the template that the step is about and the values of its text; it has arrived everywhere."""
    values = {name: str(value) for name, value in load_yaml(step.text).items()}
    here = Here(ADDRESS, ZoneInfo(zone))
    made = sending.send(work, incident, Draft(step.about[0], values=values), here)
    for one in made.deliveries:
        begun = attempting.begin(work, {"delivery": one.id, "round": 1, "attempt": 1})
        if begun is not None:
            attempting.note(work, begun, Sent("250 taken"), work.now, 0.3)
