"""What a file of services changes in a catalog: a plan, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kintsugi.core.catalog.service import Service, ServiceSpec, at, checked, differing
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import joined

MOST = 2_000
"""Services in one file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: the services to make, to change (with the fields that differ), to retire.

    `restored` are those among the changed that were retired.
    """

    created: tuple[ServiceSpec, ...] = ()
    changed: tuple[tuple[ServiceSpec, tuple[str, ...]], ...] = ()
    unchanged: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    restored: frozenset[str] = frozenset()


def plan(
    specs: Sequence[ServiceSpec], catalog: Mapping[str, Service], *, prune: bool = False
) -> Plan:
    """What makes the catalog say what the specs say of the services they name, and no more.

    With `prune`, services that no spec names are retired. A retired service that is named comes back.
    Raises InvalidValue, under `services[n]`, for a name that stands twice and for a dependency that
    is unknown or retired (one that was there before it was retired may stay).
    """
    if len(specs) > MOST:
        raise InvalidValue(
            f"has {len(specs):,} services", path=("services",), expected=f"{MOST:,} at most"
        )
    if prune and not specs:
        problem = "names no service, and pruning would retire all"
        raise InvalidValue(problem, path=("services",), expected="one service or more")
    wanted = _by_name(specs)
    pruned = {
        name
        for name, service in catalog.items()
        if prune and name not in wanted and not service.is_retired
    }
    gone = pruned | {
        name for name, service in catalog.items() if service.is_retired and name not in wanted
    }
    known = {*catalog, *wanted}
    for index, spec in enumerate(wanted.values()):
        before = catalog[spec.name].spec.depends_on if spec.name in catalog else ()
        kept = frozenset(before) - pruned
        with at("services", index):
            refuse_dependencies(spec.depends_on, known, gone - kept)
    changed, unchanged = [], []
    for name, spec in wanted.items():
        if name not in catalog:
            continue
        found = differing(catalog[name].spec, spec)
        if catalog[name].is_retired:
            found = (*found, "retired")
        if found:
            changed.append((spec, found))
        else:
            unchanged.append(name)
    return Plan(
        created=tuple(spec for name, spec in wanted.items() if name not in catalog),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        retired=tuple(sorted(pruned)),
        restored=frozenset(name for name in wanted if name in catalog and catalog[name].is_retired),
    )


def _by_name(specs: Sequence[ServiceSpec]) -> dict[str, ServiceSpec]:
    found: dict[str, ServiceSpec] = {}
    for index, written in enumerate(specs):
        with at("services", index):
            spec = checked(written)
            if spec.name in found:
                first = list(found).index(spec.name)
                problem = f"{spec.name} stands here twice, first as services[{first}]"
                raise InvalidValue(problem, path=("name",), expected="each service once")
        found[spec.name] = spec
    return found


def refuse_dependencies(
    depends_on: Sequence[str], known: frozenset[str] | set[str], gone: frozenset[str] | set[str]
) -> None:
    """Raises InvalidValue naming each dependency that is not known, else the first that is retired."""
    unknown = [name for name in depends_on if name not in known]
    if unknown:
        named = joined([repr(name) for name in unknown])
        are = "is no service" if len(unknown) == 1 else "are no services"
        raise InvalidValue(
            f"{named} {are} of the catalog", path=("dependsOn", depends_on.index(unknown[0])),
            expected="services that are in it",
        )  # fmt: skip
    for index, name in enumerate(depends_on):
        if name in gone:
            raise InvalidValue(
                f"{name!r} is retired", path=("dependsOn", index),
                expected="a service that is still run",
            )  # fmt: skip
