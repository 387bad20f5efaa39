"""A message before it is sent: filled from the record, what was set and what was typed, with whoever gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from kintsugi.core.comms.cadence import next_update
from kintsugi.core.comms.known import KnownFacts, values_of
from kintsugi.core.comms.message import Audience, half_filled
from kintsugi.core.comms.stakeholders import Group
from kintsugi.core.incidents.due import read_due
from kintsugi.core.incidents.incident import Incident
from kintsugi.core.incidents.lifecycle import OPEN
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean, joined, one_line, shortened
from kintsugi.core.shared.written import line, prose
from kintsugi.kernel.config import Settings
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.server.comms.service import members, settings, templates
from kintsugi.server.comms.service.members import Addressed
from kintsugi.server.incidents import service as incidents

LONGEST_VALUE = 5_000
MOST_ADDED = 100
IN_THE_INCIDENT = "has a role in the incident"
ADDED = "added for this message"
NEXT_UPDATE = "next_update"
_WORDS = {"initial": "declared", "resolution": "resolved", "customer_facing": "news"}


@dataclass(frozen=True, slots=True)
class Here:
    """What a message may say of this installation: its address and zone, and whether letters go out."""

    address: str
    zone: tzinfo
    sends_mail: bool = True

    @classmethod
    def of(cls, settings: Settings) -> Here:
        """What the settings of this installation say."""
        return cls(settings.address, settings.zone_info, settings.sends_mail)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say. `audience`: the template's own when None.

    `values` fill variables by name, over what the record says. `to` are addressed besides the list;
    `leave_out` are not, by address or by what a form calls them by; `only` leaves out all others.
    """

    template: str = "update"
    audience: Audience | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    not_available: Sequence[str] = ()
    subject: str = ""
    to: Sequence[str] = ()
    leave_out: Sequence[str] = ()
    only: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the message: what fills it, and from where (record, settings, typed, not available, missing)."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as an audience would get it. What is `missing` stands in the text in braces."""

    template: str
    template_version: int
    audience: Audience
    subject: str
    text: str
    variables: tuple[Variable, ...]
    missing: tuple[str, ...]
    not_available: tuple[str, ...]
    recipients: tuple[Addressed, ...]
    left_out: tuple[Addressed, ...]
    warnings: tuple[str, ...]
    next_update_at: datetime | None
    needs_confirming: str

    @property
    def outsiders(self) -> tuple[Addressed, ...]:
        """Those who do not see the private incident that it is about."""
        return tuple(one for one in self.recipients if not one.sees)


def previews(work: UnitOfWork, incident: Incident, draft: Draft, here: Here) -> list[Preview]:
    """The message for each audience, that of the draft first. Raises what `preview` raises."""
    first = preview(work, incident, draft, here)
    plain = replace(draft, only=None)
    return [first] + [
        preview(work, incident, replace(plain, audience=one), here)
        for one in Audience
        if one is not first.audience
    ]


def preview(work: UnitOfWork, incident: Incident, draft: Draft, here: Here) -> Preview:
    """The message as its audience would get it, however much of it is still missing.

    Raises InvalidValue for a template, a variable or an address there is not, and for a time of the
    next update that cannot be read.
    """
    chosen = templates.chosen(work, draft.template)
    audience = draft.audience or chosen.template.audience
    typed = _typed(draft, chosen.template.variables)
    promised = _promised(work, typed.get(NEXT_UPDATE, ""))
    set_ones = _of_settings(work, incident)
    recorded = _of_record(work, incident, here, promised)
    values = {**recorded, **set_ones, **typed}
    if promised is not None:
        values[NEXT_UPDATE] = _by(promised, here)
    gaps = [name for name in _marked(draft) if not typed.get(name)]
    for name in gaps:
        if name in chosen.template.variables:
            values.pop(name, None)
    text, missing = half_filled(chosen.template, values, gaps)
    subject = _subject(draft, chosen.template.subject and _line_of(chosen, values, gaps), incident)
    everybody, warnings = _everybody(work, incident, audience, draft)
    recipients, left_out = _kept(everybody, draft)
    due = _next_at(work, incident, promised)
    if promised is not None and due is not None and due < promised:
        warnings.append(f"The next update is due sooner than it says: {_by(due, here)}.")
    if not recipients:
        warnings.append("Nobody gets it: it is only written into the record.")
    if not here.sends_mail and any("@" in one.recipient.address for one in recipients):
        warnings.append("No mail server is set, so letters do not go out.")
    return Preview(
        chosen.template.name, chosen.version, audience, subject,
        _whole(text, incident, audience, here),
        tuple(
            Variable(
                name, values.get(name, ""),
                _source(name, typed, gaps, set_ones, values.get(name, "")),
            )
            for name in chosen.template.variables
        ),
        missing, tuple(gaps), tuple(recipients), tuple(left_out), tuple(warnings),
        due, _to_confirm(incident, audience, recipients),
    )  # fmt: skip


def _typed(draft: Draft, variables: Sequence[str]) -> dict[str, str]:
    for name in (*draft.values, *draft.not_available):
        if name not in variables:
            raise InvalidValue(
                f"{one_line(clean(name))[:60]!r} is no variable of {draft.template}",
                path=("values", name), expected=", ".join(variables),
            )  # fmt: skip
    written = {name: prose(value, name, LONGEST_VALUE) for name, value in draft.values.items()}
    return {name: value for name, value in written.items() if value}


def _marked(draft: Draft) -> list[str]:
    return list(dict.fromkeys(draft.not_available))


