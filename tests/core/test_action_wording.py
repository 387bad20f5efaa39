"""Wording of actions, and telling people, teams, tools, placeholders, sentences and logs apart."""

from __future__ import annotations

import pytest

from kintsugi.core.language.action_wording import is_verb_first, vague_opening, weak_action
from kintsugi.core.language.people import is_group, is_one_person, is_several, is_tool
from kintsugi.core.language.prose import is_written, pasted_logs, sentences

# --- actions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Add connection pool metrics",
        "Alert on replication lag above 30 s",
        "- [ ] Set up lag monitoring",
        "Never retry on 4xx",
        "**Alerting:** page on 5xx above 1%",
        "Frobnicate the widgets",
        "Don't retry writes",
        "P1: Roll back on failed checks",
        "Re-enable the check",
        "Implemented a stricter check of configuration",
    ],
)
def test_an_action_that_begins_with_a_verb_is_left_alone(text: str) -> None:
    assert is_verb_first(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Better monitoring of namespaces",
        "Connection pool metrics",
        "We should add metrics",
        "Adding an alert",
        "Monitoring for the queue",
        "The alert needs a name",
        "Database timeouts moved to configuration",
        "More tests",
        "If possible, add a test",
        "10 more replicas",
    ],
)
def test_an_action_that_names_a_topic_is_found(text: str) -> None:
    assert not is_verb_first(text)


@pytest.mark.parametrize(
    "text",
    [
        "Improve monitoring and alerting",
        "Investigate memory usage",
        "Make sure deploys are tested",
        "Look into timeouts",
        "Consider a canary",
        "[bob] Enhance alerting rules",
        "Make deploys better",
        "Be careful with flags",
        "Train operators",
        "Remind the team",
        "Ensure people read the docs",
        "**Improve** the dashboards",
    ],
)
def test_a_vague_opening_is_found(text: str) -> None:
    assert vague_opening(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Add an alert that makes sure of it",
        "Ensure the lock is released on timeout",
        "Limit retries",
        "Remove the improved parser",
    ],
)
def test_a_definite_opening_is_left_alone(text: str) -> None:
    assert vague_opening(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Conduct team training on database management",
        "Scheduled training for the operations team",
        "Be more careful",
        "Update documentation",
        "Document the failover",
        "Write a wiki article on capacity",
        "Remind everyone to check twice",
        "Make sure all engineers know the process",
        "Follow the deploy process",
        "Raise awareness of limits",
    ],
)
def test_asking_people_to_do_better_is_weak(text: str) -> None:
    assert weak_action(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Retrain the fraud model nightly",
        "Fix the training pipeline",
        "Write a runbook for failover",
        "Add a checklist to deploys",
        "Generate the API documentation from code",
        "Update the runbook wiki page for failover",
        "Document store: add an index",
        "Add a test for the docs build",
        "Restart the docs site on failure",
    ],
)
def test_changing_the_system_is_not_weak(text: str) -> None:
    assert weak_action(text) is None


# --- names and prose -------------------------------------------------------------------------


def test_people_teams_and_tools_are_told_apart() -> None:
    assert all(
        map(is_one_person, ["alice", "bob@example.com", "Jo Meyer", "@kim", "platform.jones"])
    )
    assert all(
        map(
            is_group,
            [
                "SRE",
                "database team",
                "engineering@example.com",
                "#payments",
                "@org/platform-team",
                "on-call",
            ],
        )
    )
    assert all(map(is_several, ["alice, bob", "Alice and Bob", "alice/bob", "a & b"]))
    assert all(map(is_tool, ["PagerDuty", "deploy-bot", "monitoring", "CI"]))
    assert not any(map(is_tool, ["alice", "Jo Meyer", "bob@example.com"]))
    assert not any(map(is_one_person, ["", "TBD", "unassigned", "n/a", "team", "alice, bob"]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "TBD",
        "tbd.",
        "...",
        "-",
        "To be written",
        "[Describe the impact]",
        "<summary>",
        "**TODO**",
    ],
)
def test_a_placeholder_is_not_written(text: str) -> None:
    assert not is_written(text)


@pytest.mark.parametrize(
    "text", ["none", "no", "[runbook](https://x.example)", "<https://x.example>", "45", "短い"]
)
def test_a_short_answer_is_written(text: str) -> None:
    assert is_written(text)


def test_sentences_end_at_stops_items_and_blank_lines_but_not_at_abbreviations() -> None:
    text = "It broke, e.g. the API.\nStill the second sentence\nwrapped.\n\n- one item\n- another. With more"
    assert [sentence.text for sentence in sentences(text)] == [
        "It broke, e.g. the API.",
        "Still the second sentence\nwrapped.",
        "one item",
        "another.",
        "With more",
    ]


def test_a_long_log_is_found_fenced_or_bare_and_a_short_one_is_not() -> None:
    lines = [f"2024-03-15 10:00:{second:02d} ERROR pool exhausted" for second in range(41)]
    bare, fenced = "\n".join(lines), "```\n" + "\n".join(lines) + "\n```"
    assert [block.lines for block in pasted_logs(f"Before.\n{bare}\nAfter.", 40)] == [41]
    assert [block.lines for block in pasted_logs(fenced, 40)] == [41]
    assert list(pasted_logs("\n".join(lines[:40]), 40)) == []
    assert list(pasted_logs("\n".join(f"- item {number}" for number in range(60)), 40)) == []
