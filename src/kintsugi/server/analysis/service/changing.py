"""Writing fault trees: a new one, another text for one, and one less."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, one_line
from kintsugi.kernel.counters import next_number
from kintsugi.kernel.http import LostRace
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis import store
from kintsugi.server.analysis.service import reading, solving
from kintsugi.server.analysis.stored import StoredTree
from kintsugi.server.incidents import service as incidents

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A new tree. `incident` is the id or reference of what it is about; empty for none."""

    title: str
    text: str
    incident: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """New values for a tree; None leaves what stands."""

    title: str | None = None
    text: str | None = None


def add(work: UnitOfWork, draft: Draft) -> StoredTree:
    """A new tree. Raises InvalidValue for one that cannot be solved, NotFound for an incident not seen."""
    title, text = _title(draft.title), clean(draft.text)
    form = solving.parsed(text).form
    about = incidents.get(work, draft.incident).id if draft.incident else None
    number = next_number(work.connection, "fault_trees")
    tree = StoredTree(
        id=work.new_id("ft"), number=number, reference=f"FT-{number}", title=title, text=text, form=form,
        incident_id=about, created_by=work.viewer.user_id, created_at=work.now, updated_at=work.now,
        version=1,
    )  # fmt: skip
    store.insert(work.connection, tree)
    _audit(work, "add", tree)
    return tree


def change(work: UnitOfWork, tree: StoredTree, said: Changes, expected_version: int) -> StoredTree:
    """The tree with another title or text. Raises InvalidValue for one that cannot be solved, LostRace."""
    if tree.version != expected_version:
        raise LostRace(plain(tree))
    values: dict[str, object] = {}
    if said.title is not None:
        values["title"] = _title(said.title)
    if said.text is not None:
        text = clean(said.text)
        values |= {"text": text, "form": solving.parsed(text).form}
    fields = sorted(name for name, value in values.items() if value != getattr(tree, name))
    if not fields:
        return tree
    if not store.update(work.connection, tree.id, expected_version, work.now, values):
        raise LostRace(plain(reading.get(work, tree.id)))
    _audit(work, "change", tree, fields=fields)
    return reading.get(work, tree.id)


def delete(work: UnitOfWork, tree: StoredTree, expected_version: int) -> None:
    """No such tree any more. Raises LostRace."""
    is_gone = tree.version == expected_version and store.delete(
        work.connection, tree.id, expected_version
    )
    if not is_gone:
        raise LostRace(plain(tree))
    _audit(work, "delete", tree)


def plain(tree: StoredTree) -> dict[str, object]:
    """The tree as a refused change tells it."""
    return asdict(tree)


def _audit(work: UnitOfWork, verb: str, tree: StoredTree, **detail: object) -> None:
    """The target is the incident where there is one, which hides this row with it, also when the tree is gone."""
    work.audit(f"fault-tree.{verb}", tree.incident_id or tree.id, tree=tree.reference, **detail)


def _title(written: str) -> str:
    title = one_line(clean(written)).strip()
    if not title:
        raise InvalidValue("is missing", path=("title",), expected="what the top event is about")
    if len(title) > LONGEST_TITLE:
        raise InvalidValue(
            f"has {len(title):,} characters", path=("title",), expected=f"at most {LONGEST_TITLE}"
        )
    return title
