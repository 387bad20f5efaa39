"""From a record to a structured, scored postmortem: the generator seed's main job."""

from __future__ import annotations

from dataclasses import dataclass

from kintsugi.core.incidents.severity_score import SeverityScore, severity_score
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.quality import Completeness, assess_basic
from kintsugi.core.postmortems.sections import SectionRegistry
from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS


@dataclass(frozen=True, slots=True)
class BuiltSection:
    """A section as built for one postmortem."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class GeneratedPostmortem:
    """The postmortem with its built sections and its two scores."""

    postmortem: Postmortem
    sections: tuple[BuiltSection, ...]
    severity_score: SeverityScore
    completeness: Completeness


def generate(
    postmortem: Postmortem, sections: SectionRegistry = SEED_SECTIONS
) -> GeneratedPostmortem:
    """Build every section of the registry, in its order, and score the record."""
    built = tuple(BuiltSection(part.name, part.title, part.build(postmortem)) for part in sections)
    return GeneratedPostmortem(
        postmortem, built, severity_score(postmortem.impact), assess_basic(postmortem)
    )
