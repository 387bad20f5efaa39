"""Patterns over HTTP: what incidents have in common, and one class of cause with whether its fixes held."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.http import Answer, Body, door, matched_version, with_etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analytics import service as analytics
from kintsugi.server.analytics.api.bodies import (
    ClassBody,
    ClassRowBody,
    PatternBody,
    PatternsBody,
    action_body,
    case_body,
    class_body,
    class_fields,
    fix_body,
    gap_body,
    improvement_body,
    pair_body,
    recurrence_body,
    term_body,
    waits_body,
)
from kintsugi.server.analytics.asked import Asked, wanted_of

router = APIRouter()

Key = Annotated[str, Path(alias="key", max_length=80, description="The key of the class.")]
Title = Annotated[str, Field(max_length=400)]
Terms = Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=200)]
Described = Annotated[str, Field(max_length=10_000)]


class NewClass(Body):
    title: Title
    terms: Terms = Field(default_factory=list)
    description: Described = ""


class ClassChange(Body):
    title: Title | None = None
    terms: Terms | None = None
    description: Described | None = None
    retired: bool | None = None


@router.get("/api/patterns", response_model=PatternsBody)
@door(Action.READ)
def show_patterns(work: UnitOfWork, asked: Annotated[Asked, Query()]) -> PatternsBody:
    """What the incidents of a period have in common. No private incident, drill or merged one is among them.

    Of each list the newest 25, and how many there are: the lists have addresses of their own, page by page.
    """
    found = analytics.patterns(work, wanted_of(work, asked))
    cases, titles = dict(found.cases), titles_of(work)
    return PatternsBody(
        n=found.n, with_postmortem=found.told,
        classes=[
            ClassRowBody.model_validate(
                class_fields(one.kept)
                | {"incidents": len(one.cases), "waiting": one.waiting, "last_at": one.last}
            )
            for one in found.classes
        ],
        recurrence=recurrence_body(found.recurrence, cases, analytics.SHOWN),
        factors_together=[pair_body(one) for one in found.pairs],
        common_terms=[term_body(one, cases) for one in found.terms],
        detection_gap_count=found.late, improvement_count=len(found.improvements),
        waiting_count=len(found.waiting),
        detection_gaps=[gap_body(one) for one in found.gaps],
        response_improvements=[
            improvement_body(one, cases) for one in found.improvements[: analytics.SHOWN]
        ],
        waiting=[waits_body(one, titles) for one in found.waiting[: analytics.SHOWN]],
    )  # fmt: skip


@router.get("/api/patterns/{key}", response_model=PatternBody)
@door(Action.READ)
def show_pattern(work: UnitOfWork, key: Key) -> Answer:
    """A class of cause: its incidents, recurrence, what was done, and whether that held."""
    found = analytics.class_page(work, key)
    cases, titles = {one.id: one for one in found.cases}, titles_of(work)
    body = PatternBody.model_validate(
        class_fields(found.kept)
        | {
            "says": list(analytics.says_of(found)),
            "incidents": [case_body(one) for one in found.cases],
            "recurrence": recurrence_body(found.recurrence, cases),
            "fixes": [fix_body(one.action, one.held) for one in found.fixes],
            "open_actions": [action_body(one) for one in found.open_actions],
            "common_terms": [term_body(one, cases) for one in found.terms],
            "waiting": [waits_body(one, titles) for one in found.waiting],
        }
    )
    return with_etag(body, found.kept.version)


@router.post("/api/patterns", status_code=201, response_model=ClassBody)
@door(Action.EDIT, writes=True)
def make_class(work: UnitOfWork, body: NewClass) -> Answer:
    """A class of cause of your own. Its key follows from its title."""
    made = analytics.make_class(work, body.title, body.terms, body.description)
    return with_etag(class_body(made), made.version, 201, f"/api/patterns/{made.key}")


@router.patch("/api/patterns/{key}", response_model=ClassBody)
@door(Action.EDIT, writes=True)
def change_class(work: UnitOfWork, key: Key, body: ClassChange, if_match: IfMatch = None) -> Answer:
    """Other words for a class, shipped or your own; `retired` takes it out of lists and suggestions."""
    made = analytics.class_named(work, key)
    version = matched_version(if_match)
    if (body.title, body.terms, body.description) != (None, None, None):
        made = analytics.change_class(
            work, key, title=body.title, terms=body.terms, description=body.description,
            expected=version,
        )  # fmt: skip
        version = made.version
    if body.retired is not None and body.retired is not made.is_retired:
        made = analytics.retire(work, key, version, is_retired=body.retired)
    return with_etag(class_body(made), made.version)


def titles_of(work: UnitOfWork) -> dict[str, str]:
    """The title of every class by its key."""
    return {one.key: one.cause.title for one in analytics.all_classes(work, retired=True)}
