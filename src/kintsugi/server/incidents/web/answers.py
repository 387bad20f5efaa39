"""How the incident pages answer a form: back to the page when it is taken, else the page as it was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path
from pydantic import BaseModel

from kintsugi.core.incidents.happened import read_happened
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.http import Answer, LostRace, status_of
from kintsugi.kernel.refusals import field_of, told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import see
from kintsugi.server.incidents import service as incidents
from kintsugi.server.incidents.web.forms import Refused
from kintsugi.server.incidents.web.impact import FORM_LABELS
from kintsugi.server.incidents.web.showing import incident_page

Name = Annotated[str, Path(alias="reference")]


def answered(
    work: UnitOfWork, name: str, kind: str, form: BaseModel, do: Callable[[Incident], None]
) -> Answer:
    """Back to the incident when the form is taken; else the page with the form as it was typed."""
    incident = incidents.get(work, name)
    try:
        with work.attempt():
            do(incident)
    except DomainError as error:
        return incident_page(
            work, incidents.get(work, name), refused=refused_form(kind, form, error)
        )
    return see(f"/incidents/{incident.reference}")


def refused_form(kind: str, form: BaseModel, error: DomainError) -> Refused:
    """A form with what it held and why it was not taken."""
    return Refused(
        kind, form.model_dump(), status_of(error)[0], told(error, FORM_LABELS), field_of(error),
        isinstance(error, LostRace),
    )  # fmt: skip


def when_typed(work: UnitOfWork, typed: str, field: str) -> datetime | None:
    """A time in the viewer's zone; None where nothing is typed. Raises InvalidValue, naming the field."""
    if not typed.strip():
        return None
    try:
        return read_happened(typed, work.now, ZoneInfo(work.viewer.zone))
    except InvalidValue as error:
        raise error.under(field) from error
