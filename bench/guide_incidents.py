"""The guide's incident analytics on pandas, written anew as it stands there: what ours is held against.

`python -m bench.guide_incidents > tests/fixtures/incident_reports.json` makes the reports that the tests compare
with; it needs pandas, which nothing else here does (bench/README.md).
"""

from __future__ import annotations

import gc
import json
import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
else:
    try:
        import pandas as pd
    except ImportError:  # the rows are made without it, too
        pd = None

NOW = datetime(2025, 3, 31)  # noqa: DTZ001 - the guide's times have no zone


class GuideAnalytics:
    """Loads incidents into a frame and reports; MTTR and MTBF look back 30 days, the patterns at everything."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.incidents = pd.DataFrame()

    def load_incidents(self, incidents: Sequence[Mapping[str, Any]]) -> None:
        self.incidents = pd.DataFrame(incidents)
        if not self.incidents.empty:
            self.incidents["timestamp"] = pd.to_datetime(self.incidents["timestamp"])
            self.incidents["duration_minutes"] = pd.to_numeric(
                self.incidents["duration_minutes"], errors="coerce"
            )

    def _recent(self, period_days: int) -> pd.DataFrame:
        cutoff = self.now - timedelta(days=period_days)
        return self.incidents[self.incidents["timestamp"] > cutoff]

    def calculate_mttr(self, period_days: int = 30) -> float:
        recent = self._recent(period_days)
        if recent.empty:
            return 0
        return float(recent["duration_minutes"].mean())

    def calculate_mtbf(self, period_days: int = 30) -> float:
        recent = self._recent(period_days)
        if len(recent) < 2:
            return float("inf")
        ordered = recent.sort_values("timestamp")
        gaps = ordered["timestamp"].diff().dt.total_seconds() / 3600
        return float(gaps.mean())

    def identify_patterns(self) -> dict[str, Any]:
        if self.incidents.empty:
            return {}
        return {
            "by_hour": self._pattern_by_hour(),
            "by_day_of_week": self._pattern_by_day(),
            "by_service": self._pattern_by_service(),
            "by_severity": self._pattern_by_severity(),
            "common_causes": self._identify_common_causes(),
        }

    def _pattern_by_hour(self) -> dict[str, Any]:
        self.incidents["hour"] = self.incidents["timestamp"].dt.hour
        hourly = self.incidents.groupby("hour").size()
        return {
            "peak_hour": int(hourly.idxmax()),
            "quiet_hour": int(hourly.idxmin()),
            "distribution": hourly.to_dict(),
        }

    def _pattern_by_day(self) -> dict[str, Any]:
        self.incidents["day"] = self.incidents["timestamp"].dt.day_name()
        daily = self.incidents.groupby("day").size()
        return {
            "most_incidents": daily.idxmax(),
            "least_incidents": daily.idxmin(),
            "distribution": daily.to_dict(),
        }

    def _pattern_by_service(self) -> dict[str, Any]:
        if "service" not in self.incidents.columns:
            return {}
        counts = self.incidents["service"].value_counts()
        return {
            "most_incidents": counts.index[0] if len(counts) > 0 else None,
            "top_5": counts.head(5).to_dict(),
        }

    def _pattern_by_severity(self) -> dict[str, Any]:
        if "severity" not in self.incidents.columns:
            return {}
        high = self.incidents[self.incidents["severity"].isin([1, 2])]
        return {
            "distribution": self.incidents["severity"].value_counts().to_dict(),
            "high_severity_percentage": len(high) / len(self.incidents) * 100
            if len(self.incidents) > 0
            else 0,
        }

    def _identify_common_causes(self) -> list[str]:
        if "root_cause" not in self.incidents.columns:
            return []
        text = " ".join(self.incidents["root_cause"].dropna().astype(str))
        words = re.findall(r"\b\w+\b", text.lower())
        stop_words = {"the", "a", "an", "and", "or", "but", "in", "on", "at", "to", "for"}
        meaningful = [word for word in words if word not in stop_words and len(word) > 3]
        return [word for word, _ in Counter(meaningful).most_common(10)]

    def generate_report(self) -> dict[str, Any]:
        return {
            "summary": {
                "total_incidents": len(self.incidents),
                "mttr_minutes": self.calculate_mttr(),
                "mtbf_hours": self.calculate_mtbf(),
                "period": "30 days",
            },
            "patterns": self.identify_patterns(),
            "recommendations": self._generate_recommendations(),
        }

    def _generate_recommendations(self) -> list[str]:
        found = []
        mttr = self.calculate_mttr()
        if mttr > 60:
            found.append(
                f"MTTR is {mttr:.0f} minutes - implement automation to reduce recovery time"
            )
        patterns = self.identify_patterns()
        if patterns.get("by_hour", {}).get("peak_hour"):
            peak = patterns["by_hour"]["peak_hour"]
            found.append(
                f"Most incidents occur at {peak}:00 - increase monitoring during this time"
            )
        if patterns.get("by_service", {}).get("most_incidents"):
            service = patterns["by_service"]["most_incidents"]
            found.append(
                f"Service '{service}' has most incidents - prioritize reliability improvements"
            )
        return found


WORDS = (
    "Certificate expired before renewal", "Connection pool exhausted by a slow query", "Memory leak in the cache",
    "Config change without review", "Disk full on the primary", "Deploy removed an index", "", None,
)  # fmt: skip
SERVICES = ("checkout", "search", "login", "billing", "email", "reports", "export")


def made(seed: int, count: int, *, busy_hour: int | None = None) -> list[dict[str, Any]]:
    """Invented incidents of the 30 days before NOW; some without a duration, a service or a cause."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        at = NOW - timedelta(seconds=chance.randrange(1, 30 * 86_400))
        if busy_hour is not None and chance.random() < 0.3:
            at = at.replace(hour=busy_hour)
        found.append(
            {
                "timestamp": at.isoformat(),
                "duration_minutes": chance.choice(
                    [round(chance.lognormvariate(4, 1), 1), chance.randrange(5, 300), None, "soon"]
                ),
                "service": chance.choices((*SERVICES, None), (70, 50, 30, 20, 12, 6, 3, 5))[0],
                "severity": chance.choices((1, 2, 3, 4), (5, 20, 60, 110))[0],
                "root_cause": chance.choices(WORDS, (40, 31, 24, 18, 13, 9, 5, 5))[0],
            }
        )
    return found


