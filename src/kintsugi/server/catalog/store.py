"""Every query of services."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kintsugi.core.catalog.service import LinkKind, Service, ServiceLink, ServiceSpec
from kintsugi.core.catalog.tier import Tier
from kintsugi.server.catalog.tables import service_dependencies, service_links, services

_LOCK = 0x6B696E74
"""The number of the catalog's advisory lock on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which services a list shows; what is None or empty does not narrow it."""

    team: str = ""
    tier: Tier | None = None
    tag: str = ""
    text: str = ""
    retired: bool | None = False


def take_turn(connection: sa.Connection) -> None:
    """Whoever changes the catalog waits here until the one before has committed.

    A file is applied to the catalog as a whole, so it must not change meanwhile. SQLite has one
    writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def find(connection: sa.Connection, name: str) -> Service | None:
    """The service of an id or a name."""
    found = _services(connection, sa.or_(services.c.id == name, services.c.name == name))
    return found[0] if found else None


def everything(connection: sa.Connection) -> dict[str, Service]:
    """Every service by its name, retired ones too."""
    return {service.name: service for service in _services(connection, sa.true())}


def listing(
    connection: sa.Connection, wanted: Wanted, limit: int, after: str | None
) -> list[Service]:
    """Services by name, from behind `after`."""
    narrowed = _narrowed(wanted)
    if after is not None:
        narrowed.append(services.c.name > after)
    return _services(connection, sa.and_(sa.true(), *narrowed), limit)


def names(connection: sa.Connection) -> list[str]:
    """The names of the services that are run."""
    query = sa.select(services.c.name).where(services.c.retired_at.is_(None))
    return [row.name for row in connection.execute(query.order_by(services.c.name))]


def teams(connection: sa.Connection) -> list[str]:
    """The teams that own a service that is run."""
    query = sa.select(services.c.owner_team).distinct()
    query = query.where(services.c.retired_at.is_(None), services.c.owner_team != "")
    return [row.owner_team for row in connection.execute(query.order_by(services.c.owner_team))]


def owner_teams(connection: sa.Connection) -> dict[str, str]:
    """The team of each service that has one, the retired ones too, by the service's name."""
    query = sa.select(services.c.name, services.c.owner_team).where(services.c.owner_team != "")
    return {row.name: row.owner_team for row in connection.execute(query)}


