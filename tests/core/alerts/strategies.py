"""Alerts, matchers, rules and silences as senders and people could write them, and worse."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from kintsugi.core.alerts.event import AlertEvent, AlertLink, AlertState, Happening
from kintsugi.core.alerts.grouping import Grouping
from kintsugi.core.alerts.lifecycle import Ending, Known
from kintsugi.core.alerts.matchers import Matcher
from kintsugi.core.alerts.routing import Condition, Outcome, OutcomeKind, Rule, WhenResolved
from kintsugi.core.alerts.silences import Silence, SilenceKind
from kintsugi.core.alerts.weekly_hours import Span, WeeklyHours
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import clean

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

names = st.sampled_from(
    ("service", "severity", "team", "env", "instance", "alert.service", "a b", "größe", 'q"')
)
words = st.sampled_from(
    ("", "checkout", "prod", "a,b", 'say "hi"', "back\\slash", "x\x1fy", "日本", "{x}")
)
texts = st.one_of(words, st.text(max_size=12))
labels = st.dictionaries(st.one_of(names, st.text(min_size=1, max_size=6)), texts, max_size=6)
moments = st.integers(-600, 600).map(lambda count: NOON + timedelta(minutes=count))
severities = st.one_of(st.none(), st.sampled_from(Severity))
patterns = st.sampled_from(("check.*", "prod|eu", ".*", "", "a b?", "db-[0-9]+"))

exact = st.builds(Matcher, names, texts.map(clean), st.just(False), st.booleans())
by_pattern = st.builds(Matcher, names, patterns, st.just(True), st.booleans())
matchers = st.one_of(exact, by_pattern)


@st.composite
def events(draw: st.DrawFn, happening: Happening | None = None) -> AlertEvent:
    return AlertEvent(
        happening=happening or draw(st.sampled_from(Happening)),
        key=draw(texts),
        title=draw(texts),
        description=draw(texts),
        severity_word=draw(words),
        service=draw(words),
        rule=draw(words),
        labels=draw(labels),
        annotations=draw(labels),
        values=draw(labels),
        links=tuple(draw(st.lists(st.builds(AlertLink, texts, texts), max_size=2))),
        runbook_url=draw(words),
        starts_at=draw(st.one_of(st.none(), moments)),
        ends_at=draw(st.one_of(st.none(), moments)),
    )


known = st.builds(
    Known,
    alert_id=st.just("alr_1"),
    state=st.sampled_from(AlertState),
    content=st.sampled_from(("same", "other")),
    severity=severities,
    starts_at=st.one_of(st.none(), moments),
    ends_at=st.one_of(st.none(), moments),
    raised_at=moments,
    resolved_at=st.one_of(st.none(), moments),
    ending=st.sampled_from(Ending),
)

clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
spans = st.builds(
    Span,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    clocks,
    clocks,
)
hours = st.builds(
    WeeklyHours,
    st.sampled_from(
        ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
    ),
    st.lists(spans, min_size=1, max_size=3, unique=True).map(tuple),
)
plain_words = st.sampled_from(("checkout", "payments", "db", "größe"))
several_words = st.lists(plain_words, max_size=3, unique=True).map(tuple)

conditions = st.builds(
    Condition,
    matchers=st.lists(matchers, max_size=3, unique=True).map(tuple),
    severities=st.lists(st.sampled_from(Severity), max_size=3, unique=True).map(tuple),
    services=several_words,
    during=st.one_of(st.none(), hours),
    not_during=st.one_of(st.none(), hours),
)
groupings = st.builds(
    Grouping,
    st.lists(st.sampled_from(("service", "rule", "env", "größe")), max_size=3, unique=True).map(
        tuple
    ),
    st.integers(0, 3600).map(lambda count: timedelta(seconds=count)),
)
outcomes = st.builds(
    Outcome,
    kind=st.sampled_from(OutcomeKind),
    grouping=groupings,
    severity=severities,
    title=st.sampled_from(("{title}", "{service|unknown}: {rule}", "{{x}} {nothing}", "plain")),
    services=several_words,
    tags=several_words,
    is_private=st.booleans(),
    when_resolved=st.sampled_from(WhenResolved),
)


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            f"rul_{number}", f"Rule {number}", draw(st.booleans()), draw(conditions), draw(outcomes)
        )
        for number in range(draw(st.integers(0, 4)))
    )


@st.composite
def silences(draw: st.DrawFn) -> Silence:
    starts_at = draw(moments)
    return Silence(
        id=f"sil_{draw(st.integers(1, 9))}",
        kind=draw(st.sampled_from(SilenceKind)),
        matchers=tuple(draw(st.lists(matchers, min_size=1, max_size=3))),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=draw(st.integers(1, 600))),
        source_id=draw(st.sampled_from(("", "src_1", "src_2"))),
    )
