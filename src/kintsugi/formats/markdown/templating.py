"""Templates: one Markdown file each, front matter and a Jinja2 body, rendered in a sandbox.

A body places sections with `{{ section("name", "## Heading", prompt="A question to the writer") }}`.
What is registered (by a plugin, say) and placed nowhere comes at the end, or where the body says
`{{ rest() }}`. An empty section shows its prompt as a comment, which no reader of the page sees.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import jinja2

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.sections import Section, SectionRegistry
from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.times import written_duration, written_when
from kintsugi.formats.errors import InputError
from kintsugi.formats.front_matter import split_front_matter
from kintsugi.formats.markdown.body import NOTHING
from kintsugi.formats.markdown.bounded import BUDGET, BoundedEnvironment, Budget
from kintsugi.formats.markdown.escape import cell, hard_breaks, line, prose
from kintsugi.formats.markdown.sections import DOCUMENT_SECTIONS

SHIPPED = ("basic", "product", "standard", "auto", "executive", "report", "sre", "external")
_KEYS = {"kind", "name", "title", "description", "front_matter", "sections"}
_ENVIRONMENT = BoundedEnvironment(
    autoescape=False, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
)  # Markdown has no autoescape: each builder escapes for its place, and HTML is made from tokens.
_ENVIRONMENT.filters.update(
    line=line,
    cell=cell,
    prose=prose,
    hard_breaks=hard_breaks,
    duration=written_duration,
    when=written_when,
)
_FIELD_OF: Mapping[str, str] = {
    "timeline_list": "timeline", "timeline_colon_list": "timeline", "factor_checklist": "contributing_factors",
    "impact_text": "impact", "customer_impact": "impact", "what_happened": "trigger", "lessons_learned": "lessons",
    "open_actions": "action_items", "action_checklist": "action_items", "action_list": "action_items",
    "action_priorities": "action_items",
    "action_horizons": "action_items", "external_summary": "summary",
}  # fmt: skip
"""The field whose scenario question a section asks when it is empty."""
_REGISTRIES: Mapping[str, SectionRegistry] = {"seed": SEED_SECTIONS, "document": DOCUMENT_SECTIONS}


@dataclass(frozen=True, slots=True)
class Template:
    """A way to lay out a postmortem.

    `has_front_matter` is whether its documents begin with front matter unless asked otherwise;
    `registry` is the set of sections it is rendered with: `document`, or `seed` for the
    generator seed's five.
    """

    name: str
    title: str
    description: str
    source: str
    file: str
    body: jinja2.Template = field(repr=False, compare=False)
    body_line: int = 1
    has_front_matter: bool = True
    registry: str = "document"

    @property
    def sections(self) -> SectionRegistry:
        """The sections it is rendered with unless others are passed in."""
        return _REGISTRIES[self.registry]


def parse_template(text: str, *, file: str) -> Template:
    """Read a template. Raises InputError with file and line when it cannot be used."""
    split = split_front_matter(text, file=file)
    unknown = set(split.data) - _KEYS
    if unknown:
        key = min(str(one) for one in unknown)
        raise InputError(
            f"{key!r} is not a template's field",
            file=file,
            line=2,
            expected=", ".join(sorted(_KEYS)),
        )
    name, registry = split.data.get("name"), split.data.get("sections", "document")
    if not isinstance(name, str) or not name:
        raise InputError(
            "the template has no name", file=file, line=2, field="name", expected="name: a-word"
        )
    if registry not in _REGISTRIES:
        raise InputError(
            f"{registry!r} names no sections",
            file=file,
            field="sections",
            expected="document or seed",
        )
    has_front_matter = split.data.get("front_matter", True)
    if not isinstance(has_front_matter, bool):
        raise InputError(
            "is neither true nor false", file=file, field="front_matter", expected="true or false"
        )
    try:
        body = _ENVIRONMENT.from_string(split.body)
    except jinja2.TemplateSyntaxError as error:
        problem = f"the template cannot be read: {error.message}"
        raise InputError(
            problem, file=file, line=error.lineno + split.body_line - 1, expected="Jinja2"
        ) from error
    return Template(
        name, str(split.data.get("title") or name), str(split.data.get("description") or ""), text,
        file, body, split.body_line, has_front_matter, str(registry),
    )  # fmt: skip


@cache
def shipped_template(name: str) -> Template:
    """One of our own templates. Raises InvalidValue naming the ones there are."""
    if name not in SHIPPED:
        raise InvalidValue(
            f"there is no template named {name[:60]!r}",
            expected=", ".join(SHIPPED) + ", or a file's path",
        )
    text = (
        resources.files("kintsugi.formats").joinpath("templates", f"{name}.md").read_text("utf-8")
    )
    return parse_template(text, file=f"{name}.md")


def shipped_templates() -> Iterator[Template]:
    """All of our own templates."""
    return (shipped_template(name) for name in SHIPPED)


@dataclass(slots=True)
class _Page:
    """One rendering: which sections are there, which were placed, and the scenario's prompts."""

    postmortem: Postmortem
    registry: SectionRegistry
    prompts: Mapping[str, str]
    own: frozenset[str]
    placed: set[str] = field(default_factory=set)

    def section(
        self, name: str, heading: str = "", *, prompt: str = "", optional: bool = False
    ) -> str:
        """A section under its heading; empty text for one that was removed from the registry."""
        found = self.registry.get(name)
        if found is None and name not in self.own:
            found = DOCUMENT_SECTIONS.get(name)
        if found is None:
            if name not in self.own:
                raise InvalidValue(
                    f"there is no section named {name[:60]!r}",
                    expected=", ".join(self.registry.names),
                )
            return ""
        self.placed.add(name)
        text = found.build(self.postmortem)
        if not text and optional:
            return ""
        parts = [heading] if heading else []
        if not text:
            question = self.prompts.get(_FIELD_OF.get(name, name), prompt)
            if question:
                parts.append(f"<!-- prompt: {question.replace('-->', '→')} -->")
            text = NOTHING
        return "\n\n".join([*parts, text]) + "\n\n"

    def sections(self) -> list[tuple[str, str]]:
        """Every section in the registry's order: title and text."""
        self.placed.update(self.registry.names)
        return [(section.title, section.build(self.postmortem)) for section in self.registry]

    def rest(self) -> str:
        """The sections that are none of ours and that the template has not placed."""
        more = [
            section
            for section in self.registry
            if section.name not in self.own and section.name not in self.placed
        ]
        self.placed.update(section.name for section in more)
        return "".join(self._added(section) for section in more)

    def _added(self, section: Section) -> str:
        text = section.build(self.postmortem)
        return f"## {section.title}\n\n{text}\n\n" if text else ""


