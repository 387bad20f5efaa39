"""Beginning a postmortem in steps: the incident, the template, the scenario; then it is drafted from the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.postmortems.drafting import ProposalKind
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.formats.errors import InputError
from kintsugi.formats.scenarios import scenarios
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Conflict, door, status_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.accounts import service as accounts
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, told

router = APIRouter()
RECENT = 8
ENDED = (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)
STEPS = (
    ("Incident", "current", ""), ("Template and scenario", "todo", ""),
    ("Sections, timeline, actions", "todo", ""), ("Review", "todo", ""),
)  # fmt: skip


class BeginForm(BaseModel):
    """What the form sends; `other` is an incident that is not in the list, `asked` that people were shown."""

    incident: str = Field(default="", max_length=200)
    other: str = Field(default="", max_length=200)
    template: str = Field(default=postmortems.templates.USUAL, max_length=200)
    scenario: str = Field(default="", max_length=200)
    people: list[str] = Field(default_factory=list, max_length=500)
    asked: bool = False
    again: bool = False

    @property
    def named(self) -> str:
        """The incident that is meant: the one typed, else the one chosen."""
        return clean(self.other).strip() or clean(self.incident).strip()


@dataclass(frozen=True, slots=True)
class Offered:
    """An incident that one may choose, and the postmortems it has."""

    incident: Incident
    has: tuple[postmortems.Listed, ...]


@router.get("/postmortems/new", response_model=None)
@door(Action.RESPOND)
def show_new(work: UnitOfWork, incident: Annotated[str, Query(max_length=200)] = "") -> Answer:
    return _new_page(work, BeginForm(incident=clean(incident)))


@router.post("/postmortems/new", response_model=None)
@door(Action.RESPOND, writes=True)
def begin(work: UnitOfWork, form: Annotated[BeginForm, Form()]) -> Answer:
    """Draft it from the record; who responded becomes a contributor where the box is ticked."""
    try:
        with work.attempt():
            stored = _begun(work, form)
    except DomainError as error:
        field = error.field if isinstance(error, InvalidValue) else "again"
        field = "incident" if field == "incidentId" else field
        return _new_page(work, form, wrong={field: told(error)}, status=status_of(error)[0])
    return see(f"/postmortems/{stored.reference}/edit")


def _begun(work: UnitOfWork, form: BeginForm) -> postmortems.Stored:
    """Raises InvalidValue for what is not there, Conflict when there is one and nobody said that it is another."""
    if not form.named:
        raise InvalidValue("is not chosen", path=("incident",), expected="the one it is about")
    try:
        incident = incidents.get(work, form.named)
    except NotFound as error:
        raise InvalidValue(
            f"{form.named[:60]!r} is none that you can see", path=("incident",),
            expected="a reference such as INC-7",
        ) from error  # fmt: skip
    if not form.again and postmortems.of_incident(work, incident.id):
        raise Conflict(f"{incident.reference} has a postmortem; say that this is another one")
    how = postmortems.Beginning(form.template, form.scenario, work.viewer.zone)
    _scenario(form.scenario)
    stored = postmortems.draft(work, incident.id, how)
    if not form.asked:
        return stored
    proposed = [one for one in stored.proposals if one.kind is ProposalKind.CONTRIBUTOR]
    kept = [one.key for one in proposed if one.key.removeprefix("contributor:") in form.people]
    left = [one.key for one in proposed if one.key not in kept]
    stored = postmortems.decide(work, stored, kept, keep=True)
    return postmortems.decide(work, stored, left, keep=False)


def _scenario(name: str) -> None:
    known = [one.name for one in scenarios()]
    if name and name not in known:
        raise InvalidValue("is none of the list", path=("scenario",), expected=", ".join(known))


def _new_page(
    work: UnitOfWork, form: BeginForm, *, wrong: dict[str, str] | None = None, status: int = 200
) -> Answer:
    chosen = _chosen(work, form.named)
    context: dict[str, Any] = {
        "form": form,
        "wrong": wrong or {},
        "chosen": chosen,
        "unknown": form.named if form.named and chosen is None else "",
        "recent": _recent(work) if chosen is None else [],
        "people": _responders(work, chosen.incident) if chosen else [],
        "ticked": set(form.people) if form.asked else None,
        "templates": _templates(work),
        "scenarios": [("", "No scenario", "Only the questions of the template.")]
        + [(one.name, one.title, one.description) for one in scenarios()],
        "steps": STEPS,
    }
    return page(work, "postmortems/new.html", context, status=status)


def _chosen(work: UnitOfWork, name: str) -> Offered | None:
    if not name:
        return None
    try:
        incident = incidents.get(work, name)
    except NotFound:
        return None
    return Offered(incident, postmortems.of_incident(work, incident.id))


def _recent(work: UnitOfWork) -> list[Offered]:
    """The latest incidents that ended; those without a postmortem first."""
    found = incidents.list_incidents(work, incidents.Wanted(statuses=ENDED), RECENT).items
    offered = [Offered(one, postmortems.of_incident(work, one.id)) for one in found]
    return sorted(offered, key=lambda one: bool(one.has))


def _responders(work: UnitOfWork, incident: Incident) -> list[tuple[str, str, int]]:
    """Who wrote in the incident's record or commanded it, but the viewer: id, name, entries."""
    wrote: dict[str, int] = {}
    for entry in incidents.timeline(work, incident):
        wrote[entry.actor_id] = wrote.get(entry.actor_id, 0) + 1
    names = accounts.names_of(work, [one for one in wrote if one])
    known = [(each, name, wrote[each]) for each, name in names.items() if each in wrote]
    return sorted(known, key=lambda one: (-one[2], one[1]))


def _templates(work: UnitOfWork) -> list[tuple[str, str, str]]:
    """Name, title and description of each, the usual one first; an own one that cannot be read is left out."""
    usual = postmortems.templates.USUAL
    found = []
    for name in sorted(postmortems.templates.names(work), key=lambda one: one != usual):
        try:
            template = postmortems.templates.template_for(work, name)
        except InputError:
            continue
        found.append((name, template.title, template.description))
    return found
