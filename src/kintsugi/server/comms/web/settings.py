"""What an admin sets for messages: who is told at which severity, and what every message may name."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from kintsugi.core.comms.message import TEMPLATES, Audience
from kintsugi.core.comms.stakeholders import (
    GUIDE_LISTS,
    MOST_GROUPS,
    Group,
    Member,
    StakeholderLists,
)
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import spoken
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, LostRace, door, status_of
from kintsugi.kernel.refusals import told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.comms.message import OrganisationValues
from kintsugi.server.comms.service import members, settings, templates

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
AUDIENCES = [(one.value, spoken(one.value)) for one in Audience]
Line = Annotated[str, Field(max_length=2_000)]


class ListsForm(BaseModel):
    """Groups: `name_<n>`, `audience_<n>`, `members_<n>` (one a line), and `told_<n>_<severity>` where one is told."""

    model_config = ConfigDict(extra="allow")

    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0

    def rows(self) -> list[dict[str, Any]]:
        """The groups as they are typed; one without a name and without members is none."""
        extra = {name: str(value) for name, value in (self.model_extra or {}).items()}
        found = []
        for number in range(MOST_GROUPS + 1):
            name, typed = extra.get(f"name_{number}", ""), extra.get(f"members_{number}", "")
            if name.strip() or typed.strip():
                found.append(
                    {
                        "name": name, "members": typed,
                        "audience": extra.get(f"audience_{number}", Audience.STAKEHOLDERS.value),
                        "told": [one.value for one in Severity if extra.get(f"told_{number}_{one.value}")],
                    }
                )  # fmt: skip
        return found


class ValuesForm(BaseModel):
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    organisation: Line = ""
    status_url: Line = ""
    channel: Line = ""


@router.get("/settings/messages", response_model=None)
@door(Action.ADMINISTER)
def show(work: UnitOfWork, start: Annotated[str, Query(max_length=20)] = "") -> Answer:
    """The settings; `start=guide` fills the form with the guide's lists, which nobody has saved yet."""
    lists = settings.stakeholder_lists(work).lists
    if start == "guide" and not lists.groups:
        return _page(work, rows=_rows(work, GUIDE_LISTS))
    return _page(work)


@router.post("/settings/messages/stakeholders", response_model=None)
@door(Action.ADMINISTER, writes=True)
def set_lists(work: UnitOfWork, form: Annotated[ListsForm, Form()]) -> Answer:
    """Other lists from now on."""
    rows = form.rows()
    try:
        with work.attempt():
            settings.set_stakeholder_lists(work, _lists(work, rows), form.version)
    except DomainError as error:
        return _page(work, rows=rows, refused=("stakeholders", error))
    return see("/settings/messages#stakeholders")


@router.post("/settings/messages/values", response_model=None)
@door(Action.ADMINISTER, writes=True)
def set_values(work: UnitOfWork, form: Annotated[ValuesForm, Form()]) -> Answer:
    """What messages name from now on."""
    typed = OrganisationValues(form.organisation, form.status_url, form.channel, form.version)
    try:
        with work.attempt():
            settings.set_organisation_values(work, typed)
    except DomainError as error:
        return _page(work, values=typed, refused=("values", error))
    return see("/settings/messages#values")


def _lists(work: UnitOfWork, rows: list[dict[str, Any]]) -> StakeholderLists:
    groups = []
    for row in rows:
        try:
            found = [
                members.member_of(work, one) for one in row["members"].splitlines() if one.strip()
            ]
            audience = Audience(row["audience"])
        except InvalidValue as error:
            raise InvalidValue(
                f"{row['name'].strip() or 'a group'}: {error.problem}", path=("members",),
                expected=error.expected,
            ) from error  # fmt: skip
        except ValueError:
            raise InvalidValue("is no audience", path=("audience",)) from None
        groups.append(Group(row["name"], audience, tuple(found)))
    told = {
        severity: tuple(row["name"] for row in rows if severity.value in row["told"])
        for severity in Severity
    }
    return StakeholderLists(tuple(groups), told)


def _rows(work: UnitOfWork, lists: StakeholderLists) -> list[dict[str, Any]]:
    def listed(found: tuple[Member, ...]) -> str:
        return "\n".join(members.written(work, found).values())

    return [
        {
            "name": group.name, "audience": group.audience.value, "members": listed(group.members),
            "told": [one.value for one in Severity if group.name in lists.told.get(one, ())],
        }
        for group in lists.groups
    ]  # fmt: skip


def _page(
    work: UnitOfWork,
    *,
    rows: list[dict[str, Any]] | None = None,
    values: OrganisationValues | None = None,
    refused: tuple[str, DomainError] | None = None,
) -> Answer:
    kept = settings.stakeholder_lists(work)
    shown = _rows(work, kept.lists) if rows is None else rows
    blank = {"name": "", "audience": Audience.STAKEHOLDERS.value, "members": "", "told": []}
    set_ones = settings.organisation_values(work)
    kind, error = refused or ("", None)
    context: dict[str, Any] = {
        "rows": [*shown, blank][:MOST_GROUPS + 1],
        "version": kept.version,
        "offers_guide": not kept.lists.groups and not shown,
        "audiences": AUDIENCES,
        "severities": list(Severity),
        "values": values or set_ones,
        "values_version": set_ones.version,
        "own": templates.own(work),
        "shipped": list(TEMPLATES),
        "refused": kind,
        "told": told(error) if error is not None else "",
        "is_lost": isinstance(error, LostRace),
        "untold": [
            one.label
            for one in Severity
            if GUIDE_LISTS.told.get(one) and not kept.lists.told.get(one)
        ],
    }  # fmt: skip
    status = status_of(error)[0] if error is not None else 200
    return page(work, "comms/settings.html", context, status=status)
