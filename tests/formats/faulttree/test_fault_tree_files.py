"""Fault trees from files in every form, what comes back when they are written, and what is refused with its line."""

from __future__ import annotations

import json

import pytest

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    GateKind,
    HouseEvent,
    Spread,
    SpreadKind,
)
from kintsugi.core.analysis.faulttree.solve import solve
from kintsugi.formats.errors import InputError
from kintsugi.formats.faulttree.files import WRITERS, read_fault_tree

GUIDE = {
    "description": "Website down",
    "node_type": "event",
    "children": [
        {
            "description": "Website failure causes",
            "node_type": "or",
            "children": [
                {"description": "Server failure", "node_type": "event", "probability": 0.01},
                {"description": "Network failure", "node_type": "event", "probability": 0.005},
                {
                    "description": "Application failure",
                    "node_type": "event",
                    "probability": 0.02,
                    "children": [
                        {
                            "description": "App failure causes",
                            "node_type": "and",
                            "children": [
                                {
                                    "description": "Code bug",
                                    "node_type": "event",
                                    "probability": 0.1,
                                },
                                {
                                    "description": "High load",
                                    "node_type": "event",
                                    "probability": 0.3,
                                },
                            ],
                        },
                    ],
                },
            ],
        },
    ],
}


def read(text: str) -> FaultTree:
    return read_fault_tree(text.encode(), file="t").sound()


def probability(text: str) -> float:
    found = solve(read(text)).probability.value
    assert found is not None
    return found


def test_the_guides_tree_is_refused_as_it_stands_with_its_line() -> None:
    with pytest.raises(InputError) as caught:
        read(json.dumps(GUIDE, indent=1))
    assert caught.value.problem == "'Application failure' has both a gate and a probability"
    assert "children[0].children[2]" in str(caught.value)
    assert caught.value.line == 19


