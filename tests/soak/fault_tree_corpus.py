"""`python -m tests.soak.fault_tree_corpus FOLDER`: solves the Open-PSA files of a folder, each in a process of its own.

Prints a line a tree: CPU seconds of the whole process, probability, minimal cut sets, their summed probability, and
what is wrong. What the trees of the public Aralia set give is known; of any other SCRAM is asked.
Exits 1 when the probability differs in six digits, or the count, or all take over 60 s of CPU, or one over 2 GB.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from xml.etree import ElementTree as ET

SECONDS, KILOBYTES = 60.0, 2_000_000
KNOWN: dict[str, tuple[int, str]] = {
    "baobab1": (46188, "0.000101708"), "baobab2": (4805, "0.000713018"), "baobab3": (24386, "0.00224117"),
    "chinese": (392, "0.00117058"), "das9201": (14217, "0.0134237"), "das9202": (27778, "0.0101154"),
    "das9203": (16200, "0.0013488"), "das9204": (16704, "2.16942e-11"), "das9205": (17280, "1.38408e-08"),
    "das9206": (19518, "0.229687"), "das9207": (25988, "0.346696"), "das9208": (8060, "0.0130179"),
    "edf9201": (579720, "0.324591"), "edf9203": (20807446, "0.599589"), "edf9205": (21308, "0.209351"),
    "edfpa14p": (415500, "0.0807059"), "edfpa15p": (27870, "0.0736302"), "elf9601": (151348, "0.0966291"),
    "ftr10": (305, "0.448677"), "isp9601": (276785, "0.0571245"), "isp9602": (5197647, "0.0172447"),
    "isp9603": (3434, "0.00323326"), "isp9604": (746574, "0.142751"), "isp9605": (5630, "1.37171e-05"),
    "isp9606": (1776, "0.0543174"), "isp9607": (150436, "9.4951e-07"), "jbd9601": (14007, "0.755091"),
}  # fmt: skip
"""Minimal cut sets and probability to six digits, every event at 0.01: measured with SCRAM and two other engines."""


def cpu() -> float:
    """Seconds of CPU of all processes that were started and have ended; other work on the machine counts little."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def solved(file: Path) -> dict[str, object]:
    """What our command answers."""
    command = [
        sys.executable,
        "-m",
        "kintsugi",
        "faulttree",
        "solve",
        str(file),
        "--timeout",
        "600",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"problem": done.stderr.strip()}
    found = json.loads(done.stdout)
    return {
        "count": found["cutSets"]["count"],
        "probability": f"{found['probability']:.6g}",
        "weight": f"{found['cutSets']['sumOfProbabilities']:.6g}",
    }


def by_scram(file: Path) -> str | None:
    """The probability by SCRAM; None where it is not installed."""
    if shutil.which("scram") is None:
        return None
    command = ["scram", "--bdd", "-l", "1", "--probability", "true", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = ET.fromstring(done.stdout).find(".//sum-of-products")  # noqa: S314 - a program of ours to ask
    return None if found is None else f"{float(found.get('probability', 'nan')):.6g}"


def wrong_with(file: Path, found: dict[str, object]) -> str:
    """What differs from what is known; empty where nothing does."""
    if "problem" in found:
        return str(found["problem"])
    count, probability = KNOWN.get(file.stem, (None, by_scram(file)))
    wrong = []
    if probability is None:
        wrong.append("nothing is known of it, and SCRAM is not installed")
    elif found["probability"] != probability:
        wrong.append(f"the probability should be {probability}")
    if count is not None and found["count"] != count:
        wrong.append(f"the cut sets should be {count:,}")
    return "; ".join(wrong)


def main() -> int:
    """Print a line a tree, and the sums."""
    files = sorted(Path(sys.argv[1]).glob("*.xml"))
    whole, failed = 0.0, 0
    for file in files:
        began = cpu()
        found = solved(file)
        seconds = cpu() - began
        whole += seconds
        wrong = wrong_with(file, found)
        failed += bool(wrong)
        said = f"P {found.get('probability')}, {found.get('count')} cut sets, sum {found.get('weight')}"
        print(f"{file.stem:10} {seconds:6.2f} s  {said}  {wrong or 'as known'}")  # noqa: T201 - a script
    memory = getrusage(RUSAGE_CHILDREN).ru_maxrss
    print(  # noqa: T201 - a script
        f"{len(files)} trees, {len(files) - failed} as known, {whole:.1f} s of CPU (limit {SECONDS:.0f}),"
        f" {memory / 1e6:.2f} GB at most (limit {KILOBYTES / 1e6:.0f})"
    )
    return int(failed > 0 or not files or whole > SECONDS or memory > KILOBYTES)


if __name__ == "__main__":
    sys.exit(main())
