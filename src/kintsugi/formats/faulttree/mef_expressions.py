"""Probabilities in the Open-PSA Model Exchange Format: numbers, parameters, arithmetic, and distributions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kintsugi.core.analysis.faulttree.model import BasicEvent, Spread, SpreadKind
from kintsugi.formats.errors import InputError
from kintsugi.formats.faulttree.xml_nodes import Node

MOST_NESTED = 100
Refuse = Callable[[Node, str, str], InputError]


@dataclass(slots=True)
class Expressions:
    """Reads expressions with the parameters of one file."""

    parameters: Mapping[str, Node]
    refuse: Refuse
    notes: set[str] = field(default_factory=set)

    def event(self, name: str, label: str, node: Node | None) -> BasicEvent:
        """The event of an expression; without one it has no probability."""
        if node is None:
            return BasicEvent(name, label=label)
        node = self._behind_parameters(node)
        parts = [each for each in node.nodes if each.tag != "attributes"]
        if node.tag == "exponential" and len(parts) == 2:
            rate, time = (self.number(each) for each in parts)
            return BasicEvent(name, rate=rate, time=time, label=label)
        return BasicEvent(name, self.number(node), label=label, spread=self._spread(node, parts))

    def _behind_parameters(self, node: Node) -> Node:
        for _ in range(MOST_NESTED):
            if node.tag != "parameter":
                return node
            node = self._parameter(node)
        raise self.refuse(node, "the parameters lead in a circle", "a number in the end")

    def _parameter(self, node: Node) -> Node:
        name = node.attributes.get("name", "")
        found = self.parameters.get(name) or self.parameters.get(name.rpartition(".")[2])
        value = (
            next((each for each in found.nodes if each.tag not in ("label", "attributes")), None)
            if found
            else None
        )
        if value is None:
            raise self.refuse(
                node, f"the parameter {name[:60]!r} has no value here", "define-parameter"
            )
        return value

    def _spread(self, node: Node, parts: Sequence[Node]) -> Spread | None:
        if node.tag == "uniform-deviate" and len(parts) == 2:
            return Spread(SpreadKind.UNIFORM, *(self.number(each) for each in parts))
        if node.tag == "beta-deviate" and len(parts) == 2:
            return Spread(SpreadKind.BETA, *(self.number(each) for each in parts))
        if node.tag == "lognormal-deviate" and len(parts) == 3:
            level = self.number(parts[2])
            if abs(level - 0.95) < 1e-9:
                return Spread(SpreadKind.LOGNORMAL, self.number(parts[1]))
            self.notes.add("A lognormal deviate whose level is not 0.95 is read as its mean alone.")
        return None

    def number(self, node: Node, depth: int = 0) -> float:
        """The value of an expression, of a distribution its mean. Raises InputError with the line."""
        if depth > MOST_NESTED:
            raise self.refuse(
                node, "the expressions are nested too deep", f"at most {MOST_NESTED} levels"
            )
        if node.tag in ("float", "int"):
            try:
                return float(node.attributes.get("value", ""))
            except ValueError:
                raise self.refuse(
                    node, f"{node.attributes.get('value', '')[:60]!r} is not a number", "a number"
                ) from None
        if node.tag == "parameter":
            return self.number(self._parameter(node), depth + 1)
        parts = [self.number(each, depth + 1) for each in node.nodes if each.tag != "attributes"]
        found = _value(node.tag, parts)
        if found is None:
            raise self.refuse(
                node, f"<{node.tag}> with {len(parts)} values is not read",
                "float, int, parameter, add, sub, mul, div, neg, exponential, or a lognormal, uniform or beta deviate",
            )  # fmt: skip
        if node.tag.endswith("-deviate") and depth:
            self.notes.add("A distribution inside an expression counts with its mean.")
        return found


def _value(tag: str, parts: Sequence[float]) -> float | None:
    match tag, len(parts):
        case "add", count if count:
            return math.fsum(parts)
        case "mul", count if count:
            return math.prod(parts)
        case "sub", count if count:
            return parts[0] - math.fsum(parts[1:])
        case "div", 2 if parts[1]:
            return parts[0] / parts[1]
        case "neg", 1:
            return -parts[0]
        case "exponential", 2:
            return -math.expm1(-parts[0] * parts[1])
        case "lognormal-deviate", 3:
            return parts[0]
        case "uniform-deviate", 2:
            return (parts[0] + parts[1]) / 2
        case "beta-deviate", 2 if parts[0] + parts[1] > 0:
            return parts[0] / (parts[0] + parts[1])
        case _:
            return None
