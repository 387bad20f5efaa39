"""Templates: those that are shipped, and the team's own, of which a postmortem keeps the version it was begun with."""

from __future__ import annotations

import re

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.formats.markdown.templating import (
    SHIPPED,
    Template,
    parse_template,
    render,
    shipped_template,
)
from kintsugi.kernel.auth import NotFound
from kintsugi.kernel.unit_of_work import UnitOfWork
from kintsugi.plugins.manager import plugin_sections
from kintsugi.server.postmortems.service.sample import SAMPLE
from kintsugi.server.postmortems.store import keeping
from kintsugi.server.postmortems.store.keeping import OwnTemplate

USUAL = "product"
"""The Post-Mortems seed's own form: what the API exports when nobody names a template."""
LARGEST = 100_000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def own_templates(work: UnitOfWork) -> list[OwnTemplate]:
    """The team's templates, each in its newest version."""
    return keeping.templates(work.connection)


def names(work: UnitOfWork) -> list[str]:
    """Every template one may choose, the shipped ones first."""
    return [*SHIPPED, *(one.name for one in own_templates(work))]


def text_for(work: UnitOfWork, name: str) -> str:
    """The text a postmortem keeps of its template: empty for a shipped one. Raises InvalidValue for no template."""
    if not name or name in SHIPPED:
        return ""
    return _newest(work, name).text


def template_for(work: UnitOfWork, name: str, kept_text: str = "") -> Template:
    """The template of a name; `kept_text` is what a postmortem keeps of it. Raises InvalidValue."""
    if name in SHIPPED:
        return shipped_template(name)
    return parse_template(kept_text or _newest(work, name).text, file=f"{name}.md")


def save_template(work: UnitOfWork, name: str, text: str) -> OwnTemplate:
    """A new version of an own template. Raises InvalidValue for a name that cannot be one, and what `tried` raises."""
    name, text = name.strip(), clean(text)
    if not _NAME.fullmatch(name) or name in SHIPPED:
        raise InvalidValue(
            f"{name[:60]!r} cannot be its name", path=("name",),
            expected="lower-case letters, digits and hyphens, and none of the shipped names",
        )  # fmt: skip
    tried(name, text)
    before = keeping.template_named(work.connection, clean(name))
    version = before.version + 1 if before else 1
    made = OwnTemplate(name, version, text, work.viewer.user_id, work.now, is_retired=False)
    keeping.add_template(work.connection, made)
    work.audit("postmortem.template", name, version=version)
    return made


def tried(name: str, text: str) -> str:
    """What the text of a template makes of an invented record.

    It is tried on a record with nothing in it too. Raises InvalidValue for a text that is too long,
    InputError with the line that fails.
    """
    text = clean(text)
    if len(text) > LARGEST:
        raise InvalidValue(
            "is too long", path=("text",), expected=f"at most {LARGEST:,} characters"
        )
    template = parse_template(text, file=f"{name.strip() or 'template'}.md")
    sections = plugin_sections(template.sections)
    render(template, Postmortem(SAMPLE.title), sections=sections)
    return render(template, SAMPLE, sections=sections)


def retire_template(work: UnitOfWork, name: str) -> None:
    """Offer it no more; postmortems begun with it keep it. Raises NotFound."""
    before = keeping.template_named(work.connection, clean(name))
    if before is None or before.is_retired:
        raise NotFound("there is no such template")
    made = OwnTemplate(
        name, before.version + 1, before.text, work.viewer.user_id, work.now, is_retired=True
    )
    keeping.add_template(work.connection, made)
    work.audit("postmortem.template", name, retired=True)


def _newest(work: UnitOfWork, name: str) -> OwnTemplate:
    found = keeping.template_named(work.connection, clean(name))
    if found is None or found.is_retired:
        raise InvalidValue(
            f"there is no template named {name[:60]!r}", path=("template",),
            expected=", ".join(names(work)),
        )  # fmt: skip
    return found
