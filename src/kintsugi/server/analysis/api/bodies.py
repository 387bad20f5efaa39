"""What the API takes and gives of fault trees."""

from __future__ import annotations

import math
from datetime import datetime

from pydantic import Field

from kintsugi.core.analysis.faulttree.advice import paths_of, recommendations_of
from kintsugi.core.analysis.faulttree.solution import CutSets, Importance, Solution
from kintsugi.kernel.asked import Paged, Searched
from kintsugi.kernel.http import Body
from kintsugi.server.analysis import service as analysis

INFINITE = "infinite"
MOST_ROWS = 500
"""Rows of importance that an answer holds."""


class Filters(Paged):
    incident_id: Searched = ""
    text: Searched = ""


class AddBody(Body):
    title: str
    text: str = Field(
        description="The tree in any form of its files; the short text form is the usual."
    )
    incident_id: str = Field("", description="The id or reference of the incident it is about.")


class ChangeBody(Body):
    title: str | None = None
    text: str | None = None


class SolveBody(Body):
    text: str


class CutSetBody(Body):
    order: int
    probability: float
    events: list[str]


class CutSetsBody(Body):
    count: int | None
    min_order: int | None
    max_order: int | None
    sum_of_probabilities: float | None
    limit: int
    complete: bool
    items: list[CutSetBody]


class ImportanceBody(Body):
    event: str
    probability: float
    birnbaum: float
    criticality: float | None
    fussell_vesely: float | None
    fussell_vesely_is_exact: bool
    dif: float | None
    raw: float | None
    rrw: float | str | None = Field(
        description="`infinite` where without the event nothing happens."
    )
    halved_falls_by: float | None


class SolutionBody(Body):
    top_event: str
    probability: float | None = Field(description="null when only the two bounds are known.")
    probability_low: float
    probability_high: float
    method: dict[str, str]
    coherent: bool
    cut_sets: CutSetsBody
    single_points_of_failure: list[str]
    path_count: int
    paths: list[list[str]]
    recommendations: list[str]
    importance: list[ImportanceBody] | None
    warnings: list[str]
    notes: list[str] = Field(description="What the budget did not reach.")
    seconds: float
    peak_nodes: int


class RowBody(Body):
    id: str
    reference: str
    title: str
    form: str
    incident_id: str | None
    created_at: datetime
    updated_at: datetime
    version: int


class TreePage(Body):
    items: list[RowBody]
    next_cursor: str | None


class TreeBody(RowBody):
    text: str
    solution: SolutionBody


def row_body(tree: analysis.StoredTree) -> RowBody:
    """A tree as lists have it."""
    return RowBody.model_validate(tree, from_attributes=True, extra="ignore")


def tree_body(tree: analysis.StoredTree, solved: analysis.Solved) -> TreeBody:
    """A tree with its answers."""
    row = row_body(tree).model_dump()
    return TreeBody(**row, text=tree.text, solution=solution_body(solved))


def solution_body(solved: analysis.Solved) -> SolutionBody:
    """The answers, in the words of `kintsugi faulttree solve --json`."""
    found = solved.solution
    known, paths = found.probability, paths_of(solved.tree, found.top)
    rows = found.importance
    return SolutionBody(
        top_event=found.top, probability=known.value, probability_low=known.low,
        probability_high=known.high, method=_methods(found), coherent=found.is_coherent,
        cut_sets=_cut_sets(found.cut_sets),
        single_points_of_failure=[one.events[0] for one in found.cut_sets.single_points],
        path_count=paths.count, paths=[list(path) for path in paths.items],
        recommendations=recommendations_of(found),
        importance=[_importance(row) for row in rows[:MOST_ROWS]] if rows is not None else None,
        warnings=list(solved.warnings), notes=list(found.notes), seconds=round(solved.seconds, 4),
        peak_nodes=found.peak_nodes,
    )  # fmt: skip


def _methods(found: Solution) -> dict[str, str]:
    methods = {"probability": found.probability.method, "cutSets": found.cut_sets.method}
    if found.importance is not None:
        is_exact = all(row.fussell_vesely_is_exact for row in found.importance)
        methods["importance"] = "exact"
        methods["fussellVesely"] = "exact" if is_exact else "at most: rare-event sum"
    return methods


def _cut_sets(found: CutSets) -> CutSetsBody:
    items = [
        CutSetBody(order=one.order, probability=one.probability, events=list(one.events))
        for one in found.items
    ]
    return CutSetsBody(
        count=found.count, min_order=found.least_order, max_order=found.most_order,
        sum_of_probabilities=found.weight, limit=found.limit, complete=found.is_whole, items=items,
    )  # fmt: skip


def _importance(row: Importance) -> ImportanceBody:
    return ImportanceBody(
        event=row.event, probability=row.probability, birnbaum=row.birnbaum,
        criticality=row.criticality, fussell_vesely=row.fussell_vesely,
        fussell_vesely_is_exact=row.fussell_vesely_is_exact, dif=row.dif, raw=row.raw,
        rrw=INFINITE if row.rrw == math.inf else row.rrw, halved_falls_by=row.halved,
    )  # fmt: skip
