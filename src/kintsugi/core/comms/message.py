"""Messages about an incident: templates with variables, filled without a gap that nobody noticed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.severity import Severity

NOT_AVAILABLE = "not available"
MOST_CHARACTERS = 20_000
_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]{0,40})\}")
_BRACE = re.compile(r"[{}]")


class Audience(Enum):
    """Whom a message is for."""

    RESPONDERS = "responders"
    STAKEHOLDERS = "stakeholders"
    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A text with variables in braces, such as `{severity}`, for an audience."""

    name: str
    audience: Audience
    text: str
    subject: str = ""
    """What stands above it in a letter, with variables too; empty: whoever sends it makes one."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables in the order in which the text and then the subject name them, each once."""
        return tuple(dict.fromkeys(_VARIABLE.findall(self.text) + _VARIABLE.findall(self.subject)))


@dataclass(frozen=True, slots=True)
class Message:
    """A filled template, and what of it was marked as not available."""

    template: str
    audience: Audience
    text: str
    not_available: tuple[str, ...]
    subject: str = ""


class MissingVariables(InvalidValue):
    """A message has variables that nobody filled; `names` says which."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(
            f"needs {', '.join(names)}",
            expected="a value for each, or a word that it is not available",
        )


TEMPLATES: Mapping[str, MessageTemplate] = MappingProxyType(
    {
        one.name: one
        for one in (
            MessageTemplate(
                "initial", Audience.STAKEHOLDERS,
                "Incident declared: {severity}, {incident_id}\nService: {service}\nImpact: {impact}\n"
                "Status page: {status_url}\nChannel: {channel}\nCommander: {commander}\n",
            ),
            MessageTemplate(
                "update", Audience.STAKEHOLDERS,
                "Incident update: {incident_id}, {timestamp}\nStatus: {status}\nProgress: {progress}\n"
                "Next update: {next_update}\n",
            ),
            MessageTemplate(
                "resolution", Audience.STAKEHOLDERS,
                "Incident resolved: {incident_id}\nDuration: {duration}\nRoot cause: {root_cause}\n"
                "Impact on customers: {customer_impact}\nPostmortem: {postmortem_date}\n",
            ),
            MessageTemplate(
                "customer_facing", Audience.CUSTOMERS,
                "We see a problem: {issue_description}.\nStatus: {status}\nExpected to be resolved: {eta}\n"
                "Updates: {status_page_url}\n",
            ),
        )
    }
)  # fmt: skip
"""The guide's four, with its variables, in words of our own."""

STAKEHOLDERS: Mapping[Severity, tuple[str, ...]] = MappingProxyType(
    {
        Severity.SEV_1: ("executives", "all-engineering", "support", "sales", "customers"),
        Severity.SEV_2: ("engineering-managers", "on-call", "support-leads"),
        Severity.SEV_3: ("on-call", "team-channel"),
        Severity.SEV_4: ("team-channel",),
        Severity.SEV_5: (),
    }
)
"""The guide's lists: whom a severity tells."""


def checked_template(template: MessageTemplate) -> MessageTemplate:
    """The template, if its text can be filled. Raises InvalidValue for a brace that is no variable, and for no text."""
    for field, written in (("text", template.text), ("subject", template.subject)):
        if _BRACE.search(_VARIABLE.sub("", written)):
            raise InvalidValue(
                "has a brace that belongs to no variable", path=(field,),
                expected="variables such as {severity}",
            )  # fmt: skip
    if not template.text.strip() or len(template.text) > MOST_CHARACTERS:
        raise InvalidValue(
            "is empty" if not template.text.strip() else "is too long", path=("text",),
            expected=f"a text of up to {MOST_CHARACTERS} characters",
        )  # fmt: skip
    return template


def template_named(
    name: str, templates: Mapping[str, MessageTemplate] = TEMPLATES
) -> MessageTemplate:
    """The template of a name. Raises InvalidValue, naming those there are."""
    try:
        return templates[name.strip().casefold().replace("-", "_")]
    except KeyError:
        known = ", ".join(sorted(templates))
        raise InvalidValue(f"there is no template {name!r}", expected=known) from None


def fill(
    template: MessageTemplate,
    values: Mapping[str, str],
    not_available: Collection[str] = (),
) -> Message:
    """The template with its variables filled; what is marked as not available says so in the text.

    A value stays as it is: braces in it are no variables. An empty one counts as missing. Raises
    MissingVariables, naming all that are; InvalidValue for a mark on what is no variable of the template.
    """
    checked_template(template)
    for name in not_available:
        if name not in template.variables:
            raise InvalidValue(
                f"{name!r} is no variable of {template.name}", expected=", ".join(template.variables)
            )  # fmt: skip
    filled = {name: values.get(name, "").strip() for name in template.variables}
    missing = tuple(
        name for name, value in filled.items() if not value and name not in not_available
    )
    if missing:
        raise MissingVariables(missing)
    text, subject = (
        _VARIABLE.sub(lambda found: filled[found[1]] or NOT_AVAILABLE, written)
        for written in (template.text, template.subject)
    )
    marked = tuple(name for name, value in filled.items() if not value)
    return Message(template.name, template.audience, text, marked, subject)


def half_filled(
    template: MessageTemplate, values: Mapping[str, str], not_available: Collection[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """The text as far as it can be filled, with the variables that are missing left in braces; and their names."""
    missing = tuple(
        name
        for name in template.variables
        if not values.get(name, "").strip() and name not in not_available
    )
    kept = {name: f"{{{name}}}" for name in missing}
    return fill(template, {**values, **kept}, not_available).text, missing
