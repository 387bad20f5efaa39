"""Moving a postmortem on and deleting it: forms that say from which version they were made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field

from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import see
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, Name, refused_form
from kintsugi.server.postmortems.web.reading import reading_page

router = APIRouter()


class DeleteForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)
    reason: str = Field(default="", max_length=10_000)


class MoveForm(DeleteForm):
    to: str = Field(default="", max_length=40)

    def chosen(self) -> PostmortemStatus:
        """The state. Raises InvalidValue for none that there is."""
        known = {status.value: status for status in PostmortemStatus}
        if self.to not in known:
            raise InvalidValue("is no state", path=("to",), expected=", ".join(known))
        return known[self.to]


@router.post("/postmortems/{reference}/move", response_model=None)
@door(Action.RESPOND, writes=True)
def move(work: UnitOfWork, name: Name, form: Annotated[MoveForm, Form()]) -> Answer:
    stored = postmortems.get(work, name)
    try:
        with work.attempt():
            postmortems.move(work, stored, form.chosen(), form.version, form.reason)
    except DomainError as error:
        return reading_page(
            work, postmortems.get(work, name), refused_form(form.to or "move", form, error)
        )
    return see(f"/postmortems/{stored.reference}")


@router.post("/postmortems/{reference}/delete", response_model=None)
@door(Action.RESPOND, writes=True)
def delete(work: UnitOfWork, name: Name, form: Annotated[DeleteForm, Form()]) -> Answer:
    stored = postmortems.get(work, name)
    try:
        with work.attempt():
            postmortems.delete(work, stored, form.version, form.reason)
    except DomainError as error:
        return reading_page(work, postmortems.get(work, name), refused_form("delete", form, error))
    return see(f"/postmortems?deleted={stored.reference}")
