"""What matchers, grouping and rules may name of an alert: its sender's labels, and the alert's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kintsugi.core.shared.severity import Severity

FIELDS = ("service", "severity", "source", "title", "rule", "kind")
"""The alert's own fields, as they may be named beside labels."""

_OWN: Mapping[str, str] = MappingProxyType({name: f"alert.{name}" for name in FIELDS})


def facts(
    labels: Mapping[str, str],
    *,
    title: str,
    rule: str,
    service: str,
    severity: Severity | None,
    source: str,
    kind: str,
) -> dict[str, str]:
    """All that may be named of an alert, by name; what is empty is as good as absent.

    `service`, `severity` (as SEV-2), `source` (its name), `title`, `rule` and `kind` (of the source) stand beside
    the labels. Where the sender has a label of that name a matcher means the label, so that a silence made for
    Alertmanager keeps its meaning; `alert.severity` and so on always mean the alert's own.
    """
    own = (service, severity.label if severity else "", source, title, rule, kind)
    found = dict(zip(FIELDS, own, strict=True))
    found.update(labels)
    found.update(zip(_OWN.values(), own, strict=True))
    return found


def field(facts: Mapping[str, str], name: str) -> str:
    """What a group or a title means by a name: the alert's own field first, then a label; "" for neither.

    Two tools that label the same service differently are grouped by the service we know it as.
    """
    return facts.get(_OWN.get(name, name), "")
