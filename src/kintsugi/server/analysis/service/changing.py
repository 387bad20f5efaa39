"""Writing fault trees: a new one, another text for one, and one less."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kintsugi.core.shared.text import clean
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis.service import checking, holding, reading, solving
from kintsugi.server.analysis.service.worth import Worth, put, worth_of
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


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a change comes to, worked out before it is made: the answers about the tree as it will be, and what
    the actions that it concerns buy then. `version` is that of the tree it was worked out from, 0 for a new one.
    """

    version: int
    worth: Worth
    held: holding.Held


@dataclass(frozen=True, slots=True)
class Without:
    """What the actions of a tree at this version buy when it is gone."""

    version: int
    worth: Worth


def before_adding(work: UnitOfWork, draft: Draft) -> Ahead:
    """What adding a tree comes to. Raises InvalidValue, NotFound as `add` does."""
    tree = _drafted(work, draft)
    held = holding.answered(work, tree.model)  # first, since what actions buy begins with it
    return Ahead(0, worth_of(work, _concerned(tree.measures), tree), held)


def before_changing(
    work: UnitOfWork, tree: StoredTree, said: Changes, expected_version: int
) -> Ahead:
    """What changing a tree comes to. Raises InvalidValue, LostRace as `change` does."""
    if tree.version != expected_version:
        raise LostRace(plain(tree))
    changed = _changed(work, tree, said)
    held = holding.answered(work, changed.model)
    concerned = _concerned((*tree.measures, *changed.measures))
    worth = worth_of(work, concerned, changed) if changed.model != tree.model else {}
    return Ahead(tree.version, worth, held)


def before_deleting(work: UnitOfWork, tree: StoredTree, expected_version: int) -> Without:
    """What it comes to that a tree goes. Raises LostRace."""
    if tree.version != expected_version:
        raise LostRace(plain(tree))
    return Without(tree.version, worth_of(work, _concerned(tree.measures), without=tree.id))


def add(work: UnitOfWork, draft: Draft, ahead: Ahead) -> StoredTree:
    """A new tree. Raises InvalidValue for one that cannot be solved, NotFound for an incident not seen."""
    number = next_number(work.connection, "fault_trees")
    tree = replace(
        _drafted(work, draft), id=work.new_id("ft"), number=number, reference=f"FT-{number}"
    )
    trees.insert(work.connection, tree)
    _audit(work, "add", tree)
    put(work, ahead.worth)
    return tree


def _drafted(work: UnitOfWork, draft: Draft) -> StoredTree:
    """The tree of a draft, which has no id and no number yet."""
    title, text = checking.title(draft.title), clean(draft.text)
    form = solving.parsed(text).form
    about = incidents.get(work, draft.incident).id if draft.incident else None
    return StoredTree(
        id="", number=0, reference="", title=title, text=text, form=form,
        incident_id=about, created_by=work.viewer.user_id, created_at=work.now, updated_at=work.now,
        version=1, exposure_days=checking.exposure(draft.exposure_days),
        links=checking.links(draft.links), measures=checking.measures(work, draft.measures, about),
    )  # fmt: skip


def change(
    work: UnitOfWork, tree: StoredTree, said: Changes, expected_version: int, ahead: Ahead
) -> StoredTree:
    """The tree with what is said. Raises InvalidValue for one that cannot be solved, LostRace.

    A cut set that happened and that another text no longer has is forgotten, as the audit log says.
    """
    if tree.version != expected_version or tree.version != ahead.version:
        raise LostRace(plain(tree))
    changed = _changed(work, tree, said)
    fields = [name for name in CHANGING if getattr(changed, name) != getattr(tree, name)]
    if not fields:
        return tree
    if not trees.update(work.connection, changed, expected_version, work.now):
        raise LostRace(plain(reading.get(work, tree.id)))
    _audit(work, "change", tree, fields=fields)
    put(work, ahead.worth)
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


def delete(work: UnitOfWork, tree: StoredTree, expected_version: int, ahead: Without) -> None:
    """No such tree any more. Raises LostRace."""
    is_gone = tree.version == expected_version == ahead.version and trees.delete(
        work.connection, tree.id, expected_version
    )
    if not is_gone:
        raise LostRace(plain(tree))
    _audit(work, "delete", tree)
    put(work, ahead.worth)


def _concerned(measures: Iterable[Measure]) -> set[str]:
    return {one.action_id for one in measures}


def plain(tree: StoredTree) -> dict[str, object]:
    """The tree as a refused change tells it."""
    return {
        "reference": tree.reference, "title": tree.title, "text": tree.text,
        "exposureDays": tree.exposure_days, "version": tree.version,
    }  # fmt: skip


def _audit(work: UnitOfWork, verb: str, tree: StoredTree, **detail: object) -> None:
    """The target is the incident where there is one, which hides this row with it, also when the tree is gone."""
    work.audit(f"fault-tree.{verb}", tree.incident_id or tree.id, tree=tree.reference, **detail)
