"""A fault tree from and to a file's text, in whichever form it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from kintsugi.core.analysis.faulttree.model import BasicEvent, FaultTree, Gate, HouseEvent
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.core.shared.text import clean
from kintsugi.formats.errors import InputError
from kintsugi.formats.faulttree.data import data_of, tree_of
from kintsugi.formats.faulttree.guide import is_guide, read_guide
from kintsugi.formats.faulttree.mef import read_mef
from kintsugi.formats.faulttree.mef_write import write_mef
from kintsugi.formats.faulttree.mermaid import write_mermaid
from kintsugi.formats.faulttree.text import LOOKS_LIKE, read_text, write_text
from kintsugi.formats.faulttree.tree_file import Path, TreeFile
from kintsugi.formats.plain import MAX_BYTES, Lines, decode_text, dump_yaml, load_json, load_yaml


def _as_json(tree: FaultTree) -> str:
    return json.dumps(data_of(tree), indent=2, ensure_ascii=False) + "\n"


def _as_yaml(tree: FaultTree) -> str:
    return dump_yaml(data_of(tree))


WRITERS: Mapping[str, Callable[[FaultTree], str]] = {
    "text": write_text,
    "yaml": _as_yaml,
    "json": _as_json,
    "mef": write_mef,
    "mermaid": write_mermaid,
}
"""What a tree is written as, by name. Mermaid is a picture and is not read back."""


def read_fault_tree(content: bytes, *, file: str = "") -> TreeFile:
    """The tree of a file; the form is seen from its text. Raises InputError with file and line."""
    found = _read(content, file)
    return replace(found, tree=cleaned(found.tree))


def cleaned(tree: FaultTree) -> FaultTree:
    """The tree with names and labels that every form can hold: escapes make of plain text what no file may have."""
    parts: list[Gate | BasicEvent | HouseEvent] = [*tree.gates, *tree.events, *tree.houses]
    texts = [one.name for one in parts] + [one.label for one in parts]
    texts += [tree.name, tree.top, *(one.name for one in tree.common_causes)]
    texts += [name for gate in tree.gates for name in gate.inputs]
    if all(clean(text) == text for text in texts):
        return tree
    return FaultTree(
        clean(tree.name), clean(tree.top),
        tuple(
            replace(one, name=clean(one.name), inputs=tuple(map(clean, one.inputs)), label=clean(one.label))
            for one in tree.gates
        ),
        tuple(replace(one, name=clean(one.name), label=clean(one.label)) for one in tree.events),
        tuple(replace(one, name=clean(one.name), label=clean(one.label)) for one in tree.houses),
        tuple(
            replace(one, name=clean(one.name), events=tuple(map(clean, one.events)))
            for one in tree.common_causes
        ),
    )  # fmt: skip


def _read(content: bytes, file: str) -> TreeFile:
    if content.lstrip()[:1] == b"<" or content.lstrip()[:4] == b"\xef\xbb\xbf<":
        if len(content) > MAX_BYTES:
            decode_text(content, file=file)
        return read_mef(content.lstrip(), file=file)
    text = decode_text(content, file=file).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError("the file is empty", file=file, expected="a fault tree")
    if text.lstrip()[0] in "{[":
        return _of_data(load_json(text, file=file), text, "json", file)
    started = next(
        (line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"), ""
    )
    if LOOKS_LIKE.match(started):
        return read_text(text, file=file)
    return _of_data(load_yaml(text, file=file), text, "yaml", file)


def _of_data(data: object, text: str, form: str, file: str) -> TreeFile:
    lines = Lines(text)
    try:
        if is_guide(data):
            found = read_guide(data)
            paths = found.paths

            def guide_line(path: Path) -> int:
                return lines.of(paths.get(str(path[1]), ())) if len(path) > 1 else 0

            return TreeFile(found.tree(), "guide", file, tuple(found.notes), guide_line)
        return TreeFile(tree_of(data), form, file, (), lines.of)
    except InvalidValue as error:
        raise InputError.from_value(error, file=file, line=lines.of(error.path)) from error
