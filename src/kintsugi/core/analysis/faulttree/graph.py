"""A fault tree as a small graph of AND, OR, XOR and at-least nodes with signed edges.

An edge is twice the number of a node, plus one where it is negated; node 0 is what is always true.
So NOT, NAND and NOR need no nodes of their own, and equal gates become one node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kintsugi.core.analysis.faulttree.model import FaultTree, Gate, GateKind, chances

TRUE, FALSE = 0, 1
CONSTANT, EVENT, AND, OR, ATLEAST, XOR = range(6)
ROUNDS = 6
"""How often a graph is simplified again, while that still finds something."""

Inputs = tuple[int, ...]


@dataclass(slots=True)
class Graph:
    """Nodes, inputs before what uses them; `names`, `happens` and `spared` are of EVENT nodes.

    `happens` and `spared` are the probabilities that the event happens and that it does not.
    """

    kinds: list[int] = field(default_factory=lambda: [CONSTANT])
    inputs: list[Inputs] = field(default_factory=lambda: [()])
    least: list[int] = field(default_factory=lambda: [0])
    names: dict[int, str] = field(default_factory=dict)
    happens: dict[int, float] = field(default_factory=dict)
    spared: dict[int, float] = field(default_factory=dict)
    root: int = FALSE
    _known: dict[tuple[int, int, Inputs], int] = field(default_factory=dict)

    def event(self, name: str, happens: float, spared: float) -> int:
        """The edge to a new event."""
        edge = self._add(EVENT, 0, ())
        self.names[edge >> 1] = name
        self.happens[edge >> 1] = happens
        self.spared[edge >> 1] = spared
        return edge

    def gate(self, kind: int, inputs: Sequence[int], least: int = 0) -> int:
        """The edge to a gate over these edges: an existing one, a simpler one, or a new one."""
        if kind == ATLEAST:
            return self._at_least(inputs, least)
        if kind == XOR:
            return self._xor(*inputs)
        absorbing, neutral = (FALSE, TRUE) if kind == AND else (TRUE, FALSE)
        kept: dict[int, None] = {}
        for edge in inputs:
            if edge == absorbing or edge ^ 1 in kept:
                return absorbing
            if edge != neutral:
                kept[edge] = None
        if not kept:
            return neutral
        if len(kept) == 1:
            return next(iter(kept))
        return self._known_or_new(kind, 0, tuple(kept))

    def _at_least(self, inputs: Sequence[int], least: int) -> int:
        certain = sum(edge == TRUE for edge in inputs)
        open_edges = [edge for edge in inputs if edge > FALSE]
        least -= certain
        if least <= 0:
            return TRUE
        if least > len(open_edges):
            return FALSE
        if least == 1:
            return self.gate(OR, open_edges)
        if least == len(open_edges):
            return self.gate(AND, open_edges)
        return self._known_or_new(ATLEAST, least, tuple(open_edges))

    def _xor(self, left: int, right: int) -> int:
        sign = (left ^ right) & 1
        left, right = left & ~1, right & ~1
        if left == right:
            return FALSE ^ sign
        if TRUE in (left, right):
            return (left | right) ^ 1 ^ sign
        return self._known_or_new(XOR, 0, (min(left, right), max(left, right))) ^ sign

    def _known_or_new(self, kind: int, least: int, inputs: Inputs) -> int:
        key = (kind, least, tuple(sorted(inputs)))
        edge = self._known.get(key)
        if edge is None:
            edge = self._known[key] = self._add(kind, least, inputs)
        return edge

    def _add(self, kind: int, least: int, inputs: Inputs) -> int:
        self.kinds.append(kind)
        self.inputs.append(inputs)
        self.least.append(least)
        return (len(self.kinds) - 1) * 2

    def reached(self, root: int) -> list[int]:
        """The nodes below and with an edge's, inputs before what uses them."""
        return in_order([root >> 1], lambda node: [edge >> 1 for edge in self.inputs[node]])

    @property
    def is_coherent(self) -> bool:
        """Whether no failure can help: there is no negation and no XOR."""
        if self.root & 1:
            return self.root == FALSE
        return not any(
            self.kinds[node] == XOR or any(edge & 1 for edge in self.inputs[node])
            for node in self.reached(self.root)
        )


def in_order(roots: Sequence[int], inputs: Callable[[int], Sequence[int]]) -> list[int]:
    """All nodes from the roots on, each after its inputs, without recursion."""
    order: list[int] = []
    seen: set[int] = set()
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node < 0:
            order.append(~node)
        elif node not in seen:
            seen.add(node)
            stack.append(~node)
            stack += [each for each in reversed(inputs(node)) if each not in seen]
    return order


