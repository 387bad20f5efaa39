"""XML to plain nodes with the line of each, refusing what can grow or reach out: entities and outside files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from kintsugi.formats.errors import InputError

MOST_NODES = 4_000_000
MOST_DEPTH = 10_000


@dataclass(slots=True)
class Node:
    """An element: its name, attributes, line, the elements in it, and its text where it has none."""

    tag: str
    attributes: dict[str, str]
    line: int
    nodes: list[Node] = field(default_factory=list)
    text: str = ""

    def first(self, tag: str) -> Node | None:
        """The first element in it with this name."""
        return next((each for each in self.nodes if each.tag == tag), None)


def read_xml(content: bytes, *, file: str = "") -> Node:
    """The root of an XML text. Raises InputError with the line for what is no XML, or declares entities."""
    parser = expat.ParserCreate()
    root = Node("", {}, 0)
    stack = [root]
    count = 0

    def refuse(problem: str, expected: str) -> NoReturn:
        raise InputError(problem, file=file, line=parser.CurrentLineNumber, expected=expected)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_NODES or len(stack) > MOST_DEPTH:
            refuse(
                "the XML is too large or too deep",
                f"at most {MOST_NODES:,} elements, {MOST_DEPTH:,} deep",
            )
        node = Node(tag, attributes, parser.CurrentLineNumber)
        stack[-1].nodes.append(node)
        stack.append(node)

    def end(_tag: str) -> None:
        stack.pop()

    def text(said: str) -> None:
        if said.strip():
            stack[-1].text += said

    def entity(*_told: object) -> None:
        refuse("the XML declares an entity", "XML without entities of its own")

    def outside(*_told: object) -> int:
        refuse("the XML refers to an outside file", "XML that stands alone")

    def doctype(_name: str, system: str | None, public: str | None, _has_subset: object) -> None:
        if system or public:
            outside()

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = entity
    parser.ExternalEntityRefHandler = outside
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(
            f"this is not XML: {expat.ErrorString(error.code)}",
            file=file,
            line=error.lineno,
            expected="valid XML",
        ) from error
    return root.nodes[0]
