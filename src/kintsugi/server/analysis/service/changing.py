"""Writing fault trees: a new one, another text for one, and one less."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kintsugi.core.shared.text import clean
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import store
from kintsugi.server.analysis.service import checking, holding, reading, solving
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
    store.insert(work.connection, tree)
    _audit(work, "add", tree)
    _tell_actions(work, tree.measures)
    return tree


def change(work: UnitOfWork, tree: StoredTree, said: Changes, expected_version: int) -> StoredTree:
    """The tree with another title or text. Raises InvalidValue for one that cannot be solved, LostRace."""
    if tree.version != expected_version:
        raise LostRace(plain(tree))
    values: dict[str, object] = {}
    if said.title is not None:
        values["title"] = checking.title(said.title)
    if said.text is not None:
        text = clean(said.text)
        values |= {"text": text, "form": solving.parsed(text).form}
    if said.exposure_days is not None:
        values["exposure_days"] = checking.exposure(said.exposure_days)
    if said.links is not None:
        values["links"] = checking.links(said.links)
    if said.measures is not None:
        values["measures"] = checking.measures(work, said.measures, tree.incident_id, tree.measures)
    fields = sorted(name for name, value in values.items() if value != getattr(tree, name))
    if not fields:
        return tree
    columns = {name: value for name, value in values.items() if name not in ("links", "measures")}
    if not store.update(work.connection, tree.id, expected_version, work.now, columns):
        raise LostRace(plain(reading.get(work, tree.id)))
    changed = replace(tree, **values)  # type: ignore[arg-type] # by the names of its fields
    store.put_links(work.connection, tree.id, changed.links)
    store.put_measures(work.connection, tree.id, changed.measures)
    _audit(work, "change", tree, fields=fields)
    _tell_actions(work, (*tree.measures, *changed.measures))
    return reading.get(work, tree.id)


def delete(work: UnitOfWork, tree: StoredTree, expected_version: int) -> None:
    """No such tree any more. Raises LostRace."""
    is_gone = tree.version == expected_version and store.delete(
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
