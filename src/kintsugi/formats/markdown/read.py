"""Markdown that we wrote, and that people went on writing, back to a postmortem.

Every block of the body is accounted for: it is as a template made it, or its fields are read, or it
is kept as a section of its own, or a note says that a change is not read. A line that should be one
of ours and cannot be read is an error; nothing is emptied because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kintsugi.core.postmortems.document import ExtraSection, Postmortem
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.errors import InputError
from kintsugi.formats.front_matter import FrontMatter
from kintsugi.formats.markdown.body import (
    CARRIED,
    Block,
    Outcome,
    blocks,
    known_heading,
    read_block,
)
from kintsugi.formats.markdown.escape import unescaped, without_prompts
from kintsugi.formats.markdown.unread import PART, TITLE, Made, Misread, changed
from kintsugi.formats.plain import line_of
from kintsugi.formats.records import Record, decode_own
from kintsugi.formats.spellings import snake

MADE = "made"
"""The front matter's key for the digests of what a template made."""
INTRODUCTION = "Introduction"
"""The heading of a section kept from text before or under the title."""

BlockReader = Callable[[int, bool], Outcome | None]


@dataclass(slots=True)
class Body:
    """What a body says: fields with the blocks they come from, further sections, notes with their block."""

    fields: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, list[int]] = field(default_factory=dict)
    sections: list[tuple[int, ExtraSection]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)


def is_top(found: Sequence[Block], at: int) -> bool:
    """Whether a block stands before the title or right under it."""
    first = next((index for index, block in enumerate(found) if block.level == 1), -1)
    return found[at].level == 0 or at == first


def key_of(found: Sequence[Block], at: int) -> str:
    """The heading under which a block's text is known in the front matter."""
    return "" if is_top(found, at) else found[at].heading


def read_body(
    found: Sequence[Block], read: BlockReader, made: Made, stated: Mapping[str, Any]
) -> Body:
    """Account for every block. `stated` holds the fields that the front matter has: they go first."""
    return _Accounting(found, read, made, stated).run()


