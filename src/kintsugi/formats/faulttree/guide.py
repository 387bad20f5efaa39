"""The guide's fault tree: nodes with `description`, `node_type`, `probability` and `children`, one in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kintsugi.core.analysis.faulttree.model import BasicEvent, FaultTree, Gate, GateKind
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats import scalars

KEYS = ("description", "node_type", "probability", "children")
KINDS = {"and": GateKind.AND, "or": GateKind.OR}
Path = tuple[str | int, ...]


def is_guide(data: object) -> bool:
    """Whether data looks like a node of the guide's."""
    return isinstance(data, Mapping) and (
        "node_type" in data or {"description", "children"} <= set(data)
    )


@dataclass(slots=True)
class GuideTree:
    """What a walk through the nodes found, with the path to each name."""

    gates: list[Gate] = field(default_factory=list)
    events: dict[str, BasicEvent] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def tree(self) -> FaultTree:
        """The tree; its top is the root of the nodes."""
        return FaultTree(
            top=self.gates[0].name, gates=tuple(self.gates), events=tuple(self.events.values())
        )


def read_guide(data: object) -> GuideTree:
    """The tree of the guide's nodes. Raises InvalidValue with the path of a node that cannot be.

    The guide's own code lets a probability win over children, takes an event with children for impossible,
    and one that says nothing of itself too: each is refused here.
    """
    found = GuideTree()
    waiting: list[tuple[object, Path]] = [(data, ())]
    while waiting:
        node, path = waiting.pop()
        name, kind, probability, children = _parts(node, path)
        if not children:
            _add_event(found, name, kind, probability, path)
            continue
        if probability is not None:
            raise InvalidValue(
                f"{name!r} has both a gate and a probability", path=path,
                expected="children or a probability, not both: the guide's code lets the probability win",
            )  # fmt: skip
        if kind == "event" and len(children) > 1:
            raise InvalidValue(
                f"{name!r} is an event with {len(children)} children", path=path,
                expected="and or or as node_type, or one child",
            )  # fmt: skip
        if name in found.paths:
            raise InvalidValue(
                f"{name!r} stands twice, once with children",
                path=path,
                expected="a description for each gate",
            )
        names = tuple(_parts(each, (*path, "children", n))[0] for n, each in enumerate(children))
        found.gates.append(Gate(name, KINDS.get(kind, GateKind.OR), names))
        found.paths[name] = path
        waiting += [
            (each, (*path, "children", n)) for n, each in reversed(list(enumerate(children)))
        ]
    if not found.gates:
        raise InvalidValue("the tree has no gates", expected="a node with children")
    return found


def _parts(node: object, path: Path) -> tuple[str, str, float | None, list[object]]:
    if not isinstance(node, Mapping):
        raise InvalidValue(
            f"{scalars.shown(node)} is not a node", path=path, expected=", ".join(KEYS)
        )
    for key in node:
        if key not in KEYS:
            raise InvalidValue(
                "is not a key here", path=(*path, str(key)[:60]), expected=", ".join(KEYS)
            )
    name = node.get("description")
    if not isinstance(name, str) or not name.strip():
        raise InvalidValue(
            "is missing", path=(*path, "description"), expected="what the node stands for"
        )
    kind = node.get("node_type", "event")
    if kind not in ("event", *KINDS):
        raise InvalidValue(
            f"{scalars.shown(kind)} is not known",
            path=(*path, "node_type"),
            expected="event, and or or",
        )
    probability = node.get("probability")
    if probability is not None and (
        isinstance(probability, bool) or not isinstance(probability, int | float)
    ):
        raise InvalidValue(
            f"{scalars.shown(probability)} is not a number",
            path=(*path, "probability"),
            expected="0 to 1",
        )
    children = node.get("children") or []
    if not isinstance(children, list):
        raise InvalidValue(
            f"{scalars.shown(children)} is not a list",
            path=(*path, "children"),
            expected="a list of nodes",
        )
    return name.strip(), str(kind), probability, children


def _add_event(
    found: GuideTree, name: str, kind: str, probability: float | None, path: Path
) -> None:
    if kind != "event":
        raise InvalidValue("the gate has no inputs", path=path, expected="at least one child")
    if probability is None:
        raise InvalidValue(
            f"{name!r} has neither children nor a probability", path=path, expected="one of the two"
        )
    before = found.events.get(name)
    if before is None and name not in found.paths:
        found.events[name] = BasicEvent(name, float(probability))
        found.paths[name] = path
    elif before is None or before.probability != probability:
        raise InvalidValue(
            f"{name!r} stands twice, and differs",
            path=path,
            expected="one event, or two descriptions",
        )
    else:
        found.notes.append(
            f"{name!r} stands twice and is one event: it fails in both places at once"
        )
