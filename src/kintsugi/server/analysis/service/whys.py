"""Why-trees: kept with an incident, changed by versions, and what they still ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kintsugi.core.analysis.five_whys import Why, walk
from kintsugi.core.analysis.why_analysis import WhyAnalysis, WhyHint, hints
from kintsugi.core.analysis.why_wording import wording_hints
from kintsugi.core.incidents.incident import Entry, Incident
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, either, one_line
from kintsugi.formats.errors import InputError
from kintsugi.formats.svg import why_tree_svg
from kintsugi.formats.whys import read_whys, whys_json, whys_markdown, whys_mermaid, whys_yaml
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.pages import Page, key_of, number_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis.service.reading import Exported
from kintsugi.server.analysis.store import whys as store
from kintsugi.server.analysis.stored import StoredWhys, Wanted
from kintsugi.server.incidents import service as incidents

LONGEST = 200_000
"""Characters of one tree's text."""
LONGEST_PROBLEM = 300
LONGEST_TEXT = 5_000
LONGEST_CATEGORY = 60
MOST_WHYS = 500
MOST_LEVELS = 40
_ENTRY = re.compile(r"entry (\d{1,9})", re.IGNORECASE)


def get(work: UnitOfWork, name: str) -> StoredWhys:
    """The tree of an id or reference. Raises NotFound when the viewer sees none."""
    found = store.find(work.connection, incidents.hidden_ids(work.viewer), clean(name).strip())
    if found is None:
        raise NotFound("there is no such why-tree that you can see")
    return found


