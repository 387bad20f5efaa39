"""The generator seed's five sections, their text as the seed writes it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from kintsugi.core.incidents.severity_score import seed_score
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.sections import Section, SectionRegistry
from kintsugi.core.shared.times import minutes, written_when

NO_TIMELINE = "No timeline entries recorded."
NO_LESSONS = "No lessons recorded."


def build_summary(postmortem: Postmortem) -> str:
    """Title, severity, date, and the summary."""
    severity = postmortem.severity.seed_word.upper() if postmortem.severity else "not set"
    day = postmortem.date.isoformat() if postmortem.date else "unknown"
    return (
        f"Incident: {postmortem.title}\nSeverity: {severity}\nDate: {day}\n\n{postmortem.summary}"
    )


def build_impact(postmortem: Postmortem) -> str:
    """The seed's five numbers and the severity score. What is not known is written as the seed's default."""
    impact = postmortem.impact
    score = seed_score(impact)
    score_text = "100" if score == 100 else f"{score}"
    dollars = impact.revenue_usd if impact.revenue_usd is not None else Decimal(0)
    revenue = (
        f"${dollars:,.2f}"
        if impact.revenue is None or impact.revenue_usd is not None
        else str(impact.revenue)
    )
    return (
        f"Affected Users: {impact.affected_users or 0:,}\n"
        f"Affected Services: {', '.join(impact.affected_services) or 'None'}\n"
        f"Duration: {minutes(impact.duration or timedelta(0))} minutes\n"
        f"Revenue Impact: {revenue}\n"
        f"Data Loss: {'Yes' if impact.data_loss else 'No'}\n"
        f"Severity Score: {score_text}/100"
    )


def build_timeline(postmortem: Postmortem) -> str:
    """One line an event: time, actor in brackets, what happened."""
    if not postmortem.timeline:
        return NO_TIMELINE
    lines = []
    for event in postmortem.events:
        actor = f" [{event.actor}]" if event.actor else ""
        when = written_when(event.time) if event.time is not None else ""
        lines.append(f"  {when}{actor}: {event.description}")
    return "\n".join(lines)


def build_root_cause(postmortem: Postmortem) -> str:
    """Root cause, trigger, and the contributing factors."""
    text = f"Root Cause: {postmortem.root_cause}\nTrigger: {postmortem.trigger}"
    if postmortem.contributing_factors:
        text += "\n\nContributing Factors:"
        for factor in postmortem.contributing_factors:
            text += f"\n  - {factor.text}"
    return text


def build_lessons(postmortem: Postmortem) -> str:
    """What went well and what went poorly."""
    lines = []
    if postmortem.what_went_well:
        lines.append("What Went Well:")
        lines += [f"  + {item}" for item in postmortem.what_went_well]
    if postmortem.what_went_poorly:
        lines.append("\nWhat Went Poorly:")
        lines += [f"  - {item}" for item in postmortem.what_went_poorly]
    return "\n".join(lines) if lines else NO_LESSONS


SEED_SECTIONS = SectionRegistry.of(
    Section("summary", "Summary", build_summary),
    Section("impact", "Impact", build_impact),
    Section("timeline", "Timeline", build_timeline),
    Section("root_cause", "Root Cause", build_root_cause),
    Section("lessons", "Lessons", build_lessons),
)
"""The registry behind the `basic` template and the seed's JSON."""
