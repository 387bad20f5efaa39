"""What the forms of a source send, and the values they are filled with again."""

from __future__ import annotations

from typing import cast

from pydantic import BaseModel, Field

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.words import word_of
from kintsugi.formats.alerts import SourceKind
from kintsugi.formats.errors import InputError
from kintsugi.formats.plain import dump_yaml, load_yaml
from kintsugi.server.alerts import service as alerts
from kintsugi.server.alerts.source import Source
from kintsugi.server.alerts.web.refusing import Versioned, lines

LABELS = {
    "name": "Name", "format": "Format", "kind": "Who notices", "service": "Service",
    "severities": "Severity words", "maxPerMinute": "Requests a minute", "secret": "Secret",
    "mapping": "Mapping", "body": "Message", "overlapHours": "Old keys hold for",
}  # fmt: skip
"""What the forms call the fields of the API."""
KINDS = {
    SourceKind.MONITORING: "A monitoring tool",
    SourceKind.SYNTHETIC: "A check that acts as a customer",
    SourceKind.CUSTOMER: "A customer, or support",
}
OVERLAPS = {"0": "End now", "1": "1 h", "24": "24 h", "168": "7 d"}


class NewSourceForm(BaseModel):
    name: str = ""
    format: str = ""
    service: str = ""
    secret: str = ""


class SourceForm(Versioned):
    name: str = ""
    kind: str = ""
    service: str = ""
    severities: str = ""
    maxPerMinute: str = ""  # noqa: N815 - a form's fields have the API's names
    secret: str = ""
    no_secret: str = ""

    def changes(self) -> alerts.SourceChanges:
        """What the form says. Raises InvalidValue, at the field."""
        return alerts.SourceChanges(
            name=self.name, kind=word_of(SourceKind, self.kind, "kind"), service=self.service,
            severities=severity_words(self.severities), max_per_minute=self._rate(),
            secret="" if self.no_secret else self.secret or None,
        )  # fmt: skip

    def _rate(self) -> int:
        typed = self.maxPerMinute.strip().replace(",", "")
        if not typed.isdecimal() or len(typed) > 9:
            raise InvalidValue(
                "is no number", path=("maxPerMinute",), expected="a number; 0 for no limit"
            )
        return int(typed)


class MappingForm(Versioned):
    mapping: str = Field("", max_length=100_000)
    body: str = Field("", max_length=512 * 1024)
    do: str = "save"

    def data(self) -> dict[str, object] | None:
        """The mapping that is typed; None where nothing is, which is the format's own. Raises InvalidValue."""
        if not self.mapping.strip():
            return None
        try:
            found = load_yaml(self.mapping)
        except InputError as error:
            raise InvalidValue(
                f"line {error.line}: {error.problem}", path=("mapping",), expected=error.expected
            ) from error
        if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
            raise InvalidValue(
                "is no mapping", path=("mapping",), expected="lines such as title: alert.name"
            )
        return cast("dict[str, object]", found)


class RotateForm(BaseModel):
    overlap: str = "24"


class VersionForm(BaseModel):
    version: int = Field(ge=0, le=1_000_000_000)


def severity_words(written: str) -> dict[str, str | int]:
    """A mapping as it is typed, one `word = SEV-2` on each line. Raises InvalidValue, with the line."""
    found: dict[str, str | int] = {}
    for number, line in enumerate(lines(written), start=1):
        word, sign, level = line.rpartition("=" if "=" in line else ":")
        if not sign or not word.strip() or not level.strip():
            raise InvalidValue(
                f"line {number}: {line[:60]!r} is not understood", path=("severities",),
                expected="lines such as urgent = SEV-1",
            )  # fmt: skip
        found[word.strip()] = level.strip()
    return found


def filled(source: Source) -> SourceForm:
    """The form of a source as it stands; its secret is never shown."""
    return SourceForm(
        version=source.version, name=source.name, kind=source.kind, service=source.service,
        severities="\n".join(f"{word} = {level.label}" for word, level in source.severities.items()),
        maxPerMinute=str(source.max_per_minute),
    )  # fmt: skip


def written_mapping(source: Source) -> str:
    """Its own mapping, as it is typed; empty while it has none."""
    return dump_yaml(source.mapping) if source.mapping else ""
