"""Fault trees from the Open-PSA Model Exchange Format (2.0d), the XML that tools of the field exchange."""

from __future__ import annotations

from collections.abc import Iterator

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    GateKind,
    HouseEvent,
)
from kintsugi.formats.errors import InputError
from kintsugi.formats.faulttree.mef_expressions import Expressions
from kintsugi.formats.faulttree.tree_file import Nested, Path, TreeFile
from kintsugi.formats.faulttree.xml_nodes import Node, read_xml

FORM = "mef"
ROOT = "opsa-mef"
KINDS = {kind.value: kind for kind in GateKind}
NAMED = ("gate", "basic-event", "house-event", "event")
WRAPPERS = (ROOT, "define-fault-tree", "define-component", "model-data")
PASSED_OVER = ("label", "attributes")


def read_mef(content: bytes, *, file: str = "") -> TreeFile:
    """The fault tree of a model; all trees of the file count as one. Raises InputError with the line."""
    return _Reader(read_xml(content, file=file), file).read()


class _Reader:
    def __init__(self, root: Node, file: str) -> None:
        self.file = file
        if root.tag != ROOT:
            raise self._refused(root, f"the root is <{root.tag[:60]}>", f"<{ROOT}>")
        self.parts = list(_parts(root))
        self.by_tag: dict[str, list[Node]] = {}
        for part in self.parts:
            self.by_tag.setdefault(part.tag, []).append(part)
        parameters = {_name(part): part for part in self.by_tag.get("define-parameter", ())}
        self.expressions = Expressions(parameters, self._refused)
        self.nested = Nested({_name(part) for part in self.parts})
        self.known = set(self.nested.taken)
        self.lines = {_name(part): part.line for part in reversed(self.parts)}
        self.constants: dict[str, HouseEvent] = {}

    def _refused(self, node: Node, problem: str, expected: str) -> InputError:
        return InputError(problem, file=self.file, line=node.line, expected=expected)

    def read(self) -> TreeFile:
        gates: list[Gate] = []
        for part in self.by_tag.get("define-gate", ()):
            gates.append(self._gate(part))
            gates += self.nested.gates
            self.nested.gates = []
        events = [self._event(part) for part in self.by_tag.get("define-basic-event", ())]
        groups = []
        for part in self.by_tag.get("define-CCF-group", ()):
            group, members = self._group(part)
            groups.append(group)
            known = {event.name: place for place, event in enumerate(events)}
            for event in members:
                if event.name in known:
                    events[known[event.name]] = event
                else:
                    events.append(event)
        houses = [self._house(part) for part in self.by_tag.get("define-house-event", ())]
        trees = self.by_tag.get("define-fault-tree", [])
        name = _name(trees[0]) if len(trees) == 1 else ""
        tree = FaultTree(
            name,
            "",
            tuple(gates),
            tuple(events),
            (*houses, *self.constants.values()),
            tuple(groups),
        )
        return TreeFile(tree, FORM, self.file, tuple(self._notes()), self._line_of)

    def _line_of(self, path: Path) -> int:
        return self.lines.get(str(path[1]), 0) if len(path) > 1 else 0

    def _notes(self) -> Iterator[str]:
        read = {
            "define-gate", "define-basic-event", "define-house-event", "define-parameter", "define-CCF-group",
            "define-fault-tree", "define-component",
        }  # fmt: skip
        for tag in sorted(set(self.by_tag) - read):
            yield f"<{tag}> is not read ({len(self.by_tag[tag]):,} of them)"
        yield from sorted(self.expressions.notes)

    def _gate(self, part: Node) -> Gate:
        name = _name(part)
        formulas = [each for each in part.nodes if each.tag not in PASSED_OVER]
        if len(formulas) != 1:
            raise self._refused(part, f"the gate {name[:60]!r} has {len(formulas)} formulas", "one")
        formula, label = formulas[0], _label(part)
        if formula.tag in (*NAMED, "constant"):
            return Gate(name, GateKind.OR, (self._leaf(formula),), 0, label)
        kind, inputs, least = self._formula(name, formula)
        return Gate(name, kind, tuple(inputs), least, label)

    def _formula(self, parent: str, formula: Node) -> tuple[GateKind, list[str], int]:
        """What a formula is, its nested ones made gates first: the deepest first, without recursion."""
        order: list[Node] = []
        waiting = [formula]
        while waiting:
            node = waiting.pop()
            order.append(node)
            waiting += [each for each in node.nodes if each.tag not in (*NAMED, "constant")]
        made: dict[int, str] = {}
        for node in reversed(order[1:]):
            kind, inputs, least = self._operator(parent, node, made)
            made[id(node)] = self.nested.add(parent, kind, inputs, least)
        return self._operator(parent, formula, made)

    def _operator(
        self, parent: str, node: Node, made: dict[int, str]
    ) -> tuple[GateKind, list[str], int]:
        inputs = [made[id(each)] if id(each) in made else self._leaf(each) for each in node.nodes]
        kind = KINDS.get(node.tag)
        if kind is not None:
            least = self._count(node, "min") if kind is GateKind.ATLEAST else 0
            return kind, inputs, least
        if node.tag == "imply" and len(inputs) == 2:
            return GateKind.OR, [self.nested.add(parent, GateKind.NOT, inputs[:1]), inputs[1]], 0
        if node.tag == "iff" and len(inputs) == 2:
            return GateKind.NOT, [self.nested.add(parent, GateKind.XOR, inputs)], 0
        if node.tag == "cardinality":
            least, most = self._count(node, "min"), self._count(node, "max")
            few = [] if least < 1 else [self.nested.add(parent, GateKind.ATLEAST, inputs, least)]
            if most < len(inputs):
                many = self.nested.add(parent, GateKind.ATLEAST, inputs, most + 1)
                few.append(self.nested.add(parent, GateKind.NOT, [many]))
            if few:
                return GateKind.AND, few, 0
        raise self._refused(
            node, f"<{node.tag[:60]}> is no formula that is read here", ", ".join(KINDS)
        )

    def _leaf(self, node: Node) -> str:
        if node.tag == "constant":
            state = node.attributes.get("value", "") == "true"
            name = f"constant-{'true' if state else 'false'}"
            self.constants[name] = HouseEvent(name, state)
            return name
        name = node.attributes.get("name", "").strip()
        if name in self.known:
            return name
        # A path into a component: names are one space here.
        short = name.rpartition(".")[2]
        return short if short in self.known else name

    def _count(self, node: Node, key: str) -> int:
        said = node.attributes.get(key, node.attributes.get("k", "") if key == "min" else "")
        if not said.strip().isdigit() or len(said) > 12:
            raise self._refused(node, f"<{node.tag}> has no {key}", "a whole number")
        return int(said)

    def _event(self, part: Node) -> BasicEvent:
        value = next((each for each in part.nodes if each.tag not in PASSED_OVER), None)
        return self.expressions.event(_name(part), _label(part), value)

    def _house(self, part: Node) -> HouseEvent:
        constant = part.first("constant")
        said = constant.attributes.get("value", "") if constant else ""
        if said not in ("true", "false"):
            raise self._refused(
                part, f"{said[:60]!r} is no state", '<constant value="true"/> or false'
            )
        return HouseEvent(_name(part), said == "true", _label(part))

    def _group(self, part: Node) -> tuple[CommonCause, list[BasicEvent]]:
        model = part.attributes.get("model", "")
        if model != "beta-factor":
            raise self._refused(
                part, f"the common cause model {model[:60]!r} is not read", "beta-factor"
            )
        inner = {tag: part.first(tag) for tag in ("members", "distribution", "factors", "factor")}
        factor = inner["factor"] or (inner["factors"].first("factor") if inner["factors"] else None)
        members, distribution = inner["members"], inner["distribution"]
        if not (members and distribution and distribution.nodes and factor and factor.nodes):
            raise self._refused(
                part, "the common cause is not complete", "members, a distribution and one factor"
            )
        names = [each.attributes.get("name", "").strip() for each in members.nodes]
        events = [self.expressions.event(name, "", distribution.nodes[0]) for name in names]
        for name in names:
            self.lines.setdefault(name, part.line)
        return CommonCause(
            _name(part), self.expressions.number(factor.nodes[0]), tuple(names)
        ), events


def _parts(root: Node) -> Iterator[Node]:
    """Everything that the file defines, in its order; wrappers are looked into."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.tag in WRAPPERS:
            waiting += reversed(node.nodes)
        if node.tag.startswith("define-"):
            yield node


def _name(part: Node) -> str:
    return part.attributes.get("name", "").strip()


def _label(part: Node) -> str:
    label = part.first("label")
    return " ".join(label.text.split()) if label else ""
