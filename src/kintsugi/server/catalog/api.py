"""Services over HTTP, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictBool, StrictInt, StrictStr
from pydantic.alias_generators import to_camel

from kintsugi.core.catalog.service import at, parse_link_kind
from kintsugi.core.catalog.tier import parse_tier
from kintsugi.kernel.asked import IfMatch, Paged, Searched
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import PROBLEMS, Answer, Body, door, matched_version, with_etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.catalog import service as catalog

router = APIRouter(tags=["services"], responses=PROBLEMS)

Name = Annotated[str, Path(alias="name", max_length=200, description="The name or the id.")]
TierWord = StrictInt | StrictStr


class Filters(Paged):
    team: Searched = ""
    tier: Searched = ""
    tag: Searched = ""
    text: Searched = ""
    retired: bool | None = Field(False, description="true: only retired ones; empty: both")


class LinkBody(Body):
    kind: str
    url: str
    label: str = ""


class ServiceBody(Body):
    id: str
    name: str
    title: str
    description: str
    owner_team: str
    tier: int | None
    links: list[LinkBody]
    tags: list[str]
    depends_on: list[str]
    dependents: list[str] = Field(description="The services that name it as what they depend on.")
    retired: bool
    retired_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class ServicePage(Body):
    items: list[ServiceBody]
    next_cursor: str | None


class NeighbourBody(Body):
    name: str
    steps: int = Field(description="1 is a direct dependency.")
    through: str | None = Field(
        description="The direct neighbour on the shortest way; null for one."
    )


class DependenciesBody(Body):
    depends_on: list[NeighbourBody]
    dependents: list[NeighbourBody] = Field(description="What may be hurt when the service breaks.")
    circle: list[str] = Field(description="The shortest way from the service back to it.")


class SaidBody(Body):
    title: str = ""
    description: str = ""
    owner_team: str = ""
    tier: TierWord | None = None
    links: tuple[LinkBody, ...] = ()
    tags: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


class SpecBody(SaidBody):
    name: str


class ChangeBody(SaidBody):
    retired: StrictBool = Field(False, description="false takes a retired service back in.")


class ApplyBody(Body):
    services: tuple[SpecBody, ...]
    prune: bool = Field(False, description="Retire the services that are not named here.")
    dry_run: bool = Field(False, description="Say what would change, and change nothing.")


class ChangedBody(Body):
    name: str
    fields: list[str]


class AppliedBody(Body):
    created: list[str]
    changed: list[ChangedBody]
    unchanged: list[str]
    retired: list[str]
    dry_run: bool


@router.get("/api/services", response_model=ServicePage)
@door(Action.READ)
def list_services(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> ServicePage:
    """Services by name; without the retired ones unless they are asked for."""
    with at("tier"):
        tier = parse_tier(asked.tier) if asked.tier else None
    wanted = catalog.Wanted(
        team=asked.team, tier=tier, tag=asked.tag,
        text=asked.text, retired=asked.retired,
    )  # fmt: skip
    page = catalog.list_services(work, wanted, asked.limit, asked.cursor)
    above = catalog.direct_dependents(work)
    items = [_body(one, above.get(one.name, ())) for one in page.items]
    return ServicePage(items=items, next_cursor=page.next_cursor)


@router.post("/api/services", status_code=201, response_model=ServiceBody)
@door(Action.EDIT, writes=True)
def add(work: UnitOfWork, body: SpecBody) -> Answer:
    """A new service. Those it depends on must be in the catalog."""
    service = catalog.add(work, _spec(body, ()))
    place = f"/api/services/{service.name}"
    return with_etag(_shown(work, service), service.version, 201, place)


@router.post("/api/services/apply", response_model=AppliedBody)
@door(Action.EDIT, writes=True)
def apply(work: UnitOfWork, body: ApplyBody) -> AppliedBody:
    """Make the catalog say what the body says of the services it names, all or nothing.

    What is left out of a service is empty from then on: the body is the whole truth for what it names.
    """
    specs = [_spec(one, ("services", index)) for index, one in enumerate(body.services)]
    done = catalog.apply(work, specs, prune=body.prune, dry_run=body.dry_run)
    return AppliedBody(
        created=list(done.created),
        changed=[ChangedBody(name=name, fields=_spelled(fields)) for name, fields in done.changed],
        unchanged=list(done.unchanged), retired=list(done.retired), dry_run=body.dry_run,
    )  # fmt: skip


@router.get("/api/services/{name}", response_model=ServiceBody)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """One service."""
    service = catalog.get(work, name)
    return with_etag(_shown(work, service), service.version)


@router.get("/api/services/{name}/dependencies", response_model=DependenciesBody)
@door(Action.READ)
def show_dependencies(work: UnitOfWork, name: Name) -> DependenciesBody:
    """All that a service depends on and all that depends on it, through any number of steps."""
    around = catalog.surroundings(work, catalog.get(work, name))
    return DependenciesBody(
        depends_on=[_neighbour(one) for one in around.depends_on],
        dependents=[_neighbour(one) for one in around.dependents], circle=list(around.circle),
    )  # fmt: skip


@router.patch("/api/services/{name}", response_model=ServiceBody)
@door(Action.EDIT, writes=True)
def change(work: UnitOfWork, name: Name, body: ChangeBody, if_match: IfMatch = None) -> Answer:
    """Change what is sent, all of it or nothing. The name stays: incidents name the service by it."""
    service, version = catalog.get(work, name), matched_version(if_match)
    sent = body.model_fields_set
    said = catalog.Changes(
        title=body.title if "title" in sent else None,
        description=body.description if "description" in sent else None,
        owner_team=body.owner_team if "owner_team" in sent else None,
        tier=_tier(body, ()), has_tier="tier" in sent,
        links=_links(body, ()) if "links" in sent else None,
        tags=body.tags if "tags" in sent else None,
        depends_on=body.depends_on if "depends_on" in sent else None,
    )  # fmt: skip
    service = catalog.change(work, service, said, version)
    if "retired" in sent:
        move = catalog.retire if body.retired else catalog.restore
        service = move(work, service, service.version)
    return with_etag(_shown(work, service), service.version)


@router.delete("/api/services/{name}", response_model=ServiceBody)
@door(Action.EDIT, writes=True)
def retire(work: UnitOfWork, name: Name, if_match: IfMatch = None) -> Answer:
    """Retire a service: it is in no list from then on, and kept for what happened to it."""
    service, version = catalog.get(work, name), matched_version(if_match)
    service = catalog.retire(work, service, version)
    return with_etag(_shown(work, service), service.version)


def _spec(body: SpecBody, path: tuple[str | int, ...]) -> catalog.ServiceSpec:
    return catalog.ServiceSpec(
        name=body.name, title=body.title, description=body.description,
        owner_team=body.owner_team, tier=_tier(body, path), links=_links(body, path),
        tags=body.tags, depends_on=body.depends_on,
    )  # fmt: skip


def _tier(body: SaidBody, path: tuple[str | int, ...]) -> catalog.Tier | None:
    with at(*path, "tier"):
        return None if body.tier is None else parse_tier(body.tier)


def _links(body: SaidBody, path: tuple[str | int, ...]) -> tuple[catalog.ServiceLink, ...]:
    found: list[catalog.ServiceLink] = []
    for index, link in enumerate(body.links):
        with at(*path, "links", index, "kind"):
            found.append(catalog.ServiceLink(parse_link_kind(link.kind), link.url, link.label))
    return tuple(found)


def _neighbour(one: catalog.Neighbour) -> NeighbourBody:
    return NeighbourBody(name=one.service.name, steps=one.steps, through=one.through or None)


def _spelled(fields: tuple[str, ...]) -> list[str]:
    """The names of fields as the API spells them."""
    return [to_camel(name) for name in fields]


def _shown(work: UnitOfWork, service: catalog.Service) -> ServiceBody:
    return _body(service, catalog.direct_dependents(work).get(service.name, ()))


def _body(service: catalog.Service, dependents: tuple[str, ...]) -> ServiceBody:
    spec = service.spec
    return ServiceBody(
        id=service.id, name=spec.name, title=service.title, description=spec.description,
        owner_team=spec.owner_team, tier=spec.tier.value if spec.tier else None,
        links=[LinkBody(kind=one.kind.value, url=one.url, label=one.label) for one in spec.links],
        tags=list(spec.tags), depends_on=list(spec.depends_on), dependents=list(dependents),
        retired=service.is_retired, retired_at=service.retired_at, created_at=service.created_at,
        updated_at=service.updated_at, version=service.version,
    )  # fmt: skip
