"""The sections of our documents, as Markdown: one small function each, in a registry others can change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import FACTOR_CATEGORIES, GUIDE_CATEGORIES
from kintsugi.core.analysis.five_whys import Why, walk
from kintsugi.core.postmortems.automation import draft_metrics, suggest_actions
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.sections import Section, SectionRegistry
from kintsugi.core.shared.text import one_line
from kintsugi.core.shared.times import minutes, written_duration
from kintsugi.formats.markdown import actions, facts, timeline
from kintsugi.formats.markdown.escape import item, line, prose
from kintsugi.formats.markdown.links import source_link
from kintsugi.formats.markdown.read_facts import (
    ACTIONABLE,
    BACKLOG_FACTS,
    CONFIDENT,
    DETECTION_FACTS,
    FROM_IMPACT,
    RESPONSE_FACTS,
)


def bullets(items: Sequence[str], *, numbered: bool = False) -> str:
    """A list, one item a line; further lines of an item are indented under it."""
    return "\n".join(
        item(text, bullet=f"{number}. " if numbered else "- ")
        for number, text in enumerate(items, start=1)
    )


def _text(name: str) -> Callable[[Postmortem], str]:
    def build(postmortem: Postmortem) -> str:
        return prose(getattr(postmortem, name))

    return build


def _list(name: str, *, numbered: bool = False) -> Callable[[Postmortem], str]:
    def build(postmortem: Postmortem) -> str:
        return bullets(getattr(postmortem, name), numbered=numbered)

    return build


def build_factors(postmortem: Postmortem) -> str:
    """The contributing factors, each with its category."""
    lines = []
    for factor in postmortem.contributing_factors:
        category = f" ({line(factor.category_label)})" if factor.category else ""
        lines.append(item(factor.text) + category)
    return "\n".join(lines)


def build_factor_checklist(postmortem: Postmortem) -> str:
    """The guide's six boxes, ticked where a factor has the category (left out when none has), then the factors."""
    found = {factor.category for factor in postmortem.contributing_factors}
    if found <= {""}:
        return build_factors(postmortem)
    own = sorted(found - set(GUIDE_CATEGORIES) - {""})
    lines = [
        f"- [{'x' if category in found else ' '}] {FACTOR_CATEGORIES[category]}"
        for category in GUIDE_CATEGORIES[:-1]
    ]
    named = ", ".join(
        FACTOR_CATEGORIES.get(category, category.replace("_", " ")) for category in own
    )
    lines.append(
        f"- [{'x' if own or 'other' in found else ' '}] Other" + (f": {named}" if named else "")
    )
    written = build_factors(postmortem)
    return "\n".join(lines) + (f"\n\n{written}" if written else "")


def build_whys(postmortem: Postmortem) -> str:
    """The why-tree as a nested list: question, answer, and what the answer rests on."""
    return "\n".join(why_lines(postmortem.whys))


def why_lines(whys: Sequence[Why]) -> Iterator[str]:
    """The lines of that list."""
    for depth, why in walk(whys):
        indent = "  " * (depth - 1)
        evidence = f" ({source_link(line(why.evidence))})" if why.evidence else ""
        sure = CONFIDENT[why.confidence] if why.confidence else ""
        actionable = ACTIONABLE if why.is_actionable else ""
        marks = [FACTOR_CATEGORIES.get(why.category, ""), sure, actionable]
        marked = ". ".join(mark for mark in marks if mark)
        ending = f" *{marked}.*" if marked else ""
        yield f"{indent}- **{line(why.question)}** {line(why.answer)}{evidence}{ending}"


def build_what_happened(postmortem: Postmortem) -> str:
    """The lead-up and the trigger, in the order in which they came about."""
    parts = [
        prose(postmortem.lead_up),
        f"**Trigger:** {line(postmortem.trigger)}" if postmortem.trigger else "",
    ]
    return "\n\n".join(part for part in parts if part)


