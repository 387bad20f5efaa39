"""People in a text: which words stand for a person or a role, and which names are those of groups."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_ROLES = (
    r"engineers?|developers?|devs?|programmers?|coders?|sysadmins?|administrators?|DBAs?|SREs?"
    r"|on[- ]?call(?:er)?s?|responders?|technicians?|contractors?|interns?|employees?|co-?workers?|colleagues?"
    r"|team-?mates?|(?:team|staff) members?|members? of (?:the |our )?(?:[\w-]+ ){0,3}team|personnel|committers?"
    r"|maintainers?|reviewers?|(?:tech|technical|team) leads?|incident commanders?|trainees?|consultants?|new hires?"
    r"|(?:engineering|product|project|release|duty|shift|change|line|account|office|incident) managers?"
    r"|humans?|person|someone|somebody|newcomers?|deployers?|authors?|staff"
)
_AMBIGUOUS = r"operators?|admins?|managers?|architects?|agents?"
"""Also names of software (a Kubernetes operator, a package manager): people only where they do what only people do."""

_DETERMINER = r"(?:an?|the|one of (?:the|our)|our|another|some|its|their|this|that)\s+"
_MODIFIER = (
    r"(?!(?:and|or|but|of|to|in|on|for|with|by|from|at|about|against|into|through|via|per|than|like|that|which|who|whose"
    r"|when|while|where|because|since|if|unless|until|after|before|as|so|then|was|were|is|are|be|been|had|has|have|did"
    r"|does|do|not|an?|the|this|these|those)\s)[\w’'/-]{1,30}\s+"
)
"""Words between the article and the head; bounded, so that a line without spaces costs no more than its length."""

PERSON = rf"(?:{_DETERMINER})?(?:{_MODIFIER}){{0,3}}?(?:{_ROLES})(?![\w-])"
"""A noun phrase whose head is a role or a person, as a regular expression to be used without case."""

AMBIGUOUS = rf"(?:{_DETERMINER})?(?:{_MODIFIER}){{0,2}}?(?:{_AMBIGUOUS})(?![\w-])"
"""As PERSON, for heads that name software as well."""

TEAM = rf"(?:{_DETERMINER})?(?:{_MODIFIER}){{0,3}}?(?:teams?|squads?)(?![\w-])"
"""A noun phrase whose head is a team."""

_GROUP_WORDS = frozenset(
    "team teams squad group guild crew tribe department dept division everyone everybody all anyone nobody"
    " oncall sre sres ops devops engineering engineers developers platform infra infrastructure security support"
    " helpdesk qa dba dbas backend frontend architecture data database network storage product management"
    " operations it web mobile payments billing core leads staff org company".split()
)
_LAST_WORDS = frozenset(
    "team teams squad group guild crew tribe department dept division engineers sres".split()
)
_TOOLS = frozenset(
    "system monitoring monitor alerting alertmanager prometheus grafana datadog nagios zabbix sentry jenkins argo"
    " kubernetes k8s terraform ansible slack opsgenie statuspage automation automatic bot ci cd pipeline scheduler"
    " cron autoscaler watchdog kintsugi github gitlab cloudwatch pingdom newrelic splunk webhook".split()
)
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|^[A-Z]{2,}$")
_NOBODY = frozenset("tbd tba tbc todo none unknown unassigned nobody na ? - n/a".split())
_ALSO_WORDS = frozenset(
    "will mark may grant chase rich rob bill art sue pat drew dean hope grace faith joy rose dawn april june august"
    " max miles chip guy jack page penny hunter carter summer victor frank major case skip sky amber ruby jade ivy"
    " mason cliff dale glen lane reed brook wade heath gene ray".split()
)
"""User names that are words too; in lower case they are taken for the word."""
_SEVERAL = re.compile(r"[,;/&+]|\s(?:and|und|et|y)\s", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")


def is_group(name: str) -> bool:
    """Whether a name is that of a team, a role mailbox or a channel rather than a person's: `devops@example.com`."""
    stripped = name.strip()
    if stripped.startswith("#"):
        return True
    words = _words_of(stripped)
    if not words:
        return False
    return words[-1] in _LAST_WORDS or all(word in _GROUP_WORDS for word in words)


def is_several(name: str) -> bool:
    """Whether more than one is named: `alice, bob`, `Alice and Bob`."""
    return bool(_SEVERAL.search(name.strip().strip(",;/&+ ")))


def is_nobody(name: str) -> bool:
    """Whether the name is empty or says that there is none yet: `TBD`, `unassigned`."""
    return name.strip().casefold().strip("[]()<>.") in _NOBODY | {""}


def is_one_person(name: str) -> bool:
    """Whether the name can be that of one person: not empty, not several, not a team."""
    return not (is_nobody(name) or is_several(name) or is_group(name))


def is_tool(name: str) -> bool:
    """Whether an actor of the timeline is a program: `PagerDuty`, `deploy-bot`, `monitoring`."""
    stripped = name.strip()
    words = _words_of(stripped)
    return bool(_INNER_CAPITAL.search(stripped)) or any(
        word in _TOOLS or word.endswith("bot") for word in words
    )


def _words_of(name: str) -> list[str]:
    local = name.split("@", maxsplit=1)[0] if "@" in name[1:] else name.rsplit("/", maxsplit=1)[-1]
    joined = re.sub(r"(?i)on[- ]call", "oncall", local)
    return [word.casefold() for word in _WORDS.findall(joined)]


@lru_cache(maxsize=64)
def name_pattern(people: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds these people by full name, first name, user name or address; None if there is nobody to find.

    With case: `Mark` is a person, `mark` and `will` are words. Groups are left out.
    """
    spellings: set[str] = set()
    for person in people:
        if is_one_person(person):
            spellings.update(_spellings(person.strip()))
    if not spellings:
        return None
    listed = "|".join(
        re.escape(name) for name in sorted(spellings, key=lambda name: (-len(name), name))
    )
    return re.compile(rf"(?<![\w@.-])(?:{listed})(?![\w@-]|\.\w)")


def _spellings(person: str) -> Iterable[str]:
    local = person.lstrip("@").split("@")[0]
    yield from (name for name in (person, local) if name not in _ALSO_WORDS)
    if not person.startswith("@"):
        yield f"@{person}"
    words = [word for word in _WORDS.findall(local) if not word.isdigit()]
    if words and len(words[0]) > 2:
        yield words[0].capitalize()
        yield " ".join(word.capitalize() for word in words)
