"""Acronyms that a reader from another team may not know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from kintsugi.core.language.finding import Finding, LanguageRule, Level
from kintsugi.core.language.prose import blocks, without_code
from kintsugi.core.shared.kept import kept, kept_of_each

ACRONYM = LanguageRule(
    "R7.acronym", Level.INFO,
    "Readers outside the team may not know this acronym.",
    "Write it out once, as in Border Gateway Protocol (BGP), or add it to the glossary.",
    "Google SRE Workbook, ch. 10: a postmortem without glossary lacks context",
)  # fmt: skip

WELL_KNOWN = frozenset(
    "AM API APIS ASAP AWS CA CD CI CLI CPU CPUS CSS CSV DB DBS DNS EC2 EST ET CET CEST ETA EU EUR"
    " EVP FAQ FTP GB GBP GCP GET GMT GPU HDD HTML HTTP HTTPS IBM ID IDE IDS IO IP IPS IPV4 IPV6 IT"
    " ISO JSON JWT KB LAN MAC MB ML MS MTTR NAT NO OK OS PC PDF PDT PHP PM PR PRS PST EDT QA RAM"
    " REST S3 SEV SLA SLAS SLI SLO SLOS SMS SMTP SQL SRE SRES SSD SSH SSL TB TCP TLS TTL TV UDP UI"
    " UK URI URL URLS US USA USB USD UTC UTF UUID UX VM VMS VPN WIFI XML YAML ZIP".split()
)
"""Acronyms that need no glossary; ours, and a team may pass its own."""

_NOT_ACRONYMS = frozenset(
    "AN AND ANY ARE AS AT BE BUT BY CAN DID DO DOES DOWN FOR FROM HAD HAS HAVE IF IMPORTANT IN"
    " INTO IS ITS MUST NEVER NONE NOT NOTE NOW OF OFF ON ONE ONLY OR OUR OUT OVER SHOULD SO STILL"
    " SUCH THAT THE THEIR THEN THERE THEY THIS TO TOO TWO UP USE VERY WAS WE WERE WHAT WHEN WHO"
    " WHY WILL WITH YES YOU ALL ALWAYS ALSO BAD BEFORE AFTER POST PUT PATCH DELETE HEAD OPTIONS"
    " SELECT INSERT UPDATE WHERE DROP TABLE ALTER CREATE INDEX LIMIT COMMIT ROLLBACK TRACE DEBUG"
    " INFO WARN WARNING ERROR FATAL CRITICAL HIGH MEDIUM LOW OPEN DONE TODO FIXME TBD WIP FYI"
    " ALERT DRAFT PUBLISHED RESOLVED CLOSED ACTIVE TRUE FALSE NULL NAN PREVENT MITIGATE DETECT"
    " PROCESS DOCUMENT UNKNOWN II III IV VI VII VIII IX XI XII".split()
)
"""Words that people shout, verbs of HTTP and SQL, levels and states: upper case, and no acronyms."""

_TOKEN = re.compile(
    r"(?<![\w@#$&./\\=-])[A-Z][A-Z0-9]*[A-Z][A-Z0-9]*s?(?![\w@=\\-]|[.:/]\w)|(?<=[A-Z]/)[A-Z]{2,}\b"
)
_TWO_CAPITALS = re.compile(r"[A-Z][A-Z0-9]*[A-Z]")
_SHOUTING = re.compile(r"\b[A-Z]{2,}(?:[ ,]+[A-Z]{2,}){2,}\b")
_SPELLED_OUT_FIRST = re.compile(r"(?:\w[\w’'-]*[ -]){1,7}$")


def unexplained_acronyms(text: str, known: Collection[str] = ()) -> tuple[Finding, ...]:
    """The first use of each acronym that neither the glossary nor the text explains (practice rule 7).

    An acronym has two or more capital letters. `known` are glossary terms and names such as those of
    services, in any case. Ticket numbers, constants, shouted words and code do not count.
    """
    return tuple(ACRONYM.at(text, start, end) for _, start, end in _unexplained([[text]], known))


def unexplained_words(
    texts: Sequence[Sequence[str]], known: Collection[str] = ()
) -> tuple[str, ...]:
    """The same of the texts of each field, as they stand there: one may explain what another uses."""
    return tuple(text[start:end] for text, start, end in _unexplained(texts, known))


def _unexplained(
    texts: Sequence[Sequence[str]], known: Collection[str]
) -> Iterator[tuple[str, int, int]]:
    seen = {term.casefold() for term in known}
    for text, word, start, end in (found for each in texts for found in _all_acronyms(each)):
        if word.casefold() not in seen:
            seen.add(word.casefold())
            using = (one for each in texts for one in each if word in one)
            if not any(_is_explained(one, word) for one in using):
                yield text, start, end


@kept
def _acronyms_in(text: str) -> tuple[tuple[str, str, int, int], ...]:
    """What looks like an acronym in a text: the text, the acronym, and where it stands."""
    return tuple(
        (text, word, block.start + start, block.start + end)
        for block in blocks(without_code(text))
        for word, start, end in _candidates(block.text)
    )


_all_acronyms = kept_of_each(_acronyms_in)


@kept
def _candidates(block: str) -> tuple[tuple[str, int, int], ...]:
    if not _TWO_CAPITALS.search(block):
        return ()
    shouted = [place.span() for place in _SHOUTING.finditer(block)]
    found = []
    for place in _TOKEN.finditer(block):
        word = place[0].removesuffix("s") if place[0][-1] == "s" else place[0]
        if word in WELL_KNOWN or word in _NOT_ACRONYMS:
            continue
        if not any(start <= place.start() < end for start, end in shouted):
            found.append((word, *place.span()))
    return tuple(found)


def _is_explained(written: str, acronym: str) -> bool:
    """Whether it stands in parentheses after its words, or before them: `Time To Live (TTL)`, `TTL (time to live)`."""
    return any(
        _is_explained_in(block.text, acronym)
        for block in blocks(without_code(written))
        if acronym in block.text and "(" in block.text
    )


@kept
def _is_explained_in(text: str, acronym: str) -> bool:
    for place in re.finditer(rf"\(\s*{re.escape(acronym)}s?\s*\)", text):
        words = _SPELLED_OUT_FIRST.search(text, max(0, place.start() - 120), place.start())
        if words and _initials_match(words[0], acronym):
            return True
    for place in re.finditer(rf"\b{re.escape(acronym)}s?\s*\(([^()\n]{{3,120}})\)", text):
        if _initials_match(place[1], acronym):
            return True
    return False


def _initials_match(words: str, acronym: str) -> bool:
    initials = [word[0].casefold() for word in re.findall(r"[^\W_]+", words)]
    return bool(initials) and acronym[0].casefold() in initials
