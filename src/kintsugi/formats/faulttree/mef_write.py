"""Fault trees to the Open-PSA Model Exchange Format."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    FaultTree,
    Gate,
    GateKind,
    Spread,
    SpreadKind,
    chances,
)
from kintsugi.core.shared.text import clean

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")
DEVIATES = {kind: f"{kind.value}-deviate" for kind in SpreadKind}


def write_mef(tree: FaultTree) -> str:
    """The tree as XML. A name that the format has no room for becomes one that it has, and the label keeps it."""
    names = _safe_names(tree)
    labels = dict(tree.labels())
    for name, safe in names.items():
        if safe != name:
            labels.setdefault(name, name)
    return "\n".join(_lines(tree, names, labels)) + "\n"


def _safe_names(tree: FaultTree) -> dict[str, str]:
    every = [part.name for part in tree.gates]
    every += [part.name for part in tree.events]
    every += [part.name for part in tree.houses]
    every += [part.name for part in tree.common_causes]
    taken = {name.casefold() for name in every if _NAME.fullmatch(name)}
    found: dict[str, str] = {}
    for name in every:
        if _NAME.fullmatch(name) or name in found:
            found.setdefault(name, name)
            continue
        start = "_".join(re.findall(r"[A-Za-z0-9]+", name)) or "event"
        start = start if start[0].isalpha() else f"e_{start}"
        safe, count = start, 1
        while safe.casefold() in taken:
            count += 1
            safe = f"{start}_{count}"
        taken.add(safe.casefold())
        found[name] = safe
    return found


def _lines(tree: FaultTree, names: Mapping[str, str], labels: Mapping[str, str]) -> Iterator[str]:
    grouped = {name for group in tree.common_causes for name in group.events}
    called = "_".join(re.findall(r"[A-Za-z0-9]+", tree.name)) or "tree"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<opsa-mef>"
    yield f'<define-fault-tree name="{called if called[0].isalpha() else "t_" + called}">'
    kinds = {gate.name: "gate" for gate in tree.gates} | {
        house.name: "house-event" for house in tree.houses
    }
    for gate in tree.gates:
        yield f'<define-gate name="{names[gate.name]}">{_label(labels.get(gate.name, ""))}'
        yield from _formula(gate, names, kinds)
        yield "</define-gate>"
    events = {event.name: event for event in tree.events}
    for group in tree.common_causes:
        yield f'<define-CCF-group name="{names[group.name]}" model="beta-factor"><members>'
        yield from (f'<basic-event name="{names[name]}"/>' for name in group.events)
        value = chances(events[group.events[0]])[0]
        yield f'</members><distribution><float value="{value!r}"/></distribution>'
        yield f'<factor level="{len(group.events)}"><float value="{group.beta!r}"/></factor></define-CCF-group>'
    yield "</define-fault-tree>"
    yield "<model-data>"
    for event in tree.events:
        if event.name not in grouped:
            yield f'<define-basic-event name="{names[event.name]}">{_label(labels.get(event.name, ""))}'
            yield f"{_value(event)}</define-basic-event>"
    for house in tree.houses:
        state = "true" if house.state else "false"
        yield f'<define-house-event name="{names[house.name]}">{_label(labels.get(house.name, ""))}'
        yield f'<constant value="{state}"/></define-house-event>'
    yield "</model-data>"
    yield "</opsa-mef>"


def _formula(gate: Gate, names: Mapping[str, str], kinds: Mapping[str, str]) -> Iterator[str]:
    """The formula as strict readers want it: two inputs at least, and K below N."""
    inputs = [f'<{kinds.get(name, "basic-event")} name="{names[name]}"/>' for name in gate.inputs]
    kind = gate.kind
    if kind is GateKind.ATLEAST and gate.least in (1, len(inputs)):
        kind = GateKind.OR if gate.least == 1 else GateKind.AND
    if len(inputs) == 1:
        if kind in (GateKind.AND, GateKind.OR):
            yield inputs[0]
            return
        kind = GateKind.NOT
    least = f' min="{gate.least}"' if kind is GateKind.ATLEAST else ""
    yield f"<{kind.value}{least}>"
    yield from inputs
    yield f"</{kind.value}>"


def _value(event: BasicEvent) -> str:
    if event.spread is not None:
        return _deviate(event.spread, chances(event)[0])
    if event.probability is not None:
        return f'<float value="{event.probability!r}"/>'
    return (
        f'<exponential><float value="{event.rate!r}"/><float value="{event.time!r}"/></exponential>'
    )


def _deviate(spread: Spread, mean: float) -> str:
    tag, numbers = DEVIATES[spread.kind], [spread.a, spread.b]
    if spread.kind is SpreadKind.LOGNORMAL:
        numbers = [mean, spread.a, 0.95]
    return (
        f"<{tag}>{''.join(f'<float value={chr(34)}{one!r}{chr(34)}/>' for one in numbers)}</{tag}>"
    )


def _label(label: str) -> str:
    return f"<label>{html.escape(clean(label))}</label>" if label else ""
