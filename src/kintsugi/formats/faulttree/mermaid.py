"""A fault tree as a Mermaid flowchart, which wikis and code hosts draw."""

from __future__ import annotations

from kintsugi.core.analysis.faulttree.model import FaultTree, Gate, GateKind, chances
from kintsugi.core.shared.text import one_line, shortened

FORM = "mermaid"
MOST_WORDS = 80


def write_mermaid(tree: FaultTree) -> str:
    """Gates as boxes with their kind, events as rounded ones with their probability, house events as hexagons."""
    labels = tree.labels()
    ids: dict[str, str] = {}
    lines = ["flowchart TD"]

    def node(name: str, under: str, start: str, end: str) -> None:
        ids[name] = f"n{len(ids)}"
        lines.append(f'  {ids[name]}{start}"{_words(labels.get(name) or name)}<br/>{under}"{end}')

    for gate in tree.gates:
        node(gate.name, kind_words(gate), "[", "]")
    for event in tree.events:
        node(event.name, f"{chances(event)[0]:.3g}", "(", ")")
    for house in tree.houses:
        node(house.name, "on" if house.state else "off", "{{", "}}")
    for gate in tree.gates:
        lines += [f"  {ids[gate.name]} --> {ids[name]}" for name in gate.inputs]
    return "\n".join(lines) + "\n"


def kind_words(gate: Gate) -> str:
    """What a gate is, in the words of a picture: `OR`, `2 of 3`."""
    if gate.kind is GateKind.ATLEAST:
        return f"{gate.least} of {len(gate.inputs)}"
    return str(gate.kind.value).upper()


def _words(text: str) -> str:
    short = shortened(one_line(text), MOST_WORDS)
    # Mermaid reads #name; as an entity, so these are the ways it has to say its own marks.
    short = (
        short.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    )
    return short.replace("`", "#96;")
