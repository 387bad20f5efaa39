"""Random trees, written as Open-PSA MEF, against SCRAM (Debian's `scram`): the same probability, the same cut sets."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kintsugi.core.analysis.faulttree.model import FaultTree
from kintsugi.core.analysis.faulttree.solve import Question, solve
from kintsugi.formats.faulttree.mef_write import write_mef
from tests.core.faulttree.trees import random_tree, shaped_tree
from tests.server.cluster import needs

FEW, MANY = 20, 200


@pytest.fixture(scope="module")
def scram() -> str:
    found = shutil.which("scram")
    if found is None:
        needs("scram")
    return str(found)


def asked(scram: str, tree: FaultTree, folder: Path) -> tuple[float, set[frozenset[str]]]:
    """What SCRAM makes of a tree. It takes an order limit of 20 unless told, and cuts without a word."""
    file, answer = folder / "tree.xml", folder / "answer.xml"
    file.write_text(write_mef(tree))
    command = [scram, "--bdd", "-l", "10000", "--probability", "true", "-o", str(answer), str(file)]
    subprocess.run(command, check=True, capture_output=True)
    found = ET.parse(answer).find(".//sum-of-products")  # noqa: S314 - a program of ours to ask
    assert found is not None
    sets = {
        frozenset(event.get("name", "") for event in product.iter("basic-event"))
        for product in found.iter("product")
    }
    return float(found.get("probability", "nan")), sets


def compare(scram: str, tree: FaultTree, folder: Path) -> None:
    ours = solve(tree, Question(cut_sets=1_000_000))
    probability, sets = asked(scram, tree, folder)
    assert ours.probability.value == pytest.approx(probability, rel=1e-5, abs=1e-300)
    assert {frozenset(one.events) for one in ours.cut_sets.items} == sets
    assert ours.cut_sets.count == len(sets)


def tree_number(seed: int) -> FaultTree:
    chance = random.Random(seed)  # noqa: S311 - test data
    if seed % 2:
        return shaped_tree(chance, events=30, gates=16)
    return random_tree(chance, events=12, gates=9)


@pytest.mark.parametrize("seed", range(FEW))
def test_scram_says_the_same_of_a_random_tree(seed: int, scram: str, tmp_path: Path) -> None:
    compare(scram, tree_number(seed), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(FEW, MANY))
def test_scram_says_the_same_of_many_random_trees(seed: int, scram: str, tmp_path: Path) -> None:
    compare(scram, tree_number(seed), tmp_path)
