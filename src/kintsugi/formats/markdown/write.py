"""A postmortem to Markdown: a template's body, and front matter with all that the body does not carry.

The body is read back at once and compared: a field it gives back exactly lives in the body alone,
where people edit it; every other field is written in the front matter. So what is written always
reads back to the same value, whatever the template shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kintsugi.core.postmortems.document import ExtraSection, Postmortem
from kintsugi.core.postmortems.sections import SectionRegistry
from kintsugi.formats.codec import encode
from kintsugi.formats.front_matter import with_front_matter
from kintsugi.formats.markdown.body import CARRIED, read_body
from kintsugi.formats.markdown.read import TEMPLATE_HEADINGS
from kintsugi.formats.markdown.templating import Template, render
from kintsugi.formats.records import SCHEMA
from kintsugi.formats.spellings import written_key


def write_markdown(
    postmortem: Postmortem,
    template: Template,
    *,
    front_matter: bool | None = None,
    sections: SectionRegistry | None = None,
    prompts: Mapping[str, str] | None = None,
) -> str:
    """The postmortem laid out by a template; with front matter as the template says unless told otherwise.

    Raises InputError when the template fails.
    """
    body = render(template, postmortem, sections=sections, prompts=prompts)
    wanted = template.has_front_matter if front_matter is None else front_matter
    if not wanted:
        return body
    return with_front_matter(front_data(postmortem, template, body), body)


def front_data(postmortem: Postmortem, template: Template, body: str) -> dict[str, object]:
    """The front matter for a body: every field but those the body gives back exactly.

    Headings that the template makes of its own (or a plugin's section has) are named, so that they
    are not taken for sections somebody added.
    """
    read = read_body(body, postmortem.date, template.name)
    made = _headings_of_template(read.get("sections", ()), postmortem.sections)
    if made:
        read = read_body(body, postmortem.date, template.name, made)
    carried = {name for name in CARRIED if read.get(name, _EMPTY[name]) == _value(postmortem, name)}
    kept = _without(postmortem, carried)
    data: dict[str, object] = {"schema": SCHEMA, "template": template.name, **encode(kept)}
    if made:
        data[TEMPLATE_HEADINGS] = made
    for name in CARRIED:
        if name not in carried and name in read:
            _state(data, postmortem, name)
    return data


def _headings_of_template(
    read: tuple[ExtraSection, ...], ours: tuple[ExtraSection, ...]
) -> list[str]:
    """The headings read as added sections that are none of the postmortem's."""
    written = {section.heading for section in ours}
    return list(
        dict.fromkeys(section.heading for section in read if section.heading not in written)
    )


_BLANK = Postmortem("")
_EMPTY = {name: getattr(_BLANK, name) for name in CARRIED if name != "impact.text"} | {
    "impact.text": ""
}


def _value(postmortem: Postmortem, name: str) -> object:
    return postmortem.impact.text if name == "impact.text" else getattr(postmortem, name)


def _without(postmortem: Postmortem, carried: set[str]) -> Postmortem:
    """The postmortem without the fields that stand in the body."""
    emptied = {name: _EMPTY[name] for name in carried if name != "impact.text"}
    impact = replace(postmortem.impact, text="") if "impact.text" in carried else postmortem.impact
    return replace(postmortem, impact=impact, **emptied)


def _state(data: dict[str, object], postmortem: Postmortem, name: str) -> None:
    """Say a field in so many words although it may be empty: the body alone would be read as something else."""
    if name == "impact.text":
        impact = data.setdefault("impact", {})
        if isinstance(impact, dict):
            impact.setdefault("text", postmortem.impact.text)
        return
    value = getattr(postmortem, name)
    data.setdefault(
        written_key(Postmortem, name), encode(value) if not isinstance(value, str) else value
    )
