"""A postmortem as a document to take away: Markdown, HTML, PDF, JSON or YAML; for us or for customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import slug
from kintsugi.formats.api_json import api_json
from kintsugi.formats.kinds import Audience, Format, Keys
from kintsugi.formats.markdown.templating import Template, shipped_template
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.plugins.layout import Layout
from kintsugi.server.incidents import service as incidents
from kintsugi.server.postmortems.service import happened, templates
from kintsugi.server.postmortems.stored import Stored

_FOR_READERS = frozenset({Format.HTML, Format.PDF})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted: the format, whom it is for, a template by name (else the postmortem's own), whose keys."""

    format: Format = Format.MD
    audience: Audience = Audience.INTERNAL
    template: str = ""
    front_matter: bool | None = None
    keys: Keys = Keys.OWN


@dataclass(frozen=True, slots=True)
class Exported:
    """A document: its bytes, its media type and a name for the file."""

    content: bytes
    media_type: str
    file_name: str


def export(work: UnitOfWork, stored: Stored, asked: Asked) -> Exported:
    """The postmortem as a document. Without a template: the one it was begun with, `product` by default.

    Raises InvalidValue for a template that is none or not for customers, PdfIsNotInstalled.
    """
    document = replace(happened.with_cut_sets(work, stored).document, id=stored.reference)
    if asked.format in _FOR_READERS:
        document = replace(document, incident_id=_incident_said(work, stored))
    name = f"{stored.reference}-{slug(document.title)}.{asked.format.value}"
    if (
        asked.format is Format.JSON
        and asked.keys is Keys.OWN
        and asked.audience is Audience.INTERNAL
    ):
        return Exported(api_json(document).encode(), _media_type(asked.format), name)
    layout = Layout(
        asked.format, _template(work, stored, asked), asked.audience, asked.front_matter,
        document.scenario, asked.keys,
    )  # fmt: skip
    written = layout.write(document)
    content = written if isinstance(written, bytes) else written.encode()
    return Exported(content, _media_type(asked.format), name)


def _incident_said(work: UnitOfWork, stored: Stored) -> str:
    """The incident as people name it; what a document carries back to us keeps its id."""
    incident = incidents.get_all(work, [stored.incident_id]).get(stored.incident_id)
    return incident.reference if incident else ""


def _template(work: UnitOfWork, stored: Stored, asked: Asked) -> Template:
    if asked.audience is Audience.EXTERNAL:
        if asked.template not in ("", "external"):
            raise InvalidValue(
                f"{asked.template[:60]!r} is not written for customers", path=("template",),
                expected="external",
            )  # fmt: skip
        return shipped_template("external")
    if asked.template:
        kept = stored.template_text if asked.template == stored.template else ""
        return templates.template_for(work, asked.template, kept)
    return templates.template_for(work, stored.template, stored.template_text)


def _media_type(form: Format) -> str:
    match form:
        case Format.MD:
            return "text/markdown; charset=utf-8"
        case Format.HTML:
            return "text/html; charset=utf-8"
        case Format.PDF:
            return "application/pdf"
        case Format.JSON:
            return "application/json"
        case Format.YAML:
            return "application/yaml"
        case _ as never:
            assert_never(never)