class _Accounting:
    """One body while it is read, block by block."""

    def __init__(
        self, found: Sequence[Block], read: BlockReader, made: Made, stated: Mapping[str, Any]
    ) -> None:
        self.found, self.read, self.made, self.stated = found, read, made, stated
        self.body = Body()
        self.open_level = 0
        self.seen: set[str] = set()

    def run(self) -> Body:
        keys = [key_of(self.found, at) for at in range(len(self.found))]
        as_made = {
            at
            for at, block in enumerate(self.found)
            if self.made.has(keys[at]) and self.made.take(keys[at], without_prompts(block.text))
        }
        for at, block in enumerate(self.found):
            if block.level == 1 and keys[at] == "" and is_top(self.found, at):
                self._title(at, block.heading)
            known = known_heading(block.heading) if block.level > 1 else ""
            if at in as_made:
                self.open_level = 0
            else:
                self._block(at, known, without_prompts(block.text).strip("\n"))
            self.seen.add(known)
        return self.body

    def _title(self, at: int, heading: str) -> None:
        if self.made.has(TITLE) and not self.made.take(TITLE, heading):
            self.body.notes.append((at, changed(heading)))

    def _block(self, at: int, known: str, text: str) -> None:
        block = self.found[at]
        if is_top(self.found, at):
            if text and not self._changed(at, ""):
                self._note(at, f"the text beside the title is kept as the section {INTRODUCTION!r}")
                self._keep(at, INTRODUCTION, text)
        elif known:
            self.open_level = 0
            if text and not self._changed(at, block.heading):
                self._ours(at, block.heading, known, text)
        elif self.open_level and block.level > self.open_level:
            self._nest(at, block.heading, text)
        elif not self._changed(at, block.heading):
            self.open_level = block.level
            self._keep(at, block.heading, text)

    def _changed(self, at: int, key: str) -> bool:
        if not (self.made.has(key) and self.made.take_changed(key)):
            return False
        self._note(at, changed(key or "the text beside the title"))
        return True

    def _ours(self, at: int, heading: str, known: str, text: str) -> None:
        """A section whose heading is ours: its fields, and what stands around them."""
        part = self.made.has(heading, PART)
        outcome = self.read(at, part)
        if outcome is None:
            self._keep(at, heading, text)
            return
        if part and not self.made.take(heading, outcome.made, PART):
            self.made.take_changed(heading, PART)
            self._note(at, changed(heading))
        clash = [
            name
            for name, value in outcome.fields.items()
            if name in self.stated and self.stated[name] != value
        ]
        if clash or not all(self._fits(name, value) for name, value in outcome.fields.items()):
            why = f"{clash[0]} stands in the front matter" if clash else "it stands there twice"
            self._note(at, f"{heading!r} is kept as a section of its own, since {why}")
            self._keep(at, heading, text)
            return
        for name, value in outcome.fields.items():
            if name not in self.stated:
                self._merge(at, name, value)
        for note in outcome.notes:
            self._note(at, f"{heading!r}: {note}")
        if outcome.rest:
            if known not in self.seen:
                self._note(
                    at,
                    f"{heading!r}: text that is none of its entries is kept as a section of its own",
                )
            self._keep(at, heading, outcome.rest)

    def _fits(self, name: str, value: object) -> bool:
        return name not in self.body.fields or isinstance(value, str | tuple)

    def _merge(self, at: int, name: str, value: Any) -> None:
        """A field said in two places is both: texts as paragraphs, lists one after the other."""
        before = self.body.fields.get(name)
        if isinstance(before, str):
            value = f"{before}\n\n{value}"
        elif before is not None:
            value = before + value
        self.body.fields[name] = value
        self.body.sources.setdefault(name, []).append(at)

    def _keep(self, at: int, heading: str, text: str) -> None:
        self.body.sections.append((at, ExtraSection(heading, unescaped(text))))

    def _nest(self, at: int, heading: str, text: str) -> None:
        first, last = self.body.sections[-1]
        parts = (last.text, f"#### {heading}", unescaped(text))
        nested = ExtraSection(last.heading, "\n\n".join(part for part in parts if part))
        self.body.sections[-1] = first, nested
        if at != first:
            self.body.sources.setdefault("sections", []).append(at)

    def _note(self, at: int, note: str) -> None:
        self.body.notes.append((at, note))


def read_markdown(split: FrontMatter, *, file: str = "") -> Record:
    """The postmortem of a file with our front matter: its fields, and the body's where it has none.

    Raises InputError with the line of what cannot be read.
    """
    data = {key: value for key, value in split.data.items() if key != MADE}
    try:
        postmortem = decode_own(data)
    except InvalidValue as error:
        line = line_of(split.source, error.path, first_line=2)
        raise InputError.from_value(error, file=file, line=line) from error
    stated = {snake(key) for key in data}
    impact = data.get("impact")
    if isinstance(impact, dict) and "text" in impact:
        stated.add("impact.text")
    found = blocks(split.body)

    def read(at: int, has_made: bool) -> Outcome | None:
        try:
            return read_block(found[at], postmortem.date, has_made=has_made)
        except Misread as error:
            raise InputError(
                error.problem, file=file, line=split.body_line + found[at].line - 1 + error.line,
                field=found[at].heading, expected=error.expected,
            ) from error  # fmt: skip

    known = {name: value_of(postmortem, name) for name in CARRIED if name in stated}
    known.pop("sections", None)
    body = read_body(found, read, Made.of(split.data.get(MADE)), known)
    taken = dict(body.fields)
    if "impact.text" in taken:
        taken["impact"] = replace(postmortem.impact, text=taken.pop("impact.text"))
    sections = (*postmortem.sections, *(section for _, section in body.sections))
    notes = tuple(dict.fromkeys(note for _, note in body.notes))
    return Record(replace(postmortem, sections=sections, **taken), notes)


def value_of(postmortem: Postmortem, name: str) -> object:
    """A carried field's value."""
    return postmortem.impact.text if name == "impact.text" else getattr(postmortem, name)
