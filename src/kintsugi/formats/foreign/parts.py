"""The parts of a foreign document that are no timeline and no actions: our fields, or sections of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kintsugi.core.analysis.factors import FACTOR_CATEGORIES, ContributingFactor
from kintsugi.core.postmortems.document import ExtraSection
from kintsugi.formats.foreign.draft import LOOKS_BACK, Draft, section_kind, unwrapped
from kintsugi.formats.foreign.headings import Kind
from kintsugi.formats.foreign.source import BOLD_LEVEL, Section, Shape, read_blocks
from kintsugi.formats.foreign.trackers import is_definition

TEXTS: Mapping[Kind, str] = {
    Kind.SUMMARY: "summary", Kind.IMPACT: "impact", Kind.TRIGGER: "trigger", Kind.ROOT_CAUSE: "root_cause",
    Kind.RESOLUTION: "resolution",
}  # fmt: skip
LISTS: Mapping[Kind, str] = {
    Kind.CONTRIBUTING_FACTORS: "contributing_factors", Kind.WHAT_WENT_WELL: "what_went_well",
    Kind.WHAT_WENT_POORLY: "what_went_poorly", Kind.WHERE_WE_GOT_LUCKY: "where_we_got_lucky", Kind.LESSONS: "lessons",
}  # fmt: skip
NOTES: Mapping[Kind, str] = {
    Kind.TIMELINE: "Notes on the timeline", Kind.ACTION_ITEMS: "Notes on the action items",
}  # fmt: skip
INTRODUCTION = "Introduction"
UNNAMED = "Unnamed section"
REFERENCES = "Link references"
_BOX = re.compile(r"^\[(?P<mark>[ xX]?)\]\s*")
_SAYS_MORE = re.compile(r"[(:\d]")


@dataclass(slots=True)
class Parts:
    """What the document says by field, and its other sections in the order in which they stood."""

    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    factors: tuple[ContributingFactor, ...] = ()
    sections: list[ExtraSection] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """One part while it is gathered: its kind, its heading, and the texts that belong to it."""

    kind: Kind
    level: int
    heading: str
    line: int
    texts: list[str] = field(default_factory=list)
    is_over_others: bool = False
    """Whether parts of a deeper level follow, which stand on their own now."""

    @property
    def text(self) -> str:
        return "\n\n".join(text for text in self.texts if text.strip())


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a list as text, and its number if it has one."""

    text: str
    number: str = ""


def read_parts(draft: Draft, title: Section | None) -> Parts:
    """Every line that is not taken, in a field or in a section of the document's own."""
    return _Gathering(draft, title).run()


