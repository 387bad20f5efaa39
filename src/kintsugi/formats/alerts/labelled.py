"""Alerts told by labels and annotations, as Prometheus and all who speak like it do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from kintsugi.core.alerts.event import AlertEvent, AlertLink, Happening
from kintsugi.core.alerts.fingerprint import label_key
from kintsugi.formats.alerts.limits import (
    MAX_DESCRIPTION,
    MAX_LABEL_NAME,
    MAX_LABEL_VALUE,
    MAX_LABELS,
    MAX_RULE,
    MAX_SERVICE,
    MAX_TITLE,
    MAX_WORD,
    Notes,
    bounded,
    key_of,
    line,
    links_of,
    says_something,
    tidied,
    web_address,
)
from kintsugi.formats.alerts.moments import moment

SERVICE = ("service", "service_name", "app", "application", "app_kubernetes_io_name")
SEVERITY = ("severity", "priority", "level")
TITLE = ("summary", "title", "message")
DESCRIPTION = ("description", "details")
RUNBOOK = ("runbook_url", "runbook", "runbookURL")
DASHBOARD = ("dashboard_url", "dashboard", "dashboardURL")
NAMELESS = "Alert without a name"


class _Roles(NamedTuple):
    """Which names of a map play which part; empty for none. Not plain: its names need a closer look."""

    is_plain: bool
    severity: str
    service: str
    title: str
    description: str
    runbook: str
    dashboard: str


_known_roles: dict[tuple[str, ...], _Roles] = {}
_known_links: dict[str, AlertLink | None] = {}
_MOST_KNOWN = 2000
_LONGEST_KNOWN = 1000
"""Senders use few sets of names and few addresses again and again, so what they mean is kept, within these bounds."""


class LabelledAlert(msgspec.Struct, rename="camel", gc=False):
    """What such an alert has in every dialect."""

    status: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    starts_at: str = ""
    ends_at: str = ""
    generator_url: str = msgspec.field(default="", name="generatorURL")
    fingerprint: str = ""


def labelled(
    alert: LabelledAlert,
    happening: Happening,
    notes: Notes,
    *,
    has_end: bool,
    links: tuple[tuple[str, str], ...] = (),
    values: Mapping[str, str] | None = None,
) -> AlertEvent:
    """The event of such an alert; its key is the fingerprint, else its labels. `has_end`: its end means one."""
    labels: Mapping[str, str] = alert.labels or {}
    annotations: Mapping[str, str] = alert.annotations or {}
    graph, fingerprint = alert.generator_url, alert.fingerprint
    named, noted = _roles(labels), _roles(annotations)
    if not (named.is_plain and noted.is_plain and _is_plain(labels, annotations)):
        labels = tidied(labels, notes)
        annotations = tidied(annotations, notes, limit=MAX_DESCRIPTION, what="annotation")
        named, noted = _roles(labels), _roles(annotations)
    rule = labels.get("alertname", "")
    link = _link(graph) if graph else None
    runbook = None
    if noted.runbook:
        runbook = _link(annotations[noted.runbook])
    elif named.runbook:
        runbook = _link(labels[named.runbook])
    if noted.dashboard:
        links = (*links, (annotations[noted.dashboard], "Dashboard"))
    return AlertEvent(
        happening,
        (fingerprint and key_of(fingerprint)) or label_key(labels),
        _title(rule, labels, annotations, noted, notes),
        annotations[noted.description] if noted.description else "",
        _short(labels[named.severity], MAX_WORD, "the severity", notes) if named.severity else "",
        _short(labels[named.service], MAX_SERVICE, "the service", notes) if named.service else "",
        rule if len(rule) <= MAX_RULE else line(rule, MAX_RULE, "the rule", notes),
        labels,
        annotations,
        values or {},
        links_of(((graph, "Graph"), *links), notes) if links else (link,) if link else (),
        runbook.url if runbook else "",
        moment(alert.starts_at),
        moment(alert.ends_at) if has_end else None,
    )


def _is_plain(labels: Mapping[str, str], annotations: Mapping[str, str]) -> bool:
    """Whether nothing in the values has to be cleaned, shortened or left out; most maps are so."""
    values = [*labels.values(), *annotations.values()]
    whole = "".join(values)
    return (
        len(whole) <= MAX_LABEL_VALUE
        and whole.isprintable()
        and "" not in values
        and says_something(whole)
    )


def _roles(texts: Mapping[str, str]) -> _Roles:
    names = tuple(texts)
    return _known_roles.get(names) or _learned(names)


def _learned(names: tuple[str, ...]) -> _Roles:
    whole = "".join(names)
    is_short = len(whole) <= _LONGEST_KNOWN and len(names) <= MAX_LABELS
    roles = _Roles(
        is_short
        and whole.isprintable()
        and all(name == name.strip() != "" and len(name) <= MAX_LABEL_NAME for name in names),
        *(
            next((name for name in part if name in names), "")
            for part in (SEVERITY, SERVICE, TITLE, DESCRIPTION, RUNBOOK, DASHBOARD)
        ),
    )
    if is_short:
        if len(_known_roles) >= _MOST_KNOWN:
            _known_roles.clear()
        _known_roles[names] = roles
    return roles


def _link(url: str) -> AlertLink | None:
    try:
        return _known_links[url]
    except KeyError:
        pass
    address = web_address(url)
    link = AlertLink(address, "Graph") if address else None
    if len(url) <= _LONGEST_KNOWN:
        if len(_known_links) >= _MOST_KNOWN:
            _known_links.clear()
        _known_links[url] = link
    return link


def _title(
    rule: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    noted: _Roles,
    notes: Notes,
) -> str:
    if noted.title:
        title = annotations[noted.title]
        if len(title) <= MAX_TITLE and title.isprintable():
            return title
    else:
        instance = labels.get("instance", "")
        if rule:
            title = f"{rule} on {instance}" if instance else rule
        else:
            title = annotations.get(noted.description, "") or instance or NAMELESS
    return line(title, MAX_TITLE, "the title", notes)


def _short(text: str, limit: int, what: str, notes: Notes) -> str:
    return text if len(text) <= limit else bounded(text, limit, what, notes)
