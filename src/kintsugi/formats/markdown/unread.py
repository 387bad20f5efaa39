"""Changes people made to parts of a document that are not read back, so that none is lost in silence."""

from __future__ import annotations

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.formats.errors import InputError
from kintsugi.formats.front_matter import FrontMatter
from kintsugi.formats.markdown.body import NOTHING, PROMPT, blocks
from kintsugi.formats.markdown.templating import SHIPPED, render, shipped_template


def unread_changes(split: FrontMatter, postmortem: Postmortem) -> list[str]:
    """A note for each section whose text is not what the postmortem, laid out again, would say there.

    Such a section is made from the front matter (or from numbers in it), and one of the two was
    changed by hand. The front matter counts; the next export writes the section anew.
    Only our own templates are laid out again: what a template of one's own shows is not known here.
    """
    name = split.data.get("template")
    if name not in SHIPPED:
        return []
    try:
        again = render(shipped_template(name), postmortem)
    except InputError:
        return []
    before, now = blocks(again), blocks(split.body)
    expected = {(block.heading, _said(block.text)) for block in before if block.level > 1}
    known = {heading for heading, _ in expected}
    titles = {block.heading for block in before if block.level == 1}
    found = [block.heading for block in now if block.level == 1 and block.heading not in titles]
    found += [
        block.heading
        for block in now
        if block.level > 1
        and block.heading in known
        and (block.heading, _said(block.text)) not in expected
    ]
    return [
        f"{heading!r} differs from the front matter it is made from; the front matter counts"
        for heading in dict.fromkeys(found)
    ]


def _said(text: str) -> str:
    said = PROMPT.sub("", text).strip() if "<!-- prompt:" in text else text.strip()
    return "" if said == NOTHING else said
