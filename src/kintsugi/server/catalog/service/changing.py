"""Changing the catalog: one service, or all that a file names, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kintsugi.core.catalog.applying import plan, refuse_dependencies
from kintsugi.core.catalog.service import Service, ServiceLink, ServiceSpec, checked, differing
from kintsugi.core.catalog.tier import Tier
from kintsugi.core.shared.times import written_moment
from kintsugi.kernel.http import Conflict, LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.catalog import store
from kintsugi.server.catalog.events import ServiceAdded, ServiceChanged, ServiceRetired
from kintsugi.server.catalog.service.reading import get


@dataclass(frozen=True, slots=True)
class Changes:
    """New values for a service; None leaves what stands, and `has_tier` tells a tier taken away from one left."""

    title: str | None = None
    description: str | None = None
    owner_team: str | None = None
    tier: Tier | None = None
    has_tier: bool = False
    links: tuple[ServiceLink, ...] | None = None
    tags: tuple[str, ...] | None = None
    depends_on: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a file did to each service it named, and which it retired."""

    created: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    unchanged: tuple[str, ...]
    retired: tuple[str, ...]


def add(work: UnitOfWork, spec: ServiceSpec) -> Service:
    """A new service. Raises InvalidValue for what is no service, Conflict when its name is taken."""
    spec = _spelled_as_teams(work, [checked(spec)])[0]
    store.take_turn(work.connection)
    everything = store.everything(work.connection)
    if spec.name in everything:
        retired = ", retired" if everything[spec.name].is_retired else ""
        raise Conflict(f"there is a service {spec.name} already{retired}")
    _refuse_dependencies(spec, everything)
    _add(work, spec)
    store.set_dependencies(work.connection, spec.name, spec.depends_on)
    return get(work, spec.name)


def change(
    work: UnitOfWork, service: Service, said: Changes, expected_version: int | None
) -> Service:
    """What is said of it from now on; what stays as it was changes nothing. Raises LostRace."""
    store.take_turn(work.connection)
    service = _at_version(work, service, expected_version)
    values: dict[str, object] = {
        name: getattr(said, name)
        for name in ("title", "description", "owner_team", "links", "tags", "depends_on")
        if getattr(said, name) is not None
    }
    if said.has_tier:
        values["tier"] = said.tier
    spec = checked(replace(service.spec, **values))  # type: ignore[arg-type] # by the names of its fields
    if said.owner_team is not None:
        spec = _spelled_as_teams(work, [spec])[0]
    _refuse_dependencies(spec, store.everything(work.connection))
    fields = differing(service.spec, spec)
    return _change(work, service, spec, fields, retired=service.is_retired) if fields else service


def retire(work: UnitOfWork, service: Service, expected_version: int | None) -> Service:
    """A service that is no longer run: in no list, and kept for what happened to it. Raises LostRace."""
    store.take_turn(work.connection)
    service = _at_version(work, service, expected_version)
    if service.is_retired:
        return service
    return _change(work, service, service.spec, (), retired=True)


def restore(work: UnitOfWork, service: Service, expected_version: int | None) -> Service:
    """A retired service that is run again. Raises LostRace."""
    store.take_turn(work.connection)
    service = _at_version(work, service, expected_version)
    if not service.is_retired:
        return service
    return _change(work, service, service.spec, ("retired",), retired=False)


def apply(
    work: UnitOfWork,
    specs: Sequence[ServiceSpec],
    *,
    prune: bool = False,
    dry_run: bool = False,
) -> Applied:
    """Make the catalog say what the specs say of the services they name, all or nothing.

    With `prune` a service that no spec names is retired; with `dry_run` nothing is written.
    Raises InvalidValue under `services[n]`.
    """
    if not dry_run:
        store.take_turn(work.connection)
    everything = store.everything(work.connection)
    planned = plan(_spelled_as_teams(work, specs), everything, prune=prune)
    if not dry_run:
        for spec in planned.created:
            _add(work, spec)
        for spec in planned.created:
            store.set_dependencies(work.connection, spec.name, spec.depends_on)
        for spec, fields in planned.changed:
            _change(work, everything[spec.name], spec, fields, retired=False)
        for name in planned.retired:
            _change(work, everything[name], everything[name].spec, (), retired=True)
    return Applied(
        created=tuple(spec.name for spec in planned.created),
        changed=tuple((spec.name, fields) for spec, fields in planned.changed),
        unchanged=planned.unchanged,
        retired=planned.retired,
    )


def _spelled_as_teams(work: UnitOfWork, specs: Sequence[ServiceSpec]) -> list[ServiceSpec]:
    """The same, an owner written as its team is named, where there is such a team."""
    found: dict[str, str] = {}
    for written in {spec.owner_team for spec in specs if spec.owner_team.strip()}:
        team = accounts.teams.find(work, written)
        if team is not None:
            found[written] = team.name
    return [replace(spec, owner_team=found.get(spec.owner_team, spec.owner_team)) for spec in specs]


def _at_version(work: UnitOfWork, service: Service, expected: int | None) -> Service:
    """The service as it is now that it is our turn."""
    now = get(work, service.id)
    if expected is not None and now.version != expected:
        raise LostRace(plain(now))
    return now


def _refuse_dependencies(spec: ServiceSpec, everything: Mapping[str, Service]) -> None:
    known = {*everything, spec.name}
    kept = everything[spec.name].spec.depends_on if spec.name in everything else ()
    gone = {name for name, service in everything.items() if service.is_retired}
    refuse_dependencies(spec.depends_on, known, gone - frozenset(kept))


def _add(work: UnitOfWork, spec: ServiceSpec) -> None:
    service_id = work.new_id("svc")
    store.add(work.connection, service_id, spec, work.viewer.user_id, work.now)
    work.audit("service.add", service_id, name=spec.name)
    work.publish(ServiceAdded(service_id, spec.name, work.now))


def _change(
    work: UnitOfWork, before: Service, spec: ServiceSpec, fields: tuple[str, ...], *, retired: bool
) -> Service:
    if not store.change(work.connection, before, spec, work.now, retired=retired):
        raise LostRace(plain(get(work, before.id)))
    if "depends_on" in fields:
        store.set_dependencies(work.connection, spec.name, spec.depends_on)
    if fields:
        work.audit("service.change", before.id, name=spec.name, fields=list(fields))
        work.publish(ServiceChanged(before.id, spec.name, fields, work.now))
    if retired and not before.is_retired:
        work.audit("service.retire", before.id, name=spec.name)
        work.publish(ServiceRetired(before.id, spec.name, work.now))
    return get(work, before.id)


def plain(service: Service) -> dict[str, object]:
    """What the loser of a race is shown: the service as it is now, with the API's keys."""
    spec = service.spec
    return {
        "id": service.id, "name": spec.name, "version": service.version, "title": spec.title,
        "description": spec.description, "ownerTeam": spec.owner_team,
        "tier": spec.tier.value if spec.tier else None,
        "links": [
            {"kind": link.kind.value, "url": link.url, "label": link.label} for link in spec.links
        ],
        "tags": list(spec.tags), "dependsOn": list(spec.depends_on),
        "retired": service.is_retired, "updatedAt": written_moment(service.updated_at),
    }  # fmt: skip