def _line_of(chosen: templates.Chosen, values: Mapping[str, str], gaps: Sequence[str]) -> str:
    only = replace(chosen.template, text=chosen.template.subject, subject="")
    marks = [name for name in gaps if name in only.variables]
    return half_filled(only, values, marks)[0]


def _of_record(
    work: UnitOfWork, incident: Incident, here: Here, promised: datetime | None
) -> dict[str, str]:
    known = KnownFacts(
        incident.reference, incident.title, incident.status.value, incident.severity,
        incident.services, incident.impact, incidents.commander_name(work, incident),
        incident.began_at, incident.resolved_at,
    )  # fmt: skip
    values = dict(values_of(known, work.now, here.zone))
    due = _next_at(work, incident, promised)
    if due is not None:
        values[NEXT_UPDATE] = _by(due, here)
    return values


def _by(at: datetime, here: Here) -> str:
    return f"by {at.astimezone(here.zone):%Y-%m-%d %H:%M %Z}"


def _of_settings(work: UnitOfWork, incident: Incident) -> dict[str, str]:
    kept = settings.plain_values(settings.organisation_values(work))
    reference = incident.reference.lower()
    return {name: value.replace("{incident_id}", reference) for name, value in kept.items()}


def _promised(work: UnitOfWork, written: str) -> datetime | None:
    """The time of the next update, where what is typed reads as one in the viewer's zone; other words stay."""
    if not written:
        return None
    try:
        return read_due(written.strip(), work.now, ZoneInfo(work.viewer.zone))
    except InvalidValue:
        return None


def _next_at(work: UnitOfWork, incident: Incident, promised: datetime | None) -> datetime | None:
    """By when the update after this one is due, if it is sent now."""
    if incident.status not in OPEN:
        return None
    sent = incidents.messages_told(work, incident)
    planned = next_update(incident.severity, incident.created_at, (*sent, work.now), promised)
    return planned.due_at if planned is not None else promised


def _subject(draft: Draft, of_template: str, incident: Incident) -> str:
    said = line(draft.subject, "subject", templates.LONGEST_SUBJECT) or of_template
    if not said:
        word = _WORDS.get(draft.template, draft.template.replace("_", " "))
        label = f"{incident.severity.label} " if incident.severity else ""
        said = f"{label}{incident.reference} {word}: {incident.title}"
    drill = "Drill: " if incident.is_drill else ""
    return shortened(one_line(drill + said), templates.LONGEST_SUBJECT)


def _whole(text: str, incident: Incident, audience: Audience, here: Here) -> str:
    drill = "This is a drill.\n" if incident.is_drill else ""
    link = (
        f"\n{here.address}/incidents/{incident.reference}\n"
        if audience is Audience.RESPONDERS
        else ""
    )
    return f"{drill}{text.strip()}\n{link}"


def _source(
    name: str,
    typed: Mapping[str, str],
    gaps: Sequence[str],
    set_ones: Mapping[str, str],
    value: str,
) -> str:
    if name in typed:
        return "typed"
    if name in gaps:
        return "not available"
    if not value:
        return "missing"
    return "settings" if name in set_ones else "record"


def _everybody(
    work: UnitOfWork, incident: Incident, audience: Audience, draft: Draft
) -> tuple[list[Addressed], list[str]]:
    """Whom the lists and the draft name, each address once, and what to mind about them."""
    lists = settings.stakeholder_lists(work).lists
    groups = lists.told_at(incident.severity, audience)
    found, empty = members.addressed(work, incident, groups)
    warnings = [f"These groups reach nobody: {joined(tuple(empty))}."] if empty else []
    if audience is Audience.RESPONDERS:
        ids = [one.user_id for one in incidents.held_roles(work, incident) if one.user_id]
        found = members.people(work, incident, ids, IN_THE_INCIDENT) + found
    elif incident.severity is None:
        warnings.append("It has no severity yet, so no list of stakeholders counts.")
    elif not groups:
        warnings.append(f"No {audience.value} are listed for {incident.severity.label}.")
    if len(draft.to) > MOST_ADDED:
        raise InvalidValue(
            f"has {len(draft.to)} addresses", path=("to",), expected=f"{MOST_ADDED} at most"
        )
    more = tuple(members.member_of(work, one, "to") for one in draft.to if one.strip())
    found += members.addressed(work, incident, [Group(ADDED, audience, more)])[0]
    return list({one.key: one for one in reversed(found)}.values())[::-1], warnings


def _kept(everybody: Sequence[Addressed], draft: Draft) -> tuple[list[Addressed], list[Addressed]]:
    """Who gets it, and who was left out of it."""
    out = {one.strip().casefold() for one in draft.leave_out}
    only = None if draft.only is None else set(draft.only)

    def stays(one: Addressed) -> bool:
        names = {
            one.key.casefold(),
            one.recipient.address.casefold(),
            one.recipient.name.casefold(),
        }
        return not names & out and (only is None or one.key in only or one.because == ADDED)

    return [one for one in everybody if stays(one)], [one for one in everybody if not stays(one)]


def _to_confirm(incident: Incident, audience: Audience, recipients: Sequence[Addressed]) -> str:
    """What somebody has to confirm before it is sent; empty for nothing."""
    outside = [one.recipient.name for one in recipients if not one.sees]
    said = []
    if outside:
        named = joined(tuple(outside[:5])) + (
            f" and {len(outside) - 5} more" if outside[5:] else ""
        )
        said.append(f"{incident.reference} is private, and {named} cannot see it")
    if incident.is_drill and audience is Audience.CUSTOMERS and recipients:
        said.append(f"{incident.reference} is a drill, and this goes to customers")
    return "; ".join(said)
