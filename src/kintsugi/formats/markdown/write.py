"""A postmortem to Markdown: a template's body, and front matter with all that the body does not carry.

The body is read back at once and compared: a field it gives back exactly lives in the body alone,
where people edit it; every other field is written in the front matter. So what is written always
reads back to the same value, whatever the template shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.postmortems.sections import SectionRegistry
from kintsugi.formats.codec import encode
from kintsugi.formats.front_matter import with_front_matter
from kintsugi.formats.markdown.body import CARRIED, Block, Outcome, blocks, read_block
from kintsugi.formats.markdown.escape import line, without_prompts
from kintsugi.formats.markdown.read import MADE, Body, is_top, key_of, read_body, value_of
from kintsugi.formats.markdown.templating import Template, render
from kintsugi.formats.markdown.unread import PART, TITLE, Made, Misread
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

    Texts that the template (or a plugin's section) makes of other fields are named with a digest,
    so that they are not taken for something somebody wrote, and a change to them is seen.
    """
    found = blocks(body)
    made, read, shown = _accounted(found, postmortem)
    carried = {
        name
        for name in CARRIED
        if name != "sections"
        and (name in read.fields or value_of(postmortem, name) == _EMPTY[name])
    }
    if tuple(section for _, section in read.sections) == postmortem.sections:
        carried.add("sections")
    kept = _without(postmortem, carried)
    data: dict[str, object] = {"schema": SCHEMA, "template": template.name, **encode(kept)}
    for name in CARRIED:
        if name not in carried and name in shown and name != "sections":
            _state(data, postmortem, name)
    if made:
        data[MADE] = made
    return data


def _accounted(
    found: Sequence[Block], postmortem: Postmortem
) -> tuple[dict[str, object], Body, set[str]]:
    """What must be called made for the rest of the body to read back exactly, and what is read then.

    Blocks are called made until nothing is read that is not so: in the end all of them may be.
    The third part names the fields that blocks called made seem to hold.
    """
    outcomes, whole = _outcomes(found, postmortem.date)
    texts = [without_prompts(block.text) for block in found]
    keys = [key_of(found, at) for at in range(len(found))]
    right: set[tuple[str, int]] = set()
    while True:
        made = Made({})
        title = next((block.heading for block in found if block.level == 1), None)
        if title is not None:
            made.add(TITLE, title)
        for at, block in enumerate(found):
            outcome = outcomes[at]
            if at in whole:
                made.add(keys[at], texts[at])
            elif outcome is not None and outcome.made:
                made.add(block.heading, outcome.made, PART)
        stated = made.stated()
        read = read_body(found, lambda at, _part: outcomes[at], made, {})
        wrong = _wrong(read, postmortem, found, right)
        more = {
            at for at in range(len(found))
            if any(keys[at] == keys[one] and texts[at] == texts[one] for one in wrong)
        } if wrong else set()  # fmt: skip
        if more <= whole:
            if not wrong:
                break
            more = set(range(len(found)))
            if more <= whole:
                break
        whole |= more
    shown = {name for at in whole if (seen := outcomes[at]) is not None for name in seen.fields}
    return stated, read, shown


def _outcomes(found: Sequence[Block], day: date | None) -> tuple[list[Outcome | None], set[int]]:
    """What each block says by itself, and the blocks that cannot be anybody's text."""
    outcomes: list[Outcome | None] = []
    whole: set[int] = set()
    for at, block in enumerate(found):
        try:
            outcomes.append(read_block(block, day, has_made=True))
        except Misread:
            outcomes.append(None)
            whole.add(at)
        if is_top(found, at) and block.text:
            whole.add(at)
    return outcomes, whole


def _wrong(
    read: Body, postmortem: Postmortem, found: Sequence[Block], right: set[tuple[str, int]]
) -> set[int]:
    """The blocks that say something the postmortem does not; `right` remembers values found equal."""
    wrong = {at for at, _ in read.notes}
    for name, value in read.fields.items():
        if (name, id(value)) in right:
            continue
        if value == value_of(postmortem, name):
            if len(read.sources[name]) == 1:  # the value is an outcome's, which outlives this
                right.add((name, id(value)))
        else:
            wrong.update(read.sources[name])
    if tuple(section for _, section in read.sections) != postmortem.sections:
        written = {line(section.heading) for section in postmortem.sections}
        listed = {at for at, _ in read.sections}
        strange = {at for at in listed if found[at].heading not in written}
        wrong |= strange or listed | set(read.sources.get("sections", ()))
    return wrong


_BLANK = Postmortem("")
_EMPTY = {name: getattr(_BLANK, name) for name in CARRIED if name != "impact.text"} | {
    "impact.text": ""
}


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