def test_the_guides_tree_is_solved_with_one_of_the_two() -> None:
    with_gate, with_probability = (json.loads(json.dumps(GUIDE)) for _ in range(2))
    del with_gate["children"][0]["children"][2]["probability"]
    del with_probability["children"][0]["children"][2]["children"]
    assert probability(json.dumps(with_gate)) == pytest.approx(0.0445015)
    assert probability(json.dumps(with_probability)) == pytest.approx(0.034651)


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (
            {"description": "x", "node_type": "or", "children": [{"description": "y"}]},
            "'y' has neither children nor a probability",
        ),
        (
            {
                "description": "x",
                "node_type": "event",
                "children": [
                    {"description": "y", "probability": 0.1},
                    {"description": "z", "probability": 0.1},
                ],
            },
            "'x' is an event with 2 children",
        ),
        (
            {
                "description": "x",
                "node_type": "or",
                "children": [
                    {"description": "y", "probability": 0.1},
                    {"description": "y", "probability": 0.2},
                ],
            },
            "'y' stands twice, and differs",
        ),
        ({"description": "x", "node_type": "vote", "children": []}, "'vote' is not known"),
        (
            {
                "description": "x",
                "node_type": "or",
                "children": [{"description": "y", "node_type": "and"}],
            },
            "the gate has no inputs",
        ),
    ],
)
def test_a_node_of_the_guide_that_says_too_little_is_refused(node: object, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read(json.dumps(node))
    assert told in str(caught.value)


def test_the_text_form_reads_what_it_is_made_of() -> None:
    tree = read(
        """down = or(db, net, and(bug,   # nested, over two lines
            2 of (n1, n2, n3))) "The shop is down"
        db = or(lost, not("the \\"house\\""))
        "the \\"house\\"" = true; lost = 1e-3
        net = 0.5% ~ lognormal(3)
        bug = rate(1e-5, 720) "A bug"
        n1 = .1 ; n2 = .1 ; n3 = .1
        nodes = beta(0.1, n1, n2, n3)
        """
    )
    assert tree.gates[0] == Gate(
        "down", GateKind.OR, ("db", "net", "down-2"), 0, "The shop is down"
    )
    assert tree.gates[1:3] == (
        Gate("down-1", GateKind.ATLEAST, ("n1", "n2", "n3"), 2),
        Gate("down-2", GateKind.AND, ("bug", "down-1")),
    )
    assert tree.houses == (HouseEvent('the "house"', True),)
    events = {event.name: event for event in tree.events}
    assert events["net"] == BasicEvent("net", 0.005, spread=Spread(SpreadKind.LOGNORMAL, 3.0))
    assert events["bug"] == BasicEvent("bug", None, 1e-5, 720.0, "A bug")
    assert tree.common_causes == (CommonCause("nodes", 0.1, ("n1", "n2", "n3")),)


def test_yaml_takes_formulas_numbers_and_the_long_forms() -> None:
    tree = read(
        """
        name: shop
        gates:
          down: or(db, 2 of (a, b, c))
          db: {kind: and, inputs: [a, b], label: The database}
        events:
          a: 0.1
          b: {probability: 0.2, spread: {uniform: [0.1, 0.3]}}
          c: {rate: 1e-5, time: 720}
        common_causes: {}
        """
    )
    assert tree.name == "shop"
    assert [gate.name for gate in tree.gates] == ["down", "down-1", "db"]
    assert tree.events[1].spread == Spread(SpreadKind.UNIFORM, 0.1, 0.3)


MEF = """<?xml version="1.0"?>
<!DOCTYPE opsa-mef>
<opsa-mef>
<define-fault-tree name="shop">
  <define-gate name="top"><label>The shop
     is down</label><or><gate name="g"/>
     <and><not><house-event name="h"/></not><basic-event name="c"/></and></or></define-gate>
  <define-component name="part"><define-gate name="g"><atleast min="2"><event name="a"/><event name="b"/>
     <basic-event name="part.c"/></atleast></define-gate></define-component>
  <define-CCF-group name="cc" model="beta-factor"><members><basic-event name="a"/><basic-event name="b"/></members>
     <distribution><parameter name="p"/></distribution>
     <factor level="2"><float value="0.1"/></factor></define-CCF-group>
</define-fault-tree>
<model-data>
  <define-parameter name="p"><mul><float value="0.1"/><int value="2"/></mul></define-parameter>
  <define-basic-event name="c">
     <lognormal-deviate><float value="0.01"/><float value="3"/><float value="0.95"/></lognormal-deviate>
  </define-basic-event>
  <define-house-event name="h"><constant value="false"/></define-house-event>
</model-data>
</opsa-mef>"""


def test_open_psa_mef_is_read_with_its_formulas_parameters_and_common_causes() -> None:
    tree = read(MEF)
    assert tree.name == "shop"
    gates = {gate.name: gate for gate in tree.gates}
    assert gates["top"] == Gate("top", GateKind.OR, ("g", "top-2"), 0, "The shop is down")
    assert gates["top-2"].inputs == ("top-1", "c")
    assert gates["g"] == Gate("g", GateKind.ATLEAST, ("a", "b", "c"), 2)
    assert tree.common_causes == (CommonCause("cc", 0.1, ("a", "b")),)
    events = {event.name: event for event in tree.events}
    assert events["a"].probability == pytest.approx(0.2)
    assert events["c"].spread == Spread(SpreadKind.LOGNORMAL, 3.0)


@pytest.mark.parametrize(
    "formula",
    [
        "<imply>{a}{b}</imply>",
        "<iff>{a}{b}</iff>",
        '<cardinality min="1" max="1">{a}{b}</cardinality>',
    ],
)
def test_further_operators_of_open_psa_are_taken_apart(formula: str) -> None:
    inputs = {name: f'<basic-event name="{name}"/>' for name in "ab"}
    text = (
        f'<opsa-mef><define-fault-tree name="t"><define-gate name="t">{formula.format(**inputs)}</define-gate>'
        '<define-basic-event name="a"><float value="0.25"/></define-basic-event>'
        '<define-basic-event name="b"><float value="0.5"/></define-basic-event></define-fault-tree></opsa-mef>'
    )
    wanted = 0.875 if "imply" in formula else 0.5
    assert probability(text) == pytest.approx(wanted)


BOMB = """<?xml version="1.0"?>
<!DOCTYPE opsa-mef [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<opsa-mef><define-fault-tree name="&b;"/></opsa-mef>"""
OUTSIDE = """<!DOCTYPE opsa-mef [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<opsa-mef><define-fault-tree name="t">&a;</define-fault-tree></opsa-mef>"""

REFUSED = {
    "entity bomb": (BOMB, "t:2: the XML declares an entity"),
    "outside file": (
        '<!DOCTYPE a SYSTEM "file:///x">\n<a/>',
        "t:1: the XML refers to an outside file",
    ),
    "outside entity": (OUTSIDE, "t:1: the XML declares an entity"),
    "another root": ("<html/>", "t:1: the root is <html>; expected <opsa-mef>"),
    "broken xml": ("<opsa-mef>\n<a>\n</opsa-mef>", "t:3: this is not XML"),
    "empty": ("  \n", "t: the file is empty"),
    "empty gate in xml": (
        '<opsa-mef>\n<define-gate name="g"><and/></define-gate></opsa-mef>',
        "t:2: gates.g: the gate has no inputs",
    ),
    "no formula": (
        '<opsa-mef><define-gate name="g"/></opsa-mef>',
        "the gate 'g' has 0 formulas; expected one",
    ),
    "other common cause": (
        '<opsa-mef><define-CCF-group name="c" model="MGL"/></opsa-mef>',
        "the common cause model 'MGL' is not read",
    ),
    "unknown expression": (
        '<opsa-mef><define-basic-event name="e">\n<GLM/></define-basic-event></opsa-mef>',
        "t:2: <GLM> with 0 values is not read",
    ),
    "circle of parameters": (
        (
            '<opsa-mef><define-parameter name="p"><parameter name="p"/></define-parameter>'
            '<define-basic-event name="e"><parameter name="p"/></define-basic-event></opsa-mef>'
        ),
        "in a circle",
    ),
    "empty gate in text": ("t = or()", "t:1: gates.t: the gate has no inputs"),
    "both": (
        "t = or(a)\na = 0.1\na = and(b)\nb = 0.1",
        "t:3: events.a: 'a' has both a gate and a probability",
    ),
    "circle": ("t = or(u)\nu = or(t)", "t:1: gates.t: the gates lead in a circle: t > u > t"),
    "not closed": (
        "t = or(a, b\na = 0.1",
        "t:2: 'a' cannot stand here; expected a comma, or the closing parenthesis of line 1",
    ),
    "word as a name": ("t = or(and, b)", "'and' cannot stand here"),
    "above one": (
        "t = or(a)\n\na = 1.5",
        "t:3: events.a.probability: 1.5 is no probability; expected 0 to 1",
    ),
    "two tops": ("t = or(a)\nu = or(a)\na = 0.1", "2 gates are the input of no other: t, u"),
    "unknown key": (
        "gates:\n  t: or(a)\nevent:\n  a: 0.1",
        "t:3: event: is not a key here (did you mean events?)",
    ),
    "unknown kind": (
        "gates:\n  t: {kind: vote, inputs: [a]}",
        "t:2: gates.t.kind: 'vote' is not known",
    ),
    "formula in yaml": ("gates:\n  t: or(a,\n", "t:2: gates.t: the text ends here"),
    "k above n": (
        '{"gates": {"t": {"kind": "atleast", "least": 3, "inputs": ["a", "b"]}}, "events": {"a": 0.1, "b": 0.1}}',
        "gates.t.least: at least 3 of 2 inputs",
    ),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_with_its_line_and_what_would_be_right(
    text: str, told: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert told in str(caught.value)


def test_deep_nesting_in_text_is_refused_and_in_xml_read() -> None:
    with pytest.raises(InputError, match="formulas in one another"):
        read(f"t = {'and(' * 5000}a{')' * 5000}\na = 0.1")
    deep = "<and>" * 5000 + '<basic-event name="a"/>' + "</and>" * 5000
    text = (
        f'<opsa-mef><define-gate name="t">{deep}</define-gate>'
        '<define-basic-event name="a"><float value="0.1"/></define-basic-event></opsa-mef>'
    )
    assert probability(text) == pytest.approx(0.1)


def test_of_very_many_findings_the_first_are_told_at_once() -> None:
    lines = ["gates:", "  t: or(a)", "events:", "  a: 0.1", *(f"  e{n}: 0.1" for n in range(3000))]
    found = read_fault_tree("\n".join(lines).encode(), file="t").findings()
    assert len(found) == 101
    assert found[0][1] == "t:5: events.e0: the top event does not depend on it"
    assert found[-1][1] == "and 2,900 more"


def test_what_no_file_may_hold_becomes_a_mark_in_names_and_labels() -> None:
    lone, nul = "\\ud800", "\\u0000"
    gate = f'{{"kind": "or", "inputs": ["a{nul}"], "label": "{lone}"}}'
    text = f'{{"gates": {{"down": {gate}}}, "events": {{"a{nul}": 0.1}}}}'
    tree = read(text)
    assert (tree.gates[0].label, tree.events[0].name) == ("\ufffd", "a\ufffd")
    for write in WRITERS.values():
        assert write(tree).encode()
