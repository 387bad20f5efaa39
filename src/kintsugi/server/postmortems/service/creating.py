"""Beginning a postmortem: as somebody posts it, or drafted from its incident's record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.drafting import ProposalKind, drafted, kept
from kintsugi.core.postmortems.quality import assess_basic
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.postmortems.titles import default_title
from kintsugi.core.postmortems.workflow import is_locked
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.auth import Forbidden, NotFound
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.http import Conflict
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.actions import service as actions
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.events import PostmortemCreated
from kintsugi.server.postmortems.service import loading, noting, saving, templates
from kintsugi.server.postmortems.store import documents
from kintsugi.server.postmortems.stored import Stored


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a postmortem is begun: with which template and scenario; `zone` is for the incident's day."""

    template: str = ""
    scenario: str = ""
    zone: str = "UTC"


def create(
    work: UnitOfWork, said: Postmortem, fields: Collection[str], how: Beginning | None = None
) -> Stored:
    """A draft with what was posted. Raises InvalidValue for an incident that is not there, or another state."""
    how = how or Beginning()
    if said.status is not PostmortemStatus.DRAFT:
        raise InvalidValue(
            f"is {said.status.value}", path=("status",),
            expected="DRAFT; it is sent to review and published afterwards",
        )  # fmt: skip
    incident = _incident(work, said.incident_id)
    day = incident.milestones.declared or incident.created_at
    began = day if hasattr(day, "astimezone") else incident.created_at
    impact, services = said.impact, said.impact.affected_services or incident.services
    base = replace(
        said, impact=replace(impact, affected_services=services),
        severity=said.severity or incident.severity, status=PostmortemStatus.DRAFT,
        date=said.date or began.astimezone(ZoneInfo(how.zone)).date(),
        scenario=how.scenario or said.scenario,
    )  # fmt: skip
    if not base.title.strip():
        base = replace(base, title=default_title(base))
    return _begun(work, incident, saving.checked(base, [*fields, "title"]), how)


def draft(work: UnitOfWork, incident_name: str, how: Beginning | None = None) -> Stored:
    """A draft from an incident's record: what it says outright, and proposals to keep or leave."""
    how = how or Beginning()
    incident = _incident(work, incident_name)
    entries = incidents.timeline(work, incident)
    ids = {entry.actor_id for entry in entries} | {incident.commander_id or ""}
    emails = accounts.emails_of(work, [one for one in ids if one])
    document, proposals = drafted(
        incident, entries, zone=ZoneInfo(how.zone), zone_name=how.zone, people=emails,
        criteria=incidents.recovering.criteria(work, incident),
    )  # fmt: skip
    document = replace(document, scenario=how.scenario, owner=work.viewer.email)
    document = saving.checked(document, ["title"])
    begun = _begun(work, incident, document, how)
    with_proposals = replace(begun, proposals=proposals, version=begun.version + 1)
    saving.put(work, with_proposals, begun.version)
    return loading.get(work, begun.id)


def decide(work: UnitOfWork, stored: Stored, keys: Collection[str], *, keep: bool) -> Stored:
    """Keep proposals, or leave them; either way they are proposed no more. Unknown keys change nothing."""
    documents.lock(work.connection, stored.id)
    fresh = loading.get(work, stored.id)
    if is_locked(fresh.status):
        raise Conflict(f"it is {fresh.status.value} and its text is locked")
    if not loading.rights(work, fresh).may_write:
        raise Forbidden("only its authors and contributors write in it")
    chosen = [one for one in fresh.proposals if one.key in keys]
    left = tuple(one for one in fresh.proposals if one.key not in keys)
    if not chosen:
        return fresh
    after = fresh.document
    for proposal in chosen if keep else ():
        after = kept(after, proposal)
    fresh = replace(fresh, proposals=left)
    fields = {
        ProposalKind.EVENT: "timeline", ProposalKind.ACTION: "action_items",
        ProposalKind.CONTRIBUTOR: "contributors",
    }  # fmt: skip
    touched = [
        name for name in fields.values() if getattr(after, name) != getattr(fresh.document, name)
    ]
    if touched:
        return saving.store_change(work, fresh, after, touched, "keep")
    noting.close(work, fresh)
    saving.put(work, replace(fresh, version=fresh.version + 1, updated_at=work.now), fresh.version)
    return loading.get(work, fresh.id)


def _incident(work: UnitOfWork, name: str) -> Incident:
    if not name.strip():
        raise InvalidValue("is missing", path=("incidentId",), expected="the incident it is about")
    try:
        return incidents.get(work, name)
    except NotFound as error:
        raise InvalidValue(
            f"there is no incident {name[:60]!r} that you can see", path=("incidentId",),
            expected="the id, reference or external id of an incident",
        ) from error  # fmt: skip


def _begun(work: UnitOfWork, incident: Incident, document: Postmortem, how: Beginning) -> Stored:
    saving.refuse_too_long(document)
    number = next_number(work.connection, "postmortem")
    text = templates.text_for(work, how.template)
    stored = Stored(
        id=work.new_id("pm"), number=number, reference=f"PM-{number}", incident_id=incident.id,
        document=document, proposals=(), template=how.template or templates.USUAL,
        template_text=text, section_versions={}, version=1, text_version=1, revision=0,
        created_by=work.viewer.user_id, created_at=work.now, updated_at=work.now,
    )  # fmt: skip
    documents.insert(work.connection, stored, assess_basic(document).value)
    if document.action_items:
        source = actions.Source(stored.id, stored.reference, incident.id)
        actions.replace_all(work, source, document.action_items, document.severity)
    documents.add_author(work.connection, stored.id, work.viewer.user_id)
    saving.set_people(work, stored)
    work.touch("postmortems")
    work.audit("postmortem.create", stored.id, reference=stored.reference, incident=incident.id)
    work.publish(PostmortemCreated(stored.id, incident.id, work.now))
    return loading.get(work, stored.id)
