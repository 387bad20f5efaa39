"""The routes of the pages of services. Each change is a POST that says from which version it was made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse

from kintsugi.core.catalog.service import Service, at
from kintsugi.core.catalog.tier import parse_tier
from kintsugi.core.shared.errors import DomainError
from kintsugi.core.shared.text import clean
from kintsugi.kernel.asked import Cursor
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, LostRace, door, status_of
from kintsugi.kernel.pages import USUAL
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.catalog import service as catalog
from kintsugi.server.catalog.web.forms import LABELS, ServiceForm, VersionForm, filled
from kintsugi.server.catalog.web.showing import (
    Refused,
    differences,
    form_page,
    service_page,
    tier_chips,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Name = Annotated[str, Path(alias="name", max_length=200)]
Searched = Annotated[str, Query(max_length=200)]


@router.get("/services", response_model=None)
@door(Action.READ)
def show_list(
    work: UnitOfWork,
    team: Searched = "",
    tier: Searched = "",
    q: Searched = "",
    show: Searched = "",
    cursor: Cursor = None,
) -> Answer:
    asked = {"team": team, "tier": tier, "q": q, "show": "retired" if show == "retired" else ""}
    asked = {name: clean(value).strip() for name, value in asked.items() if value.strip()}
    with at("tier"):
        wanted = catalog.Wanted(
            team=asked.get("team", ""), text=asked.get("q", ""), retired="show" in asked,
            tier=parse_tier(asked["tier"]) if "tier" in asked else None,
        )  # fmt: skip
    found = catalog.list_services(work, wanted, USUAL, cursor)

    def address(**other: str | None) -> str:
        said = {name: value for name, value in {**asked, **other}.items() if value}
        return "/services" + (f"?{urlencode(said)}" if said else "")

    context = {
        "services": found.items,
        "dependents": catalog.direct_dependents(work),
        "asked": asked,
        "team_options": [("", "Any team"), *((team, team) for team in catalog.teams(work))],
        "tier_chips": tier_chips(asked, address),
        "show_chips": [
            ("In use", address(show=""), "show" not in asked),
            ("Retired", address(show="retired"), "show" in asked),
        ],
        "next_href": address(cursor=found.next_cursor) if found.next_cursor else "",
        "first_href": address() if cursor else "",
        "may_edit": work.viewer.may(Action.EDIT),
    }
    return page(work, "catalog/list.html", context)


@router.get("/services/add", response_model=None)
@door(Action.EDIT)
def show_add(work: UnitOfWork, name: Searched = "") -> Answer:
    return form_page(work, ServiceForm(name=clean(name)), None)


@router.post("/services", response_model=None)
@door(Action.EDIT, writes=True)
def add(work: UnitOfWork, form: Annotated[ServiceForm, Form()]) -> Answer:
    try:
        with work.attempt():
            service = catalog.add(work, form.spec())
    except DomainError as error:
        return form_page(work, form, None, _refused(error))
    return see(f"/services/{service.name}")


@router.get("/services/{name}", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    return service_page(work, catalog.get(work, name))


@router.get("/services/{name}/edit", response_model=None)
@door(Action.EDIT)
def show_edit(work: UnitOfWork, name: Name) -> Answer:
    service = catalog.get(work, name)
    return form_page(work, filled(service.spec, service.version), service)


@router.post("/services/{name}/edit", response_model=None)
@door(Action.EDIT, writes=True)
def edit(work: UnitOfWork, name: Name, form: Annotated[ServiceForm, Form()]) -> Answer:
    service = catalog.get(work, name)
    try:
        with work.attempt():
            said = form.spec()
            catalog.change(
                work, service,
                catalog.Changes(
                    said.title, said.description, said.owner_team, said.tier, True, said.links,
                    said.tags, said.depends_on,
                ),
                form.version,
            )  # fmt: skip
    except LostRace:
        service = catalog.get(work, name)
        found = differences(form, service)
        typed = form.model_copy(update={"version": service.version})
        return form_page(work, typed, service, Refused(412, {}, found))
    except DomainError as error:
        return form_page(work, form, service, _refused(error))
    return see(f"/services/{service.name}")


@router.post("/services/{name}/retire", response_model=None)
@door(Action.EDIT, writes=True)
def retire(work: UnitOfWork, name: Name, form: Annotated[VersionForm, Form()]) -> Answer:
    return _moved(work, name, lambda service: catalog.retire(work, service, form.version))


@router.post("/services/{name}/restore", response_model=None)
@door(Action.EDIT, writes=True)
def restore(work: UnitOfWork, name: Name, form: Annotated[VersionForm, Form()]) -> Answer:
    return _moved(work, name, lambda service: catalog.restore(work, service, form.version))


def _moved(work: UnitOfWork, name: str, move: Callable[[Service], Service]) -> Answer:
    service = catalog.get(work, name)
    try:
        with work.attempt():
            move(service)
    except LostRace as error:
        return service_page(work, catalog.get(work, name), told=told(error), status=412)
    return see(f"/services/{service.name}")


def _refused(error: DomainError) -> Refused:
    field = field_of(error).partition("[")[0]
    return Refused(status_of(error)[0], {field: told(error, LABELS)})
