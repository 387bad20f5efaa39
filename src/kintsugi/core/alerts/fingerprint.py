"""Which alert a message is about, and whether it says anything new: short hashes, made once for every message."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from kintsugi.core.alerts.event import AlertEvent

_BETWEEN = "\x1f"
"""ASCII's unit separator."""


def fingerprint(source_id: str, key: str) -> str:
    """What one alert is known by among all: its key within its source, as 32 hex digits.

    The key is PagerDuty's dedup_key, Opsgenie's alias, Alertmanager's fingerprint: messages with the
    same key are about the same alert, and two sources never share one (`source_id` is ours and holds no NUL).
    """
    return blake2b(
        f"{source_id}\0{key}".encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()


def label_key(labels: Mapping[str, str]) -> str:
    """A key for a tool that gives none: the same labels make the same one, in whatever order, as 32 hex digits.

    Alertmanager identifies an alert by its set of labels too.
    """
    names = sorted(labels)
    return blake2b(_joined([*names, *map(labels.__getitem__, names)]), digest_size=16).hexdigest()


def content_hash(event: AlertEvent) -> str:
    """What people read of an alert, as 16 hex digits: equal for an unchanged repeat.

    Times and measured values are left out, or every repeat would be news; so is what the message does
    (trigger, acknowledge, resolve), which `lifecycle.next_step` looks at.
    """
    labels, annotations, links = event.labels, event.annotations, event.links
    label_names, annotation_names = sorted(labels), sorted(annotations)
    parts = [
        event.title,
        event.description,
        event.severity_word,
        event.service,
        event.rule,
        event.runbook_url,
        f"{len(label_names)} {len(annotation_names)}",
        *label_names,
        *map(labels.__getitem__, label_names),
        *annotation_names,
        *map(annotations.__getitem__, annotation_names),
    ]
    if links:
        for link in links:
            parts += (link.url, link.text)
    return blake2b(_joined(parts), digest_size=8).hexdigest()


def _joined(parts: list[str]) -> bytes:
    """The parts in one piece, so that different parts never make the same one."""
    joined = _BETWEEN.join(parts)
    if joined.count(_BETWEEN) < len(parts):
        return joined.encode("utf-8", "surrogatepass")
    told_apart = "".join([f"{len(part)}:{part}" for part in parts])
    return b"\xff" + told_apart.encode("utf-8", "surrogatepass")
