"""What a sentence takes back: words that are denied, guarded against, or only reported as somebody's."""

from __future__ import annotations

import re

_DENIED = re.compile(
    r"(?:\bnot?|\bnever|\bn[o’']t|\bwithout|rather than|instead of|beyond|than|\bas|myth of|(?:so-|so )called"
    r"|reduc\w+|prevent\w*|avoid\w*|handl\w+|tolerat\w+|guard\w* against|protect\w* (?:us )?(?:from|against)|catch\w*"
    r"|punish\w*|assum\w+|suspect\w+|blam\w+|resilient to|robust (?:to|against)|room for|risk of"
    r"|chance of|possibility of|prone to|eliminat\w+|minimi[sz]\w+)"
    r"\s+(?:(?:an?|any|the|just|simply|merely|by|to|due|caused|of|all|for|future|more|calling|this|that|it)\s+){0,3}"
    r"[\"“'\u2018*_]*$",
    re.IGNORECASE,
)
_CLASSIFIED = re.compile(
    r"(?:classified|categori[sz]ed|recorded|filed|logged|tagged|marked) as\s+(?:an?\s+)?[\"“'\u2018*_]*$", re.IGNORECASE
)  # fmt: skip
_NEGATED = re.compile(
    r"(?:\bnot|\bnever|n[’']t|\bno|\bnor|\bneither)\s+(?:\w+\s+)?$", re.IGNORECASE
)
_QUOTATION = re.compile(
    r"“[^”\n]{1,300}”|\u2018[^’\n]{1,300}’(?!\w)|(?<!\w)\"[^\"\n]{1,300}\"|(?<!\w)'[^'\n]{1,300}'(?!\w)"
)
_SAYS = re.compile(
    r"(?:\b(?:print|say|read|show|return|display|log|answer|report|warn|contain|repl)\w*|\bsaid|\bwrote|\bwritten"
    r"|\btold|\btitled|\bnamed|\bcalled|\b(?:message|error|warning|alert|text|label|button|log)s?(?:\s+(?:was|is))?)"
    r"[\s:,]*$",
    re.IGNORECASE,
)


def is_denied(text: str, start: int) -> bool:
    """Whether the words before text[start] take back what follows: `not`, `rather than`, `to prevent`."""
    before = text[max(0, start - 60) : start]
    return bool(_DENIED.search(before)) and not _CLASSIFIED.search(before)


def is_negated(sentence: str, start: int) -> bool:
    """Whether a bare negation stands right before sentence[start]."""
    return bool(_NEGATED.search(sentence[max(0, start - 20) : start]))


def is_reported(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] stands in quotation marks after words such as `says` or `the message was`."""
    opens = max(text.rfind("\n", 0, start) + 1, start - 300)
    line = text[opens : end + 300]
    for quotation in _QUOTATION.finditer(line):
        if quotation.start() <= start - opens and end - opens <= quotation.end():
            return bool(_SAYS.search(line, max(0, quotation.start() - 30), quotation.start()))
    return False
