"""What a team settles for its postmortems: templates of its own, who approves, when one is required."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field

from kintsugi.core.postmortems.required import RequiredWhen
from kintsugi.core.postmortems.revisions import SECTIONS
from kintsugi.core.postmortems.workflow import ApprovalRules
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity
from kintsugi.formats.errors import InputError
from kintsugi.formats.markdown.templating import SHIPPED, shipped_template
from kintsugi.formats.safe_markdown import to_html
from kintsugi.kernel.auth import Action, NotFound
from kintsugi.kernel.http import door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.postmortems import service as postmortems
from kintsugi.server.postmortems.web.answers import Answer, Refused, refused_form
from kintsugi.server.postmortems.web.parts import title_of

router = APIRouter()
TemplateName = Annotated[str, Path(alias="name", max_length=80)]
ESSENTIALS = tuple(
    name for name in SECTIONS if name not in ("zone", "scenario", "tags", "sections")
)


class ApprovalsForm(BaseModel):
    """`severity_<n>` holds how many must approve at that severity; empty: as usual."""

    model_config = ConfigDict(extra="allow")

    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    usual: Annotated[str, Field(max_length=10)] = "1"
    required: list[str] = Field(default_factory=list, max_length=100)
    blocks_blame: bool = False

    def rules(self) -> ApprovalRules:
        """The rules. Raises InvalidValue."""
        typed = {
            level: str((self.model_extra or {}).get(f"severity_{level.value}", ""))
            for level in Severity
        }
        by = {
            level: _count(text, f"severity_{level.value}")
            for level, text in typed.items()
            if text.strip()
        }
        return ApprovalRules(
            _count(self.usual, "usual"),
            MappingProxyType(by),
            tuple(self.required),
            self.blocks_blame,
        )


class RequiredForm(BaseModel):
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    severity: Annotated[str, Field(max_length=20)] = ""
    longer_than: Annotated[str, Field(max_length=10)] = ""
    found_by_people: bool = False
    rolled_back: bool = False
    data_lost: bool = False
    repeated_within: Annotated[str, Field(max_length=10)] = ""

    def rules(self) -> RequiredWhen:
        """The rules. Raises InvalidValue."""
        longer = _count(self.longer_than, "longer_than") if self.longer_than.strip() else None
        within = self.repeated_within.strip()
        days = _count(within, "repeated_within") if within else None
        return RequiredWhen(
            parse_severity(self.severity) if self.severity else None,
            timedelta(minutes=longer) if longer is not None else None,
            self.found_by_people, self.rolled_back, self.data_lost,
            timedelta(days=days) if days is not None else None,
        )  # fmt: skip


class TemplateForm(BaseModel):
    name: Annotated[str, Field(max_length=200)] = ""
    text: str = ""
    do: Annotated[str, Field(max_length=20)] = "save"


def _count(text: str, field: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 6:
        raise InvalidValue(
            f"{text.strip()[:20]!r} is no whole number", path=(field,), expected="such as 1"
        )
    return int(text)


@router.get("/postmortems/settings", response_model=None)
@door(Action.READ)
def show(work: UnitOfWork) -> Answer:
    return _page(work)


@router.post("/postmortems/settings/approvals", response_model=None)
@door(Action.ADMINISTER, writes=True)
def set_approvals(work: UnitOfWork, form: Annotated[ApprovalsForm, Form()]) -> Answer:
    """Other approval rules from now on."""
    return _answered(
        work,
        "approvals",
        form,
        lambda: postmortems.rules.set_approvals(work, form.rules(), form.version),
    )


@router.post("/postmortems/settings/required", response_model=None)
@door(Action.ADMINISTER, writes=True)
def set_required(work: UnitOfWork, form: Annotated[RequiredForm, Form()]) -> Answer:
    """Another rule for when a postmortem is required."""
    return _answered(
        work,
        "required",
        form,
        lambda: postmortems.rules.set_required(work, form.rules(), form.version),
    )


@router.get("/postmortems/settings/templates/new", response_model=None)
@door(Action.EDIT)
def show_new_template(
    work: UnitOfWork, base: Annotated[str, Query(max_length=80)] = "product"
) -> Answer:
    """A template of one's own, begun from the text of a shipped one."""
    if base not in SHIPPED:
        raise NotFound("there is no such template")
    text = shipped_template(base).source.replace(f"name: {base}", "name: ours", 1)
    return _template_page(work, TemplateForm(name="", text=text), is_new=True)