def dependencies(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """From each service's name to the names it depends on; without the dependencies of retired ones."""
    needed = services.alias()
    query = (
        sa.select(services.c.name, needed.c.name.label("other"))
        .select_from(service_dependencies)
        .join(services, services.c.id == service_dependencies.c.service_id)
        .join(needed, needed.c.id == service_dependencies.c.depends_on_id)
        .where(services.c.retired_at.is_(None))
        .order_by(services.c.name, service_dependencies.c.position)
    )
    found: dict[str, tuple[str, ...]] = {}
    for name, other in connection.execute(query):
        found[name] = (*found.get(name, ()), other)
    return found


def add(
    connection: sa.Connection, service_id: str, spec: ServiceSpec, by: str, now: datetime
) -> None:
    """A new service, without its dependencies: these may be made in the same breath."""
    connection.execute(
        services.insert().values(
            id=service_id, version=1, created_by=by, created_at=now, updated_at=now,
            **_values(spec), name=spec.name,
        )
    )  # fmt: skip
    _set_links(connection, service_id, spec.links)


def change(
    connection: sa.Connection, before: Service, spec: ServiceSpec, now: datetime, *, retired: bool
) -> bool:
    """Write the spec if the service is still at the version it was read at; False when somebody was quicker."""
    retired_at = (before.retired_at or now) if retired else None
    changed = (
        services.update()
        .where(services.c.id == before.id, services.c.version == before.version)
        .values(**_values(spec), retired_at=retired_at, updated_at=now, version=before.version + 1)
    )
    if connection.execute(changed).rowcount != 1:
        return False
    if spec.links != before.spec.links:
        connection.execute(service_links.delete().where(service_links.c.service_id == before.id))
        _set_links(connection, before.id, spec.links)
    return True


def set_dependencies(connection: sa.Connection, name: str, depends_on: Sequence[str]) -> None:
    """What the service of that name depends on, from now on."""
    wanted = [name, *depends_on]
    query = sa.select(services.c.name, services.c.id).where(services.c.name.in_(wanted))
    ids = {row.name: row.id for row in connection.execute(query)}
    mine = service_dependencies.c.service_id == ids[name]
    connection.execute(service_dependencies.delete().where(mine))
    rows = [
        {"service_id": ids[name], "depends_on_id": ids[other], "position": position}
        for position, other in enumerate(depends_on)
    ]
    if rows:
        connection.execute(service_dependencies.insert(), rows)


def _set_links(connection: sa.Connection, service_id: str, links: Sequence[ServiceLink]) -> None:
    rows = [
        {
            "service_id": service_id, "position": position, "kind": link.kind.value,
            "url": link.url, "label": link.label,
        }
        for position, link in enumerate(links)
    ]  # fmt: skip
    if rows:
        connection.execute(service_links.insert(), rows)


def _values(spec: ServiceSpec) -> dict[str, object]:
    return {
        "title": spec.title, "description": spec.description, "owner_team": spec.owner_team,
        "tier": spec.tier.value if spec.tier else None,
        "tags": json.dumps(list(spec.tags), ensure_ascii=False),
    }  # fmt: skip


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.retired is not None:
        at = services.c.retired_at
        found.append(at.is_not(None) if wanted.retired else at.is_(None))
    if wanted.team:
        found.append(sa.func.lower(services.c.owner_team) == sa.func.lower(wanted.team))
    if wanted.tier is not None:
        found.append(services.c.tier == wanted.tier.value)
    if wanted.tag:
        written = json.dumps(wanted.tag, ensure_ascii=False)
        found.append(services.c.tags.icontains(written, autoescape=True))
    if wanted.text:
        searched = ("name", "title", "description", "owner_team", "tags")
        found.append(
            sa.or_(*(services.c[name].icontains(wanted.text, autoescape=True) for name in searched))
        )
    return found


def _services(
    connection: sa.Connection, where: sa.ColumnElement[bool], limit: int | None = None
) -> list[Service]:
    """Services by name, with their links and dependencies: three queries, however many there are."""
    query = sa.select(services).where(where).order_by(services.c.name)
    if limit is not None:
        query = query.limit(limit)
    rows = connection.execute(query).mappings().all()
    # Many ids are more than a statement takes; then everything is read, which is little more.
    ids = [row["id"] for row in rows] if len(rows) <= 200 else None
    links, needed = _links_of(connection, ids), _needed_by(connection, ids)
    return [_service(row, links.get(row["id"], ()), needed.get(row["id"], ())) for row in rows]


def _links_of(
    connection: sa.Connection, ids: Sequence[str] | None
) -> Mapping[str, tuple[ServiceLink, ...]]:
    query = sa.select(service_links)
    if ids is not None:
        query = query.where(service_links.c.service_id.in_(ids))
    query = query.order_by(service_links.c.service_id, service_links.c.position)
    found: dict[str, tuple[ServiceLink, ...]] = {}
    for row in connection.execute(query):
        link = ServiceLink(LinkKind(row.kind), row.url, row.label)
        found[row.service_id] = (*found.get(row.service_id, ()), link)
    return found


def _needed_by(
    connection: sa.Connection, ids: Sequence[str] | None
) -> Mapping[str, tuple[str, ...]]:
    table = service_dependencies.c
    query = sa.select(table.service_id, services.c.name).join_from(
        service_dependencies, services, services.c.id == table.depends_on_id
    )
    if ids is not None:
        query = query.where(table.service_id.in_(ids))
    found: dict[str, tuple[str, ...]] = {}
    for service_id, name in connection.execute(query.order_by(table.service_id, table.position)):
        found[service_id] = (*found.get(service_id, ()), name)
    return found


def _service(
    row: sa.RowMapping, links: tuple[ServiceLink, ...], depends_on: tuple[str, ...]
) -> Service:
    spec = ServiceSpec(
        name=row["name"], title=row["title"], description=row["description"],
        owner_team=row["owner_team"], tier=Tier(row["tier"]) if row["tier"] is not None else None,
        links=links, tags=tuple(json.loads(row["tags"])), depends_on=depends_on,
    )  # fmt: skip
    return Service(
        id=row["id"], spec=spec, version=row["version"], created_by=row["created_by"],
        created_at=row["created_at"], updated_at=row["updated_at"], retired_at=row["retired_at"],
    )  # fmt: skip
