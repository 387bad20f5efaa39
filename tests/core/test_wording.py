"""Wording: what each question speaks up about, and what it must leave alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.language.acronyms import unexplained_acronyms
from kintsugi.core.language.action_wording import vague_opening, weak_action
from kintsugi.core.language.finding import Finding, Level
from kintsugi.core.language.prose import own_words, sentences
from kintsugi.core.language.wording import blamed_people, disguised_fixes
from tests.strategies import texts

PEOPLE = ("alice", "bob@example.com", "Jo Meyer", "mark")

# --- people as causes ------------------------------------------------------------------------


def rules(found: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in found]


@pytest.mark.parametrize(
    "text",
    [
        "Root cause: an engineer pushed a bad config.",
        "The root cause was the on-call engineer's mistake.",
        "The root cause of the outage was Alice.",
        "Bob deployed the wrong version.",
        "The on-call engineer accidentally deleted the production table.",
        "The outage was caused by a junior developer who forgot the flag.",
        "It was caused by Bob running the script.",
        "The table was dropped by an engineer.",
        "The engineer was inexperienced",
        "A DBA ran the wrong migration",
        "The platform team failed to renew the certificate.",
        "Root cause was the platform team.",
        "The admin mistyped the host name.",
        "It failed because an operator-on-duty engineer forgot the step.",
        "Jo Meyer",
        "alice's mistake",
        "I forgot to renew it.",
    ],
)
def test_a_person_as_cause_is_found(text: str) -> None:
    found = blamed_people(text, people=PEOPLE, is_cause=True)
    assert rules(found) == ["L1.person-as-cause"]
    assert found[0].level is Level.ERROR


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Human error.", "L1.human-error"),
        ("Caused by operator error during the deploy", "L1.human-error"),
        ("This was a careless change", "L1.judgement"),
        ("Somebody fat-fingered the command", "L1.judgement"),
        ("We must be more careful with deploys", "L1.more-careful"),
        ("In the end the vendor's contractor was to blame", "L1.to-blame"),
    ],
)
def test_blame_is_found_in_any_section(text: str, rule: str) -> None:
    assert rules(blamed_people(text)) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        # systems that are named like people
        "The package manager failed to resolve the version.",
        "The operator deleted the pods of the old version.",
        "The developer portal was down.",
        "The SRE team's dashboard was slow.",
        "The user agent was misread by the parser.",
        "The scheduler forgot the job after the restart.",
        # people who are not the cause
        "The on-call engineer noticed the errors and rolled back.",
        "The on-call engineer was paged late.",
        "Engineers had no access to the console.",
        "The fix was reviewed by an engineer.",
        "The on-call rotation had a gap.",
        "Traffic from a marketing campaign; alice rolled back at 10:00.",
        # phrases about error that blame nobody
        "Not human error but a missing check.",
        'We framed it as a failure of controls rather than "human error."',
        "Reduce human error and speed recovery.",
        "User error rates rose to 10%.",
        "The lazy loading of the module failed.",
        "Cassandra used a sloppy quorum.",
        "A load of negligible size.",
        # modal verbs and nouns that are names too
        "The service will mark the node as dead.",
        # what is not the author's own text
        "> An engineer forgot the flag.",
        "The log said `human error`.",
        "Connection leak in retry logic: connections not returned on error path.",
    ],
)
def test_what_is_no_blame_is_left_alone(text: str) -> None:
    assert blamed_people(text, people=PEOPLE, is_cause=True) == ()


def test_the_subject_of_a_sentence_counts_only_where_the_text_is_a_cause() -> None:
    told = "Bob deployed version 41 at 10:00."
    assert blamed_people(told, people=PEOPLE) == ()
    assert blamed_people(told, people=PEOPLE, is_cause=True) != ()


def test_only_the_first_sentence_of_a_cause_is_its_answer() -> None:
    text = "The flag had no default. Bob deployed it at 10:00."
    assert blamed_people(text, people=PEOPLE, is_cause=True) == ()


def test_names_are_not_known_unless_told() -> None:
    assert blamed_people("Kim deployed the wrong version", is_cause=True) == ()
    assert blamed_people("Kim deployed the wrong version", people=("kim",), is_cause=True) != ()


def test_a_user_name_that_is_a_word_counts_only_with_its_capital() -> None:
    assert blamed_people("mark deployed nodes as ready", people=PEOPLE, is_cause=True) == ()
    assert blamed_people("Mark deployed the wrong version", people=PEOPLE, is_cause=True) != ()


def test_a_finding_says_why_and_offers_another_wording() -> None:
    (finding,) = blamed_people("In short: human error.")
    assert finding.quote == "human error"
    assert (finding.start, finding.end) == (10, 21)
    assert finding.why
    assert finding.rewrite.endswith("?")
    assert finding.source


# --- fixes dressed up as facts ---------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "A better alert would have caught this.",
        "It could have been avoided by a canary.",
        "If we had tested it, this would not have happened.",
        "There was no monitoring on the queue.",
        "The deploy failed for lack of automated testing.",
        "There was insufficient test coverage of the parser.",
    ],
)
def test_a_fix_told_as_a_fact_is_found(text: str) -> None:
    (finding,) = disguised_fixes(text)
    assert finding.level is Level.WARNING


@pytest.mark.parametrize(
    "text",
    [
        "No alerts fired.",
        "There were no alerts fired in the first hour.",
        "We had no customers left on the old version.",
        "The queue would have grown for another hour.",
        'The vendor wrote that "a test would have prevented it".',
        "> Better alerts would have caught this.",
        "See `lack of monitoring` in the code.",
        "The deploy removed an index; queries took 30 s.",
    ],
)
def test_a_plain_fact_is_left_alone(text: str) -> None:
    assert disguised_fixes(text) == ()


# --- acronyms --------------------------------------------------------------------------------


def acronyms(text: str, *known: str) -> list[str]:
    return [finding.quote for finding in unexplained_acronyms(text, known)]


def test_an_acronym_is_reported_once_at_its_first_use() -> None:
    assert acronyms("The BGP session of the LSP flapped; BGP recovered.") == ["BGP", "LSP"]


def test_a_glossary_or_the_text_itself_explains_it() -> None:
    assert acronyms("The BGP session flapped.", "bgp") == []
    assert acronyms("Border Gateway Protocol (BGP) flapped. BGP again.") == []
    assert acronyms("BGP (Border Gateway Protocol) flapped.") == []
    assert acronyms("It flapped (BGP).") == ["BGP"]


@pytest.mark.parametrize(
    "text",
    [
        "The API of AWS answered HTTP 500 in UTC.",
        "Ticket ABC-123 and SEV-1",
        "DATABASE_URL was unset",
        "We did NOT know",
        "PLEASE READ THIS NOTICE",
        "`XQZ` in code",
        "A plain sentence.",
        "GET /health returned ERROR",
        "https://x.example/QWZ",
    ],
)
def test_what_needs_no_glossary_is_left_alone(text: str) -> None:
    assert acronyms(text) == []


READERS: list[Callable[[str], tuple[Finding, ...]]] = [
    lambda text: blamed_people(text, people=PEOPLE, is_cause=True),
    disguised_fixes,
    unexplained_acronyms,
    lambda text: tuple(found for found in (vague_opening(text), weak_action(text)) if found),
]
PHRASES = st.lists(
    st.sampled_from(
        'human error|caused by|Bob|the engineer|forgot|would have prevented|if we had|lack of|BGP|`|"|> |\n|. |```|'
        "root cause was|monitoring|to blame|improve|(|)|—|’s mistake".split("|")
    ),
    max_size=12,
).map(" ".join)


@given(st.one_of(texts(max_size=80), PHRASES), st.sampled_from(READERS))
def test_every_finding_quotes_the_text_it_stands_in(
    text: str, read: Callable[[str], tuple[Finding, ...]]
) -> None:
    found = read(text)
    for finding in found:
        assert text[finding.start : finding.end] == finding.quote
        assert finding.quote.strip()
    starts = [finding.start for finding in found]
    assert starts == sorted(starts)
    assert read(text) == found


@given(st.one_of(texts(max_size=80), PHRASES))
def test_blanking_out_keeps_every_position(text: str) -> None:
    blanked = own_words(text)
    assert len(blanked) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, blanked, strict=True))
    for sentence in sentences(text):
        assert text[sentence.start : sentence.start + len(sentence.text)] == sentence.text