def cases() -> dict[str, list[dict[str, Any]]]:
    """Lists of incidents by what is special about them."""
    bare = [{key: one[key] for key in ("timestamp", "duration_minutes")} for one in made(3, 60)]
    short = [{**one, "duration_minutes": 7.5} for one in made(4, 90, busy_hour=14)]
    return {
        "many": made(12, 220),
        "a busy hour": made(2, 120, busy_hour=9),
        "no other columns": bare,
        "all short": short,
        "a few": made(5, 9),
        "one": made(6, 1),
    }


def plain_rows(count: int) -> list[dict[str, Any]]:
    """So many incidents of the 30 days before NOW, every field there and none unusual; the same in every run."""
    chance = random.Random(5)
    services = [f"service-{number}" for number in range(60)]
    causes = [f"{text} of part {number}" for text in WORDS if text for number in range(40)]
    return [
        {
            "timestamp": (NOW - timedelta(seconds=chance.randrange(1, 30 * 86_400))).isoformat(),
            "duration_minutes": round(chance.lognormvariate(4, 1), 1),
            "service": chance.choice(services),
            "severity": chance.choices((1, 2, 3, 4, 5), (5, 20, 60, 80, 30))[0],
            "root_cause": chance.choice(causes),
        }
        for _ in range(count)
    ]


def peak_kilobytes() -> int:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measured(report: Callable[[list[dict[str, Any]]], dict[str, Any]], count: int) -> str:
    """What a report of so many rows in memory costs, as JSON: CPU seconds, kilobytes beside the rows, the report."""
    rows = plain_rows(count)
    gc.collect()
    before, began = peak_kilobytes(), time.process_time()
    made_of_them = report(rows)
    cost = time.process_time() - began
    found = {"cpu": cost, "kilobytes": peak_kilobytes() - before, "report": made_of_them}
    return json.dumps(found, default=lambda value: value.item())


def guides_report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """As the guide makes it."""
    guide = GuideAnalytics()
    guide.load_incidents(rows)
    return guide.generate_report()


def main() -> None:
    """Write every case with the guide's report of it; with a number, measure a report of so many incidents."""
    if len(sys.argv) > 1:
        sys.stdout.write(measured(guides_report, int(sys.argv[1])))
        return
    found: dict[str, Any] = {
        "how_made": f"pandas {pd.__version__}, by python -m bench.guide_incidents"
    }
    for name, incidents in cases().items():
        guide = GuideAnalytics()
        guide.load_incidents(incidents)
        found[name] = {"incidents": incidents, "report": guide.generate_report()}
    text = json.dumps(found, default=lambda value: value.item())
    sys.stdout.write(
        text.replace("Infinity", "null").replace('}, {"timestamp"', '},\n{"timestamp"') + "\n"
    )


if __name__ == "__main__":
    main()
