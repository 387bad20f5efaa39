"""What can be done with services. Each use case works in a unit of work that the caller opened.

To fill a catalog: `catalog.apply(work, [ServiceSpec("checkout", title="Checkout", depends_on=("payments",)),
ServiceSpec("payments")])`. Services may name one another in any order.
"""

from kintsugi.core.catalog.service import LinkKind, Service, ServiceLink, ServiceSpec
from kintsugi.core.catalog.tier import Tier
from kintsugi.server.catalog.service.changing import (
    Applied,
    Changes,
    add,
    apply,
    change,
    restore,
    retire,
)
from kintsugi.server.catalog.service.reading import (
    Neighbour,
    Surroundings,
    Wanted,
    dependents,
    depends_on,
    direct_dependents,
    find,
    get,
    list_services,
    names,
    owner,
    owner_teams,
    surroundings,
    team_names,
    teams,
)

__all__ = [
    "Applied",
    "Changes",
    "LinkKind",
    "Neighbour",
    "Service",
    "ServiceLink",
    "ServiceSpec",
    "Surroundings",
    "Tier",
    "Wanted",
    "add",
    "apply",
    "change",
    "dependents",
    "depends_on",
    "direct_dependents",
    "find",
    "get",
    "list_services",
    "names",
    "owner",
    "owner_teams",
    "restore",
    "retire",
    "surroundings",
    "team_names",
    "teams",
]
