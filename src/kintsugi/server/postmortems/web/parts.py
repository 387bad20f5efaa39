"""The parts of the edit page: which fields of a postmortem each form holds, in the order of the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kintsugi.core.actions.item import ActionItem, ActionType, Horizon, Priority
from kintsugi.core.analysis.factors import FACTOR_CATEGORIES, ContributingFactor
from kintsugi.core.incidents.detection import DetectionMethod
from kintsugi.core.incidents.impact import Degradation
from kintsugi.core.incidents.timeline import EventKind, TimelineEvent
from kintsugi.core.postmortems.document import (
    ExtraSection,
    GlossaryTerm,
    LinkKind,
    SupportingLink,
)
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity
from kintsugi.server.postmortems.web.answers import spoken
from kintsugi.server.postmortems.web.controls import Control, Kind

ONE_A_LINE = "One a line."
ZONED = "Such as 2026-03-02 14:05 in your zone, or 14:05."
_OUTLINE = (
    "? asks, = answers, @ a link that shows it, ~ low, medium or high confidence, ! can be acted on. "
    "Indent to ask about an answer."
)
_TIMES = "The times that durations are computed from. " + ZONED
_COLUMNS = "Metric | before | during"
_ELSE = "What else had to be true for it to happen, or to last this long?"
_CAUSE = "What about the system made this possible? No person is a cause."
_LUCK = "What kept this from being worse? It was night, or somebody who knew the pool was awake."


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of records edited row by row.

    One that `is_paged` is shown as a table of which one row at a time is open; of others every row is.
    """

    field: str
    noun: str
    record: type[Any]
    controls: tuple[Control, ...]
    is_paged: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One form of the page, under its own heading; `asks` is the question that it answers."""

    name: str
    title: str
    asks: str
    controls: tuple[Control, ...] = ()
    rows: Rows | None = None
    is_aside: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the postmortem that it edits."""
        heads = [*dict.fromkeys(control.head for control in self.controls)]
        return (*heads, *((self.rows.field,) if self.rows else ()))


def _prose(name: str, title: str, asks: str, rows: int = 6, *, is_aside: bool = False) -> Part:
    control = Control(name, title, Kind.MARKDOWN, rows=rows)
    return Part(name, title, asks, (control,), is_aside=is_aside)


def _listed(name: str, title: str, asks: str) -> Part:
    return Part(name, title, asks, (Control(name, title, Kind.LINES, ONE_A_LINE, rows=3),))


def _lines(path: str, label: str, hint: str = ONE_A_LINE) -> Control:
    return Control(path, label, Kind.LINES, hint, rows=2)


def _yes_no(path: str, label: str) -> Control:
    return Control(path, label, Kind.YES_NO)


def _text(path: str, label: str, hint: str = "", rows: int = 2) -> Control:
    return Control(path, label, Kind.TEXT, hint, rows=rows)


