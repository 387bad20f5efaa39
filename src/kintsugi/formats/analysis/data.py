"""An analysis as JSON: the guide's report under `report`, and beside it figures with their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from kintsugi.core.analytics.analysis import Analysis
from kintsugi.core.analytics.durations import Lengths
from kintsugi.core.analytics.statistics import MEAN_LABEL
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.times import minutes, written_moment
from kintsugi.formats.analysis.blocks import Input
from kintsugi.formats.spellings import camel


def analysis_data(found: Analysis, given: Input) -> dict[str, Any]:
    """Everything `analyze --json` prints; what is undefined is null, and no number is infinite."""
    figures = found.measures
    return {
        "input": plain(given),
        "period": {
            "since": written_moment(found.period.since), "until": written_moment(found.period.until),
            "zone": str(found.zone), "now": written_moment(found.now), "isOpenEnded": found.is_open_ended,
            "recordBegins": plain(found.begins_late),
        },
        "report": found.report.as_guide(),
        "judgements": plain(found.judgements),
        "figures": {
            "incidents": figures.n, "outside": figures.outside, "leftOut": figures.left_out,
            "meanLabel": MEAN_LABEL,
            "duration": _lengths(figures.duration),
            "spans": {one.key: _lengths(one) for one in figures.spans},
            "reliability": plain(figures.reliability),
            "severity": {
                "counts": {name.label if name else "none": count for name, count in figures.severity.counts},
                "high": plain(figures.severity.high),
            },
            "impact": plain(figures.impact),
            "detection": {
                **plain(figures.detection),
                "sources": {way.value if way else "none": count for way, count in figures.detection.sources},
            },
            "recurrence": plain(figures.recurrence),
            "postmortems": plain(found.postmortems),
        },
        "patterns": [
            {**plain(one), "isMoreThanChance": one.is_more_than_chance} for one in found.patterns
        ],
        "trends": [{**plain(one), "sentence": one.trend.sentence} for one in found.trends],
        "by": {table.dimension.value: plain(table) for table in found.tables},
        "series": {
            "step": found.step.value,
            "counts": [
                {"since": written_moment(one.since), "until": written_moment(one.until), "incidents": count}
                for one, count in found.series
            ],
        },
        "problems": plain(figures.problems),
    }  # fmt: skip


def _lengths(one: Lengths) -> dict[str, Any]:
    return {**plain(one), "isMixed": one.is_mixed, "pooledFrom": one.pooled_from}


def plain(value: object) -> Any:
    """A value of the core as JSON has it: camelCase keys, ISO times, spans in minutes, null for what has no end."""
    if is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Money):
            return {"amount": str(value.amount), "currency": value.currency}
        return {
            _key(one.name, getattr(value, one.name)): plain(getattr(value, one.name))
            for one in fields(value)
        }
    if isinstance(value, Severity):
        return value.label
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return written_moment(value)
    if isinstance(value, timedelta):
        return minutes(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value


def _key(name: str, value: object) -> str:
    return camel(f"{name}_minutes" if isinstance(value, timedelta) else name)
