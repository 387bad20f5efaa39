"""Which severity a sender's word means: by the source's own mapping, else by what tools commonly write."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity, parse_severity

LONGEST_WORD = 60
NO_MAPPING: Mapping[str, Severity] = MappingProxyType({})

COMMON: Mapping[str, Severity] = MappingProxyType(
    {
        word: severity
        for severity, words in (
            (
                Severity.SEV_1,
                "critical crit fatal disaster emergency emerg page p0 p1 sev0 blocker",
            ),
            (Severity.SEV_2, "error err high major alert urgent p2"),
            (Severity.SEV_3, "warning warn average medium moderate minor p3"),
            (Severity.SEV_4, "low notice p4"),
            (Severity.SEV_5, "info information informational debug ok none clear normal p5"),
        )
        for word in words.split()
    }
)
"""Prometheus and PagerDuty (critical, error, warning, info), Zabbix (disaster, high, average), syslog (emerg to
debug), Opsgenie and Datadog (P1 to P5), Sentry (fatal). A tool that means otherwise has a mapping of its own: Azure's
Sev1 is its second."""


def severity_of(word: str, mapping: Mapping[str, Severity] = NO_MAPPING) -> Severity | None:
    """The severity of a sender's word; the source's own mapping (`mapping_of`) comes first. None for a word unknown.

    What neither knows is tried as people write a severity here: SEV-2, sev2, 2.
    """
    if len(word) > LONGEST_WORD:
        return None
    plain = word.strip().casefold()
    return mapping.get(plain) or _commonly(plain)


def mapping_of(words: Mapping[str, str | int]) -> Mapping[str, Severity]:
    """A source's own mapping, its words as `severity_of` compares them.

    Raises InvalidValue, under the word, for what is no severity or a word that stands twice.
    """
    found: dict[str, Severity] = {}
    for word, written in words.items():
        plain = word.strip().casefold()
        if not plain or len(word) > LONGEST_WORD:
            raise InvalidValue("a word has 1 to 60 characters", path=(word[:LONGEST_WORD],))
        if plain in found:
            raise InvalidValue("stands twice but for case and spaces", path=(word,))
        try:
            found[plain] = parse_severity(written)
        except InvalidValue as error:
            raise error.under(word) from error
    return MappingProxyType(found)


@lru_cache(maxsize=1024)
def _commonly(plain: str) -> Severity | None:
    if plain in COMMON:
        return COMMON[plain]
    try:
        return parse_severity(plain)
    except InvalidValue:
        return None
