"""The plainest generator there could be: a dict of facts to the generator seed's JSON, nothing else.

It stands for the seed's own generator, whose code is not ours to ship: the same inputs, sections,
scores and JSON text. Building the record is part of its work, as it is part of the seed's demo.
"""

from __future__ import annotations

import json
from typing import Any

EVENTS = (
    ("09:15", "Alerts fire for elevated 5xx rate", "PagerDuty"),
    ("09:18", "On-call engineer acknowledges", "alice"),
    ("09:30", "Root cause identified", "alice"),
    ("09:45", "Hotfix deployed", "bob"),
    ("10:00", "All clear confirmed", "alice"),
)
ACTIONS = (
    ("A1", "Add connection pool metrics", "alice", "high"),
    ("A2", "Implement circuit breaker", "bob", "critical"),
    ("A3", "Write runbook for pool issues", "carol", "medium"),
)
WELL = ("Fast detection", "Clear escalation path")
POORLY = ("No runbook for pool exhaustion", "Slow initial diagnosis")
FACTORS = ("No connection pool monitoring", "Missing circuit breaker")
CAUSE = "Connection leak in retry logic — connections not returned on error path."


def points(users: int, minutes: float, services: int, dollars: float, *, lost: bool) -> float:
    """The severity score."""
    score = 30 if users > 10_000 else 20 if users > 1_000 else 10 if users > 100 else 0
    score += 25 if minutes > 240 else 15 if minutes > 60 else 5 if minutes > 15 else 0
    score += min(20, services * 5)
    score += 15 if dollars > 100_000 else 10 if dollars > 10_000 else 5 if dollars > 0 else 0
    return float(score + (10 if lost else 0))


def generate() -> str:
    """The demo record's postmortem as JSON."""
    timeline = [{"timestamp": at, "description": what, "actor": who} for at, what, who in EVENTS]
    actions = [
        {
            "id": key,
            "description": what,
            "owner": who,
            "priority": priority,
            "status": "open",
            "due_date": "",
        }
        for key, what, who, priority in ACTIONS
    ]
    services = ["api", "web-app"]
    score = points(5000, 45, len(services), 15_000, lost=False)
    quality = 20 + 10 + (15 if len(timeline) >= 3 else 5) + 10 + 10 + 10 + 15
    quality += 10 if all(action["owner"] for action in actions) else 0
    sections = {
        "summary": "Incident: Database connection pool exhaustion\nSeverity: SEV2\nDate: 2024-03-15\n\n"
        "Connection pool exhaustion caused API errors for 45 minutes.",
        "impact": f"Affected Users: {5000:,}\nAffected Services: {', '.join(services)}\nDuration: {45} minutes\n"
        f"Revenue Impact: ${15_000:,.2f}\nData Loss: No\nSeverity Score: {score}/100",
        "timeline": "\n".join(
            f"  {event['timestamp']} [{event['actor']}]: {event['description']}" for event in timeline
        ),
        "root_cause": f"Root Cause: {CAUSE}\nTrigger: Traffic spike from marketing campaign.\n\nContributing Factors:\n"
        + "\n".join(f"  - {factor}" for factor in FACTORS),
        "lessons": "What Went Well:\n" + "\n".join(f"  + {item}" for item in WELL)
        + "\n\nWhat Went Poorly:\n" + "\n".join(f"  - {item}" for item in POORLY),
    }  # fmt: skip
    data: dict[str, Any] = {
        "incident_id": "INC-2024-042", "title": "Database connection pool exhaustion", "severity": "sev2",
        "date": "2024-03-15", "sections": sections, "action_items": actions, "quality_score": quality,
    }  # fmt: skip
    return json.dumps(data, indent=2)
