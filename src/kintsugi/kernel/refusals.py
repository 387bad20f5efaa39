"""How a page says why a form was not taken."""

from __future__ import annotations

from collections.abc import Mapping

from kintsugi.core.shared.errors import DomainError, InvalidValue
from kintsugi.core.shared.text import sentence, spoken

NO_LABELS: Mapping[str, str] = {}


def field_of(error: DomainError) -> str:
    """The field that a refusal is about; empty when it is about the whole form."""
    return error.field if isinstance(error, InvalidValue) else ""


def told(error: DomainError, labels: Mapping[str, str] = NO_LABELS) -> str:
    """A refusal in sentences, such as `Title is missing. Expected some text.`, for beside the field or above the form.

    A field is called what its label says; else as its name reads.
    """
    if not isinstance(error, InvalidValue):
        return sentence(str(error))
    said = error.problem
    if error.path:
        name = error.field.split("[")[0]
        label = labels.get(name) or spoken(name)
        between = " " if said.startswith(("is ", "has ", "does ", "was ", "would ")) else ": "
        said = f"{label}{between}{said}"
    return sentence(said) + (f" Expected {error.expected}." if error.expected else "")


def told_by_field(error: DomainError, labels: Mapping[str, str] = NO_LABELS) -> dict[str, str]:
    """The same by its field, as forms take it."""
    return {field_of(error): told(error, labels)}
