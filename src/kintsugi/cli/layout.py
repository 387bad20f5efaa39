"""One postmortem to one of the output formats, as the options of a command say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kintsugi.cli.inputs import read_text
from kintsugi.cli.limits import time_limit
from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.external import external_view
from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.markdown.templating import (
    SHIPPED,
    Template,
    parse_template,
    render,
    shipped_template,
)
from kintsugi.formats.markdown.write import write_markdown
from kintsugi.formats.scenarios import scenario_prompts
from kintsugi.formats.seed_json import write_seed_json
from kintsugi.plugins.manager import plugin_sections


class Format(Enum):
    """What a postmortem is written as."""

    MD = "md"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"
    YAML = "yaml"


class Audience(Enum):
    """Whom a document is for; outside, only what is meant for customers, without names, hosts and links."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Keys(Enum):
    """Whose keys JSON has."""

    OWN = "own"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class Layout:
    """How to write postmortems: format, template, audience."""

    format: Format
    template: Template
    audience: Audience = Audience.INTERNAL
    front_matter: bool | None = None
    scenario: str = ""
    keys: Keys = Keys.OWN
    public_hosts: tuple[str, ...] = ()

    @property
    def reads_back(self) -> bool:
        """Whether what is written is read back to the same value, so that it may replace its own source."""
        if self.audience is Audience.EXTERNAL:
            return False
        if self.format is Format.MD:
            return (
                self.template.has_front_matter if self.front_matter is None else self.front_matter
            )
        return self.format is Format.YAML or (self.format is Format.JSON and self.keys is Keys.OWN)

    def write(self, postmortem: Postmortem) -> str | bytes:
        """The document. Raises InputError when the template fails, InvalidValue for what has no external form."""
        if self.audience is Audience.EXTERNAL:
            if self.format is Format.JSON and self.keys is Keys.SEED:
                raise InvalidValue(
                    "the generator's JSON states numbers that are not for customers",
                    path=("--format",),
                    expected="md, html or pdf; or kintsugi postmortem export --format json",
                )
            postmortem = external_view(postmortem, public_hosts=self.public_hosts)
        if self.format is Format.JSON and self.keys is Keys.SEED:
            return write_seed_json(postmortem, plugin_sections(SEED_SECTIONS))
        if self.format in (Format.JSON, Format.YAML):
            from kintsugi.formats.own_json import write_json, write_yaml

            return write_json(postmortem) if self.format is Format.JSON else write_yaml(postmortem)
        sections, prompts = plugin_sections(self.template.sections), self._prompts(postmortem)
        if self.format is Format.MD:
            with time_limit():
                return write_markdown(
                    postmortem,
                    self.template,
                    front_matter=self.front_matter,
                    sections=sections,
                    prompts=prompts,
                )
        with time_limit():
            body = render(self.template, postmortem, sections=sections, prompts=prompts)
        if self.format is Format.HTML:
            from kintsugi.formats.html import write_html

            return write_html(postmortem, body, audience=self.audience.value)
        from kintsugi.formats.pdf import write_pdf

        return write_pdf(postmortem, body, audience=self.audience.value)

    def _prompts(self, postmortem: Postmortem) -> Mapping[str, str]:
        name = self.scenario or postmortem.scenario
        return scenario_prompts(name) if name else {}


def choose_template(named: str, audience: Audience) -> Template:
    """The template a person named: one of ours, or a file. Raises InvalidValue or InputError for neither."""
    if not named:
        return shipped_template("external" if audience is Audience.EXTERNAL else "standard")
    if named in SHIPPED and audience is Audience.EXTERNAL and named != "external":
        raise InvalidValue(
            f"the template {named} is not written for customers",
            path=("--template",),
            expected="external, or a file of your own",
        )
    if named in SHIPPED:
        return shipped_template(named)
    if "/" in named or "\\" in named or named.endswith(".md"):
        return parse_template(read_text(named), file=named)
    raise InvalidValue(
        f"there is no template named {named[:60]!r}",
        expected=", ".join(SHIPPED) + ", or a file's path",
    )
