"""The pages of patterns: what incidents have in common, one class of cause, and a person's word on an incident."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from kintsugi.core.analytics.wording import percent, recurrence_said, share_between
from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import sentence
from kintsugi.kernel.asked import Searched
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, LostRace, door
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.kernel.web import page, see
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.asked import Asked, wanted_of
from kintsugi.server.analytics.web.filters import asked_words, filters_of
from kintsugi.server.analytics.web.showing import (
    address,
    curve_of,
    improvement_groups,
    pair_rows,
    suggestion_rows,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Key = Annotated[str, Path(alias="key", max_length=80)]
SHOWN = 20
"""So many rows of a list are shown; the API has all."""


class ClassForm(BaseModel):
    title: Annotated[str, Field(max_length=400)] = ""
    terms: Annotated[str, Field(max_length=10_000)] = ""
    description: Annotated[str, Field(max_length=10_000)] = ""
    version: int = 0
    do: Annotated[str, Field(max_length=20)] = ""

    def listed(self) -> list[str]:
        """The terms, one a line or between commas."""
        return [one.strip() for line in self.terms.splitlines() for one in line.split(",")]


class DecideForm(BaseModel):
    incident: Searched
    key: Annotated[str, Field(max_length=80)]
    decision: Annotated[str, Field(max_length=40)]
    back: Annotated[str, Field(max_length=400)] = ""


@router.get("/patterns", response_model=None)
@door(Action.READ)
def show_patterns(work: UnitOfWork, asked: Annotated[Asked, Query()]) -> Answer:
    return _list(work, asked, ClassForm(), {})


@router.post("/patterns", response_model=None)
@door(Action.EDIT, writes=True)
def make_class(work: UnitOfWork, form: Annotated[ClassForm, Form()]) -> Answer:
    try:
        with work.attempt():
            made = analytics.make_class(work, form.title, form.listed(), form.description)
    except DomainError as error:
        return _list(work, Asked(), form, _wrong(error), 422)
    return see(f"/patterns/{made.key}")


@router.post("/patterns/decide", response_model=None)
@door(Action.RESPOND, writes=True)
def decide(work: UnitOfWork, form: Annotated[DecideForm, Form()]) -> Answer:
    """Confirm, refuse, or take back what was said of an incident and a class."""
    incident = analytics.incident_named(work, form.incident)
    if form.decision == "back":
        analytics.forget(work, incident, form.key)
    else:
        analytics.decide(work, incident, form.key, analytics.decision_of(form.decision))
    match form.back:
        case "incident":
            return see(f"/incidents/{incident.reference}#classes")
        case "class":
            return see(f"/patterns/{analytics.class_named(work, form.key).key}")
        case _:
            return see("/patterns#waiting")


@router.get("/patterns/{key}", response_model=None)
@door(Action.READ)
def show_class(work: UnitOfWork, key: Key) -> Answer:
    return _class(work, key, None, {})


@router.post("/patterns/{key}", response_model=None)
@door(Action.EDIT, writes=True)
def change_class(work: UnitOfWork, key: Key, form: Annotated[ClassForm, Form()]) -> Answer:
    """Other words for a class, or retire it, or bring it back."""
    kept = analytics.class_named(work, key)
    try:
        with work.attempt():
            if form.do in ("retire", "return"):
                analytics.retire(work, kept.key, form.version, is_retired=form.do == "retire")
            else:
                analytics.change_class(
                    work, kept.key, title=form.title, terms=form.listed(),
                    description=form.description, expected=form.version,
                )  # fmt: skip
    except LostRace as error:
        typed = form.model_copy(update={"version": analytics.class_named(work, kept.key).version})
        return _class(work, kept.key, typed, {"": sentence(str(error))}, 412)
    except DomainError as error:
        return _class(work, kept.key, form, _wrong(error), 422)
    return see(f"/patterns/{kept.key}")


def _wrong(error: DomainError) -> dict[str, str]:
    if isinstance(error, InvalidValue) and error.path:
        said = error.problem + (f"; expected {error.expected}" if error.expected else "")
        return {str(error.path[0]): sentence(said)}
    return {"": sentence(str(error))}


def _behind(asked: Asked, key: str) -> str:
    """Where the incidents stand that are confirmed to be of a class."""
    return address("/analytics/incidents", {**asked_words(asked), "behind": f"class:{key}"})


def _list(
    work: UnitOfWork, asked: Asked, form: ClassForm, wrong: dict[str, str], status: int = 200
) -> Answer:
    wanted = wanted_of(work, asked)
    found = analytics.patterns(work, wanted)
    titles = titles_of(work)
    recurrence = found.recurrence
    context: dict[str, Any] = {
        "filters": filters_of(work, "/patterns", asked), "found": found, "titles": titles,
        "recurrence_said": recurrence_said(recurrence),
        "recurred": list(reversed(recurrence.recurred))[:SHOWN],
        "rows": [
            (one, _share_of(len(one.cases), found.n), _behind(asked, one.kept.key))
            for one in found.classes if one.cases or one.waiting
        ],
        "silent": [one for one in found.classes if not one.cases and not one.waiting],
        "waiting": [
            (one.case, suggestion_rows(one.suggestions, titles)) for one in found.waiting[:SHOWN]
        ],
        "pairs": pair_rows(found.pairs[:SHOWN], titles),
        "terms": [(one, address("/incidents", {"q": one.term})) for one in found.terms],
        "gaps": found.gaps[:SHOWN], "groups": improvement_groups(found), "shown": SHOWN,
        "form": form, "wrong": wrong, "may_decide": work.viewer.may(Action.RESPOND),
        "may_edit": work.viewer.may(Action.EDIT),
    }  # fmt: skip
    return page(work, "analytics/patterns.html", context, status=status)


def _class(
    work: UnitOfWork, key: str, form: ClassForm | None, wrong: dict[str, str], status: int = 200
) -> Answer:
    found = analytics.class_page(work, key)
    cause, titles = found.kept.cause, titles_of(work)
    by_id = {one.id: one for one in found.cases}
    acts = {one.id: one for one in found.actions}
    recurrence = found.recurrence
    context: dict[str, Any] = {
        "found": found, "cause": cause, "titles": titles, "cases": by_id, "acts": acts,
        "curves": [curve_of(cause.title, one, f"fix-{place}") for place, one in enumerate(found.fixes)],
        "recurred": list(reversed(recurrence.recurred)),
        "share": percent(recurrence.share) if recurrence.share is not None else "",
        "share_between": share_between(recurrence.interval),
        "waiting": [(one.case, suggestion_rows(one.suggestions, titles)) for one in found.waiting[:SHOWN]],
        "form": form or ClassForm(
            title=cause.title, terms="\n".join(cause.terms), description=cause.description,
            version=found.kept.version,
        ),
        "wrong": wrong, "may_decide": work.viewer.may(Action.RESPOND),
        "may_edit": work.viewer.may(Action.EDIT),
    }  # fmt: skip
    return page(work, "analytics/pattern.html", context, status=status)


def titles_of(work: UnitOfWork) -> dict[str, str]:
    """The title of every class by its key."""
    return {one.key: one.cause.title for one in analytics.all_classes(work, retired=True)}


def _share_of(count: int, n: int) -> str:
    return f"{count / n:.0%}" if n else ""
