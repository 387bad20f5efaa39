"""The keys each field may have in a record: ours first, then those of the five seed documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kintsugi.core.actions.item import ActionItem
from kintsugi.core.analysis.factors import ContributingFactor
from kintsugi.core.analysis.five_whys import Why
from kintsugi.core.incidents.detection import Detection, DetectionMethod
from kintsugi.core.incidents.impact import Degradation, Impact
from kintsugi.core.incidents.timeline import TimelineEvent
from kintsugi.core.postmortems.document import (
    ExtraSection,
    GlossaryTerm,
    Postmortem,
    SupportingLink,
)
from kintsugi.core.shared.times import parse_clock

SPELLINGS: Mapping[tuple[type, str], tuple[str, ...]] = {
    (Postmortem, "incident_id"): ("external_id",),
    (Postmortem, "commander"): ("incident_commander",),
    (Postmortem, "action_items"): ("actions",),
    (Postmortem, "root_cause"): ("primary_cause",),
    (Postmortem, "what_went_poorly"): (
        "what_went_wrong",
        "what_could_be_improved",
        "areas_for_improvement",
    ),
    (Postmortem, "where_we_got_lucky"): ("lucky", "lucky_factors"),
    (Postmortem, "lessons"): ("lessons_learned",),
    (Postmortem, "resolution"): ("resolution_and_recovery",),
    (Postmortem, "zone"): ("timezone", "time_zone"),
    (Postmortem, "owner"): ("author",),
    (Postmortem, "contributors"): ("authors",),
    (Postmortem, "reviewers"): ("approvers",),
    (Postmortem, "error_budget_percent"): ("slo_budget_pct",),
    (Postmortem, "similar"): ("similar_incidents",),
    (Postmortem, "links"): ("supporting_links", "supporting_documentation"),
    (Postmortem, "sections"): ("other_sections",),
    (Impact, "duration"): ("duration_minutes",),
    (Impact, "revenue"): ("revenue_impact", "revenue_impact_usd", "revenue_usd"),
    (Impact, "affected_services"): ("services", "services_affected", "services_degraded"),
    (Impact, "affected_users"): ("users", "users_affected", "customers_affected"),
    (Impact, "slo_violations"): ("sla_violations", "sla_slo_violations"),
    (Impact, "availability_percent"): ("availability",),
    (TimelineEvent, "time"): ("timestamp", "at"),
    (TimelineEvent, "description"): ("event", "text"),
    (TimelineEvent, "actor"): ("who",),
    (TimelineEvent, "action_taken"): ("action", "actions_taken"),
    (TimelineEvent, "evidence"): ("source",),
    (ActionItem, "id"): ("action_id",),
    (ActionItem, "description"): ("title", "action", "text"),
    (ActionItem, "due"): ("due_date",),
    (ActionItem, "type"): ("category",),
    (ActionItem, "ticket"): ("tracker", "tracking"),
    (Detection, "how"): ("method",),
    (Detection, "target"): ("target_minutes",),
    (Why, "is_actionable"): ("actionable",),
}
"""(dataclass, field) to the other keys it is read from. camelCase of each is read too."""

WRITTEN: Mapping[tuple[type, str], str] = {
    (Impact, "duration"): "duration_minutes",
    (Detection, "target"): "target_minutes",
    (ActionItem, "due"): "due_date",
    (Why, "is_actionable"): "actionable",
}
"""Where the key written differs from the field's name: units in names, and the generator seed's keys."""

MAY_BE_EMPTY = frozenset(
    {"time", "description", "text", "question", "answer", "heading", "meaning", "title", "metric"}
)
"""Required in code, but a record may leave them out: a draft is incomplete."""

IMPACT_KEYS = ("services", "affected_services", "duration", "duration_minutes", "affected_users")
"""Keys of the impact that the guide's dict and front matter keep at the top of the record."""

_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_LINE = re.compile(
    r"\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp]\.?[Mm]\b\.?)?)\s*(?:[-–—:]\s*)?(?P<text>\S.*)",
    re.DOTALL,
)


def snake(key: object) -> str:
    """camelCase and spaces to snake_case."""
    return _CAMEL.sub(r"_\1", str(key)).replace("-", "_").replace(" ", "_").casefold()


def camel(key: str) -> str:
    """snake_case to camelCase."""
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def keys_of(kind: type, name: str) -> tuple[str, ...]:
    """Every snake_case key the field is read from."""
    return (name, written_key(kind, name), *SPELLINGS.get((kind, name), ()))


def written_key(kind: type, name: str) -> str:
    """The key the field is written under."""
    return WRITTEN.get((kind, name), name)


def _timeline_line(line: str) -> dict[str, str]:
    found = _LINE.match(line)
    if found and parse_clock(found["clock"]):
        return {"time": found["clock"], "description": found["text"]}
    return {"description": line}


GUIDE_DETECTION = frozenset(
    {"automated monitoring", "customer reports", "internal discovery", "synthetic monitoring"}
)
"""The guide's names for the four ways of detection."""


def _detection_word(word: str) -> dict[str, str]:
    names = {method.value for method in DetectionMethod} | GUIDE_DETECTION
    known = word.strip().casefold() in names
    return {"how" if known else "detected_by": word}


_SHORTHAND: Mapping[type, Callable[[str], dict[str, str]]] = {
    Impact: lambda text: {"text": text},
    ContributingFactor: lambda text: {"text": text},
    ActionItem: lambda text: {"description": text},
    TimelineEvent: _timeline_line,
    Detection: _detection_word,
    SupportingLink: lambda url: {"url": url},
    Degradation: lambda text: {"metric": text},
    GlossaryTerm: lambda text: {"term": text},
    ExtraSection: lambda text: {"heading": "", "text": text},
}


def shorthand_of(kind: type) -> Callable[[str], dict[str, str]] | None:
    """How a bare text stands for this value (an action that is only its description); None if it may not."""
    return _SHORTHAND.get(kind)