class _Gathering:
    """Goes through the sections and puts each where it belongs."""

    def __init__(self, draft: Draft, title: Section | None) -> None:
        self.draft, self.title = draft, title
        self.parts = Parts()
        self.references: list[str] = []

    def run(self) -> Parts:
        gathered = [one for one in self._gather() if one.text or one.kind is not Kind.TITLE]
        has_summary = any(one.kind is Kind.SUMMARY and one.text for one in gathered)
        for part in gathered:
            if part.kind is Kind.TITLE and not has_summary:
                part.kind, part.heading = Kind.SUMMARY, ""
                has_summary = True
            self._put(part)
        if self.references:
            self.parts.sections.append(ExtraSection(REFERENCES, "\n".join(self.references)))
        return self.parts

    def _gather(self) -> list[_Part]:
        """The document as parts: a heading of ours or on the same level as the part before begins one."""
        found = [_Part(Kind.TITLE, 0, "", 0)]
        for section in self.draft.sections:
            kind = section_kind(section)
            text = self._rest(section.first, section.end)
            if section is self.title:
                self.draft.take(section.start, section.first)
                found.append(_Part(Kind.TITLE, section.level, "", section.start, [text]))
            elif not section.level:
                found[-1].texts.append(text)
            elif self._belongs(found[-1], section, kind):
                found[-1].texts.append(self._under_heading(section, text, found[-1].kind))
            else:
                found[-1].is_over_others = 0 < found[-1].level < section.level
                found.append(_Part(kind, section.level, section.heading, section.start, [text]))
        return found

    def _belongs(self, part: _Part, section: Section, kind: Kind) -> bool:
        """Whether a section stays within the part before it."""
        if section.level == BOLD_LEVEL:
            return kind not in LOOKS_BACK
        if kind is not part.kind and kind in (*TEXTS, *LISTS, *NOTES):
            return False
        return section.level > part.level and part.kind is not Kind.TITLE

    def _rest(self, start: int, end: int) -> str:
        lines = []
        is_code = False
        for at in range(start, end):
            line = self.draft.lines[at]
            if at in self.draft.taken:
                continue
            if line.lstrip().startswith(("```", "~~~")):
                is_code = not is_code
            if not is_code and is_definition(line):
                self.references.append(line.strip())
            else:
                lines.append(line)
        return "\n".join(lines).strip("\n").rstrip()

    def _under_heading(self, section: Section, text: str, within: Kind) -> str:
        """A section within a part: its heading as it stands, unless it was taken or nothing is left under it."""
        heading = self.draft.rest(section.start, section.first)
        if not heading:
            return text
        is_plain = section_kind(section) in NOTES and not _SAYS_MORE.search(section.heading[:-1])
        if not text and (is_plain or within is Kind.ACTION_ITEMS):
            self.draft.keep(section.start, section.heading)
            return ""
        if section.level < BOLD_LEVEL:
            heading = f"#### {section.heading}"
        return f"{heading}\n\n{text}".strip()

    def _put(self, part: _Part) -> None:
        if part.kind in TEXTS:
            self._text(part)
        elif part.kind in LISTS:
            self._list(part)
        elif part.kind in NOTES:
            self._notes(part)
        elif part.kind is Kind.TITLE:
            if part.text:
                self.parts.sections.append(ExtraSection(INTRODUCTION, part.text))
        elif part.text or not part.is_over_others:
            self.parts.sections.append(ExtraSection(part.heading.strip() or UNNAMED, part.text))
        else:
            self.draft.keep(part.line, part.heading)

    def _text(self, part: _Part) -> None:
        name = TEXTS[part.kind]
        before = self.parts.texts.get(name, "")
        if not before:
            self.draft.keep(part.line, part.heading)
            self.parts.texts[name] = part.text
        else:
            self.parts.texts[name] = f"{before}\n\n#### {part.heading}\n\n{part.text}".rstrip()

    def _notes(self, part: _Part) -> None:
        if _SAYS_MORE.search(part.heading) and "[" not in part.heading:
            part.texts.insert(0, part.heading)
        else:
            self.draft.keep(part.line, part.heading)
        if part.text:
            self.parts.sections.append(ExtraSection(NOTES[part.kind], part.text))

    def _list(self, part: _Part) -> None:
        name = LISTS[part.kind]
        items = _items(part.text)
        if items is None or name in self.parts.lists or (self.parts.factors and _is_factors(part)):
            self.parts.sections.append(ExtraSection(part.heading, part.text))
            return
        self.draft.keep(part.line, " ".join([part.heading, *(item.number for item in items)]))
        texts = tuple(item.text for item in items)
        if _is_factors(part):
            self._factors(part, texts)
        elif texts:
            self.parts.lists[name] = texts

    def _factors(self, part: _Part, items: Sequence[str]) -> None:
        """Factors; of a list of boxes those that are ticked."""
        labels = {label.casefold(): name for name, label in FACTOR_CATEGORIES.items()}
        found = []
        for item in items:
            box = _BOX.match(item)
            text = item[box.end() :] if box else item
            if box and not box["mark"].strip():
                self.draft.keep(part.line, text)
                continue
            if box:
                self.draft.keep(part.line, box[0])
            found.append(ContributingFactor(text, labels.get(text.strip().casefold(), "")))
        self.parts.factors = tuple(found)


def _is_factors(part: _Part) -> bool:
    return part.kind is Kind.CONTRIBUTING_FACTORS


def _items(text: str) -> tuple[_Item, ...] | None:
    """The items of a text that is lists and paragraphs; None for one that is more than that."""
    if not text.strip():
        return ()
    lines = text.split("\n")
    blocks = read_blocks(lines)
    covered = {at for block in blocks for at in range(block.start, block.end)}
    if any(line.strip() and at not in covered for at, line in enumerate(lines)):
        return None
    found: list[_Item] = []
    for block in blocks:
        if block.shape is Shape.LIST:
            found += [
                _Item(unwrapped(one.text), one.number) for one in block.items if one.text.strip()
            ]
        elif block.shape is Shape.PARAGRAPH:
            found.append(_Item(unwrapped("\n".join(lines[block.start : block.end]))))
        else:
            return None
    return tuple(found)
