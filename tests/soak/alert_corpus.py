"""`python -m tests.soak.alert_corpus FOLDER`: what is made of each file of a collection of other tools' payloads.

Prints a line a file: its tool, and how many events and changes were read, or why it was refused. The format is
guessed from the folder's name. Exits 1 when a decoder fails in any other way, or breaks its limits.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from kintsugi.formats.alerts import FORMATS, Undecodable
from tests.formats.alerts.hostile import keeps_to_limits
from tests.formats.alerts.samples import FORM

FORMAT_OF = {
    "captured-alertmanager-0.25.0": "alertmanager",
    "captured-prometheus-2.42": "alertmanager",
    "prometheus": "alertmanager",
    "cloudwatch_insufficient_data": "cloudwatch",
    "cloudwatch_subscription_confirmation": "cloudwatch",
    "stackdriver": "gcpmonitoring",
    "new_relic": "newrelic",
}
"""Folders that are not named for the format they hold. What no format reads by name goes to `generic`."""

BY_FILE = {"grafana_": "grafana", "uptimerobot_": "uptimerobot"}
"""Files of a mixed folder, by what their name begins with."""

OUTGOING = {"pagerduty": "generic"}
"""PagerDuty's own webhooks tell of its incidents; they are not the events that its format reads."""


def format_of(file: Path) -> str:
    """The format whose decoder a file is given to."""
    for beginning, name in BY_FILE.items():
        if file.name.startswith(beginning):
            return name
    folder = file.parent.name
    name = FORMAT_OF.get(folder) or OUTGOING.get(folder) or folder
    return name if name in FORMATS else "generic"


def body_of(file: Path) -> tuple[bytes, dict[str, str]]:
    """What would be sent: the recorded body of a recording, else the file."""
    content = file.read_bytes()
    if file.parent.name.startswith("captured-"):
        return json.dumps(json.loads(content)["body"]).encode(), {}
    return content, FORM if file.suffix == ".txt" else {}


def told(file: Path) -> tuple[str, str]:
    """How it went, in one word, and the line to print."""
    name = format_of(file)
    body, headers = body_of(file)
    try:
        found = FORMATS[name].decode(body, headers)
    except Undecodable as refused:
        return "refused", f"{name}: refused: {refused}"
    keeps_to_limits(found)
    parts = [f"{len(found.events)} events", f"{len(found.changes)} changes"]
    if found.confirm_url:
        parts.append("a subscription to confirm")
    parts += found.notes
    return "accepted", f"{name}: accepted: {'; '.join(parts)}"


def main() -> int:
    """Print a line a file and the sums."""
    folder = Path(sys.argv[1])
    counts: Counter[str] = Counter()
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.name == "index.json":
            continue
        word, said = told(file)
        counts[word] += 1
        print(f"{file.relative_to(folder)}: {said}")  # noqa: T201 - a script
    print(", ".join(f"{count} {word}" for word, count in sorted(counts.items())))  # noqa: T201 - a script
    return 0 if counts else 1


if __name__ == "__main__":
    sys.exit(main())
