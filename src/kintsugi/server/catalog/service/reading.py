"""Reading the catalog: one service, lists, and what depends on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kintsugi.core.catalog.dependencies import circle, reached, through, turned
from kintsugi.core.catalog.service import Service
from kintsugi.core.shared.text import clean
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.pages import MOST, Page, key_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.accounts import service as accounts
from kintsugi.server.catalog import store
from kintsugi.server.catalog.store import Wanted

__all__ = ["Wanted"]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A service near another: how many steps away, and through which of its direct neighbours (empty for these)."""

    service: Service
    steps: int
    through: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a service depends on and all that depends on it, nearest first; and the way round if there is one.

    `dependencies` are those among them, for a drawing.
    """

    depends_on: tuple[Neighbour, ...]
    dependents: tuple[Neighbour, ...]
    circle: tuple[str, ...]
    dependencies: Mapping[str, tuple[str, ...]]


def get(work: UnitOfWork, name: str) -> Service:
    """The service of a name in any case, or of an id. Raises NotFound."""
    service = find(work, name)
    if service is None:
        raise NotFound("there is no such service")
    return service


def find(work: UnitOfWork, name: str) -> Service | None:
    """The service of a name in any case, or of an id; None when the catalog has none."""
    return store.find(work.connection, clean(name).strip().casefold())


def list_services(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Page[Service]:
    """A page of services, by name. Raises InvalidValue for a cursor that is not ours."""
    after = key_of(cursor, 1)[0] if cursor else None
    found = store.listing(work.connection, wanted, limit + 1, after)
    return page_of(found, limit, lambda service: (service.name,))


def names(work: UnitOfWork) -> list[str]:
    """The names of the services that are run, for a form to offer."""
    return store.names(work.connection)


def teams(work: UnitOfWork) -> list[str]:
    """The teams that own a service that is run."""
    return store.teams(work.connection)


def owner_teams(work: UnitOfWork) -> dict[str, str]:
    """The team that each service belongs to, by the service's name in lower case; those without one are not in it."""
    return store.owner_teams(work.connection)


def owner(work: UnitOfWork, service: Service) -> accounts.Team | None:
    """The team that owns a service; None when none has the name that was given."""
    name = service.spec.owner_team
    return accounts.teams.find(work, name) if name else None


def team_names(work: UnitOfWork) -> list[str]:
    """Team names for a form to offer: the first page of the teams, and whoever owns a service."""
    found = {team.name: None for team in accounts.teams.list_teams(work, limit=MOST).items}
    return sorted({**found, **dict.fromkeys(teams(work))}, key=str.casefold)


def depends_on(work: UnitOfWork, name: str) -> dict[str, int]:
    """The names of all that a service depends on, through any number of steps, each with the fewest.

    Empty for a service that is not in the catalog.
    """
    return reached(clean(name).strip().casefold(), store.dependencies(work.connection))


def dependents(work: UnitOfWork, name: str) -> dict[str, int]:
    """The names of all that depends on a service, through any number of steps, each with the fewest.

    So what may be hurt when it breaks. Retired services depend on nothing. Empty for a service that
    is not in the catalog.
    """
    return reached(clean(name).strip().casefold(), turned(store.dependencies(work.connection)))


def direct_dependents(work: UnitOfWork) -> dict[str, tuple[str, ...]]:
    """From each service's name to those that name it as what they depend on."""
    return turned(store.dependencies(work.connection))


def surroundings(work: UnitOfWork, service: Service) -> Surroundings:
    """What a service's page shows of the services around it."""
    everything = store.everything(work.connection)
    known = {
        name: one.spec.depends_on
        for name, one in everything.items()
        if not one.is_retired or name == service.name
    }
    backwards = turned(known)

    def near(dependencies: Mapping[str, tuple[str, ...]]) -> tuple[Neighbour, ...]:
        ways = through(service.name, dependencies)
        return tuple(
            Neighbour(everything[name], steps, ways[name] if steps > 1 else "")
            for name, steps in reached(service.name, dependencies).items()
        )

    below, above = near(known), near(backwards)
    shown = {service.name, *(one.service.name for one in (*below, *above))}
    return Surroundings(
        depends_on=below,
        dependents=above,
        circle=circle(service.name, known),
        dependencies={name: needed for name, needed in known.items() if name in shown},
    )
