"""Writing fault trees: a new one, another text for one, and one less."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kintsugi.core.shared.text import clean
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis.service import checking, holding, reading, solving
from kintsugi.server.analysis.store import trees
from kintsugi.server.analysis.stored import USUAL_EXPOSURE, Link, Measure, StoredTree
from kintsugi.server.incidents import service as incidents


@dataclass(frozen=True, slots=True)
class Draft:
    """A new tree. `incident` is the id or reference of what it is about; empty for none.

    In `measures` an action may be named by its reference.
    """

    title: str
    text: str
    incident: str = ""
    exposure_days: int = USUAL_EXPOSURE
    links: tuple[Link, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """New values for a tree; None leaves what stands."""

    title: str | None = None
    text: str | None = None
    exposure_days: int | None = None
    links: tuple[Link, ...] | None = None
    measures: tuple[Measure, ...] | None = None
    happened: tuple[str, ...] | None = None


def add(work: UnitOfWork, draft: Draft) -> StoredTree:
    """A new tree. Raises InvalidValue for one that cannot be solved, NotFound for an incident not seen."""
    title, text = checking.title(draft.title), clean(draft.text)
    form = solving.parsed(text).form
    about = incidents.get(work, draft.incident).id if draft.incident else None
    number = next_number(work.connection, "fault_trees")
    tree = StoredTree(
        id=work.new_id("ft"), number=number, reference=f"FT-{number}", title=title, text=text, form=form,
        incident_id=about, created_by=work.viewer.user_id, created_at=work.now, updated_at=work.now,
        version=1, exposure_days=checking.exposure(draft.exposure_days),
        links=checking.links(draft.links), measures=checking.measures(work, draft.measures, about),
    )  # fmt: skip
    trees.insert(work.connection, tree)
    _audit(work, "add", tree)
    _tell_actions(work, tree.measures)
    return tree


def change(work: UnitOfWork, tree: StoredTree, said: Changes, expected_version: int) -> StoredTree:
    """The tree with what is said. Raises InvalidValue for one that cannot be solved, LostRace.

    A cut set that happened and that another text no longer has is forgotten, as the audit log says.
    """
    if tree.version != expected_version:
        raise LostRace(plain(tree))
    changed = _changed(work, tree, said)
    fields = [name for name in CHANGING if getattr(changed, name) != getattr(tree, name)]
    if not fields:
        return tree
    if not trees.update(work.connection, changed, expected_version, work.now):
        raise LostRace(plain(reading.get(work, tree.id)))
    _audit(work, "change", tree, fields=fields)
    _tell_actions(work, (*tree.measures, *changed.measures))
    return reading.get(work, tree.id)


CHANGING = ("title", "text", "exposure_days", "links", "measures", "happened")


def _changed(work: UnitOfWork, tree: StoredTree, said: Changes) -> StoredTree:
    about = tree.incident_id
    if said.title is not None:
        tree = replace(tree, title=checking.title(said.title))
    if said.text is not None:
        text = clean(said.text)
        tree = replace(tree, text=text, form=solving.parsed(text).form)
        tree = replace(tree, happened=checking.still_happened(tree))
    if said.exposure_days is not None:
        tree = replace(tree, exposure_days=checking.exposure(said.exposure_days))
    if said.links is not None:
        tree = replace(tree, links=checking.links(said.links))
    if said.measures is not None:
        measures = checking.measures(work, said.measures, about, tree.measures)
        tree = replace(tree, measures=measures)
    if said.happened is not None:
        tree = replace(tree, happened=checking.happened(tree, said.happened))
    return tree


def delete(work: UnitOfWork, tree: StoredTree, expected_version: int) -> None:
    """No such tree any more. Raises LostRace."""
    is_gone = tree.version == expected_version and trees.delete(
        work.connection, tree.id, expected_version
    )
    if not is_gone:
        raise LostRace(plain(tree))
    _audit(work, "delete", tree)
    _tell_actions(work, tree.measures)


def _tell_actions(work: UnitOfWork, measures: tuple[Measure, ...]) -> None:
    holding.recount_worth(work, sorted({one.action_id for one in measures}))


def plain(tree: StoredTree) -> dict[str, object]:
    """The tree as a refused change tells it."""
    return {
        "reference": tree.reference, "title": tree.title, "text": tree.text,
        "exposureDays": tree.exposure_days, "version": tree.version,
    }  # fmt: skip


def _audit(work: UnitOfWork, verb: str, tree: StoredTree, **detail: object) -> None:
    """The target is the incident where there is one, which hides this row with it, also when the tree is gone."""
    work.audit(f"fault-tree.{verb}", tree.incident_id or tree.id, tree=tree.reference, **detail)
