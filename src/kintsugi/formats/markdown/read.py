"""Markdown that we wrote, back to the postmortem it was written from."""

from __future__ import annotations

from dataclasses import replace

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.errors import InputError
from kintsugi.formats.front_matter import FrontMatter
from kintsugi.formats.markdown.body import CARRIED, read_body
from kintsugi.formats.plain import line_of
from kintsugi.formats.records import decode_own
from kintsugi.formats.spellings import snake

TEMPLATE_HEADINGS = "template_headings"
"""The front matter's key for headings that belong to the template."""


def read_markdown(split: FrontMatter, *, file: str = "") -> Postmortem:
    """The postmortem of a file with our front matter: its fields, and the body's where it has none.

    Raises InputError with the line of a wrong field.
    """
    try:
        postmortem = decode_own(split.data)
    except InvalidValue as error:
        line = line_of(split.source, error.path, first_line=2)
        raise InputError.from_value(error, file=file, line=line) from error
    stated = {snake(key) for key in split.data}
    impact = split.data.get("impact")
    if isinstance(impact, dict) and "text" in impact:
        stated.add("impact.text")
    made = split.data.get(TEMPLATE_HEADINGS)
    headings = [str(one) for one in made] if isinstance(made, list) else []
    body = read_body(split.body, postmortem.date, str(split.data.get("template", "")), headings)
    taken = {name: body[name] for name in CARRIED if name in body and name not in stated}
    if "impact.text" in taken:
        taken["impact"] = replace(postmortem.impact, text=taken.pop("impact.text"))
    return replace(postmortem, **taken)