def list_trees(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Page[StoredWhys]:
    """Trees, newest first. Raises InvalidValue for a cursor that is none of ours."""
    before = number_of(key_of(cursor, 1)[0]) if cursor else None
    if wanted.incident_id:
        wanted = replace(wanted, incident_id=incidents.id_of(work, wanted.incident_id) or "none")
    hidden = incidents.hidden_ids(work.viewer)
    found = store.listing(work.connection, hidden, wanted, limit + 1, before)
    return page_of(found, limit, lambda tree: (str(tree.number),))


def add(work: UnitOfWork, incident: str, analysis: WhyAnalysis) -> StoredWhys:
    """A new tree about an incident. Raises InvalidValue, NotFound for an incident not seen."""
    if not incident.strip():
        raise InvalidValue(
            "is missing", path=("incidentId",), expected="the incident that the tree is about"
        )
    about = incidents.get(work, incident.strip())
    number = next_number(work.connection, "why_trees")
    tree = StoredWhys(
        id=work.new_id("wt"), number=number, reference=f"WT-{number}", incident_id=about.id,
        analysis=checked(analysis), created_by=work.viewer.user_id, created_at=work.now,
        updated_at=work.now, version=1,
    )  # fmt: skip
    store.insert(work.connection, tree)
    _audit(work, "add", tree)
    return tree


def change(
    work: UnitOfWork, tree: StoredWhys, analysis: WhyAnalysis, expected_version: int
) -> StoredWhys:
    """The tree with what is said in place of all it said. Raises InvalidValue, LostRace."""
    if tree.version != expected_version:
        raise LostRace(plain(tree))
    said = checked(analysis)
    if said == tree.analysis:
        return tree
    if not store.update(work.connection, tree.id, said, expected_version, work.now):
        raise LostRace(plain(get(work, tree.id)))
    _audit(work, "change", tree)
    return get(work, tree.id)


def delete(work: UnitOfWork, tree: StoredWhys, expected_version: int) -> None:
    """No such tree any more; postmortems keep what they took of it. Raises LostRace."""
    is_gone = tree.version == expected_version and store.delete(
        work.connection, tree.id, expected_version
    )
    if not is_gone:
        raise LostRace(plain(tree))
    _audit(work, "delete", tree)


def plain(tree: StoredWhys) -> dict[str, object]:
    """The tree as a refused change tells it."""
    return {
        "reference": tree.reference, "problem": tree.analysis.problem,
        "text": whys_markdown(tree.analysis), "version": tree.version,
    }  # fmt: skip


def _audit(work: UnitOfWork, verb: str, tree: StoredWhys) -> None:
    """The target is the incident, which hides this row with it, also when the tree is gone."""
    work.audit(f"why-tree.{verb}", tree.incident_id, tree=tree.reference)


# --- what may be said -----------------------------------------------------------------------------


def read(text: str) -> WhyAnalysis:
    """The analysis of a text in any form of its files. Raises InvalidValue at `text`, with the line."""
    if len(text) > LONGEST:
        raise InvalidValue(
            f"has {len(text):,} characters", path=("text",), expected=f"at most {LONGEST:,}"
        )
    try:
        return read_whys(text.encode("utf-8", "replace"))[0]
    except InputError as error:
        place = f"line {error.line}: " if error.line else ""
        field = f"{error.field}: " if error.field else ""
        raise InvalidValue(
            f"{place}{field}{error.problem}", path=("text",), expected=error.expected
        ) from error


def within_limits(analysis: WhyAnalysis) -> WhyAnalysis:
    """An analysis of which the problem may still be missing: cleaned, and within limits. Raises InvalidValue."""
    every = list(walk(analysis.whys))
    if len(every) > MOST_WHYS:
        raise InvalidValue(
            f"has {len(every):,} answers", path=("whys",), expected=f"at most {MOST_WHYS}"
        )
    if every and max(level for level, _ in every) > MOST_LEVELS:
        raise InvalidValue("goes deeper than 40 levels", path=("whys",), expected="a shorter chain")
    problem = one_line(clean(analysis.problem)).strip()
    if len(problem) > LONGEST_PROBLEM:
        raise InvalidValue(
            f"has {len(problem)} characters", path=("problem",),
            expected=f"what happened, in 1 to {LONGEST_PROBLEM} characters",
        )  # fmt: skip
    return WhyAnalysis(
        problem, tuple(_checked(why) for why in analysis.whys),
        _text(analysis.halve_detection, "halveDetection"),
        _text(analysis.halve_mitigation, "halveMitigation"),
    )  # fmt: skip


def checked(analysis: WhyAnalysis) -> WhyAnalysis:
    """An analysis as it is kept. Raises InvalidValue."""
    kept = within_limits(analysis)
    if not kept.problem:
        raise InvalidValue(
            "is missing", path=("problem",),
            expected=f"what happened, in 1 to {LONGEST_PROBLEM} characters",
        )  # fmt: skip
    return kept


def _checked(why: Why) -> Why:
    category = one_line(clean(why.category)).strip()
    if len(category) > LONGEST_CATEGORY:
        raise InvalidValue(
            "has a category that is too long", path=("whys",),
            expected=f"at most {LONGEST_CATEGORY} characters",
        )  # fmt: skip
    return replace(
        why, question=_text(why.question, "whys"), answer=_text(why.answer, "whys"),
        evidence=_text(why.evidence, "whys"), category=category,
        whys=tuple(_checked(one) for one in why.whys),
    )  # fmt: skip


def _text(written: str, field: str) -> str:
    found = clean(written).strip()
    if len(found) > LONGEST_TEXT:
        raise InvalidValue(
            f"has a text of {len(found):,} characters", path=(field,),
            expected=f"at most {LONGEST_TEXT:,} each",
        )  # fmt: skip
    return found


# --- what it comes to -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What a tree still asks for, and what its words say of people; about an answer, or the whole."""

    open: tuple[WhyHint, ...]
    wording: tuple[WhyHint, ...]


def asked(work: UnitOfWork, analysis: WhyAnalysis, incident: Incident | None) -> Asked:
    """The hints. SEV-1 and SEV-2 ask for two factors; who wrote in the incident's record is a person by name."""
    people: list[str] = []
    if incident is not None:
        named = {entry.actor for entry in incidents.timeline(work, incident) if entry.actor_id}
        people = sorted(name for name in named if name)
    severity = incident.severity if incident else None
    return Asked(hints(analysis, severity), wording_hints(analysis, people))


def cited(evidence: str) -> int | None:
    """The sequence of the timeline entry that an evidence names: 7 of `entry 7`."""
    found = _ENTRY.fullmatch(evidence.strip())
    return int(found[1]) if found else None


def told(analysis: WhyAnalysis, entries: Sequence[Entry]) -> WhyAnalysis:
    """The analysis with entries of the timeline in words, for who reads it apart from the incident."""
    by_number = {entry.sequence: entry for entry in entries}
    return replace(analysis, whys=tuple(_told(why, by_number) for why in analysis.whys))


def _told(why: Why, entries: Mapping[int, Entry]) -> Why:
    number = cited(why.evidence)
    entry = entries.get(number) if number is not None else None
    evidence = why.evidence
    if entry is not None:
        evidence = f"{entry.happened_at:%Y-%m-%d %H:%M} UTC: {one_line(entry.text)}"
    return replace(why, evidence=evidence, whys=tuple(_told(one, entries) for one in why.whys))


def in_words(work: UnitOfWork, tree: StoredWhys) -> WhyAnalysis:
    """The tree's analysis as a document holds it."""
    incident = incidents.get(work, tree.incident_id)
    return told(tree.analysis, incidents.timeline(work, incident))


SVG = "svg"
FILES = {
    "markdown": ("md", "text/markdown"), "mermaid": ("mmd", "text/plain"), SVG: ("svg", "image/svg+xml"),
    "json": ("json", "application/json"), "yaml": ("yaml", "application/yaml"),
}  # fmt: skip
"""The forms a tree is exported in: how their file ends, and what it holds."""
_WRITERS = {
    "markdown": whys_markdown, "mermaid": whys_mermaid, "json": whys_json, "yaml": whys_yaml,
}  # fmt: skip


def exported(work: UnitOfWork, tree: StoredWhys, form: str) -> Exported:
    """The tree in one of the forms of files. Raises InvalidValue for another."""
    if form not in FILES:
        raise InvalidValue(
            f"{form[:40]!r} is no form of a why-tree", path=("form",), expected=either(list(FILES))
        )
    ending, media_type = FILES[form]
    analysis = in_words(work, tree)
    content = why_tree_svg(analysis, is_on_paper=True) if form == SVG else _WRITERS[form](analysis)
    return Exported(f"{tree.reference}.{ending}", media_type, content)
