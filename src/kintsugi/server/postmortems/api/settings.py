"""Templates, rules, and the incidents that wait for a postmortem, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from kintsugi.core.postmortems.required import RequiredWhen
from kintsugi.core.postmortems.workflow import ESSENTIAL, ApprovalRules
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.formats.api_json import api_key
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.api.bodies import Answer, Version, plain, section_named

router = APIRouter()


class TemplateBody(Body):
    name: str
    text: str


class RulesBody(Body):
    approvals: int = 1
    approvals_by_severity: dict[str, int] = Field(default_factory=dict)
    required_to_submit: tuple[str, ...] = ESSENTIAL
    blocks_blame: bool = False
    version: Version = 0


class RequiredBody(Body):
    severity: str | None = None
    longer_than_minutes: int | None = Field(None, ge=0, le=postmortems.rules.MOST_MINUTES)
    found_by_people: bool = True
    rolled_back: bool = True
    data_lost: bool = True
    repeated_within_days: int | None = Field(90, ge=1, le=postmortems.rules.MOST_DAYS)
    version: Version = 0


@router.get("/api/postmortems/not-started", response_model=None)
@door(Action.READ)
def not_started(work: UnitOfWork) -> Answer:
    """Incidents that ask for a postmortem and have none, with why and by when."""
    items = [
        {"incidentId": one.incident.id, "reference": one.incident.reference,
         "title": one.incident.title, "reasons": list(one.reasons),
         "target": one.clock.target.isoformat(), "limit": one.clock.limit.isoformat(),
         "isPastTarget": one.clock.is_past_target, "isPastLimit": one.clock.is_past_limit}
        for one in postmortems.not_started(work)
    ]  # fmt: skip
    return plain({"items": items})


@router.get("/api/postmortem-templates", response_model=None)
@door(Action.READ)
def list_templates(work: UnitOfWork) -> Answer:
    """Every template one may choose; the team's own with their text and version."""
    own = {one.name: one for one in postmortems.templates.own_templates(work)}
    items = [
        {"name": name, "isOwn": name in own}
        | ({"version": own[name].version, "text": own[name].text} if name in own else {})
        for name in postmortems.templates.names(work)
    ]
    return plain({"items": items})


@router.post("/api/postmortem-templates", status_code=201, response_model=None)
@door(Action.EDIT, writes=True)
def save_template(work: UnitOfWork, body: TemplateBody) -> Answer:
    """A new version of a template of one's own; what was begun with an older one keeps that."""
    made = postmortems.templates.save_template(work, body.name, body.text)
    return plain({"name": made.name, "version": made.version}, 201)


@router.delete("/api/postmortem-templates/{name}", status_code=204, response_model=None)
@door(Action.EDIT, writes=True)
def retire_template(work: UnitOfWork, name: str) -> Answer:
    """Offer a template no more."""
    postmortems.templates.retire_template(work, name)
    return lambda: Response(status_code=204)


@router.get("/api/postmortem-rules", response_model=None)
@door(Action.READ)
def show_rules(work: UnitOfWork) -> Answer:
    """Approval rules, and when a postmortem is required."""
    return plain(_rules(postmortems.rules.team_rules(work)))


@router.put("/api/postmortem-rules/approvals", response_model=None)
@door(Action.ADMINISTER, writes=True)
def set_approvals(work: UnitOfWork, body: RulesBody) -> Answer:
    """Other approval rules; `version` is the one that was read (0: never set)."""
    by = {parse_severity(word): count for word, count in body.approvals_by_severity.items()}
    asked = tuple(section_named(name) for name in body.required_to_submit)
    rules = ApprovalRules(body.approvals, MappingProxyType(by), asked, body.blocks_blame)
    postmortems.rules.set_approvals(work, rules, body.version)
    return plain(_rules(postmortems.rules.team_rules(work)))


@router.put("/api/postmortem-rules/required", response_model=None)
@door(Action.ADMINISTER, writes=True)
def set_required(work: UnitOfWork, body: RequiredBody) -> Answer:
    """Another rule for when a postmortem is required."""
    minutes, days = body.longer_than_minutes, body.repeated_within_days
    rules = RequiredWhen(
        parse_severity(body.severity) if body.severity else None,
        timedelta(minutes=minutes) if minutes is not None else None,
        body.found_by_people, body.rolled_back, body.data_lost,
        timedelta(days=days) if days is not None else None,
    )  # fmt: skip
    postmortems.rules.set_required(work, rules, body.version)
    return plain(_rules(postmortems.rules.team_rules(work)))


def _rules(rules: postmortems.rules.TeamRules) -> dict[str, object]:
    approvals, required = rules.approvals, rules.required
    longer, within = required.longer_than, required.repeated_within
    return {
        "approvals": {
            "approvals": approvals.usual,
            "approvalsBySeverity": {level.label: count for level, count in approvals.by_severity.items()},
            "requiredToSubmit": [api_key(name) for name in approvals.required_to_submit],
            "blocksBlame": approvals.blocks_blame,
            "version": rules.approvals_version,
        },
        "required": {
            "severity": required.severity.label if isinstance(required.severity, Severity) else None,
            "longerThanMinutes": longer // timedelta(minutes=1) if longer is not None else None,
            "foundByPeople": required.found_by_people, "rolledBack": required.rolled_back,
            "dataLost": required.data_lost,
            "repeatedWithinDays": within // timedelta(days=1) if within is not None else None,
            "version": rules.required_version,
        },
    }  # fmt: skip
