"""What the forms of incidents send, and the values they are filled with again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, Field

from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.named import severity_of
from kintsugi.core.incidents.severity import (
    DEFAULT_CRITERIA,
    CalculatedSeverity,
    calculate_severity,
)
from kintsugi.core.incidents.status import IncidentStatus
from kintsugi.core.shared.severity import Severity
from kintsugi.core.shared.text import joined
from kintsugi.server.incidents.web.impact import (
    FORM_LABELS,
    PREFIX,
    NumbersForm,
    typed_numbers,
)

CATEGORIES = tuple(DEFAULT_CRITERIA.categories)


class SeverityAnswers(BaseModel):
    """A severity said outright, or the calculator's four questions; each may be left open."""

    severity: str = ""
    user_impact: str = ""
    revenue_impact: str = ""
    data_integrity: str = ""
    security: str = ""

    def calculated(self) -> CalculatedSeverity | None:
        """What the calculator makes of the answers; None when there is none."""
        answers = self.answers()
        return calculate_severity(answers) if answers else None

    def answers(self) -> dict[str, str]:
        """The questions that were answered, by category."""
        return {name: getattr(self, name) for name in CATEGORIES if getattr(self, name)}

    def chosen(self) -> Severity | None:
        """The severity: the one said, else the calculated one."""
        return severity_of(self.severity or None, self.answers())


class DeclareForm(NumbersForm, SeverityAnswers):
    title: str = ""
    summary: str = ""
    impact: str = ""
    services: str = ""
    tags: str = ""
    detection: str = ""
    private: bool = False
    drill: bool = False
    alert: list[str] = Field(default_factory=list)
    do: str = "declare"


class Versioned(BaseModel):
    """A form that says from which version of the incident it was made."""

    version: int = Field(ge=0, le=1_000_000_000)


class NoteForm(BaseModel):
    text: str = ""
    happened: str = ""
    kind: str = "note"
    important: bool = False
    evidence: str = ""
    back: Annotated[str, Field(max_length=20)] = ""
    """`console`, where the form stands there."""


class StatusForm(Versioned):
    status: str = ""
    reason: str = ""


class SeverityForm(Versioned, SeverityAnswers):
    reason: str = ""


class EditForm(Versioned):
    title: str = ""
    summary: str = ""
    impact: str = ""
    services: str = ""
    tags: str = ""


class ImpactForm(Versioned, NumbersForm):
    """The numbers of an incident's impact."""


class MilestoneForm(Versioned):
    name: str = ""
    at: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken: which, what it held, why, and whether somebody else was quicker."""

    form: str
    values: Mapping[str, object]
    status: int
    told: str
    field: str = ""
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in each form of the page, what is wrong in it, and what differs after a lost race."""

    forms: Mapping[str, Mapping[str, object]]
    wrong: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    differences: tuple[tuple[str, str, str], ...] = ()


def words(written: str) -> tuple[str, ...]:
    """Names as they are typed into one field, with commas between them."""
    return tuple(word.strip() for word in written.split(",") if word.strip())


def filling(incident: Incident, refused: Refused | None) -> Filling:
    """The forms as they are shown: as the incident is, but for what was typed into the refused one."""
    current: dict[str, dict[str, object]] = {
        "notes": NoteForm().model_dump(),
        "status": {"status": _usual_next(incident.status).value, "reason": ""},
        "severity": {**SeverityAnswers().model_dump(), "reason": ""},
        "edit": {
            "title": incident.title,
            "summary": incident.summary,
            "impact": incident.impact,
            "services": ", ".join(incident.services),
            "tags": ", ".join(incident.tags),
        },
        "impact": typed_numbers(incident.impact_numbers),
        "milestones": {"name": "", "at": "", "reason": ""},
    }
    wrong: dict[str, dict[str, str]] = {name: {} for name in current}
    if refused is None:
        return Filling(current, wrong)
    theirs = {**current[refused.form], **_theirs(incident, refused.form)}
    typed = {**current[refused.form], **refused.values}
    current[refused.form] = typed
    if refused.is_lost:
        rows = [(name, _shown(theirs[name]), _shown(typed[name])) for name in theirs]
        return Filling(current, wrong, tuple(row for row in rows if row[1] != row[2]))
    wrong[refused.form] = {refused.field: refused.told}
    return Filling(current, wrong)


def _usual_next(status: IncidentStatus) -> IncidentStatus:
    """The step after this one; after the last, open again."""
    order = list(IncidentStatus)
    return order[(order.index(status) + 1) % len(order)]


def _theirs(incident: Incident, form: str) -> dict[str, object]:
    """What the incident says now where the form asks for something new."""
    if form == "status":
        return {"status": incident.status.value}
    if form == "severity":
        return {"severity": incident.severity.label if incident.severity else ""}
    if form == "milestones":
        said = [f"{name} {when:%Y-%m-%d %H:%M} UTC" for name, when in incident.milestones.known()]
        return {"at": joined(said)}
    return {}


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(FORM_LABELS.get(f"{PREFIX}{one}", str(one)) for one in value)
    return str(value).replace("\r\n", "\n").strip()
