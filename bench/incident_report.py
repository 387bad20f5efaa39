"""Figure 5: the guide's report on a million incidents, against the guide's own pandas code on the same in the same run.

KINTSUGI_PANDAS_PYTHON names a Python that has pandas, as Kintsugi's own needs none:
`python3 -m venv pandas && pandas/bin/pip install pandas`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

from bench.guide_incidents import measured, plain_rows
from kintsugi.core.analytics.guide_rows import guide_report, told_rows
from kintsugi.core.analytics.report import report_of
from kintsugi.core.analytics.rollups import IncidentRollup, merged, rollups_told, tally_of

COUNT = 1_000_000
ROUNDS = 3
FROM_ROLLUPS = 30
DAY = timedelta(days=1)


def our_report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """One pass over the same dictionaries."""
    return guide_report(rows, period="30 days").as_guide()


def in_a_process(python: str, module: str) -> dict[str, Any]:
    """What it costs in a process of its own, so that each has its memory to itself."""
    done = subprocess.run(
        [python, "-m", module, str(COUNT)], capture_output=True, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check(guide: dict[str, Any], ours: dict[str, Any]) -> None:
    """Both say the same; of words that stand equally often each picks its own."""
    for name in ("mttr_minutes", "mtbf_hours"):
        one, other = guide["summary"].pop(name), ours["summary"].pop(name)
        assert abs(one - other) < 1e-9 * one
    words = (len(one["patterns"].pop("common_causes")) for one in (guide, ours))
    assert len(set(words)) == 1
    assert guide == ours


def rollups_of_all() -> tuple[tuple[IncidentRollup, ...], float]:
    """What a database holds of the same incidents, and the CPU seconds of making it once."""
    rows = plain_rows(COUNT)
    began = time.process_time()
    found = merged(rollups_told(told_rows(rows)), DAY)
    return found, time.process_time() - began


def figure_5() -> None:
    """Cold and from rollups, in turn with the guide's code."""
    pandas = os.environ.get("KINTSUGI_PANDAS_PYTHON", "")
    if not pandas:
        print(
            "\n5. The incident report is not measured: KINTSUGI_PANDAS_PYTHON names no Python with pandas"
        )
        return
    peers, colds = [], []
    for _ in range(ROUNDS):
        peers.append(in_a_process(pandas, "bench.guide_incidents"))
        colds.append(in_a_process(sys.executable, "bench.incident_report"))
    check(peers[0]["report"], colds[0]["report"])
    rollups, once = rollups_of_all()
    assert report_of(tally_of(rollups)).total == COUNT
    warm = []
    for _ in range(FROM_ROLLUPS):
        began = time.process_time()
        report_of(tally_of(rollups), period="30 days")
        warm.append(time.process_time() - began)
    peer, cold = (statistics.median(one["cpu"] for one in runs) for runs in (peers, colds))
    memory, own = (statistics.median(one["kilobytes"] for one in runs) for runs in (peers, colds))
    quick = statistics.median(warm)
    print(
        f"\n5. The guide's report on {COUNT:,} incidents of 30 days, CPU ms and memory beside the incidents"
    )
    print("   (pass: 5x cold with a tenth of the memory, 1,000x from rollups; stretch: 10,000x)")
    for seconds, kilobytes, what in (
        (peer, memory, "the guide's code on pandas"),
        (cold, own, "ours, from the same dictionaries"),
        (quick, None, f"ours, from {len(rollups):,} rollups"),
    ):
        beside = (
            f"{kilobytes / 1024:>7,.0f} MB  {kilobytes / memory:>6.3f}x"
            if kilobytes is not None
            else " " * 19
        )
        print(f"  {seconds * 1000:>10.2f}  {peer / seconds:>8,.1f}x {beside}  {what}")
    print(f"  once: making the rollups {once:.2f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(measured(our_report, int(sys.argv[1])))
    else:
        figure_5()
