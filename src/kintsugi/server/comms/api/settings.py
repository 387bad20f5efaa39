"""What messages are made of, over HTTP: templates, who is told at which severity, what every message may name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from kintsugi.core.comms.message import Audience
from kintsugi.core.comms.stakeholders import (
    GUIDE_LISTS,
    MOST_GROUPS,
    MOST_MEMBERS,
    Group,
    StakeholderLists,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.message import OrganisationValues
from kintsugi.server.comms.service import members, settings, templates
from kintsugi.server.comms.service.templates import Chosen

router = APIRouter()
Version = Annotated[int, Field(ge=0, le=1_000_000_000)]
Written = Annotated[str, Field(max_length=2_000)]


class TemplateBody(Body):
    name: str
    audience: str
    subject: str
    text: str
    variables: list[str]
    version: int
    is_own: bool


class TemplatesBody(Body):
    items: list[TemplateBody]


class NewTemplateBody(Body):
    name: Annotated[str, Field(max_length=200)]
    audience: Annotated[str, Field(max_length=20)] = Audience.STAKEHOLDERS.value
    subject: Written = ""
    text: Annotated[str, Field(max_length=100_000)]


class GroupBody(Body):
    name: Annotated[str, Field(max_length=200)]
    audience: Annotated[str, Field(max_length=20)] = Audience.STAKEHOLDERS.value
    members: Annotated[
        list[Annotated[str, Field(max_length=300)]], Field(max_length=MOST_MEMBERS)
    ] = Field(default_factory=list)


class ListsBody(Body):
    groups: Annotated[list[GroupBody], Field(max_length=MOST_GROUPS)]
    told: dict[str, list[str]]
    version: Version = 0


class KeptListsBody(ListsBody):
    guide: dict[str, list[str]]


class ValuesBody(Body):
    organisation: Written = ""
    status_url: Written = ""
    channel: Written = ""
    version: Version = 0


@router.get("/api/message-templates", response_model=TemplatesBody)
@door(Action.READ)
def list_templates(work: UnitOfWork) -> Answer:
    """Every template of messages, the shipped ones first, with its variables."""
    found = templates.every(work).values()
    return _plain(TemplatesBody(items=[_template(one) for one in found]))


@router.post("/api/message-templates", status_code=201, response_model=TemplateBody)
@door(Action.ADMINISTER, writes=True)
def save_template(work: UnitOfWork, body: NewTemplateBody) -> Answer:
    """A template of one's own, or a new version of it; messages that were sent keep theirs."""
    made = templates.save(work, body.name, _audience(body.audience), body.subject, body.text)
    return _plain(_template(Chosen(made.template, made.version)), 201)


@router.delete("/api/message-templates/{name}", status_code=204, response_model=None)
@door(Action.ADMINISTER, writes=True)
def retire_template(work: UnitOfWork, name: Annotated[str, Path(max_length=100)]) -> Answer:
    """Offer a template no more."""
    templates.retire(work, name)
    return lambda: Response(status_code=204)


@router.get("/api/stakeholders", response_model=KeptListsBody)
@door(Action.RESPOND)
def show_lists(work: UnitOfWork) -> Answer:
    """The groups, who is in them, and which severity tells which; `guide` is what the guide would tell."""
    return _lists(work)


@router.put("/api/stakeholders", response_model=KeptListsBody)
@door(Action.ADMINISTER, writes=True)
def set_lists(work: UnitOfWork, body: ListsBody) -> Answer:
    """Other lists; `version` is the one that was read (0: never set).

    A member is an e-mail address, the name of a team or of a webhook (`team:` or `webhook:` before it
    says which).
    """
    groups = []
    for index, one in enumerate(body.groups):
        try:
            found = tuple(members.member_of(work, each) for each in one.members)
        except InvalidValue as error:
            raise error.under("groups", index) from error
        groups.append(Group(one.name, _audience(one.audience), found))
    told = {parse_severity(word): tuple(names) for word, names in body.told.items()}
    settings.set_stakeholder_lists(work, StakeholderLists(tuple(groups), told), body.version)
    return _lists(work)


@router.get("/api/message-values", response_model=ValuesBody)
@door(Action.READ)
def show_values(work: UnitOfWork) -> Answer:
    """What every message may name: the organisation, its status page, its channel."""
    return _plain(_values(work))


@router.put("/api/message-values", response_model=ValuesBody)
@door(Action.ADMINISTER, writes=True)
def set_values(work: UnitOfWork, body: ValuesBody) -> Answer:
    """Other values; `version` is the one that was read (0: never set)."""
    typed = OrganisationValues(body.organisation, body.status_url, body.channel, body.version)
    settings.set_organisation_values(work, typed)
    return _plain(_values(work))


def _template(one: Chosen) -> TemplateBody:
    made = one.template
    return TemplateBody(
        name=made.name, audience=made.audience.value, subject=made.subject, text=made.text,
        variables=list(made.variables), version=one.version, is_own=one.is_own,
    )  # fmt: skip


def _lists(work: UnitOfWork) -> Answer:
    kept = settings.stakeholder_lists(work)
    groups = [
        GroupBody(
            name=one.name, audience=one.audience.value,
            members=list(members.written(work, one.members).values()),
        )
        for one in kept.lists.groups
    ]  # fmt: skip
    return _plain(
        KeptListsBody(
            groups=groups, told=_told(kept.lists), version=kept.version, guide=_told(GUIDE_LISTS)
        )
    )


def _told(lists: StakeholderLists) -> dict[str, list[str]]:
    return {one.label: list(lists.told.get(one, ())) for one in Severity}


def _values(work: UnitOfWork) -> ValuesBody:
    kept = settings.organisation_values(work)
    return ValuesBody(
        organisation=kept.organisation, status_url=kept.status_url, channel=kept.channel,
        version=kept.version,
    )  # fmt: skip


def _audience(written: str) -> Audience:
    try:
        return Audience(written.casefold())
    except ValueError:
        known = ", ".join(one.value for one in Audience)
        raise InvalidValue("is no audience", path=("audience",), expected=known) from None


def _plain(body: Body, status: int = 200) -> Answer:
    data = body.model_dump(mode="json", by_alias=True)
    return lambda: JSONResponse(data, status)
