"""Fault trees with names of any kind, written and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    HouseEvent,
    Spread,
    SpreadKind,
)
from kintsugi.core.analysis.faulttree.solve import solve
from kintsugi.formats.faulttree.files import WRITERS, read_fault_tree
from tests.core.faulttree.trees import trees

NAMES = (
    st.text(min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()).strip())
    .filter(lambda text: text.isprintable() and text)
)


@st.composite
def named_trees(draw: st.DrawFn) -> FaultTree:
    """Random trees with names, labels, rates and spreads of any kind."""
    tree = draw(trees())
    every = [part.name for part in (*tree.gates,)] + [event.name for event in tree.events]
    every += [house.name for house in tree.houses]
    new = dict(
        zip(
            every,
            draw(st.lists(NAMES, min_size=len(every), max_size=len(every), unique=True)),
            strict=True,
        )
    )
    new = {name: f"{called}{number}" for number, (name, called) in enumerate(new.items())}
    label = draw(NAMES)
    events = [BasicEvent(new[event.name], event.probability, label=label) for event in tree.events]
    if not tree.common_causes:
        spread = draw(
            st.sampled_from(
                [Spread(SpreadKind.BETA, 1.5, 9.0), Spread(SpreadKind.UNIFORM, 0.1, 0.5)]
            )
        )
        events[0] = BasicEvent(events[0].name, None, 0.01, 7.5)
        events[1] = BasicEvent(
            events[1].name,
            (spread.a + spread.b) / 2
            if spread.kind is SpreadKind.UNIFORM
            else spread.a / (spread.a + spread.b),
            spread=spread,
        )
    return FaultTree(
        top=new[tree.top],
        gates=tuple(
            Gate(new[g.name], g.kind, tuple(new[i] for i in g.inputs), g.least, label)
            for g in tree.gates
        ),
        events=tuple(events),
        houses=tuple(HouseEvent(new[h.name], h.state) for h in tree.houses),
        common_causes=tuple(
            CommonCause("shared cause", c.beta, tuple(new[e] for e in c.events))
            for c in tree.common_causes
        ),
    )


@given(named_trees(), st.sampled_from(["text", "yaml", "json"]))
def test_what_is_written_in_our_forms_reads_back_to_the_same_tree(
    tree: FaultTree, form: str
) -> None:
    assert read_fault_tree(WRITERS[form](tree).encode()).tree == tree


@given(named_trees())
def test_what_is_written_as_open_psa_reads_back_to_the_same_answer(tree: FaultTree) -> None:
    again = read_fault_tree(WRITERS["mef"](tree).encode()).tree
    assert len(again.gates) == len(tree.gates)
    # An unreachable gate would be a second top; ours names its top, the format does not.
    top = again.gates[[gate.name for gate in tree.gates].index(tree.top)].name
    named = FaultTree(again.name, top, again.gates, again.events, again.houses, again.common_causes)
    assert solve(named).probability.value == pytest.approx(solve(tree).probability.value, abs=1e-15)


@given(named_trees())
def test_mermaid_draws_every_part_and_every_line(tree: FaultTree) -> None:
    lines = WRITERS["mermaid"](tree).splitlines()
    assert lines[0] == "flowchart TD"
    assert sum(" --> " in line for line in lines) == sum(len(gate.inputs) for gate in tree.gates)
    assert len(lines) == 1 + len(tree.gates) + len(tree.events) + len(tree.houses) + sum(
        len(gate.inputs) for gate in tree.gates
    )
