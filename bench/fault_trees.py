"""Figure 9: fault trees to exact probability and counted cut sets, against SCRAM on the same files in the same run.

KINTSUGI_FAULT_TREES names a folder of Open-PSA files (the public Aralia set); without it, trees of its shapes are made.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from kintsugi.formats.faulttree.mef_write import write_mef
from tests.core.faulttree.trees import shaped_tree

MADE = 10
MOST_LISTED = 1_000_000
"""SCRAM counts cut sets by writing each of them: a tree of more is left out of that column."""


def cpu_of(command: list[str]) -> tuple[float, str]:
    """CPU seconds of one run, and what it printed."""
    before = getrusage(RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = getrusage(RUSAGE_CHILDREN)
    seconds = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return seconds, done.stdout


IN_PROCESS = """
import sys, time
from kintsugi.core.analysis.faulttree.solve import Question, solve
from kintsugi.formats.faulttree.files import read_fault_tree
content = open(sys.argv[1], "rb").read()
began = time.process_time()
found = solve(read_fault_tree(content).sound(), Question(cut_sets=0))
print(time.process_time() - began, found.cut_sets.count, repr(found.probability.value))
"""


def ours(file: Path) -> tuple[float, float, int, float]:
    """CPU seconds of the whole process and of reading and solving alone, cut sets, probability."""
    whole, said = cpu_of([sys.executable, "-c", IN_PROCESS, str(file)])
    inside, count, probability = said.split()
    return whole, float(inside), int(count), float(probability)


def trees_of(folder: Path) -> list[Path]:
    """The files to solve; made where none are named."""
    named = os.environ.get("KINTSUGI_FAULT_TREES", "")
    if named:
        return sorted(Path(named).glob("*.xml"))
    files = []
    for seed in range(MADE):
        file = folder / f"shaped{seed}.xml"
        file.write_text(write_mef(shaped_tree(random.Random(seed), events=100, gates=70)))
        files.append(file)
    return files


def figure_9() -> None:
    """Each tree in turn with SCRAM: probability and cut sets in one run of ours, two of SCRAM's."""
    scram = shutil.which("scram")
    print("\n9. Fault trees, CPU seconds: exact probability and all minimal cut sets counted")
    print("   (pass: every answer right, all in 60 s; stretch: faster in total than SCRAM)")
    sums = [0.0, 0.0, 0.0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in trees_of(folder):
            whole, inside, count, probability = ours(file)
            sums[0] += whole
            sums[1] += inside
            told = ""
            if scram:
                answer = str(folder / "answer.xml")
                exact = [
                    scram,
                    "--bdd",
                    "-l",
                    "1",
                    "--probability",
                    "true",
                    "-o",
                    answer,
                    str(file),
                ]
                peer, _ = cpu_of(exact)
                text = Path(answer).read_text()
                found = float(
                    text.partition("<sum-of-products")[2]
                    .partition(' probability="')[2]
                    .partition('"')[0]
                )
                assert abs(found - probability) <= 1e-5 * probability, file
                if count <= MOST_LISTED:
                    peer += cpu_of([scram, "--bdd", "-l", "10000", "-o", answer, str(file)])[0]
                sums[2] += peer
                told = (
                    f"  SCRAM {peer:>6.2f}{'' if count <= MOST_LISTED else ' (probability alone)'}"
                )
            print(
                f"  {file.stem:12} {whole:>6.2f}, without start {inside:>6.2f}  {count:>12,} cut sets{told}"
            )
    told = f"; SCRAM {sums[2]:.2f}" if scram else "; SCRAM is not installed"
    print(f"  in total {sums[0]:.2f}, without start {sums[1]:.2f}{told}")


if __name__ == "__main__":
    figure_9()
