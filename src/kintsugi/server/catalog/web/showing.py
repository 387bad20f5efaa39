"""What the pages of services show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kintsugi.core.catalog.dependencies import components
from kintsugi.core.catalog.service import LinkKind, Service
from kintsugi.core.catalog.tier import Tier
from kintsugi.formats.svg import dependencies_svg
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page
from kintsugi.server.catalog import service as catalog
from kintsugi.server.catalog.web.forms import LABELS, ServiceForm, filled

MOST_DRAWN = 60
"""With more services around, only the nearest are drawn: a larger picture says less."""

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken: its answer's status, what is wrong in which field, what differs after a lost race."""

    status: int
    wrong: Mapping[str, str]
    differences: tuple[tuple[str, str, str], ...] = ()


def service_page(
    work: UnitOfWork, service: Service, *, told: str = "", status: int = 200
) -> Answer:
    """A service with all that is around it. `told` says why a change was refused."""
    around = catalog.surroundings(work, service)
    drawing, is_cut = _drawing(service, around)
    context = {
        "service": service,
        "spec": service.spec,
        "around": around,
        "owner": catalog.owner(work, service),
        "sides": [
            ("What it depends on", "depends-on", around.depends_on[:MOST_LISTED], len(around.depends_on)),
            ("What depends on it", "dependents", around.dependents[:MOST_LISTED], len(around.dependents)),
        ],
        "drawing": drawing,
        "is_cut": is_cut,
        "has_circle": any(len(group) > 1 for group in components(around.dependencies)),
        "panels": work.panels("service", service.name),
        "may_edit": work.viewer.may(Action.EDIT),
        "told": told,
    }  # fmt: skip
    return page(work, "catalog/service.html", context, status=status)


def form_page(
    work: UnitOfWork, form: ServiceForm, service: Service | None, refused: Refused | None = None
) -> Answer:
    """The form to add a service, or to change one; a refused one stands as it was typed."""
    context = {
        "form": form.model_dump(),
        "service": service,
        "wrong": refused.wrong if refused else {},
        "differences": refused.differences if refused else (),
        "tiers": [("", "Not said"), *((str(tier.value), tier.label) for tier in Tier)],
        "kinds": [kind.value for kind in LinkKind],
        "teams": catalog.team_names(work),
        "names": [name for name in catalog.names(work) if name != form.name],
    }
    return page(work, "catalog/form.html", context, status=refused.status if refused else 200)


def differences(form: ServiceForm, service: Service) -> tuple[tuple[str, str, str], ...]:
    """Where what was typed and what stands now differ: the field, now, typed."""
    now = filled(service.spec, service.version)
    rows = [
        (label, str(getattr(now, name)), str(getattr(form, name)).replace("\r\n", "\n").strip())
        for name, label in LABELS.items()
        if name != "name"
    ]
    return tuple(row for row in rows if row[1] != row[2])


def tier_chips(
    asked: Mapping[str, str], address: Callable[..., str]
) -> list[tuple[str, str, bool]]:
    """A link for each tier."""
    chips = [("Any tier", address(tier=""), "tier" not in asked)]
    for tier in Tier:
        value = str(tier.value)
        chips.append((tier.label, address(tier=value), asked.get("tier") == value))
    return chips


def _drawing(service: Service, around: catalog.Surroundings) -> tuple[Markup, bool]:
    """The picture, and whether it leaves out all but the nearest."""
    near: Sequence[catalog.Neighbour] = (*around.depends_on, *around.dependents)
    is_cut = len({one.service.name for one in near}) > MOST_DRAWN
    shown = [one.service for one in near if one.steps == 1 or not is_cut]
    names = {service.name, *(one.name for one in shown)}
    edges = {
        name: [other for other in needed if other in names]
        for name, needed in around.dependencies.items()
        if name in names
    }
    drawn = dependencies_svg(
        service.name,
        edges,
        notes={one.name: _note(one) for one in (service, *shown)},
        faded={one.name for one in (service, *shown) if one.is_retired},
    )
    return Markup(drawn), is_cut  # noqa: S704 - every text in it is escaped where it is drawn


def _note(service: Service) -> str:
    tier = service.spec.tier
    said = [f"Tier {tier.value}" if tier else "", "retired" if service.is_retired else ""]
    return ", ".join(part for part in said if part).capitalize()
