"""Why-trees over HTTP: kept with an incident, and written in the forms of their files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kintsugi.kernel.asked import IfMatch
from kintsugi.kernel.auth import Action
from kintsugi.kernel.download import download
from kintsugi.kernel.http import PROBLEMS, Answer, door, matched_version, with_etag
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.analysis.api.why_bodies import (
    AddWhysBody,
    WhyFilters,
    WhysSaid,
    WhyTreeBody,
    WhyTreePage,
    WhyTreeRow,
    analysis_of,
    row_body,
    tree_body,
)

router = APIRouter(tags=["why-trees"], responses=PROBLEMS)

Name = Annotated[str, Path(alias="id", max_length=80, description="The id or reference (WT-1).")]


@router.get("/api/why-trees", response_model=WhyTreePage)
@door(Action.READ)
def list_trees(work: UnitOfWork, asked: Annotated[WhyFilters, Query()]) -> WhyTreePage:
    """Why-trees, newest first, without their answers."""
    wanted = analysis.Wanted(asked.incident_id, asked.text)
    page = analysis.whys.list_trees(work, wanted, asked.limit, asked.cursor)
    return WhyTreePage(items=[row_body(one) for one in page.items], next_cursor=page.next_cursor)


@router.post("/api/why-trees", status_code=201, response_model=WhyTreeBody)
@door(Action.RESPOND, writes=True)
def add(work: UnitOfWork, body: AddWhysBody) -> Answer:
    """A new why-tree about an incident, seen by whoever sees the incident."""
    tree = analysis.whys.add(work, body.incident_id, analysis_of(body))
    return _answered(work, tree, 201, f"/api/why-trees/{tree.reference}")


@router.get("/api/why-trees/{id}", response_model=WhyTreeBody)
@door(Action.READ)
def show(work: UnitOfWork, name: Name) -> Answer:
    """One why-tree with its answers, what it comes to, and what it still asks for."""
    return _answered(work, analysis.whys.get(work, name))


@router.get("/api/why-trees/{id}/export", response_model=None)
@door(Action.READ)
def export(
    work: UnitOfWork, name: Name, form: Annotated[str, Query(max_length=40)] = "markdown"
) -> Answer:
    """The tree as a file: markdown, mermaid, svg, json or yaml."""
    file = analysis.whys.exported(work, analysis.whys.get(work, name), form)
    return download(file.name, file.media_type, file.content.encode(), is_shown=False)


@router.patch("/api/why-trees/{id}", response_model=WhyTreeBody)
@door(Action.RESPOND, writes=True)
def change(work: UnitOfWork, name: Name, body: WhysSaid, if_match: IfMatch = None) -> Answer:
    """Change what is sent; `whys` is the whole tree. What it is about stays."""
    tree, version = analysis.whys.get(work, name), matched_version(if_match)
    said = analysis_of(body, tree.analysis)
    return _answered(work, analysis.whys.change(work, tree, said, version))


@router.delete("/api/why-trees/{id}", response_model=WhyTreeRow)
@door(Action.RESPOND, writes=True)
def delete(work: UnitOfWork, name: Name, if_match: IfMatch = None) -> WhyTreeRow:
    """Remove a why-tree; the answer says what it was. Postmortems keep what they took of it."""
    tree, version = analysis.whys.get(work, name), matched_version(if_match)
    analysis.whys.delete(work, tree, version)
    return row_body(tree)


def _answered(
    work: UnitOfWork, tree: analysis.StoredWhys, status: int = 200, location: str = ""
) -> Answer:
    return with_etag(tree_body(work, tree), tree.version, status, location)