_EVENT = Rows(
    "timeline", "event", TimelineEvent,
    (
        Control("time", "When", Kind.WHEN, ZONED),
        _text("description", "What happened"),
        _text("action_taken", "What was done", rows=1),
        Control("actor", "Who or what"),
        Control("kind", "Kind", Kind.CHOICE, choices=EventKind, may_be_empty=False),
        Control("evidence", "Source", hint="A link, or recollection."),
        Control("important", "Key moment", Kind.TICK),
    ),
    is_paged=True,
)  # fmt: skip
_ACTION = Rows(
    "action_items", "action", ActionItem,
    (
        _text("description", "What will be done", "Begin with a verb: Alert when pool use is over 80%."),
        _text("done_when", "Done when", "How one will see that it is done.", rows=1),
        _text("because", "Because", "The answer of a why-tree that it follows from.", rows=1),
        Control("owner", "Owner", hint="One person."),
        _lines("collaborators", "Helped by"),
        Control("priority", "Priority", Kind.CHOICE, choices=Priority),
        Control("type", "Type", Kind.CHOICE, choices=ActionType),
        Control("horizon", "Horizon", Kind.CHOICE, choices=Horizon),
        Control("due", "Due", Kind.DAY, "Such as 2026-03-16."),
        Control("ticket", "Ticket"),
        Control("is_measure", "A corrective or preventive measure", Kind.TICK),
    ),
    is_paged=True,
)  # fmt: skip
_FACTOR = Rows(
    "contributing_factors", "factor", ContributingFactor,
    (
        _text("text", "Factor"),
        Control("category", "Category", offers=tuple(FACTOR_CATEGORIES)),
    ),
)  # fmt: skip
_LINK = Rows(
    "links", "link", SupportingLink,
    (
        Control("url", "Address"),
        Control("title", "Title"),
        Control("kind", "Kind", Kind.CHOICE, choices=LinkKind, may_be_empty=False),
    ),
)  # fmt: skip
_TERM = Rows(
    "glossary", "term", GlossaryTerm,
    (Control("term", "Word"), _text("meaning", "Meaning", rows=1)),
)  # fmt: skip
_SECTION = Rows(
    "sections", "section", ExtraSection,
    (Control("heading", "Heading"), Control("text", "Text", Kind.MARKDOWN, rows=3)),
)  # fmt: skip

_IMPACT = (
    Control("impact.text", "Impact", Kind.MARKDOWN, rows=4),
    Control("impact.affected_users", "Users affected", Kind.WHOLE),
    Control("impact.affected_percent", "Share of users, %", Kind.NUMBER),
    Control("impact.duration", "Duration", Kind.SPAN, "Such as 45 min."),
    Control("impact.revenue", "Revenue", Kind.MONEY, "Such as 1500 EUR."),
    Control("impact.revenue_usd_rate", "Dollars per unit", Kind.DECIMAL),
    Control("impact.availability_percent", "Availability, %", Kind.NUMBER),
    Control("impact.support_cases", "Support cases", Kind.WHOLE),
    _yes_no("impact.data_loss", "Data lost"),
    _yes_no("impact.data_corruption", "Data corrupted"),
    _lines("impact.affected_services", "Services"),
    _lines("impact.error_types", "Kinds of errors"),
    _lines("impact.slo_violations", "Objectives missed"),
    Control("impact.degradations", "What got worse", Kind.COLUMNS, _COLUMNS, record=Degradation, rows=2),
    _text("impact.data_integrity", "Data"),
    _text("impact.user_experience", "What users saw"),
    _text("impact.business", "Business"),
    _text("impact.reputation", "Reputation"),
    _text("impact.customer_communications", "What customers were told"),
    _lines("impact.estimated", "Estimated", "Names of fields that are estimates, one a line."),
)  # fmt: skip
_MILESTONES = tuple(
    Control(f"milestones.{name}", label, Kind.WHEN)
    for name, label in (
        ("impact_start", "Impact began"), ("detected", "Detected"), ("acknowledged", "Acknowledged"),
        ("declared", "Declared"), ("mitigated", "Mitigated"), ("recovered", "Recovered"), ("resolved", "Resolved"),
    )
)  # fmt: skip