def render(
    template: Template,
    postmortem: Postmortem,
    *,
    sections: SectionRegistry | None = None,
    prompts: Mapping[str, str] | None = None,
) -> str:
    """The Markdown body a template makes of a postmortem, without front matter.

    Raises InputError with the template's line when its body fails.
    """
    registry = template.sections if sections is None else sections
    page = _Page(postmortem, registry, prompts or {}, frozenset(template.sections.names))
    try:
        text = template.body.render(
            pm=postmortem,
            title=line(postmortem.title),
            section=page.section,
            sections=page.sections,
            rest=page.rest,
            **{BUDGET: Budget()},
        )
    except InvalidValue as error:
        raise InputError(
            error.problem,
            file=template.file,
            line=_line_of(error, template),
            expected=error.expected,
        ) from error
    except (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        RecursionError,
    ) as error:
        problem = f"the template fails: {str(error)[:200]}"
        raise InputError(problem, file=template.file, line=_line_of(error, template)) from error
    return (text + page.rest()).strip("\n") + "\n"


def _line_of(error: Exception, template: Template) -> int:
    """The template's line an error came from: the last frame that is template code."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == "<template>"
    ]
    return (lines[-1] or 0) + template.body_line - 1 if lines else 0


def template_variables(template: Template) -> dict[str, Any]:
    """What a template's body may use, by name; a test holds the reference against it."""
    return {
        "pm": "the postmortem (kintsugi.Postmortem)",
        "title": "its title on one line",
        "section(name, heading, prompt=, optional=)": "a section under a heading",
        "sections()": "title and text of every section in order",
        "rest()": "sections of plugins that are placed nowhere else",
        "filters": "line, cell, prose, hard_breaks, duration, when",
        "section names": ", ".join(template.sections.names),
    }
