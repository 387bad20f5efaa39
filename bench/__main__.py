"""`python -m bench`: measures the figures that exist today and prints each as a ratio."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.alert_fatigue import figure_6
from bench.alert_inbox import figure_13
from bench.analytics_pages import figure_15
from bench.fault_trees import figure_9
from bench.incident_list import figure_7
from bench.incident_report import figure_5
from bench.intake import figure_8, figures_1_2_3
from bench.intake_kills import figure_4
from bench.intake_peers import has_alertmanager
from bench.knowledge_base import knowledge_base
from bench.live_change import live_change
from bench.plain_generator import generate as plain_json
from bench.postmortems import long_postmortem
from bench.search import figure_14
from bench.timing import processes_in_turn, rates_in_turn
from kintsugi.core.postmortems.generate import generate
from kintsugi.demo.records import demo_record
from kintsugi.formats.markdown.templating import render, shipped_template
from kintsugi.formats.markdown.write import write_markdown
from kintsugi.formats.seed_json import write_seed_json

KINTSUGI = [sys.executable, "-m", "kintsugi"]


def seed_generator() -> tuple[str, Callable[[], object]]:
    """The generator seed's own code, if KINTSUGI_SEED_GENERATOR names its file; else our plain stand-in."""
    named = os.environ.get("KINTSUGI_SEED_GENERATOR", "")
    if not named:
        return "plain generator, to JSON", plain_json
    spec = importlib.util.spec_from_file_location("seed_generator", named)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return "the seed's own generator, to JSON", lambda: json.dumps(module.run_demo(), indent=2)


def figure_10() -> None:
    """Postmortems generated a second, to Markdown, against the seed's generator."""
    postmortem = demo_record()
    assert json.loads(plain_json()) == json.loads(write_seed_json(postmortem)), (
        "the peer does other work"
    )
    name, peer = seed_generator()
    basic, product, standard = (shipped_template(one) for one in ("basic", "product", "standard"))
    works: list[tuple[str, Callable[[], object]]] = [
        (name, peer),
        ("basic, to Markdown", lambda: render(basic, postmortem)),
        (
            "basic, to Markdown, every point of the scores explained",
            lambda: (render(basic, postmortem), generate(postmortem)),
        ),
        ("product, to Markdown", lambda: render(product, postmortem)),
        ("standard, to Markdown", lambda: render(standard, postmortem)),
        (
            "standard, front matter, read back and compared",
            lambda: write_markdown(postmortem, standard),
        ),
        ("the seed's JSON, by us", lambda: write_seed_json(postmortem)),
    ]
    rates = rates_in_turn([work for _, work in works], 400)
    print("\n10. Postmortems a CPU second (pass: Markdown at half the peer's rate or more)")
    for (what, _), found in zip(works, rates, strict=True):
        print(f"  {found:>9,.0f}  {found / rates[0]:>5.2f}x  {what}")


def figure_11() -> None:
    """Start of the command against an empty Python."""
    commands = [
        ("python -c pass", [sys.executable, "-c", "pass"]),
        ("kintsugi --version (pass: 5x)", [*KINTSUGI, "--version"]),
        (
            "kintsugi severity ... (pass: 20x)",
            [*KINTSUGI, "severity", "--user-impact", "majority", "--json"],
        ),
        ("kintsugi postmortem generate --demo", [*KINTSUGI, "postmortem", "generate", "--demo"]),
    ]
    times = processes_in_turn([command for _, command in commands])
    print("\n11. Start of a process, CPU and wall seconds, against python -c pass")
    for (what, _), (cpu, wall) in zip(commands, times, strict=True):
        print(
            f"  {cpu:.4f} ({cpu / times[0][0]:>5.1f}x)  {wall:.4f} ({wall / times[0][1]:>5.1f}x)  {what}"
        )


def long_timeline() -> None:
    """A record of 100,000 events to Markdown, the whole process."""
    events = [
        {
            "timestamp": f"2024-03-15T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z",
            "description": f"event {n}",
            "actor": "alice",
        }
        for n in range(86_400)
    ]
    events += [
        {**event, "timestamp": event["timestamp"].replace("-15T", "-16T")}
        for event in events[:13_600]
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.json"
        file.write_text(
            json.dumps({"title": "Long", "severity": 2, "date": "2024-03-15", "timeline": events})
        )
        command = [
            *KINTSUGI,
            "postmortem",
            "generate",
            str(file),
            "-o",
            str(Path(folder) / "long.md"),
        ]
        ((cpu, wall),) = processes_in_turn([command])
    print(
        f"\n100,000 timeline events to Markdown, the whole process: {cpu:.2f} s CPU, {wall:.2f} s wall (limit 2 s)"
    )


def main() -> None:
    """Measure and print every figure."""
    print(
        f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores; medians"
    )
    if has_alertmanager():
        figures_1_2_3()
        figure_8()
    else:
        print("\n1-3, 8: not measured without their peer: apt-get install prometheus-alertmanager")
    figure_4()
    figure_5()
    figure_6()
    figure_7()
    figure_13()
    live_change()
    figure_14()
    figure_15()
    figure_9()
    figure_10()
    figure_11()
    long_timeline()
    long_postmortem()
    knowledge_base()


if __name__ == "__main__":
    main()
