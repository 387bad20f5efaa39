"""JSON and YAML text to plain data, within limits, and the line on which a field stands.

YAML is read by its 1.2 rules: `no` is a word, `14:35` a text and not a base-60 number, dates stay
text for the codec to read. Aliases are counted as what they expand to, so that a small file
cannot grow into a large one.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from typing import Any

import yaml

from kintsugi.formats.errors import InputError

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 4_000_000


class _Loader(yaml.CSafeLoader):
    """The safe loader with the scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own shape for this

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; a key that stands twice is an error, as in YAML's own rules."""
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            name = (key.tag, str(key.value))
            if name in seen:
                shown = str(key.value)[:60]
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {shown!r} stands twice in one mapping", key.start_mark
                )
            seen.add(name)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


_SCALARS: tuple[tuple[str, str, str], ...] = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,18})", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?",
        "-+0123456789.",
    ),
)
for _tag, _form, _first in _SCALARS:
    _firsts = [*_first, ""] if _tag == "null" else list(_first)
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_form})$"), _firsts
    )
_NOT_TEXT = re.compile("|".join(f"(?:{form})" for _, form, _ in _SCALARS))


def decode_text(content: bytes, *, file: str = "") -> str:
    """The text of a file: UTF-8 (with or without a mark), or UTF-16 with a mark.

    Raises InputError for a file that is too large or no text.
    """
    if len(content) > MAX_BYTES:
        raise InputError(
            f"the file has {len(content):,} bytes", file=file, expected=f"at most {MAX_BYTES:,}"
        )
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = f"byte {error.start} is not {encoding.upper().removesuffix('-SIG')} text"
        raise InputError(problem, file=file, line=line, expected="UTF-8 text") from error


_NO_NUMBER = "is no JSON number"
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN')


def load_json(text: str, *, file: str = "") -> Any:
    """The data of a JSON text. Raises InputError with the line for anything that is not JSON."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip())
        problem = "the JSON ends before it is complete" if cut else f"this is not JSON: {error.msg}"
        raise InputError(problem, file=file, line=error.lineno, expected="valid JSON") from error
    except ValueError as error:
        said = (
            "a number has too many digits"
            if "integer string conversion" in str(error)
            else str(error)
        )
        raise InputError(
            f"this is not JSON: {said[:120]}",
            file=file,
            line=_line_of_constant(text) if _NO_NUMBER in said else 0,
            expected="valid JSON",
        ) from error
    except RecursionError as error:
        raise _too_deep(file) from error


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} {_NO_NUMBER}")


def _line_of_constant(text: str) -> int:
    """Where the first word stands that Python takes for a number and JSON does not."""
    found = next((one for one in _CONSTANT.finditer(text) if one[0][0] != '"'), None)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
    return made


def load_yaml(text: str, *, file: str = "", first_line: int = 1) -> Any:
    """The data of a YAML text. Raises InputError with the line for anything that is not safe YAML."""
    try:
        _within_limits(text, file)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + first_line if mark is not None else 0
        problem = f"this is not YAML: {error.problem or error.context or 'it cannot be read'}"
        raise InputError(problem, file=file, line=line, expected="valid YAML") from error
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(
            f"this is not YAML: {str(error)[:120]}",
            file=file,
            expected="valid YAML without control characters",
        ) from error
    except (RecursionError, TypeError) as error:
        raise _too_deep(file) from error


def _too_deep(file: str) -> InputError:
    return InputError(
        "the data is nested too deep", file=file, expected=f"at most {MAX_DEPTH} levels"
    )


def _within_limits(text: str, file: str) -> None:
    """Refuses nesting beyond MAX_DEPTH and what would expand to more than MAX_NODES."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                mark = event.start_mark
                raise InputError(
                    f"the alias *{event.anchor} stands inside what it names",
                    file=file,
                    line=mark.line + 1 if mark is not None else 0,
                    expected="data without cycles",
                )
            total += sizes[event.anchor]
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            total += 1
            if len(open_nodes) > MAX_DEPTH:
                raise _too_deep(file)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        if total > MAX_NODES:
            raise InputError(
                f"the data expands to more than {MAX_NODES:,} values",
                file=file,
                expected="fewer aliases",
            )


def line_of(text: str, path: Sequence[str | int], *, first_line: int = 1) -> int:
    """The line on which the field at `path` stands in a JSON or YAML text; 0 if it cannot be told."""
    return Lines(text, first_line).of(path)


class Lines:
    """The lines of many fields of one text, which is read once, and only when the first is asked for."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        self._text = text
        self._first_line = first_line
        self._root: Any = None
        self._is_read = False

    def of(self, path: Sequence[str | int]) -> int:
        """As `line_of`."""
        if not self._is_read:
            self._is_read = True
            with contextlib.suppress(yaml.YAMLError, ValueError, RecursionError):
                self._root = yaml.compose(self._text, Loader=_Loader)
        line, node = 0, self._root
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line + self._first_line if node is not None else 0


def _child(node: Any, step: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    return None


class _Dumper(yaml.CSafeDumper):
    """The safe dumper, with several lines of text as a block."""


def _write_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    # The dumper quotes what YAML 1.1 would not read as text; what our 1.2 rules would not is quoted here.
    style = "|" if "\n" in text and not text.startswith((" ", "\n")) else None
    if _NOT_TEXT.fullmatch(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)


def dump_yaml(data: Any) -> str:
    """YAML that its 1.1 and its 1.2 readers both read back to the same data."""
    return str(
        yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)
    )