def build_detection(postmortem: Postmortem) -> str:
    """How it was noticed, in what time, and why not earlier."""
    detection = postmortem.detection
    target = (
        f"{written_duration(detection.target)}{FROM_IMPACT}" if detection.target is not None else ""
    )
    said = (
        detection.how.value if detection.how else "",
        detection.detected_by,
        target,
        detection.gap,
    )
    return _facts(zip(DETECTION_FACTS, said, strict=True))


def build_response(postmortem: Postmortem) -> str:
    """How the response went, and what would have halved it."""
    response = postmortem.response
    said = (
        response.detection_to_resolution,
        response.communication,
        response.halve_detection,
        response.halve_mitigation,
    )
    return _facts(zip(RESPONSE_FACTS, said, strict=True))


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return "\n".join(
        f"- **{name}{'' if name.endswith('?') else ':'}** {line(text)}"
        for name, text in facts
        if text
    )


def build_metrics(postmortem: Postmortem) -> str:
    """The guide's metrics and the durations between milestones; without a timeline nobody has counted yet."""
    metrics = draft_metrics(postmortem)
    is_counted = bool(postmortem.timeline)
    lines = [
        f"- Total Duration: {_minutes(metrics.total_duration)}",
        f"- Customer Impact: {_minutes(metrics.customer_impact_duration)}",
        f"- Messages Sent: {metrics.messages_sent if is_counted else 'unknown'}",
        f"- Rollbacks Performed: {metrics.rollbacks_performed if is_counted else 'unknown'}",
    ]
    for duration in metrics.durations:
        ends = f"{duration.start.replace('_', ' ')} to {duration.end.replace('_', ' ')}"
        lines.append(f"- {duration.name}: {_minutes(duration.length)} ({ends})")
    return "\n".join(lines)


def _minutes(length: timedelta | None) -> str:
    return "unknown" if length is None else f"{minutes(length)} minutes"


def build_suggestions(postmortem: Postmortem) -> str:
    """Actions the record suggests, each with what it was derived from; offered, never added."""
    lines = []
    for suggestion in suggest_actions(postmortem):
        action = suggestion.action
        code = f"[{action.priority.code}] " if action.priority else ""
        lines.append(f"- {code}{line(action.description)} ({line(suggestion.because)})")
    return "\n".join(lines)


def build_lessons_learned(postmortem: Postmortem) -> str:
    """What went well, what could have gone better, luck, and the lessons, for documents with one such section."""
    parts = [
        ("What went well", postmortem.what_went_well),
        ("What could have gone better", postmortem.what_went_poorly),
        ("Where we got lucky", postmortem.where_we_got_lucky),
        ("Lessons", postmortem.lessons),
    ]
    return "\n\n".join(f"### {title}\n\n{bullets(items)}" for title, items in parts if items)


def build_open_actions(postmortem: Postmortem) -> str:
    """The actions that are no measures, as a table; or why there are none."""
    listed = [action for action in postmortem.action_items if not action.is_measure]
    return _table(postmortem, listed)


def _table(postmortem: Postmortem, listed: Sequence[ActionItem]) -> str:
    table = actions.actions_table(listed, severity=postmortem.severity, since=postmortem.date)
    return table or _no_action(postmortem)


def build_measures(postmortem: Postmortem) -> str:
    """Corrective and preventative measures: the actions marked so, done ones among them."""
    return actions.owned_checklist(
        [action for action in postmortem.action_items if action.is_measure]
    )


def _no_action(postmortem: Postmortem) -> str:
    return (
        f"No action, because {line(postmortem.no_action_because)}"
        if postmortem.no_action_because
        else ""
    )


def _actions(build: Callable[[Postmortem], str]) -> Callable[[Postmortem], str]:
    def written(postmortem: Postmortem) -> str:
        return build(postmortem) or _no_action(postmortem)

    return written


def build_links(postmortem: Postmortem) -> str:
    """The supporting links under their titles."""
    lines = []
    for link in postmortem.links:
        kind = "" if link.kind.value == "other" else f" ({link.kind.value})"
        title = line(link.title).replace("[", "\\[").replace("]", "\\]")
        lines.append(
            f"- [{title}](<{one_line(link.url)}>){kind}"
            if title
            else f"- <{one_line(link.url)}>{kind}"
        )
    return "\n".join(lines)


