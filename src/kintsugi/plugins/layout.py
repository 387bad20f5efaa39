"""One postmortem to one of the output formats: in which layout, for whom, and with the plugins' sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.external import external_view
from kintsugi.core.postmortems.seed_sections import SEED_SECTIONS
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.html import write_html
from kintsugi.formats.kinds import Audience, Format, Keys
from kintsugi.formats.markdown.templating import Template, render
from kintsugi.formats.markdown.write import write_markdown
from kintsugi.formats.own_json import write_json, write_yaml
from kintsugi.formats.pdf import write_pdf
from kintsugi.formats.scenarios import scenario_prompts
from kintsugi.formats.seed_json import write_seed_json
from kintsugi.plugins.manager import plugin_sections


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
    guard: Callable[[], AbstractContextManager[None]] = nullcontext
    """Put around the running of a template: a command gives up on one that takes too long."""

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
            return write_json(postmortem) if self.format is Format.JSON else write_yaml(postmortem)
        sections, prompts = plugin_sections(self.template.sections), self._prompts(postmortem)
        if self.format is Format.MD:
            with self.guard():
                return write_markdown(
                    postmortem,
                    self.template,
                    front_matter=self.front_matter,
                    sections=sections,
                    prompts=prompts,
                )
        with self.guard():
            body = render(self.template, postmortem, sections=sections, prompts=prompts)
        if self.format is Format.HTML:
            return write_html(postmortem, body, audience=self.audience.value)
        return write_pdf(postmortem, body, audience=self.audience.value)

    def _prompts(self, postmortem: Postmortem) -> Mapping[str, str]:
        name = self.scenario or postmortem.scenario
        return scenario_prompts(name) if name else {}
