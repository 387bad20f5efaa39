"""Reading fault trees. A tree about an incident is seen by whoever sees that incident; any other by everybody."""

from __future__ import annotations

from dataclasses import dataclass

from kintsugi.core.analysis.faulttree.validation import top_of
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, either
from kintsugi.formats.faulttree.files import WRITERS
from kintsugi.formats.svg import fault_tree_svg
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.pages import Page, key_of, number_of, page_of
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.analysis.service import solving
from kintsugi.server.analysis.store import trees
from kintsugi.server.analysis.stored import StoredTree, Wanted
from kintsugi.server.incidents import service as incidents


def get(work: UnitOfWork, name: str) -> StoredTree:
    """The tree of an id or reference. Raises NotFound when the viewer sees none."""
    found = trees.find(work.connection, incidents.hidden_ids(work.viewer), clean(name).strip())
    if found is None:
        raise NotFound("there is no such fault tree that you can see")
    return found


def list_trees(
    work: UnitOfWork, wanted: Wanted, limit: int, cursor: str | None = None
) -> Page[StoredTree]:
    """Trees, newest first. Raises InvalidValue for a cursor that is none of ours."""
    before = number_of(key_of(cursor, 1)[0]) if cursor else None
    hidden = incidents.hidden_ids(work.viewer)
    found = trees.listing(work.connection, hidden, wanted, limit + 1, before)
    return page_of(found, limit, lambda tree: (str(tree.number),))


def with_action(work: UnitOfWork, action_id: str) -> list[StoredTree]:
    """The trees that an action has a part in, of those the viewer sees."""
    return trees.with_action(work.connection, incidents.hidden_ids(work.viewer), action_id)


@dataclass(frozen=True, slots=True)
class Happened:
    """Which cut set happened, as a tree says: the top event and the events, in words where they have a label."""

    reference: str
    title: str
    top: str
    events: tuple[str, ...]


def happened_in(work: UnitOfWork, incident_id: str) -> list[Happened]:
    """Which cut sets happened in an incident, which the caller has checked that the viewer sees."""
    found = []
    for stored in trees.happened_in(work.connection, incident_id):
        tree = solving.parsed(stored.text).tree
        labels, top = tree.labels(), top_of(tree)
        events = tuple(labels.get(one, one) for one in stored.happened)
        found.append(Happened(stored.reference, stored.title, labels.get(top, top), events))
    return found


def incident_of(work: UnitOfWork, tree: StoredTree) -> Incident | None:
    """The incident that a tree is about."""
    return incidents.get(work, tree.incident_id) if tree.incident_id else None


@dataclass(frozen=True, slots=True)
class Exported:
    """A tree as a file."""

    name: str
    media_type: str
    content: str


SVG = "svg"
FILES = {
    "text": ("txt", "text/plain"), "yaml": ("yaml", "application/yaml"), "json": ("json", "application/json"),
    "mef": ("xml", "application/xml"), "mermaid": ("mmd", "text/plain"), SVG: ("svg", "image/svg+xml"),
}  # fmt: skip
"""The forms a tree is exported in: how their file ends, and what it holds."""


def exported(tree: StoredTree, form: str) -> Exported:
    """The tree in one of the forms of files. Raises InvalidValue for another."""
    if form not in FILES:
        raise InvalidValue(
            f"{form[:40]!r} is no form of a fault tree", path=("form",), expected=either(list(FILES))
        )  # fmt: skip
    found, (ending, media_type) = solving.parsed(tree.text).tree, FILES[form]
    content = (
        fault_tree_svg(found, top_of(found), is_on_paper=True) if form == SVG else WRITERS[form](found)
    )  # fmt: skip
    return Exported(f"{tree.reference}.{ending}", media_type, content)
