"""What a postmortem is called when nobody named it."""

from __future__ import annotations

import re

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.text import one_line, shortened

_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def default_title(postmortem: Postmortem) -> str:
    """`[Service] What happened - Jan 15, 2025`, the Post-Mortems seed's form, of what is known of the three."""
    services = postmortem.impact.affected_services
    service = f"[{one_line(services[0])}] " if services else ""
    told = _SENTENCE.split(one_line(postmortem.summary or postmortem.impact.text), maxsplit=1)[
        0
    ].rstrip(".!?")
    what = shortened(told, 80) or (
        f"Incident {postmortem.incident_id}" if postmortem.incident_id else "Incident"
    )
    day = postmortem.date
    date = f" - {day:%b} {day.day}, {day.year}" if day else ""
    return f"{service}{what}{date}"