@router.get("/postmortems/settings/templates/{name}", response_model=None)
@door(Action.READ)
def show_template(work: UnitOfWork, name: TemplateName) -> Answer:
    """A template with what it makes of a sample record; the shipped ones to read."""
    if name in SHIPPED:
        return _template_page(
            work, TemplateForm(name=name, text=shipped_template(name).source), is_new=False
        )
    found = {one.name: one for one in postmortems.templates.own_templates(work)}
    if name not in found:
        raise NotFound("there is no such template")
    return _template_page(work, TemplateForm(name=name, text=found[name].text), is_new=False)


@router.post("/postmortems/settings/templates", response_model=None)
@door(Action.EDIT, writes=True)
def save_template(work: UnitOfWork, form: Annotated[TemplateForm, Form()]) -> Answer:
    """A new version of a template, or a look at what it makes."""
    own = {one.name for one in postmortems.templates.own_templates(work)}
    is_new = form.name.strip() not in own
    if form.do == "preview":
        return _template_page(work, form, is_new=is_new)
    if form.do == "retire":
        postmortems.templates.retire_template(work, form.name)
        return see("/postmortems/settings#templates")
    try:
        with work.attempt():
            made = postmortems.templates.save_template(work, form.name, form.text)
    except DomainError as error:
        return _template_page(
            work, form, is_new=is_new, refused=refused_form("template", form, error)
        )
    return see(f"/postmortems/settings/templates/{made.name}")


@router.post("/postmortems/settings/sample", response_model=None)
@door(Action.EDIT)
def show_sample(work: UnitOfWork, form: Annotated[TemplateForm, Form()]) -> Answer:
    """What a template makes of the sample record, while it is typed."""
    try:
        context = {"sample": _rendered(form), "problem": ""}
    except (InputError, InvalidValue) as error:
        context = {"sample": Markup(""), "problem": f"{error}."}
    return page(work, "postmortems/_sample.html", context)


def _rendered(form: TemplateForm) -> Markup:
    """What the template makes of the sample record. Raises what `tried` raises."""
    made = postmortems.templates.tried(form.name, form.text.replace("\r\n", "\n"))
    return Markup(to_html(made))  # noqa: S704 - made safe by safe_markdown


def _template_page(
    work: UnitOfWork, form: TemplateForm, *, is_new: bool, refused: Refused | None = None
) -> Answer:
    sample, problem = Markup(""), ""
    try:
        sample = _rendered(form)
    except (InputError, InvalidValue) as error:
        problem = f"{error}."
    context: dict[str, Any] = {
        "form": form, "is_new": is_new, "sample": sample, "problem": problem, "refused": refused,
        "may_edit": work.viewer.may(Action.EDIT) and form.name not in SHIPPED,
        "is_shipped": form.name in SHIPPED, "may_begin": work.viewer.may(Action.EDIT),
    }  # fmt: skip
    status = refused.status if refused else 422 if problem and form.do == "preview" else 200
    return page(work, "postmortems/template.html", context, status=status)


def _answered(work: UnitOfWork, kind: str, form: BaseModel, do: Callable[[], None]) -> Answer:
    try:
        with work.attempt():
            do()
    except DomainError as error:
        return _page(work, refused_form(kind, form, error))
    return see(f"/postmortems/settings#{kind}")


def _page(work: UnitOfWork, refused: Refused | None = None) -> Answer:
    rules = postmortems.rules.team_rules(work)
    approvals, required = rules.approvals, rules.required
    longer, within = required.longer_than, required.repeated_within
    forms: dict[str, dict[str, Any]] = {
        "approvals": {
            "version": rules.approvals_version, "usual": str(approvals.usual),
            "required": list(approvals.required_to_submit), "blocks_blame": approvals.blocks_blame,
            **{f"severity_{level.value}": str(approvals.by_severity.get(level, "")) for level in Severity},
        },
        "required": {
            "version": rules.required_version,
            "severity": required.severity.label if required.severity else "",
            "longer_than": str(longer // timedelta(minutes=1)) if longer is not None else "",
            "found_by_people": required.found_by_people, "rolled_back": required.rolled_back,
            "data_lost": required.data_lost,
            "repeated_within": str(within // timedelta(days=1)) if within is not None else "",
        },
    }  # fmt: skip
    if refused:
        current = forms[refused.kind]["version"]
        forms[refused.kind] |= refused.typed
        forms[refused.kind]["version"] = current
    context: dict[str, Any] = {
        "forms": forms, "refused": refused, "severities": list(Severity), "sections": ESSENTIALS,
        "own": postmortems.templates.own_templates(work), "shipped": SHIPPED, "spoken": title_of,
        "may_edit": work.viewer.may(Action.EDIT), "may_administer": work.viewer.may(Action.ADMINISTER),
    }  # fmt: skip
    return page(
        work, "postmortems/settings.html", context, status=refused.status if refused else 200
    )
