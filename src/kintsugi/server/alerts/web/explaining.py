"""The page that says what a message would come to, step by step; nothing is written."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.formats.alerts import FORMATS
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.web.refusing import Refused, refused

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

LONGEST = 512 * 1024
LABELS = {"body": "Message", "format": "Source or format"}
STEPS = {
    "new": "A new alert", "repeat": "Counted, nothing more", "changed": "The alert says something new",
    "acknowledged": "The alert is acknowledged", "resolved": "The alert is resolved",
    "early": "Kept as over already", "stale": "Changes nothing",
}  # fmt: skip
"""What an event does, in words."""
DOES = {
    "open": "opens an incident", "join": "joins the incident of its group", "wait": "waits for a person",
    "silenced": "is silenced",
}  # fmt: skip


class ExplainForm(BaseModel):
    """`how` is `source:<name>` or `format:<name>`."""

    how: str = ""
    body: str = Field("", max_length=LONGEST)


@router.get("/alerts/rules/explain", response_model=None)
@door(Action.READ)
def show_explain(work: UnitOfWork, source: Annotated[str, Query(max_length=200)] = "") -> Answer:
    return _page(work, ExplainForm(how=f"source:{source}" if source else "", body=""))


@router.post("/alerts/rules/explain", response_model=None)
@door(Action.READ)
def explain(work: UnitOfWork, form: Annotated[ExplainForm, Form()]) -> Answer:
    """A POST, so that what is pasted stands in no address."""
    try:
        return _page(work, form, found=_explained(work, form))
    except DomainError as error:
        return _page(work, form, refusal=refused(error, LABELS))


def _explained(work: UnitOfWork, form: ExplainForm) -> alerts.Explanation:
    if not form.body.strip():
        raise InvalidValue("is empty", path=("body",), expected="what the tool sends")
    how, _, name = form.how.partition(":")
    headers = {
        "content-type": "application/json" if form.body.lstrip()[:1] in "{[" else "text/plain"
    }
    return alerts.explain(
        work, form.body.encode("utf-8", "replace"), headers=headers,
        source_name=name if how == "source" else "", format_name=name if how == "format" else "",
    )  # fmt: skip


def _page(
    work: UnitOfWork,
    form: ExplainForm,
    *,
    found: alerts.Explanation | None = None,
    refusal: Refused | None = None,
) -> Answer:
    context: dict[str, Any] = {
        "form": form,
        "sources": [
            (f"source:{one.name}", one.name) for one in alerts.list_sources(work) if one.retired_at is None
        ],
        "formats": [(f"format:{name}", one.title) for name, one in FORMATS.items()],
        "found": found,
        "step_words": STEPS,
        "does_words": DOES,
        "refused": refusal,
        "wrong": refusal.wrong if refusal else {},
    }  # fmt: skip
    return page(work, "alerts/explain.html", context, status=refusal.status if refusal else 200)