def graph_of(tree: FaultTree, top: str) -> Graph:
    """The simplified graph of a sound tree."""
    graph = Graph()
    edges = {house.name: TRUE if house.state else FALSE for house in tree.houses}
    gates = {gate.name: gate for gate in tree.gates}
    group_of = {name: group for group in tree.common_causes for name in group.events}
    order = _names_in_order(top, gates)
    events = {event.name: event for event in tree.events}
    for name in order:
        if name in edges or name in gates:
            continue
        happens, spared = chances(events[name])
        group = group_of.get(name)
        if group is None:
            edges[name] = graph.event(name, happens, spared)
            continue
        # Beta factor: the share beta fails all members at once, the rest each for itself.
        if group.name not in edges:
            shared = group.beta * happens
            edges[group.name] = graph.event(group.name, shared, 1.0 - shared)
        own = (1.0 - group.beta) * happens
        alone = graph.event(name, own, 1.0 - own)
        edges[name] = graph.gate(OR, [alone, edges[group.name]])
    for name in order:
        if name in gates:
            gate = gates[name]
            edges[name] = _edge(graph, gate, [edges[each] for each in gate.inputs])
    graph.root = edges[top]
    return simplified(graph)


def _names_in_order(top: str, gates: dict[str, Gate]) -> list[str]:
    order: list[str] = []
    seen: set[str] = set()
    stack = [(top, False)]
    while stack:
        name, is_done = stack.pop()
        if is_done:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            gate = gates.get(name)
            stack += [
                (each, False) for each in reversed(gate.inputs if gate else ()) if each not in seen
            ]
    return order


def _edge(graph: Graph, gate: Gate, inputs: list[int]) -> int:
    match gate.kind:
        case GateKind.AND:
            return graph.gate(AND, inputs)
        case GateKind.OR:
            return graph.gate(OR, inputs)
        case GateKind.NAND:
            return graph.gate(AND, inputs) ^ 1
        case GateKind.NOR:
            return graph.gate(OR, inputs) ^ 1
        case GateKind.NOT:
            return inputs[0] ^ 1
        case GateKind.XOR:
            return graph.gate(XOR, inputs)
        case GateKind.ATLEAST:
            return graph.gate(ATLEAST, inputs, gate.least)


def simplified(graph: Graph) -> Graph:
    """The same function with gates merged into what alone uses them, while that changes something."""
    size = len(graph.kinds) + 1
    for _ in range(ROUNDS):
        if len(graph.kinds) >= size:
            break
        size = len(graph.kinds)
        graph = _merged(graph)
    return graph


def _merged(graph: Graph) -> Graph:
    """A copy in which an OR takes in the ORs that nothing else uses, and an AND the ANDs."""
    order = graph.reached(graph.root)
    users = Counter(edge >> 1 for node in order for edge in graph.inputs[node])
    taken: set[int] = set()
    flat: dict[int, list[int]] = {}
    for node in reversed(order):
        if node not in taken and graph.kinds[node] in (AND, OR):
            flat[node] = _flat(graph, node, users, taken)
    made = Graph()
    edges = {0: TRUE}
    for node in order:
        kind = graph.kinds[node]
        if kind == EVENT:
            edges[node] = made.event(graph.names[node], graph.happens[node], graph.spared[node])
        elif node not in taken and kind != CONSTANT:
            inputs = flat.get(node, graph.inputs[node])
            renamed = [edges[edge >> 1] ^ (edge & 1) for edge in inputs]
            edges[node] = made.gate(kind, renamed, graph.least[node])
    made.root = edges[graph.root >> 1] ^ (graph.root & 1)
    return made


def _flat(graph: Graph, node: int, users: Counter[int], taken: set[int]) -> list[int]:
    kind = graph.kinds[node]
    found: list[int] = []
    stack = list(reversed(graph.inputs[node]))
    while stack:
        edge = stack.pop()
        below = edge >> 1
        # De Morgan: a negated OR is an AND of negated inputs.
        wanted = (OR if kind == AND else AND) if edge & 1 else kind
        if users[below] == 1 and graph.kinds[below] == wanted:
            taken.add(below)
            stack += [each ^ (edge & 1) for each in reversed(graph.inputs[below])]
        else:
            found.append(edge)
    return found
