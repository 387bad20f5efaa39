"""The blame lint: which words it speaks of, where it is silent, and what its writers may allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintsugi.core.language.blame_rules import BLAME_RULES
from kintsugi.core.language.finding import Level
from kintsugi.core.language.lint import Linted, lint_markdown, lint_text, people_named
from kintsugi.core.language.outline import PassageKind, outline
from kintsugi.core.language.prose import LONGEST, blocks, own_words, sentences
from kintsugi.demo.records import demo_record
from kintsugi.formats.markdown.templating import SHIPPED, render, shipped_template
from kintsugi.formats.scenarios import SCENARIOS, scenario_named
from tests.strategies import texts


def rules(text: str, *people: str) -> list[str]:
    return [each.rule for each in lint_markdown(text, people=people).findings]


def quotes(linted: Linted) -> list[str]:
    return [each.quote for each in linted.findings]


# --- the subject decides -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The engineer who was on call failed to notice it.", "L2.omission"),
        ("Two of the engineers did not read the notes.", "L2.omission"),
        ("The team **should have** asked.", "L2.should-have"),
        ("He could\nhave rolled back.", "L2.should-have"),
        ("alice did not drain the node.", "L2.omission"),
        ("It broke because Alice forgot the flag.", "L1.person-as-cause"),
        ("The table was mistakenly dropped by an engineer.", "L2.mistake"),
        ("We overlooked the second region.", "L2.first-person"),
        ("The operators lacked the experience to see it.", "L1.skill"),
        ("The reviewer was not experienced enough.", "L1.skill"),
        ("Poorly trained staff ran it.", "L1.skill"),
        ("He did not know what he was doing.", "L1.skill"),
        ("Ops didn't check.", "L2.omission"),
        ("@maria should've asked.", "L2.should-have"),
        ("The DBA's mistake cost us two hours.", "L2.mistake"),
        ("Operator mistakenly selected the other cluster.", "L2.mistake"),
        ("Whose fault was it?", "L5.who"),
    ],
)
def test_a_person_who_is_the_subject_is_found(text: str, rule: str) -> None:
    assert [name for name in rules(text, "alice") if not name.startswith("L4")] == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "The page to the on-call engineer did not arrive.",
        "The alert for the platform team failed to fire.",
        "The engineer did not have access to the console.",
        "An engineer could have triggered this from any host.",
        "If the on-call did not acknowledge, the page would go to the lead.",
        "Support confirmed that he did not suspend the account.",
        "The lack of training data made the model worse.",
        "An untrained model was served.",
        "The name was not qualified.",
        "Terraform should have planned this, Helm forgot the value.",
        "We should have alerting on this soon.",
        "We did not have a second region.",
        "This is not the platform team's fault.",
        "The fault domain of the team's cluster was one rack.",
        "The engineer did not notice any errors on the dashboard, which shows averages.",
        "The team did not know that the flag was shared.",
        "The developers mistakenly believed to be on staging.",
        "The team channel did not get the alert.",
        "The person API did not respond.",
        "Members of the cluster failed to join.",
        "The reviewer tool overlooked the change.",
        "Often forgotten: the second region.",
    ],
)
def test_a_system_or_a_means_is_left_alone(text: str) -> None:
    assert rules(f"## What happened\n\n{text}\n") == []


def test_what_one_says_of_oneself_is_only_a_hint() -> None:
    (found,) = lint_markdown("We failed to notice the queue.").findings
    assert (found.rule, found.level) == ("L2.first-person", Level.INFO)


# --- the passage decides ----------------------------------------------------------------------------

DISGUISED = "An alert would have caught it."


@pytest.mark.parametrize("heading", ["Summary", "Timeline", "Root cause", "What happened"])
def test_a_fix_written_as_a_fact_is_found_in_the_account(heading: str) -> None:
    assert "L3.would-have" in rules(f"## {heading}\n\n{DISGUISED}\n")


@pytest.mark.parametrize(
    "heading", ["Action items", "Lessons learned", "What went well", "Next steps", "Glossary"]
)
def test_it_may_stand_among_actions_and_lessons(heading: str) -> None:
    assert rules(f"## {heading}\n\n{DISGUISED}\n\n### More\n\n{DISGUISED}\n") == []


def test_a_person_who_opens_the_root_cause_is_its_cause_and_elsewhere_is_not() -> None:
    text = "A developer pushed the change."
    assert rules(f"**Root cause:** {text}\n\n**Contributing factors:** muted alert\n") == [
        "L1.person-as-cause"
    ]
    assert rules(f"## Timeline\n\n- 10:00 {text}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "> The engineer should have known.\n> Human error!",
        "> The engineer said\nthat the team should have known.",
        "```\nhuman error: the operator failed to\n```",
        "`the engineer forgot`",
        'The policy says: "the engineer should have asked".',
        'The page shows "human error" then.',
        "<!-- the team should have asked -->",
        "---\ntitle: Human error\n---\n\nText.",
    ],
)
def test_code_quotations_and_front_matter_are_not_the_authors_words(text: str) -> None:
    assert rules(text) == []


def test_headings_in_code_are_none_and_sub_headings_take_the_kind_above() -> None:
    text = (
        "# Search down\n\n## Timeline\n\n```\n# not one\n```\n\n### Monday\n\nRoot cause: a bug\n"
    )
    assert [(passage.title, passage.kind) for passage in outline(text)] == [
        ("", PassageKind.ACCOUNT),
        ("Search down", PassageKind.ACCOUNT),
        ("Timeline", PassageKind.TIMELINE),
        ("Monday", PassageKind.TIMELINE),
        ("Root cause", PassageKind.CAUSE),
    ]


def test_people_are_known_by_bylines_and_lists_and_named_once() -> None:
    text = (
        "# Login down\n\nAuthors: Joan Meyer, @sam-k\n\n## Attendees\n\n- Kim Park\n- Platform\n\n"
        "## Summary\n\nJoan restarted it. Joan looked again. Kim helped.\n\n## Timeline\n\n- 10:00 Kim pages\n"
    )
    assert people_named(text) == ("@sam-k", "Joan Meyer", "Kim Park")
    found = lint_markdown(text)
    assert [(each.rule, each.quote) for each in found.findings] == [
        ("L4.named-person", "Joan"),
        ("L4.named-person", "Kim"),
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("## Root cause\n\nA bug.\n", 1),
        ("Root cause: a bug\n", 1),
        ("## Root cause\n\nTBD\n", 0),
        ("## Root cause\n\n- A bug.\n- A muted alert.\n", 0),
        ("## Root cause\n\nA bug.\n\n## Contributing factors\n\n- A muted alert.\n", 0),
        ("## Root cause\n\nA bug, and a muted alert contributed.\n", 0),
        ("## Summary\n\nA bug.\n", 0),
    ],
)
def test_a_single_cause_is_found_once(text: str, count: int) -> None:
    assert rules(text) == ["L6.single-cause"] * count


# --- what is allowed -----------------------------------------------------------------------------

BLAMING = "The engineer forgot the flag."


@pytest.mark.parametrize(
    "text",
    [
        f"{BLAMING} <!-- kintsugi-allow L2.omission: their own words, and they want them here -->",
        f"<!-- kintsugi-allow L2: their own words -->\n{BLAMING}\nAnd {BLAMING}",
        f"<!-- kintsugi-allow L1, L2: their own words -->\n\n\n{BLAMING}",
    ],
)
def test_a_reason_allows_a_finding_and_is_kept_with_it(text: str) -> None:
    linted = lint_markdown(text)
    assert linted.findings == ()
    assert {each.finding.rule for each in linted.allowed} == {"L2.omission"}
    assert {each.reason.split(",")[0] for each in linted.allowed} == {"their own words"}


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("<!-- kintsugi-allow L2 -->", "L0.no-reason"),
        ("<!-- kintsugi-allow L2: -->", "L0.no-reason"),
        ("<!-- kintsugi-allow L9: because -->", "L0.unknown-rule"),
        ("<!-- kintsugi-allow: because -->", "L0.unknown-rule"),
        ("<!-- kintsugi-allow L3: because -->", "L0.unused"),
    ],
)
def test_an_allowance_that_cannot_hold_is_said_and_allows_nothing(comment: str, said: str) -> None:
    assert sorted(rules(f"{BLAMING} {comment}")) == [said, "L2.omission"]


def test_an_allowance_ends_with_its_paragraph_and_in_code_is_none() -> None:
    text = f"<!-- kintsugi-allow L2: quoted -->\n{BLAMING}\n\n{BLAMING}\n\n`<!-- kintsugi-allow L1 -->`\n"
    linted = lint_markdown(text)
    assert (len(linted.findings), len(linted.allowed)) == (1, 1)


# --- our own words --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_our_templates_blame_nobody(name: str) -> None:
    text = render(shipped_template(name), demo_record())
    assert lint_markdown(text).findings == ()


@pytest.mark.parametrize("name", SCENARIOS)
def test_our_scenarios_blame_nobody(name: str) -> None:
    assert lint_markdown(scenario_named(name).source).findings == ()


# --- whatever is written -------------------------------------------------------------------------


def test_every_rule_says_why_what_to_try_and_who_says_so() -> None:
    assert len({rule.id for rule in BLAME_RULES}) == len(BLAME_RULES)
    for rule in BLAME_RULES:
        assert rule.why.endswith(".")
        assert rule.rewrite
        assert rule.source


SPOKEN = st.sampled_from((
    "the engineer", "forgot", "should have", "We", "failed to", "**", "human error", "`", "```\n", "\n\n",
    "# Root cause\n",
    "- ", "> ", "\n", " ", ".", "?", "Why did", "who", '"', "<!-- kintsugi-allow L2: x -->", "<!--", "-->", "team",
    "lack of training of", "\u0130", "\u017f", "\u2028", "\u00a0", "é", "🔥", "(", ")", "!!", "STILL NOT", "---", "|",
))  # fmt: skip


@given(st.one_of(texts(max_size=200), st.lists(SPOKEN, max_size=40).map(" ".join)))
def test_every_finding_quotes_what_stands_at_its_place(text: str) -> None:
    linted = lint_markdown(text, people=("Joan Meyer",))
    for each in (*linted.findings, *(allowed.finding for allowed in linted.allowed)):
        assert text[each.start : each.end] == each.quote
        assert each.quote.strip()
    assert lint_markdown(text, people=("Joan Meyer",)) == linted


@given(st.lists(SPOKEN, max_size=20).map(" ".join))
def test_lower_parts_find_what_the_whole_finds(text: str) -> None:
    plain = text.replace("#", "").replace("kintsugi-allow", "").replace("**", "").replace("---", "")
    alone = lint_text(plain, PassageKind.ACCOUNT)
    whole = [
        each
        for each in lint_markdown(plain).findings
        if not each.rule.startswith(("L4.named", "L6"))
    ]
    assert list(alone) == whole


@given(texts(max_size=400), st.integers(1, 40))
def test_sentences_are_short_and_say_nothing_twice(text: str, times: int) -> None:
    long = text * times
    read = [each for block in blocks(own_words(long)) for each in sentences(block.text)]
    assert all(len(each.text) <= LONGEST for each in read)
    assert sum(len(each.text) for each in read) <= len(long)


HOSTILE = (
    "a", "a-", "the ", "`", "`a", "`` a", "~", '"a ', "“a ", "<!--", "<!-- kintsugi-allow ", ".)))", "*", "**a",
    "# a\n", "> a\nb\n", "\n\t", " ", "engineer should have ", "the engineer who ", "lack of training of ", "not ",
    "would have ", "if only ", "caused by ", "error by ", "who approved ", "AB ", "A", "STILL NOT ", "!", "?!",
    "outage 3 % of requests ", "a\n---\n", "| a ", "Author: A B\n", "@aa ", "a.a@", "Aa Bb ", "Root cause ", "```\n",
    "---\n", "simply ", "İ", "<!-- kintsugi-allow L2: x -->\n", "\u202e", "a/", "a’ ", "one of the ",
    "accidentally aed by ", "the engineer a ", "# Contributing factors\nA\n", "## Root cause\nA\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.long
def test_a_line_of_any_length_takes_its_length(piece: str) -> None:
    """Where reading took the square of the length, these characters would take minutes and not a moment."""
    text = (piece * (40_000 // len(piece))) + "x"
    once = len(lint_markdown(text[: len(text) // 2], people=("Joan Meyer",)).findings)
    twice = len(lint_markdown(text, people=("Joan Meyer",)).findings)
    assert twice <= 2 * once + 2