def build_glossary(postmortem: Postmortem) -> str:
    """The words of the document and what they mean."""
    return "\n".join(
        f"- **{line(term.term)}**: {line(term.meaning)}" for term in postmortem.glossary
    )


def build_backlog(postmortem: Postmortem) -> str:
    """Whether the fix was known before, and what was similar."""
    said = (postmortem.known_before, ", ".join(postmortem.similar))
    return _facts(zip(BACKLOG_FACTS, said, strict=True))


def build_other(postmortem: Postmortem) -> str:
    """Sections of the record that are none of ours, under their own headings."""
    return "\n\n".join(
        f"## {line(extra.heading)}\n\n{prose(extra.text)}".strip() for extra in postmortem.sections
    )


DOCUMENT_SECTIONS = SectionRegistry.of(
    Section("facts", "Incident Summary", facts.guide_facts),
    Section("executive_facts", "Executive Summary", facts.executive_facts),
    Section("auto_facts", "Summary", facts.auto_facts),
    Section("summary", "Summary", _text("summary")),
    Section("impact", "Impact", facts.impact),
    Section("impact_text", "Impact", facts.impact_text),
    Section("customer_impact", "Customer Impact", facts.customer_impact),
    Section("technical_impact", "Technical Impact", facts.technical_impact),
    Section("business_impact", "Business Impact", facts.business_impact),
    Section("timeline", "Timeline", timeline.timeline_table),
    Section("timeline_list", "Timeline", timeline.timeline_list),
    Section("timeline_colon_list", "Timeline", timeline.timeline_colon_list),
    Section("lead_up", "Lead-up", _text("lead_up")),
    Section("trigger", "Trigger", _text("trigger")),
    Section("what_happened", "What Happened", build_what_happened),
    Section("root_cause", "Root Cause", _text("root_cause")),
    Section("contributing_factors", "Contributing Factors", build_factors),
    Section("factor_checklist", "Contributing Factors", build_factor_checklist),
    Section("whys", "Why It Happened", build_whys),
    Section("detection", "Detection", build_detection),
    Section("resolution", "Resolution and Recovery", _text("resolution")),
    Section("response", "Response", build_response),
    Section("metrics", "Metrics", build_metrics),
    Section("what_went_well", "What Went Well", _list("what_went_well")),
    Section("what_went_poorly", "What Could Be Improved", _list("what_went_poorly")),
    Section("where_we_got_lucky", "Where We Got Lucky", _list("where_we_got_lucky")),
    Section("lessons", "Lessons Learned", _list("lessons", numbered=True)),
    Section("lessons_learned", "Lessons Learned", build_lessons_learned),
    Section("action_items", "Action Items", lambda pm: _table(pm, pm.action_items)),
    Section("open_actions", "Action Items", build_open_actions),
    Section(
        "action_list",
        "Action Items",
        _actions(lambda pm: actions.checklist(pm.action_items, with_ids=True)),
    ),
    Section(
        "action_checklist", "Action Items", _actions(lambda pm: actions.checklist(pm.action_items))
    ),
    Section(
        "action_priorities",
        "Action Items",
        _actions(lambda pm: actions.priority_list(pm.action_items)),
    ),
    Section("action_horizons", "Action Items", _actions(actions.by_horizon)),
    Section("measures", "Corrective and Preventative Measures", build_measures),
    Section("suggestions", "Suggested Actions", build_suggestions),
    Section("people", "People", facts.people),
    Section("backlog", "Seen Before", build_backlog),
    Section("links", "Supporting Documentation", build_links),
    Section("glossary", "Glossary", build_glossary),
    Section("external_summary", "Summary", lambda pm: prose(pm.external.summary or pm.summary)),
    Section("external_happened", "What Happened", lambda pm: prose(pm.external.what_happened)),
    Section("external_doing", "What We Are Doing", lambda pm: prose(pm.external.what_we_are_doing)),
    Section("other_sections", "", build_other),
)
"""Every section our templates place. A template may place any of them, and those a plugin adds."""
