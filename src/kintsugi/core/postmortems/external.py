"""The external view: a postmortem without names, hosts and internal links, for readers outside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from kintsugi.core.analysis.five_whys import walk
from kintsugi.core.postmortems.document import ExternalAccount, Postmortem

SOMEBODY = "a team member"
A_HOST = "an internal system"
AN_ADDRESS = "a network address"
A_MAILBOX = "an address"

TOOLS = frozenset({
    "alertmanager", "automation", "bot", "ci", "cloudwatch", "customer", "customers", "datadog", "grafana", "monitor",
    "monitoring", "nagios", "opsgenie", "pagerduty", "pingdom", "prometheus", "sentry", "support", "synthetic",
    "system", "team", "uptimerobot", "user", "users", "on-call", "oncall", "engineering", "devops", "sre", "ops",
    "operations", "platform", "infrastructure", "architecture", "security", "database", "network", "incident",
    "tool", "job", "pipeline", "alert", "check", "cron", "script", "deploy", "deployment", "release", "kubernetes",
    "terraform", "github", "gitlab", "jenkins", "helm", "slack", "jira", "dns", "api", "server", "probe", "client",
    "the", "and", "of", "engineer", "lead", "manager", "commander", "service", "vendor", "provider", "statuspage",
})  # fmt: skip
"""Words in the fields for people that name no person."""

_PROGRAM = re.compile(r"\d|[A-Z]{2}")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s<>()\[\]]+", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:/\d+)?(?![\w.]*\w)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/])@[A-Za-z][\w.-]+")
_HOST = re.compile(
    r"(?<![\w.@/-])(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|net|org|io|dev|app|cloud|internal|local|lan|corp|intra|test|example|eu|de|uk|us|co|ai|sh|svc|cluster)"
    r"|[a-z]+(?:-[a-z0-9]+)*-\d{1,4}[a-z]?)(?![\w-])(?::\d+)?",
    re.IGNORECASE,
)


def external_view(postmortem: Postmortem, *, public_hosts: Iterable[str] = ()) -> Postmortem:
    """What may be shown outside: the account written for customers, else the summary, both without names.

    Names are those of everybody the record knows, and all e-mail addresses and @handles; hosts are
    domain names, numbered machine names and network addresses; links go unless they lead to one of
    `public_hosts`. People, timeline, causes, actions and links of the record are not part of it.
    """
    scrub = _Scrub(_names(postmortem), frozenset(host.casefold() for host in public_hosts))
    external = postmortem.external
    return Postmortem(
        title=scrub(postmortem.title),
        incident_id=postmortem.incident_id,
        severity=None,
        status=postmortem.status,
        incident_status=postmortem.incident_status,
        date=postmortem.date,
        zone=postmortem.zone,
        impact=replace(type(postmortem.impact)(), duration=postmortem.impact.duration),
        milestones=replace(
            type(postmortem.milestones)(),
            impact_start=postmortem.milestones.impact_start,
            recovered=postmortem.milestones.recovered,
            resolved=postmortem.milestones.resolved,
        ),
        external=ExternalAccount(
            scrub(external.summary or postmortem.summary),
            scrub(external.what_happened),
            scrub(external.what_we_are_doing),
        ),
        published_at=postmortem.published_at,
    )


class _Scrub:
    """Takes names, hosts and links out of a text."""

    def __init__(self, names: Iterable[str], public_hosts: frozenset[str]) -> None:
        longest_first = sorted(names, key=len, reverse=True)
        self._names = (
            re.compile(
                rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE
            )
            if longest_first
            else None
        )
        self._public = public_hosts

    def __call__(self, text: str) -> str:
        if not text:
            return ""
        kept: list[str] = []

        def aside(found: re.Match[str]) -> str:
            host = (
                found[0].split("://", 1)[1].split("/", 1)[0].split("@")[-1].split(":")[0].casefold()
            )
            if host not in self._public:
                return A_HOST
            kept.append(found[0])
            return f"\x00{len(kept) - 1}\x00"

        text = _MARKDOWN_LINK.sub(self._link, text.replace("\x00", ""))
        text = _URL.sub(aside, text)
        text = _MAIL.sub(A_MAILBOX, text)
        if self._names:
            text = self._names.sub(SOMEBODY, text)
        text = _HANDLE.sub(SOMEBODY, text)
        text = _IPV4.sub(AN_ADDRESS, text)
        text = _IPV6.sub(
            lambda found: AN_ADDRESS if any(c.isalnum() for c in found[0]) else found[0], text
        )
        text = _HOST.sub(
            lambda found: found[0] if found[0].casefold() in self._public else A_HOST, text
        )
        return re.sub("\x00(\\d+)\x00", lambda found: kept[int(found[1])], text)

    def _link(self, found: re.Match[str]) -> str:
        address = _URL.search(found[0])
        if address and address[0].split("://", 1)[1].split("/", 1)[0].casefold() in self._public:
            return found[0]
        return found[1]


def _names(postmortem: Postmortem) -> set[str]:
    """Every person the record names: whole names, and each part of a name that is no word for a tool or team."""
    people = [
        postmortem.commander, postmortem.owner, postmortem.facilitator, postmortem.created_by,
        *postmortem.contributors, *postmortem.reviewers,
    ]  # fmt: skip
    for action in postmortem.action_items:
        people += [action.owner, action.approver, *action.collaborators]
    people += [why.evidence for _, why in walk(postmortem.whys) if "@" in why.evidence]
    others = [postmortem.detection.detected_by, *(event.actor for event in postmortem.timeline)]
    people += [other for other in others if _may_be_person(other)]
    found: set[str] = set()
    for entry in people:
        person = (entry.split("@", 1)[0] if "@" in entry else entry).strip()
        parts = _parts(person)
        if not parts or all(part.casefold() in TOOLS for part in parts):
            continue
        if 2 <= len(person) <= 80:
            found.add(person)
        found.update(
            part
            for part in parts
            if len(part) > 2 and part.casefold() not in TOOLS and not part.isdigit()
        )
    return found


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s,._/()+-]+", name) if part]


def _may_be_person(actor: str) -> bool:
    """Whether an actor could be somebody: an address, one word, or up to four capitalised words, none of a tool.

    A word with a digit or two capitals in a row (CoreDNS) is taken for a program.
    """
    if "@" in actor:
        return True
    parts = _parts(actor)
    if not parts or len(parts) > 4 or any(part.casefold() in TOOLS for part in parts):
        return False
    if _PROGRAM.search(actor):
        return False
    return len(actor.split()) == 1 or all(
        part[0].isupper() or not part[0].isascii() for part in parts
    )
