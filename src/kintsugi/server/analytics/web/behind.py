"""Which incidents a list behind a number has, in words."""

from __future__ import annotations

from kintsugi.core.analytics.behind import DURATION
from kintsugi.core.analytics.durations import ALL_SPANS, UNKNOWN_DETECTION
from kintsugi.core.shared.text import joined

_SPANS = {DURATION: "duration of impact"} | {span.key: span.name.lower() for span in ALL_SPANS}
_WAYS = {
    "": "with a known way of being noticed",
    "customer": "noticed by customers first",
    "internal": "noticed by people of ours",
    "monitoring": "noticed by monitoring",
    "synthetic": "noticed by synthetic checks",
    UNKNOWN_DETECTION: "without a recorded way of being noticed",
}
_PLAIN = {
    "high": "of SEV-1 or SEV-2",
    "rated": "with a severity",
    "unrated": "without a severity",
    "late": "detected later than their target",
    "timed": "whose time to detect and target are known",
    "classed": "with a confirmed class of cause",
    "unclassed": "without a confirmed class of cause",
    "recurring": "that came again within a year",
    "required": "that ask for a postmortem",
    "due": "whose required postmortem is published or due",
    "published": "whose required postmortem is published",
    "unpublished": "whose required postmortem is due and not published",
}


def behind_words(names: str) -> str:
    """`Incidents with a known duration of impact, and noticed by customers first.`; empty for all of them."""
    found = [_words(*name.strip().partition(":")[::2]) for name in names.split(",") if name.strip()]
    return f"Incidents {joined(found)}." if found else ""


def _words(kind: str, meant: str) -> str:
    match kind:
        case "took":
            return f"with a known {_SPANS.get(meant, meant)}"
        case "running":
            return f"whose {_SPANS.get(meant, meant)} still runs"
        case "lacking":
            return f"that lack a time for {_SPANS.get(meant, meant)}"
        case "backwards":
            return f"whose times for {_SPANS.get(meant, meant)} stand the wrong way round"
        case "noticed":
            return _WAYS.get(meant, meant)
        case "hour":
            return f"that began at {meant}:00 to {meant}:59"
        case "day":
            return f"that began on a {meant}"
        case "class":
            return f"confirmed to be of {meant.replace('_', ' ')}"
        case "unnamed":
            return f"that name no {meant}"
        case "revenue":
            return f"with a loss in {meant}"
        case _:
            return _PLAIN.get(kind, kind)
