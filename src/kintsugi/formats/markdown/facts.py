"""Facts of an incident as short lists: summaries, impact, people."""

from __future__ import annotations

from collections.abc import Sequence

from kintsugi.core.incidents.impact import Impact
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.text import plural
from kintsugi.core.shared.times import minutes, written_duration, written_when
from kintsugi.formats.markdown.escape import line, prose

Facts = Sequence[tuple[str, str]]


def fact_list(facts: Facts) -> str:
    """`- **Name**: value` for each that has a value."""
    return "\n".join(f"- **{name}**: {line(value)}" for name, value in facts if value)


def _duration(postmortem: Postmortem) -> str:
    length = postmortem.duration
    if length is None:
        return ""
    difference = postmortem.duration_difference
    computed = postmortem.computed_duration
    if difference is None or computed is None:
        return written_duration(length)
    return f"{written_duration(length)} (as written; the times give {written_duration(computed)})"


def _services(postmortem: Postmortem) -> str:
    return ", ".join(postmortem.impact.affected_services)


def _customers(impact: Impact) -> str:
    parts = []
    if impact.affected_users is not None:
        parts.append(f"{_about(impact, 'affected_users')}{plural(impact.affected_users, 'user')}")
    if impact.affected_percent is not None:
        parts.append(f"{_about(impact, 'affected_percent')}{impact.affected_percent:g}% of users")
    if impact.revenue is not None:
        parts.append(f"{_about(impact, 'revenue')}{impact.revenue} of revenue")
    return ", ".join(parts)


def _about(impact: Impact, name: str) -> str:
    return "about " if name in impact.estimated else ""


def guide_facts(postmortem: Postmortem) -> str:
    """The guide's incident summary: date, duration, severity, services, customer impact, commander."""
    return fact_list(
        (
            ("Date", postmortem.date.isoformat() if postmortem.date else ""),
            ("Duration", _duration(postmortem)),
            ("Severity", postmortem.severity.label if postmortem.severity else ""),
            ("Services Affected", _services(postmortem)),
            ("Customer Impact", _customers(postmortem.impact)),
            ("Incident Commander", postmortem.commander),
        )
    )


def auto_facts(postmortem: Postmortem) -> str:
    """The guide's export: date, duration in minutes, severity."""
    length, difference = postmortem.duration, postmortem.duration_difference
    said = f"{minutes(length)} minutes" if length is not None else "Unknown"
    computed = postmortem.computed_duration
    if difference is not None and computed is not None:
        said += f" (as written; the times give {minutes(computed)} minutes)"
    return fact_list(
        (
            ("Date", postmortem.date.isoformat() if postmortem.date else "Unknown"),
            ("Duration", said),
            ("Severity", postmortem.severity.label if postmortem.severity else "Unknown"),
        )
    )


def executive_facts(postmortem: Postmortem) -> str:
    """The practices' executive summary: duration with its ends, impact, root cause, services."""
    ends = postmortem.milestones
    start, end = ends.impact_start or ends.detected, ends.resolved or ends.recovered
    interval = (
        f"{written_when(start)} - {written_when(end)} "
        if start is not None and end is not None
        else ""
    )
    length = _duration(postmortem)
    return fact_list(
        (
            (
                "Incident Duration",
                f"{interval}({length})" if interval and length else length or interval.strip(),
            ),
            ("Severity", postmortem.severity.label if postmortem.severity else ""),
            ("Impact", postmortem.impact.text or _customers(postmortem.impact)),
            ("Root Cause", postmortem.root_cause),
            ("Services Affected", _services(postmortem)),
        )
    )


def impact_text(postmortem: Postmortem) -> str:
    """The impact in words."""
    return prose(postmortem.impact.text)


def impact(postmortem: Postmortem) -> str:
    """The impact in words, and every number that is known."""
    told = prose(postmortem.impact.text)
    numbers = fact_list(
        (*_customer_facts(postmortem), *_technical_facts(postmortem), *_business_facts(postmortem))
    )
    return "\n\n".join(part for part in (told, numbers) if part)


def customer_impact(postmortem: Postmortem) -> str:
    """The guide's customer impact: users, errors, what it meant for the business."""
    return fact_list((*_customer_facts(postmortem), *_business_facts(postmortem)))


def technical_impact(postmortem: Postmortem) -> str:
    """The guide's technical impact: services, data, objectives missed."""
    return fact_list(_technical_facts(postmortem))


def business_impact(postmortem: Postmortem) -> str:
    """The practices' business impact: experience, revenue, communications."""
    impact = postmortem.impact
    facts = [("User experience", impact.user_experience), *_business_facts(postmortem)]
    if impact.affected_users is not None or impact.affected_percent is not None:
        facts.insert(0, ("Customers", _customers(impact)))
    return fact_list(facts)


def _customer_facts(postmortem: Postmortem) -> list[tuple[str, str]]:
    impact = postmortem.impact
    users = (
        f"{_about(impact, 'affected_users')}{impact.affected_users:,}"
        if impact.affected_users is not None
        else ""
    )
    share = f"{impact.affected_percent:g}%" if impact.affected_percent is not None else ""
    return [
        ("Affected users", users),
        ("Share of users", share),
        ("Duration", _duration(postmortem)),
        ("Errors seen", ", ".join(impact.error_types)),
        ("User experience", impact.user_experience),
        ("Support cases", f"{impact.support_cases:,}" if impact.support_cases is not None else ""),
    ]


def _technical_facts(postmortem: Postmortem) -> list[tuple[str, str]]:
    impact = postmortem.impact
    availability = (
        f"{impact.availability_percent:g}%" if impact.availability_percent is not None else ""
    )
    budget = postmortem.error_budget_percent
    facts = [
        ("Services", _services(postmortem)),
        ("Availability", availability),
        ("Data loss", _yes_no(value=impact.data_loss)),
        ("Data corruption", _yes_no(value=impact.data_corruption)),
        ("Data integrity", impact.data_integrity),
        ("SLA/SLO violations", ", ".join(impact.slo_violations)),
        ("Error budget used", f"{budget:g}%" if budget is not None else ""),
    ]
    for change in impact.degradations:
        before, during = change.before or "unknown", change.during or "unknown"
        facts.append((line(change.metric), f"{before} before, {during} during"))
    return facts


def _business_facts(postmortem: Postmortem) -> list[tuple[str, str]]:
    impact = postmortem.impact
    revenue = f"{_about(impact, 'revenue')}{impact.revenue}" if impact.revenue is not None else ""
    return [
        ("Revenue", revenue),
        ("Business", impact.business),
        ("Reputation", impact.reputation),
        ("Customer communications", impact.customer_communications),
    ]


def _yes_no(*, value: bool | None) -> str:
    return {True: "Yes", False: "No", None: ""}[value]


def people(postmortem: Postmortem) -> str:
    """Who did what in the incident and for the postmortem."""
    return fact_list(
        (
            ("Commander", postmortem.commander),
            ("Owner", postmortem.owner),
            ("Facilitator", postmortem.facilitator),
            ("Contributors", ", ".join(postmortem.contributors)),
            ("Reviewers", ", ".join(postmortem.reviewers)),
        )
    )
