"""What the pages show of a why-tree: its answers in words, the drawing, and what it still asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES
from kintsugi.core.analysis.five_whys import BELIEF, Confidence, Why, depth_of, walk
from kintsugi.core.analysis.why_analysis import (
    WhyAnalysis,
    WhyHint,
    causes,
    factors,
    recommendations,
)
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.shared.text import one_line, plural, shortened
from kintsugi.formats.svg import why_tree_svg
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import service as analysis
from kintsugi.server.incidents import service as incidents

DEEPEST = 8
"""Levels that are drawn further in; what is deeper stands under the last."""
MOST_OFFERED = 200
"""Entries of the timeline that are offered as evidence: the latest."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer in words; `evidence` is a text, with an address where it has one."""

    level: int
    question: str
    answer: str
    marks: str
    evidence: str
    href: str
    is_actionable: bool


@dataclass(frozen=True, slots=True)
class HintRow:
    """What is asked, and about which answers with which reason each."""

    text: str
    about: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FoundWhys:
    """What a why-tree comes to, as a page shows it."""

    glance: tuple[tuple[str, str, str], ...]
    answers: tuple[AnswerRow, ...]
    hints: tuple[HintRow, ...]
    wording: tuple[tuple[str, str, str], ...]
    advice: tuple[str, ...]
    drawing: Markup


def found_of(work: UnitOfWork, said: WhyAnalysis, incident: Incident | None) -> FoundWhys:
    """The answers for a page. `incident` is what it is about, where it is known already."""
    entries = incidents.timeline(work, incident) if incident else ()
    asked = analysis.whys.asked(work, said, incident)
    by_number = {entry.sequence: entry for entry in entries}
    stopped = causes(said)
    return FoundWhys(
        glance=_glance(said),
        answers=tuple(_row(level, why, by_number, incident) for level, why in walk(said.whys)),
        hints=_grouped(asked.open),
        wording=tuple((one.text, one.reason, shortened(one.about, 120)) for one in asked.wording),
        advice=recommendations(said) if stopped else (),
        drawing=Markup(why_tree_svg(said)),  # noqa: S704 - every text in it is escaped where it is drawn
    )  # fmt: skip


def _glance(said: WhyAnalysis) -> tuple[tuple[str, str, str], ...]:
    every = [why for _, why in walk(said.whys)]
    found = factors(said)
    kinds = {one.category for one in found if one.category}
    shown = sum(1 for why in every if why.evidence and why.evidence.casefold() != BELIEF)
    return (
        ("Can be acted on", str(len(causes(said))), ""),
        ("Contributing factors", str(len(found)), f"of {plural(len(kinds), 'kind')}"),
        ("Answers", str(len(every)), f"{depth_of(said.whys)} deep, {shown} shown by something"),
    )


def _row(
    level: int, why: Why, entries: Mapping[int, Entry], incident: Incident | None
) -> AnswerRow:
    category = FACTOR_CATEGORIES.get(why.category, why.category.replace("_", " "))
    sure = f"{why.confidence.value} confidence" if why.confidence else ""
    evidence, href = why.evidence, ""
    number = analysis.whys.cited(evidence)
    entry = entries.get(number) if number is not None else None
    if entry is not None and incident is not None:
        evidence = shortened(one_line(entry.text), 120)
        href = f"/incidents/{incident.reference}#e-{entry.sequence}"
    elif evidence.startswith(("https://", "http://")):
        evidence, href = shortened(evidence, 80), evidence
    return AnswerRow(
        min(level, DEEPEST), one_line(why.question) or "Why?", one_line(why.answer),
        ", ".join(mark for mark in (category, sure) if mark), evidence, href, why.is_actionable,
    )  # fmt: skip


def _grouped(found: Sequence[WhyHint]) -> tuple[HintRow, ...]:
    told: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        told.setdefault(one.text, []).append((shortened(one.about, 120), one.reason))
    return tuple(HintRow(text, tuple(about)) for text, about in told.items())


def evidence_offered(work: UnitOfWork, incident: Incident | None) -> list[tuple[str, Entry]]:
    """The entries of the timeline that may be chosen as evidence, with what choosing them writes."""
    if incident is None:
        return []
    entries = incidents.timeline(work, incident)[-MOST_OFFERED:]
    return [(f"entry {entry.sequence}", entry) for entry in entries]


def choices() -> dict[str, list[tuple[str, str]]]:
    """The words to choose from in an answer's row: kinds, and how sure."""
    return {
        "categories": list(FACTOR_CATEGORIES.items()),
        "confidences": [(one.value, one.value.capitalize()) for one in Confidence],
    }
