"""The page that a message is written on: what it says to each audience, who gets it, and what is still missing."""

from __future__ import annotations

from secrets import token_hex
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from kintsugi.core.comms.message import Audience, MissingVariables
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import spoken
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Conflict, door, kernel_of, status_of
from kintsugi.kernel.refusals import told_by_field
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.comms.service import composing, sending, templates
from kintsugi.server.comms.service.composing import Draft, Here, Preview
from kintsugi.server.comms.web.panels import near_minutes
from kintsugi.server.incidents import service as incidents

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Name = Annotated[str, Path(alias="reference", max_length=200)]
Asked = Annotated[str, Query(max_length=100)]
VALUE, MARK = "v_", "na_"
MOST_VARIABLES = 60
FILLED = ("record", "settings")
AUDIENCES = [(one.value, spoken(one.value)) for one in Audience]
_LABELS = {"to": "Also to"}


class ComposeForm(BaseModel):
    """`v_<variable>` holds what is typed for a variable, `na_<variable>` that it is not available."""

    model_config = ConfigDict(extra="allow")

    template: Annotated[str, Field(max_length=100)] = "update"
    audience: Annotated[str, Field(max_length=20)] = ""
    offered: Annotated[str, Field(max_length=20)] = ""
    subject: Annotated[str, Field(max_length=2_000)] = ""
    also_to: Annotated[str, Field(max_length=10_000)] = ""
    chosen: list[str] = Field(default_factory=list, max_length=1_000)
    key: Annotated[str, Field(max_length=64)] = ""
    confirmed: bool = False
    do: Annotated[str, Field(max_length=20)] = "preview"

    def draft(self, variables: tuple[str, ...]) -> Draft:
        """What is typed, as far as the template has its variables. Raises InvalidValue for no audience."""
        extra = {name: str(value) for name, value in (self.model_extra or {}).items()}
        values = {name: extra.get(VALUE + name, "") for name in variables}
        marked = [name for name in variables if extra.get(MARK + name) and not values[name].strip()]
        audience = _audience(self.audience) if self.audience else None
        is_offered = bool(self.offered) and self.offered == self.audience
        return Draft(
            self.template, audience, values, marked, self.subject,
            [one for one in self.also_to.replace("\n", ",").replace(";", ",").split(",") if one.strip()],
            (), self.chosen if is_offered else None,
        )  # fmt: skip


@router.get("/incidents/{reference}/messages/new", response_model=None)
@door(Action.RESPOND)
def show_new(
    work: UnitOfWork, request: Request, name: Name, template: Asked = "", audience: Asked = ""
) -> Answer:
    incident = incidents.get(work, name)
    usual = "update" if sending.messages_of(work, incident) else "initial"
    form = ComposeForm(template=template or usual, audience=audience, key=token_hex(8))
    if form.template not in templates.every(work):
        form.template = usual
    return _page(work, _here(request), incident, form)


@router.post("/incidents/{reference}/messages/preview", response_model=None)
@door(Action.RESPOND)
def show_preview(
    work: UnitOfWork, request: Request, name: Name, form: Annotated[ComposeForm, Form()]
) -> Answer:
    """What is typed so far as each audience would get it. A POST, so that it stands in no address."""
    incident = incidents.get(work, name)
    context = _context(work, _here(request), incident, form, None)
    return page(work, "comms/_composed.html", context)


@router.post("/incidents/{reference}/messages", response_model=None)
@door(Action.RESPOND, writes=True)
def send(
    work: UnitOfWork, request: Request, name: Name, form: Annotated[ComposeForm, Form()]
) -> Answer:
    incident, here = incidents.get(work, name), _here(request)
    if form.do != "send":
        return _page(work, here, incident, form)
    try:
        with work.attempt():
            draft = form.draft(templates.chosen(work, form.template).template.variables)
            sending.send(
                work, incident, draft, here, key=form.key, is_confirmed=form.confirmed
            )  # fmt: skip
    except DomainError as error:
        return _page(work, here, incident, form, error)
    return see(f"/incidents/{incident.reference}#messages")


def _page(
    work: UnitOfWork,
    here: Here,
    incident: Incident,
    form: ComposeForm,
    error: DomainError | None = None,
) -> Answer:
    context = _context(work, here, incident, form, error)
    status = status_of(error)[0] if error is not None else 200
    return page(work, "comms/compose.html", context, status=status)


def _context(
    work: UnitOfWork,
    here: Here,
    incident: Incident,
    form: ComposeForm,
    error: DomainError | None,
) -> dict[str, Any]:
    """What the page and its preview are told."""
    found = templates.every(work)
    if form.template not in found:
        form.template = "update"
    variables = found[form.template].template.variables
    previews: list[Preview] = []
    try:
        previews = composing.previews(work, incident, form.draft(variables), here)
    except InvalidValue as refused:
        error = error or refused
        usual = Draft(form.template, found[form.template].template.audience)
        previews = composing.previews(work, incident, usual, here)
    first = previews[0]
    form.audience = first.audience.value
    wrong = told_by_field(error, _LABELS) if error is not None else {}
    if isinstance(error, MissingVariables):
        wrong = {
            name: f"{spoken(name)} is missing. Type it, or say that it is not available."
            for name in error.names
        }
    extra = {name: str(value) for name, value in (form.model_extra or {}).items()}
    fields = [
        (one, spoken(one.name), extra.get(VALUE + one.name, ""), bool(extra.get(MARK + one.name)))
        for one in first.variables[:MOST_VARIABLES]
    ]
    filled_names = [one.name for one in first.variables if one.source in FILLED]
    planned = incidents.next_update_of(work, incident)
    return {
        "incident": incident,
        "address": f"/incidents/{incident.reference}/messages",
        "form": form,
        "templates": [
            (name, _href(incident, name), name == form.template, one.is_own)
            for name, one in found.items()
        ],
        "audiences": AUDIENCES,
        "asked": [one for one in fields if one[0].source not in FILLED],
        "filled": [one for one in fields if one[0].source in FILLED],
        "wrong_filled": any(name in wrong for name in filled_names),
        "preview": first,
        "others": previews[1:],
        "people": [(one, True) for one in first.recipients] + [(one, False) for one in first.left_out],
        "problem": next(iter(wrong.values()), "") if not _is_of_field(wrong, variables) else "",
        "wrong": wrong,
        "needs_confirming": first.needs_confirming,
        "is_refused": isinstance(error, Conflict),
        "planned": planned,
        "near": near_minutes(planned),
    }  # fmt: skip


def _is_of_field(wrong: dict[str, str], variables: tuple[str, ...]) -> bool:
    return any(name in variables or name in ("to", "subject") for name in wrong)


def _href(incident: Incident, template: str) -> str:
    return f"/incidents/{incident.reference}/messages/new?template={template}"


def _audience(written: str) -> Audience:
    try:
        return Audience(written)
    except ValueError:
        known = ", ".join(one.value for one in Audience)
        raise InvalidValue("is no audience", path=("audience",), expected=known) from None


def _here(request: Request) -> Here:
    return Here.of(kernel_of(request).settings)
