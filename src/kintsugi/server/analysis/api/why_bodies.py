"""What the API takes and gives of why-trees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from kintsugi.core.analysis.five_whys import Confidence, Why
from kintsugi.core.analysis.why_analysis import (
    WhyAnalysis,
    WhyHint,
    as_guide,
    factors,
    open_ends,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.kernel.asked import Paged, Searched
from kintsugi.kernel.http import Body
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.incidents import service as incidents


class WhyFilters(Paged):
    incident_id: Searched = ""
    text: Searched = ""


class WhyBody(Body):
    question: str
    answer: str = ""
    evidence: str = Field(
        "", description="A link, `entry 7` of the incident's timeline, or `belief`."
    )
    category: str = Field("", description="A factor category.")
    is_actionable: bool = Field(
        False, description="People say: actionable, and within our control."
    )
    confidence: Confidence | None = None
    whys: tuple[WhyBody, ...] = ()


class WhysSaid(Body):
    problem: str | None = None
    whys: tuple[WhyBody, ...] | None = None
    halve_detection: str | None = Field(None, description="What would halve the time to detect.")
    halve_mitigation: str | None = Field(None, description="What would halve the time to mitigate.")
    text: str | None = Field(
        None, description="Or all of it as a file: a Markdown outline, YAML or JSON."
    )


class AddWhysBody(WhysSaid):
    incident_id: str = Field(description="The id or reference of the incident it is about.")


class HintBody(Body):
    text: str
    reason: str
    about: str


class LevelBody(Body):
    level: int
    question: str
    answer: str


class FactorBody(Body):
    text: str
    category: str


class WhyTreeRow(Body):
    id: str
    reference: str
    problem: str
    incident_id: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class WhyTreeBody(WhyTreeRow):
    whys: tuple[WhyBody, ...]
    halve_detection: str
    halve_mitigation: str
    analysis: list[LevelBody]
    root_cause: str | None
    depth: int
    recommendations: list[str]
    factors: list[FactorBody]
    open_ends: list[str]
    hints: list[HintBody]
    wording: list[HintBody] = Field(description="What its words say of people, and what to ask.")


class WhyTreePage(Body):
    items: list[WhyTreeRow]
    next_cursor: str | None


def analysis_of(said: WhysSaid, before: WhyAnalysis | None = None) -> WhyAnalysis:
    """What is said, over what stood before. Raises InvalidValue."""
    if said.text is not None:
        if any(one is not None for one in (said.problem, said.whys)):
            raise InvalidValue(
                "stands beside problem or whys", path=("text",), expected="one of the two ways"
            )
        return analysis.whys.read(said.text)
    old = before or WhyAnalysis("")
    return WhyAnalysis(
        old.problem if said.problem is None else said.problem,
        old.whys if said.whys is None else tuple(_why(one) for one in said.whys),
        old.halve_detection if said.halve_detection is None else said.halve_detection,
        old.halve_mitigation if said.halve_mitigation is None else said.halve_mitigation,
    )


def _why(body: WhyBody) -> Why:
    return Why(
        body.question, body.answer, body.evidence, body.category, body.is_actionable,
        tuple(_why(one) for one in body.whys), body.confidence,
    )  # fmt: skip


def _body(why: Why) -> WhyBody:
    return WhyBody(
        question=why.question, answer=why.answer, evidence=why.evidence, category=why.category,
        is_actionable=why.is_actionable, confidence=why.confidence,
        whys=tuple(_body(one) for one in why.whys),
    )  # fmt: skip


def row_body(tree: analysis.StoredWhys) -> WhyTreeRow:
    """A tree without its answers, for lists."""
    return WhyTreeRow.model_validate(_row(tree))


def _row(tree: analysis.StoredWhys) -> dict[str, object]:
    return {
        "id": tree.id, "reference": tree.reference, "problem": tree.analysis.problem,
        "incident_id": tree.incident_id, "created_by": tree.created_by,
        "created_at": tree.created_at, "updated_at": tree.updated_at, "version": tree.version,
    }  # fmt: skip


def tree_body(work: UnitOfWork, tree: analysis.StoredWhys) -> WhyTreeBody:
    """A tree with what it comes to, and what it still asks for."""
    found = tree.analysis
    asked = analysis.whys.asked(work, found, incidents.get(work, tree.incident_id))
    guide = as_guide(found)
    return WhyTreeBody.model_validate(
        _row(tree) | {
            "whys": tuple(_body(one) for one in found.whys),
            "halve_detection": found.halve_detection, "halve_mitigation": found.halve_mitigation,
            "analysis": guide["analysis"], "root_cause": guide["root_cause"],
            "depth": guide["depth"], "recommendations": guide["recommendations"],
            "factors": [{"text": one.text, "category": one.category} for one in factors(found)],
            "open_ends": [one.answer or one.question for one in open_ends(found)],
            "hints": _hints(asked.open), "wording": _hints(asked.wording),
        }
    )  # fmt: skip


def _hints(found: Sequence[WhyHint]) -> list[dict[str, str]]:
    return [{"text": one.text, "reason": one.reason, "about": one.about} for one in found]
