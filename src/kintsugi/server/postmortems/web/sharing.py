"""Share links: made, listed and taken back on the postmortem's page, and the page they lead to."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import NOBODY, door, kernel_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import rendered, see
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, Name, refused_form
from kintsugi.server.postmortems.web.reading import reading_page
from kintsugi.server.postmortems.web.typeset import typeset_outside

router = APIRouter()
OUTSIDE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
"""What keeps an address that is a key out of caches, search engines and other sites' logs."""


class ShareForm(BaseModel):
    days: str = Field(default="", max_length=20)

    def number(self) -> int:
        """For how many days. Raises InvalidValue for what is no number."""
        said = self.days.strip()
        if not (said.isascii() and said.isdecimal()):
            raise InvalidValue("is no number", path=("days",), expected="1 to 365")
        return int(said)


@router.post("/postmortems/{reference}/shares", response_model=None)
@door(Action.RESPOND, writes=True)
def share(
    work: UnitOfWork, name: Name, form: Annotated[ShareForm, Form()], request: Request
) -> Answer:
    """A new link. Its address stands on the page that answers, and nowhere after."""
    stored = postmortems.get(work, name)
    try:
        with work.attempt():
            _, secret = postmortems.sharing.share(work, stored, form.number())
    except DomainError as error:
        return reading_page(work, stored, refused_form("share", form, error))
    address = f"{kernel_of(request).settings.address}/share/{secret}"
    answer = reading_page(work, stored, shared_at=address)

    def told() -> Response:
        response = answer()
        response.headers["Cache-Control"] = "no-store"
        return response

    return told


@router.post("/postmortems/{reference}/shares/{share_id}/revoke", response_model=None)
@door(Action.RESPOND, writes=True)
def revoke(work: UnitOfWork, name: Name, share_id: str) -> Answer:
    stored = postmortems.get(work, name)
    postmortems.sharing.revoke(work, stored, share_id)
    return see(f"/postmortems/{stored.reference}#sharing")


@router.get("/share/{secret}", response_model=None)
@door(None)
def show_outside(work: UnitOfWork, secret: str) -> Answer:
    """The external view, for whoever has the address, signed in or not: both see the same."""
    try:
        _, document = postmortems.sharing.shared(work, secret)
    except NotFound:
        return _outside(work, {"text": None}, 404)
    return _outside(work, {"text": typeset_outside(document)}, 200)


def _outside(work: UnitOfWork, context: dict[str, Any], status: int) -> Answer:
    html = rendered(NOBODY, work.now, "postmortems/shared.html", context)
    return lambda: HTMLResponse(html, status, OUTSIDE)
