"""Hypothesis strategies for the core's values: any postmortem a person could have written, and worse."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st

from kintsugi.core.actions.item import ActionItem, ActionStatus, ActionType, Horizon, Priority
from kintsugi.core.analysis.factors import FACTOR_CATEGORIES, ContributingFactor
from kintsugi.core.analysis.five_whys import Confidence, Why
from kintsugi.core.incidents.detection import Detection, DetectionMethod
from kintsugi.core.incidents.impact import Degradation, Impact
from kintsugi.core.incidents.milestones import Milestones
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.postmortems.document import (
    ExternalAccount,
    ExtraSection,
    GlossaryTerm,
    LinkKind,
    Postmortem,
    ResponseEvaluation,
    SupportingLink,
)
from kintsugi.core.postmortems.status import PostmortemStatus
from kintsugi.core.shared.money import Money
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import clean
from kintsugi.core.shared.times import ClockTime

Item = TypeVar("Item")
NASTY = (
    "", " ", "plain words", "a | b | c", "back\\slash | pipe", "# heading", "## Timeline", "---", "```", "~~~\ncode",
    "<script>alert(1)</script>", "<!-- open", "line one\nline two", "  indented", "trailing  ", "- item", "1. item",
    "_Nothing recorded._", "<!-- prompt: x -->", "**bold**: x", "- **Date**: 2024-01-01", "14:35 - text", "no", "yes",
    "null", "14:35", "2024-03-15", "0x1F", "~", "key: value", "{a: b}", "[x]", "*anchor", "&a", "!!python/object:x",
    "\u202eright to left", "日本語テキスト", "🔥", "a\u00a0b", "é" * 30, "<br>", "\\<b>", "x (HIGH) - bob",
    "No action, because x",
    "| Time (UTC) | Event |\n|---|---|\n| 1 | 2 |", "a\n\n\nb", "$math$", "#panic(1)", "{{ 7 * 7 }}", "{% raw %}",
)  # fmt: skip
"""Texts that mean something to Markdown, YAML, HTML, typst or Jinja."""


def texts(*, max_size: int = 40) -> st.SearchStrategy[str]:
    """Text as the door lets it through: any Unicode without control characters, or a nasty one."""
    anything = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=max_size).map(clean)
    return st.one_of(
        st.sampled_from(NASTY), anything, st.text("ab |\n#-`<>\\*_[]():", max_size=max_size)
    )


def lists_of(
    element: st.SearchStrategy[Item], most: int = 3
) -> st.SearchStrategy[tuple[Item, ...]]:
    return st.lists(element, max_size=most).map(tuple)


moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is added
clock_times = st.builds(
    ClockTime, st.one_of(st.times(), st.builds(time, st.integers(0, 23), st.integers(0, 59)))
)
whens = st.one_of(moments, clock_times)
days = st.dates(date(1970, 1, 1), date(2100, 1, 1))
shares = st.one_of(st.none(), st.integers(0, 100).map(float), st.floats(0, 100, allow_nan=False))
counts = st.one_of(st.none(), st.integers(0, 10**9))
spans = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=3000)))
money = st.builds(
    Money,
    st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=2),
    st.sampled_from(["USD", "EUR", "JPY"]),
)
events = st.builds(
    TimelineEvent, st.one_of(st.none(), whens), texts(), texts(max_size=10), texts(max_size=10), st.booleans(),
    st.sampled_from(EventKind), texts(max_size=10),
)  # fmt: skip
simple_events = st.builds(
    TimelineEvent,
    moments,
    st.text("abc def", min_size=1).map(str.strip),
    st.sampled_from(["", "alice", "bob"]),
)
actions = st.builds(
    ActionItem, texts(), texts(max_size=5), texts(max_size=10), lists_of(texts(max_size=10), 2),
    st.one_of(st.none(), st.sampled_from(Priority)), st.sampled_from(ActionStatus),
    st.one_of(st.none(), st.sampled_from(ActionType)), st.one_of(st.none(), st.sampled_from(Horizon)),
    st.one_of(st.none(), days), texts(), texts(max_size=10), texts(max_size=10), texts(max_size=10),
    texts(max_size=10), st.one_of(st.none(), days), st.booleans(), texts(),
)  # fmt: skip
factors = st.builds(
    ContributingFactor,
    texts(),
    st.one_of(st.just(""), st.sampled_from(sorted(FACTOR_CATEGORIES)), texts(max_size=8)),
)
whys = st.recursive(
    st.builds(Why, texts(), texts(), texts(max_size=8), st.just(""), st.booleans()),
    lambda children: st.builds(
        Why,
        texts(),
        texts(),
        texts(max_size=8),
        texts(max_size=8),
        st.booleans(),
        lists_of(children, 2),
        st.one_of(st.none(), st.sampled_from(Confidence)),
    ),
    max_leaves=4,
)
impacts = st.builds(
    Impact, texts(), counts, shares, lists_of(texts(max_size=10)), spans, st.one_of(st.none(), money),
    st.one_of(st.none(), st.just(Decimal("1.0825"))), st.one_of(st.none(), st.booleans()),
    st.one_of(st.none(), st.booleans()), shares, lists_of(st.builds(Degradation, texts(), texts(), texts()), 2),
    lists_of(texts(), 2), counts, lists_of(texts(), 2), texts(), texts(), texts(), texts(), texts(),
    lists_of(st.sampled_from(["affected_users", "revenue"]), 2),
)  # fmt: skip
milestones = st.builds(Milestones, *[st.one_of(st.none(), whens)] * 7)
detections = st.builds(
    Detection, st.one_of(st.none(), st.sampled_from(DetectionMethod)), texts(), texts(), spans
)


@st.composite
def postmortems(draw: st.DrawFn) -> Postmortem:
    """Any postmortem: each field independently empty, ordinary or nasty."""
    optional_moment = st.one_of(st.none(), moments)
    return Postmortem(
        title=draw(texts()), id=draw(texts(max_size=8)), incident_id=draw(texts(max_size=12)),
        severity=draw(st.one_of(st.none(), st.sampled_from(Severity))), status=draw(st.sampled_from(PostmortemStatus)),
        incident_status=draw(st.one_of(st.none(), st.sampled_from(IncidentStatus))),
        date=draw(st.one_of(st.none(), days)), zone=draw(st.sampled_from(["", "UTC", "Europe/Berlin"])),
        summary=draw(texts()), impact=draw(impacts), lead_up=draw(texts()), trigger=draw(texts()),
        root_cause=draw(texts()), detection=draw(detections), resolution=draw(texts()),
        milestones=draw(milestones), timeline=draw(st.one_of(lists_of(events), lists_of(simple_events, 5))),
        contributing_factors=draw(lists_of(factors)), whys=draw(lists_of(whys, 2)),
        what_went_well=draw(lists_of(texts())), what_went_poorly=draw(lists_of(texts())),
        where_we_got_lucky=draw(lists_of(texts(), 2)), lessons=draw(lists_of(texts(), 2)),
        response=draw(st.builds(ResponseEvaluation, texts(), texts(), texts(), texts())),
        action_items=draw(lists_of(actions)), no_action_because=draw(texts()), commander=draw(texts(max_size=10)),
        owner=draw(texts(max_size=10)), facilitator=draw(texts(max_size=10)), contributors=draw(lists_of(texts(), 2)),
        reviewers=draw(lists_of(texts(), 2)), known_before=draw(texts()), similar=draw(lists_of(texts(), 2)),
        error_budget_percent=draw(shares), external=draw(st.builds(ExternalAccount, texts(), texts(), texts())),
        links=draw(lists_of(st.builds(SupportingLink, texts(), texts(), st.sampled_from(LinkKind)), 2)),
        glossary=draw(lists_of(st.builds(GlossaryTerm, texts(), texts()), 2)),
        tags=draw(lists_of(texts(max_size=8), 2)),
        scenario=draw(texts(max_size=8)), sections=draw(lists_of(st.builds(ExtraSection, texts(), texts()), 2)),
        created_at=draw(optional_moment), created_by=draw(texts(max_size=8)), updated_at=draw(optional_moment),
        published_at=draw(optional_moment),
    )  # fmt: skip