PARTS: tuple[Part, ...] = (
    Part("title", "Title", "What broke, for whom, in one sentence.", (
        Control("title", "Title"),
        Control("severity", "Severity", Kind.CHOICE, choices=Severity),
        Control("date", "Day of the incident", Kind.DAY, "Such as 2026-03-02."),
        _lines("tags", "Tags"),
    )),
    _prose("summary", "Summary", "What happened, how long, who was hurt, what ended it. Up to 150 words."),
    Part("impact", "Impact", "Who and what it hurt, in words and in numbers.", _IMPACT),
    Part("timeline", "Timeline", "What happened when, and how we know.", rows=_EVENT),
    Part("milestones", "Milestones", _TIMES, _MILESTONES, is_aside=True),
    _prose("lead_up", "Lead-up", "What had changed before it began?", 4),
    _prose("trigger", "Trigger", "What set it off?", 3),
    _prose("root_cause", "Root cause", _CAUSE),
    Part("contributing_factors", "Contributing factors", _ELSE, rows=_FACTOR),
    Part("whys", "Whys", "Why did it happen, and why was that so?", (
        Control("whys", "Whys", Kind.OUTLINE, _OUTLINE, rows=6),
    )),
    Part("detection", "Detection", "How was it noticed, and why not sooner?", (
        Control("detection.how", "Noticed by", Kind.CHOICE, choices=DetectionMethod),
        Control("detection.detected_by", "By what or whom"),
        Control("detection.target", "Target", Kind.SPAN, "Such as 5 min."),
        Control("detection.gap", "Why not sooner", Kind.MARKDOWN, rows=3),
    )),
    Part("response", "Response", "How did the response go?", (
        Control("response.detection_to_resolution", "From detection to resolution", Kind.MARKDOWN, rows=3),
        Control("response.communication", "Communication", Kind.MARKDOWN, rows=3),
        Control("response.halve_detection", "What would have halved the time to find it", Kind.MARKDOWN, rows=2),
        Control("response.halve_mitigation", "What would have halved the time to mitigate it", Kind.MARKDOWN, rows=2),
    )),
    _prose("resolution", "Resolution", "What ended it?", 4),
    _listed("what_went_well", "What went well", "What would you keep?"),
    _listed("what_went_poorly", "What was hard", "What would have halved the time to find or to end it?"),
    _listed("where_we_got_lucky", "Where we got lucky", _LUCK),
    _listed("lessons", "Lessons", "What do we know now that we did not know before?"),
    Part("action_items", "Actions", "What keeps it from happening again, or shows it sooner?", (
        _text("no_action_because", "No action, because", "Only where there is none.", rows=1),
    ), rows=_ACTION),
    Part("people", "People", "Who took part, and who leads the review.", (
        Control("owner", "Owner", hint="Whoever sees it through, by e-mail address."),
        Control("facilitator", "Facilitator"),
        Control("commander", "Incident commander"),
        _lines("contributors", "Contributors", "One a line. An e-mail address of a user lets them write here."),
        _lines("reviewers", "Reviewers"),
    )),
    Part("known_before", "Seen before", "Was this known, and have we had it before?", (
        Control("known_before", "Known before", Kind.MARKDOWN, rows=3),
        _lines("similar", "Similar incidents"),
        Control("error_budget_percent", "Error budget used, %", Kind.NUMBER),
    )),
    Part("links", "Links", "What supports the account.", rows=_LINK),
    Part("glossary", "Glossary", "Words that a reader from elsewhere does not know.", rows=_TERM),
    Part("external", "For customers", "What customers are told, apart from the text above.", (
        Control("external.summary", "Summary for customers", Kind.MARKDOWN, rows=3),
        Control("external.what_happened", "What happened", Kind.MARKDOWN, rows=3),
        Control("external.what_we_are_doing", "What we are doing", Kind.MARKDOWN, rows=3),
    )),
    Part("sections", "Other sections", "Anything that has no place above.", rows=_SECTION),
    Part("form", "Zone and scenario", "How the record was written.", (
        Control("zone", "Zone of clock times", hint="Such as Europe/Berlin."),
        Control("scenario", "Scenario"),
    ), is_aside=True),
)  # fmt: skip
BY_NAME = {part.name: part for part in PARTS}
OF_FIELD = {field: part for part in PARTS for field in part.fields}


def title_of(field: str) -> str:
    """The words over a field of the postmortem: its part's where it is alone there, else its control's."""
    part = OF_FIELD.get(field)
    if part and (part.fields == (field,) or (part.rows and part.rows.field == field)):
        return part.title
    labels = [one.label for one in part.controls if one.path == field] if part else []
    return labels[0] if labels else spoken(field)


def part_named(name: str) -> Part:
    """The part of a name. Raises InvalidValue."""
    if name not in BY_NAME:
        raise InvalidValue(f"{name[:60]!r} is no section", expected=", ".join(BY_NAME))
    return BY_NAME[name]
