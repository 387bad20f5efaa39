"""The answers about a fault tree, as JSON and as text."""

from __future__ import annotations

import math
from typing import Any

from kintsugi.cli.output import table
from kintsugi.core.analysis.faulttree.advice import Paths, recommendations_of
from kintsugi.core.analysis.faulttree.solution import (
    CutSets,
    Importance,
    Solution,
    Uncertainty,
    countable,
)
from kintsugi.core.shared.text import one_line, plural, shortened

MOST_ROWS = 30
INFINITE = "infinite"


def solution_data(found: Solution, paths: Paths, *, seconds: float, seed: int) -> dict[str, Any]:
    """A solution with the guide's parts and all the rest, in camelCase."""
    data: dict[str, Any] = {
        "topEvent": found.top,
        "probability": found.probability.value,
        "probabilityLow": found.probability.low,
        "probabilityHigh": found.probability.high,
        "method": _methods(found, seed),
        "coherent": found.is_coherent,
        "cutSets": _cut_set_data(found.cut_sets),
        "singlePointCount": found.cut_sets.single_count,
        "singlePointsOfFailure": [one.events[0] for one in found.cut_sets.single_points],
        "pathCount": paths.count,
        "paths": [list(path) for path in paths.items],
        "recommendations": recommendations_of(found),
    }
    if found.importance is not None:
        data["importance"] = [_importance_data(row) for row in found.importance]
    if found.uncertainty is not None:
        data["uncertainty"] = _uncertainty_data(found.uncertainty, seed)
    return data | {
        "notes": list(found.notes),
        "seconds": round(seconds, 4),
        "peakNodes": found.peak_nodes,
        "modules": found.modules,
    }


def _methods(found: Solution, seed: int) -> dict[str, str]:
    methods = {"probability": found.probability.method, "cutSets": found.cut_sets.method}
    if found.importance is not None:
        is_exact = all(row.fussell_vesely_is_exact for row in found.importance)
        methods["importance"] = "exact"
        methods["fussellVesely"] = "exact" if is_exact else "at most: rare-event sum"
    if found.uncertainty is not None:
        methods["uncertainty"] = f"Monte Carlo, seed {seed}"
    return methods


def _cut_set_data(found: CutSets) -> dict[str, Any]:
    return {
        "count": found.count if found.count is None else countable(found.count),
        "minOrder": found.least_order,
        "maxOrder": found.most_order,
        "sumOfProbabilities": found.weight if found.weight != math.inf else None,
        "limit": found.limit,
        "complete": found.is_whole,
        "items": [
            {"order": one.order, "probability": one.probability, "events": list(one.events)}
            for one in found.items
        ],
    }


def _importance_data(row: Importance) -> dict[str, Any]:
    return {
        "event": row.event,
        "probability": row.probability,
        "birnbaum": row.birnbaum,
        "criticality": row.criticality,
        "fussellVesely": row.fussell_vesely,
        "fussellVeselyIsExact": row.fussell_vesely_is_exact,
        "dif": row.dif,
        # JSON has no infinite number.
        "raw": INFINITE if row.raw == math.inf else row.raw,
        "rrw": INFINITE if row.rrw == math.inf else row.rrw,
        "halvedFallsBy": row.halved,
    }


def _uncertainty_data(found: Uncertainty, seed: int) -> dict[str, Any]:
    return {
        "samples": found.samples, "seed": seed, "uncertainEvents": found.uncertain_events,
        "mean": found.mean, "deviation": found.deviation, "p5": found.low, "median": found.median,
        "p95": found.high,
    }  # fmt: skip


def solution_text(found: Solution, *, seed: int) -> str:
    """A solution for people: what matters most first."""
    known = found.probability
    if known.value is not None:
        lines = [f"{_cell(found.top, 60)}: probability {known.value:.6g} ({known.method})"]
    else:
        span = f"{known.low:.6g} to {known.high:.6g}"
        lines = [f"{_cell(found.top, 60)}: probability {span} ({known.method})"]
    lines += _cut_set_lines(found.cut_sets)
    if found.importance:
        lines += ["", "Importance", _importance_table(found.importance)]
        lines += _importance_notes(found.importance)
    if found.uncertainty is not None:
        lines += ["", *_uncertainty_lines(found.uncertainty, seed)]
    advice = recommendations_of(found)
    if advice:
        lines += ["", "Recommendations", *(f"  {text}" for text in advice)]
    return "\n".join(lines)


def _cut_set_lines(found: CutSets) -> list[str]:
    if found.count is None:
        return ["Minimal cut sets: not finished"]
    orders = f"{found.most_order:,}"
    if found.least_order != found.most_order:
        orders = f"{found.least_order:,} to {orders}"
    many = countable(found.count)
    summary = (
        plural(many, "minimal cut set") if isinstance(many, int) else f"{many} minimal cut sets"
    )
    if found.count:
        summary += f" of {orders} {'event' if orders == '1' else 'events'}"
    if found.single_count:
        summary += f", {plural(found.single_count, 'single point')} of failure"
    lines = [summary]
    if found.items:
        rows = [
            (f"  {one.order:,}", f"{one.probability:.4g}", _events(one.events))
            for one in found.items
        ]
        lines.append(table([("  Events", "Probability", "Cut set"), *rows]))
    if found.items and not found.is_whole:
        whole = f"{many:,}" if isinstance(many, int) else many
        lines.append(f"  The first {len(found.items):,} of {whole}; --cut-sets lists more.")
    return lines


def _events(events: tuple[str, ...]) -> str:
    told = ", ".join(_cell(name, 40) for name in events[:10])
    more = len(events) - 10
    return f"{told}, and {more:,} more" if more > 0 else told or "none: it always happens"


def _importance_table(rows: tuple[Importance, ...]) -> str:
    heads = (
        "  Event",
        "Probability",
        "Halved",
        "Birnbaum",
        "Criticality",
        "FV",
        "DIF",
        "RAW",
        "RRW",
    )
    cells = [
        (
            f"  {_cell(row.event, 40)}", f"{row.probability:.4g}", _share(row.halved),
            f"{row.birnbaum:.4g}", _number(row.criticality),
            _number(row.fussell_vesely) + ("" if row.fussell_vesely_is_exact else "*"),
            _number(row.dif), _number(row.raw), _number(row.rrw),
        )
        for row in rows[:MOST_ROWS]
    ]  # fmt: skip
    return table([heads, *cells])


def _importance_notes(rows: tuple[Importance, ...]) -> list[str]:
    notes = []
    if len(rows) > MOST_ROWS:
        notes.append(f"  The first {MOST_ROWS} of {len(rows):,} events; --json has all.")
    if not all(row.fussell_vesely_is_exact for row in rows[:MOST_ROWS]):
        notes.append("  * At most that: the sum over the cut sets with the event.")
    return notes


def _uncertainty_lines(found: Uncertainty, seed: int) -> list[str]:
    lines = [
        f"Uncertainty: {found.samples:,} samples, seed {seed}, {plural(found.uncertain_events, 'uncertain event')}",
        f"  mean {found.mean:.4g}, median {found.median:.4g}, 90% from {found.low:.4g} to {found.high:.4g}",
    ]
    if not found.uncertain_events:
        lines.append("  No event has a spread, so every sample is the same.")
    return lines


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return INFINITE if value == math.inf else f"{value:.4g}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"-{value:.1%}" if value >= 0 else f"+{-value:.1%}"


def _cell(text: str, limit: int) -> str:
    return shortened(one_line(text), limit)
