"""Sections by name: what a postmortem document is put together from, open for others to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kintsugi.core.postmortems.document import Postmortem
from kintsugi.core.shared.errors import InvalidValue

SectionBuilder = Callable[[Postmortem], str]
"""Builds a section's text (Markdown) from a postmortem; an empty text means there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Section:
    """A named section: its title in documents and the function that builds its text."""

    name: str
    title: str
    build: SectionBuilder


@dataclass(frozen=True, slots=True)
class SectionRegistry:
    """Sections in order. Every change gives a new registry, so that nobody's sections change under them.

    Raises InvalidValue when a name is taken, unknown, or listed twice.
    """

    _sections: Mapping[str, Section] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, *sections: Section) -> SectionRegistry:
        """A registry of these sections in this order."""
        registry = cls()
        for section in sections:
            registry = registry.added(section)
        return registry

    def __iter__(self) -> Iterator[Section]:
        return iter(self._sections.values())

    def __len__(self) -> int:
        return len(self._sections)

    def __contains__(self, name: object) -> bool:
        return name in self._sections

    @property
    def names(self) -> tuple[str, ...]:
        """The names in order."""
        return tuple(self._sections)

    def get(self, name: str) -> Section | None:
        """The section of that name, or None."""
        return self._sections.get(name)

    def added(self, section: Section, *, before: str = "", after: str = "") -> SectionRegistry:
        """With one more section, at the end or beside a named one."""
        if section.name in self._sections:
            raise InvalidValue(
                f"a section named {section.name!r} is there already", expected="another name"
            )
        listed = [(other.name, other) for other in self]
        place = len(listed)
        if before or after:
            self._known(before or after)
            place = self.names.index(before or after) + (0 if before else 1)
        listed.insert(place, (section.name, section))
        return SectionRegistry(MappingProxyType(dict(listed)))

    def replaced(self, name: str, build: SectionBuilder, *, title: str = "") -> SectionRegistry:
        """With another builder (and title, if given) for a section, in its place."""
        old = self._known(name)
        changed = dict(self._sections)
        changed[name] = Section(name, title or old.title, build)
        return SectionRegistry(MappingProxyType(changed))

    def without(self, *names: str) -> SectionRegistry:
        """Without these sections."""
        for name in names:
            self._known(name)
        kept = {name: section for name, section in self._sections.items() if name not in names}
        return SectionRegistry(MappingProxyType(kept))

    def ordered(self, *names: str) -> SectionRegistry:
        """With these sections first, in this order; the others follow as they stood."""
        if len(set(names)) != len(names):
            raise InvalidValue("a section is listed twice", expected="each name once")
        first = {name: self._known(name) for name in names}
        return SectionRegistry(MappingProxyType(first | dict(self._sections)))

    def _known(self, name: str) -> Section:
        section = self._sections.get(name)
        if section is None:
            raise InvalidValue(
                f"there is no section named {name[:60]!r}", expected=", ".join(self.names)
            )
        return section
