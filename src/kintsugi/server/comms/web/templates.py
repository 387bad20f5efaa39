"""The pages of message templates: what one makes of a sample, its variables, and a new version of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.comms.known import KnownFacts, values_of
from kintsugi.core.comms.message import (
    TEMPLATES,
    Audience,
    MessageTemplate,
    checked_template,
    half_filled,
)
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import spoken
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import Answer, door, status_of
from kintsugi.kernel.refusals import told
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.comms.service import settings, templates

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
TemplateName = Annotated[str, Path(alias="name", max_length=100)]
AUDIENCES = [(one.value, spoken(one.value)) for one in Audience]
START = "{incident_id}: {status}\nProgress: {progress}\nNext update: {next_update}\n"
"""What stands in the field of a new template: enough to see what a variable is."""
KNOWN = (
    ("incident_id", "INC-42"), ("issue_description", "the title, for within a sentence"),
    ("status", "such as Investigating"), ("severity", "SEV-1 to SEV-5"),
    ("service", "the services it hurts"), ("impact", "the text of the impact"),
    ("customer_impact", "the same"), ("commander", "who is in command"),
    ("timestamp", "the time now"), ("duration", "from its begin to its resolution"),
    ("next_update", "when the next update is due"),
)  # fmt: skip
"""What the record fills; and `settings` what the organisation set."""


class TemplateForm(BaseModel):
    name: Annotated[str, Field(max_length=200)] = ""
    audience: Annotated[str, Field(max_length=20)] = Audience.STAKEHOLDERS.value
    subject: Annotated[str, Field(max_length=2_000)] = ""
    text: Annotated[str, Field(max_length=100_000)] = ""
    do: Annotated[str, Field(max_length=20)] = "save"

    def template(self) -> MessageTemplate:
        """What is typed. Raises InvalidValue where it cannot be filled."""
        try:
            audience = Audience(self.audience)
        except ValueError:
            raise InvalidValue("is no audience", path=("audience",)) from None
        text = self.text.replace("\r\n", "\n")
        return checked_template(
            MessageTemplate(self.name.strip() or "new", audience, text, self.subject)
        )


@router.get("/settings/messages/templates/new", response_model=None)
@door(Action.ADMINISTER)
def show_new(work: UnitOfWork, like: Annotated[str, Query(max_length=100)] = "") -> Answer:
    """An empty template, or one that begins with the text of another."""
    found = templates.every(work).get(like)
    if found is None:
        return _page(work, TemplateForm(text=START), is_new=True)
    one = found.template
    form = TemplateForm(audience=one.audience.value, subject=one.subject, text=one.text)
    return _page(work, form, is_new=True)


@router.get("/settings/messages/templates/{name}", response_model=None)
@door(Action.ADMINISTER)
def show(work: UnitOfWork, name: TemplateName) -> Answer:
    """A template with what it makes of a sample; the shipped ones to read."""
    found = templates.every(work).get(name)
    if found is None:
        raise NotFound("there is no such template")
    one = found.template
    form = TemplateForm(
        name=one.name, audience=one.audience.value, subject=one.subject, text=one.text
    )
    return _page(work, form, is_new=False)


@router.post("/settings/messages/templates", response_model=None)
@door(Action.ADMINISTER, writes=True)
def save(work: UnitOfWork, form: Annotated[TemplateForm, Form()]) -> Answer:
    """A new version of a template; or a look at what it makes, or an end to offering it."""
    is_new = form.name.strip() not in templates.every(work)
    if form.do == "preview":
        return _page(work, form, is_new=is_new)
    if form.do == "retire":
        templates.retire(work, form.name.strip())
        return see("/settings/messages#templates")
    try:
        with work.attempt():
            typed = form.template()
            made = templates.save(work, form.name, typed.audience, typed.subject, typed.text)
    except DomainError as error:
        return _page(work, form, is_new=is_new, error=error)
    return see(f"/settings/messages/templates/{made.name}")


@router.post("/settings/messages/templates/sample", response_model=None)
@door(Action.ADMINISTER)
def show_sample(work: UnitOfWork, form: Annotated[TemplateForm, Form()]) -> Answer:
    """What a template makes of the sample, while it is typed."""
    return page(work, "comms/_sample.html", _sample(work, form))


def _sample(work: UnitOfWork, form: TemplateForm) -> dict[str, Any]:
    known = KnownFacts(
        "INC-42", "Checkout is slow", "investigating", Severity.SEV_1, ("checkout",),
        "One order in five fails", "Ana Diaz", work.now, None,
    )  # fmt: skip
    set_ones = settings.plain_values(settings.organisation_values(work))
    filled = {**values_of(known, work.now, ZoneInfo(work.viewer.zone)), **set_ones}
    try:
        template = form.template()
        text, missing = half_filled(template, filled)
        head = replace(template, text=template.subject, subject="")
        subject, untold = half_filled(head, filled) if template.subject.strip() else ("", ())
    except InvalidValue as error:
        return {"sample": "", "subject": "", "problem": told(error), "variables": ()}
    return {
        "sample": text, "subject": subject, "problem": "",
        "variables": [(name, name in missing or name in untold) for name in template.variables],
    }  # fmt: skip


def _page(
    work: UnitOfWork, form: TemplateForm, *, is_new: bool, error: DomainError | None = None
) -> Answer:
    found = _sample(work, form)
    context: dict[str, Any] = {
        **found,
        "form": form,
        "is_new": is_new,
        "is_shipped": form.name in TEMPLATES,
        "audiences": AUDIENCES,
        "refused": told(error) if error is not None else "",
        "known": KNOWN,
        "set_ones": ("organisation", "status_url", "status_page_url", "channel"),
    }
    status = (
        status_of(error)[0] if error else 422 if found["problem"] and form.do == "preview" else 200
    )
    return page(work, "comms/template.html", context, status=status)
