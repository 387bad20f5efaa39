"""Fault trees over HTTP: kept, solved, and written in the forms of their files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.download import download
from kintsugi.kernel.http import PROBLEMS, Answer, door, matched_version, with_etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.api.bodies import (
    AddBody,
    ChangeBody,
    Filters,
    RowBody,
    SolutionBody,
    SolveBody,
    TreeBody,
    TreePage,
    links_of,
    measures_of,
    row_body,
    solution_body,
    tree_body,
)

router = APIRouter(tags=["fault trees"], responses=PROBLEMS)

Name = Annotated[str, Path(alias="id", max_length=80, description="The id or reference (FT-1).")]


@router.get("/api/fault-trees", response_model=TreePage)
@door(Action.READ)
def list_trees(work: UnitOfWork, asked: Annotated[Filters, Query()]) -> TreePage:
    """Fault trees, newest first, without their text and answers."""
    wanted = analysis.Wanted(asked.incident_id, asked.text)
    page = analysis.list_trees(work, wanted, asked.limit, asked.cursor)
    return TreePage(items=[row_body(one) for one in page.items], next_cursor=page.next_cursor)


def _draft(body: AddBody) -> analysis.Draft:
    return analysis.Draft(
        body.title, body.text, body.incident_id, body.exposure_days, links_of(body.links),
        measures_of(body.measures),
    )  # fmt: skip


def _before_adding(work: UnitOfWork, body: AddBody) -> analysis.Ahead:
    return analysis.before_adding(work, _draft(body))


@router.post("/api/fault-trees", status_code=201, response_model=TreeBody)
@door(Action.RESPOND, writes=True, first=_before_adding)
def add(work: UnitOfWork, ahead: analysis.Ahead, body: AddBody) -> Answer:
    """A new fault tree. A tree about an incident is seen by whoever sees the incident."""
    tree = analysis.add(work, _draft(body), ahead)
    return _answered(work, tree, ahead.held, 201, f"/api/fault-trees/{tree.reference}")


@router.post("/api/fault-trees/solve", response_model=SolutionBody)
@door(Action.READ)
def solve(work: UnitOfWork, body: SolveBody) -> SolutionBody:
    """The answers about a tree that is not kept."""
    return solution_body(analysis.answered(work, analysis.Model(body.text)).solved)


@router.get("/api/fault-trees/{id}", response_model=TreeBody)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """One fault tree with its answers: probability, minimal cut sets, importance, recommendations."""
    tree = analysis.get(work, name)
    return _answered(work, tree, analysis.answered(work, tree.model))


@router.get("/api/fault-trees/{id}/export", response_model=None)
@door(Action.READ)
def export(
    work: UnitOfWork, name: Name, form: Annotated[str, Query(max_length=40)] = "text"
) -> Answer:
    """The tree as a file: text, yaml, json, mef (Open-PSA), mermaid or svg."""
    file = analysis.exported(analysis.get(work, name), form)
    return download(file.name, file.media_type, file.content.encode(), is_shown=False)


def _changes(body: ChangeBody) -> analysis.Changes:
    return analysis.Changes(
        body.title, body.text, body.exposure_days,
        links_of(body.links) if body.links is not None else None,
        measures_of(body.measures) if body.measures is not None else None, body.happened,
    )  # fmt: skip


def _before_changing(
    work: UnitOfWork, name: str, body: ChangeBody, if_match: str | None
) -> analysis.Ahead:
    tree, version = analysis.get(work, name), matched_version(if_match)
    return analysis.before_changing(work, tree, _changes(body), version)


@router.patch("/api/fault-trees/{id}", response_model=TreeBody)
@door(Action.RESPOND, writes=True, first=_before_changing)
def change(
    work: UnitOfWork, ahead: analysis.Ahead, name: Name, body: ChangeBody, if_match: IfMatch = None
) -> Answer:
    """Change what is sent; `links` and `measures` are whole lists. What it is about stays."""
    tree, version = analysis.get(work, name), matched_version(if_match)
    changed = analysis.change(work, tree, _changes(body), version, ahead)
    return _answered(work, changed, ahead.held)


def _before_deleting(work: UnitOfWork, name: str, if_match: str | None) -> analysis.Without:
    return analysis.before_deleting(work, analysis.get(work, name), matched_version(if_match))


@router.delete("/api/fault-trees/{id}", response_model=RowBody)
@door(Action.RESPOND, writes=True, first=_before_deleting)
def delete(
    work: UnitOfWork, ahead: analysis.Without, name: Name, if_match: IfMatch = None
) -> RowBody:
    """Remove a fault tree; the answer says what it was."""
    tree, version = analysis.get(work, name), matched_version(if_match)
    analysis.delete(work, tree, version, ahead)
    return row_body(tree)


def _answered(
    work: UnitOfWork, tree: analysis.StoredTree, held: analysis.Held, status: int = 200,
    location: str = "",
) -> Answer:  # fmt: skip
    return with_etag(tree_body(work, tree, held), tree.version, status, location)
