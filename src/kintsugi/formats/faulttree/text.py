"""The short text form of a fault tree: `down = or(db, net, and(bug, load))` and `db = 0.01`, a line each.

The grammar is described in docs/reference/fault-tree-files.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from kintsugi.core.analysis.faulttree.model import (
    BasicEvent,
    CommonCause,
    FaultTree,
    Gate,
    GateKind,
    HouseEvent,
    Spread,
    SpreadKind,
)
from kintsugi.formats.errors import InputError
from kintsugi.formats.faulttree.tree_file import Nested, Path, TreeFile

FORM = "text"
KINDS = {kind.value: kind for kind in GateKind}
SPREADS = {kind.value: kind for kind in SpreadKind}
TOP, RATE, BETA, OF = "top", "rate", "beta", "of"
RESERVED = frozenset({*KINDS, *SPREADS, TOP, RATE, OF, "true", "false"})
MOST_DEPTH = 1_000

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f\v]+|\#[^\n]*)|(?P<end>[\n;])
    |(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<name>[^\W\d][\w.\-]*)|"(?P<quoted>(?:[^"\\\n]|\\.)*)"|(?P<mark>[=(),~%])""",
    re.VERBOSE,
)
NAME = re.compile(r"[^\W\d][\w.\-]*")
LOOKS_LIKE = re.compile(r'\s*(?:(?:[^\W\d][\w.\-]*|"(?:[^"\\\n]|\\.)*")\s*=|top\s+\S)')


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


@dataclass(slots=True)
class _Open:
    """A formula whose closing parenthesis has not come yet."""

    kind: GateKind
    least: int
    line: int
    inputs: list[str] = field(default_factory=list)


def read_text(text: str, *, file: str = "") -> TreeFile:
    """The tree of a text. Raises InputError with the line for what cannot be read."""
    return _Reader(text, file).read()


def read_formula(name: str, text: str, nested: Nested) -> Gate:
    """The gate of one formula such as `or(a, 2 of (b, c, d))`. Raises InputError without a file."""
    reader = _Reader(text, "")
    reader.nested = nested
    gate = reader.formula(name)
    reader.skip_ends()
    if reader.peek().kind != "done":
        reader.refuse(reader.peek(), "nothing after the formula")
    return gate


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.tokens = list(_tokens(text, file))
        self.place = 0
        self.nested = Nested()
        self.top = ""
        self.gates: list[Gate] = []
        self.events: list[BasicEvent] = []
        self.houses: list[HouseEvent] = []
        self.groups: list[CommonCause] = []
        self.lines: dict[str, int] = {}

    def read(self) -> TreeFile:
        self.nested.taken = {
            token.text for token in self.tokens if token.kind in ("name", "quoted")
        }
        self.skip_ends()
        while self.peek().kind != "done":
            self._statement()
            if self.peek().kind not in ("end", "done"):
                self.refuse(self.peek(), "the end of the line")
            self.skip_ends()
        tree = FaultTree(
            top=self.top,
            gates=tuple(self.gates),
            events=tuple(self.events),
            houses=tuple(self.houses),
            common_causes=tuple(self.groups),
        )
        lines = self.lines

        def line_of(path: Path) -> int:
            return lines.get(str(path[1]) if len(path) > 1 else str(path[0]) if path else "", 0)

        return TreeFile(tree, FORM, self.file, (), line_of)

    def _statement(self) -> None:
        name = self._name()
        if name.text == TOP and name.kind == "name" and self.peek().kind in ("name", "quoted"):
            chosen = self._name()
            self.top, self.lines[TOP] = _unquoted(chosen), chosen.line
            return
        self._expect("=")
        called = _unquoted(name)
        self.lines[called] = name.line
        token = self.peek()
        if token.kind == "number" and self.tokens[self.place + 1].text != OF:
            self._event(called, probability=self._number())
        elif token.kind == "name" and self._calls(token, RATE):
            rate, time = self._numbers(2, token)
            self._event(called, rate=rate, time=time)
        elif token.kind == "name" and self._calls(token, BETA):
            self._common_cause(called)
        elif token.kind == "name" and token.text in ("true", "false"):
            self.place += 1
            self.houses.append(HouseEvent(called, token.text == "true", self._label()))
        else:
            gate = self.formula(called)
            label = self._label()
            self.gates.append(Gate(gate.name, gate.kind, gate.inputs, gate.least, label))
            for each in self.nested.gates:
                self.lines[each.name] = name.line
            self.gates += self.nested.gates
            self.nested.gates = []

    def _event(
        self,
        name: str,
        *,
        probability: float | None = None,
        rate: float | None = None,
        time: float | None = None,
    ) -> None:
        label = self._label()
        spread = None
        if self.peek().text == "~":
            self.place += 1
            token = self.peek()
            if token.text not in SPREADS:
                self.refuse(token, "lognormal(error factor), uniform(low, high) or beta(a, b)")
            kind = SPREADS[token.text]
            self.place += 1
            numbers = self._numbers(1 if kind is SpreadKind.LOGNORMAL else 2, token)
            spread = Spread(kind, numbers[0], numbers[1] if len(numbers) > 1 else 0.0)
        label = label or self._label()
        self.events.append(BasicEvent(name, probability, rate, time, label, spread))

    def _common_cause(self, name: str) -> None:
        self._expect("(")
        beta = self._number()
        members = []
        while self.peek().text == ",":
            self.place += 1
            members.append(_unquoted(self._name()))
        self._expect(")")
        self.groups.append(CommonCause(name, beta, tuple(members)))

    def formula(self, name: str) -> Gate:
        """A gate with all that is nested in it, without recursion."""
        first = self.peek()
        waiting = [self._opened()] if self._opens() else []
        if not waiting:
            return Gate(
                name, GateKind.OR, (_unquoted(self._name("a number, a name or a formula")),)
            )
        while True:
            here = waiting[-1]
            if self.peek().text == ")" and not here.inputs:
                self.place += 1
            elif self._opens():
                waiting.append(self._opened())
                if len(waiting) > MOST_DEPTH:
                    self.refuse(first, f"at most {MOST_DEPTH:,} formulas in one another")
                continue
            else:
                here.inputs.append(_unquoted(self._name("a name or a formula")))
                if self._comes_another(here):
                    continue
            while waiting:
                done = waiting.pop()
                if not waiting:
                    return Gate(name, done.kind, tuple(done.inputs), done.least)
                waiting[-1].inputs.append(self.nested.add(name, done.kind, done.inputs, done.least))
                if self._comes_another(waiting[-1]):
                    break

    def _comes_another(self, here: _Open) -> bool:
        token = self.peek()
        if token.text not in (",", ")") or token.kind != "mark":
            self.refuse(token, f"a comma, or the closing parenthesis of line {here.line}")
        self.place += 1
        return token.text == ","

    def _opens(self) -> bool:
        token, after = self.peek(), self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if token.kind == "number":
            return after.kind == "name" and after.text == OF
        return token.kind == "name" and token.text in KINDS and after.text == "("

    def _opened(self) -> _Open:
        token = self.peek()
        if token.kind == "number":
            least = self._whole()
            self.place += 1
            self._expect("(")
            return _Open(GateKind.ATLEAST, least, token.line)
        self.place += 2
        kind = KINDS[token.text]
        if kind is not GateKind.ATLEAST:
            return _Open(kind, 0, token.line)
        least = self._whole()
        self._expect(",")
        return _Open(kind, least, token.line)

    def _calls(self, token: _Token, name: str) -> bool:
        if token.text != name or self.tokens[self.place + 1].text != "(":
            return False
        self.place += 1
        return True

    def _numbers(self, count: int, token: _Token) -> list[float]:
        self._expect("(")
        found = [self._number()]
        while self.peek().text == ",":
            self.place += 1
            found.append(self._number())
        self._expect(")")
        if len(found) != count:
            self.refuse(token, f"{count} in parentheses after it")
        return found

    def _number(self) -> float:
        token = self.peek()
        if token.kind != "number":
            self.refuse(token, "a number")
        self.place += 1
        if self.peek().text == "%" and self.peek().kind == "mark":
            self.place += 1
            return (
                float(f"{token.text}e-2")
                if "e" not in token.text.lower()
                else float(token.text) / 100
            )
        return float(token.text)

    def _whole(self) -> int:
        token = self.peek()
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 12:
            self.refuse(token, "a whole number")
        self.place += 1
        return int(token.text)

    def _label(self) -> str:
        token = self.peek()
        if token.kind != "quoted":
            return ""
        self.place += 1
        return _unquoted(token)

    def _name(self, expected: str = "a name") -> _Token:
        token = self.peek()
        if token.kind not in ("name", "quoted"):
            self.refuse(token, expected)
        if token.kind == "name" and token.text in KINDS:
            self.refuse(
                token,
                f'{expected}; a name that is a word of the form stands in quotes: "{token.text}"',
            )
        self.place += 1
        return token

    def _expect(self, mark: str) -> None:
        token = self.peek()
        if token.kind != "mark" or token.text != mark:
            self.refuse(token, repr(mark))
        self.place += 1

    def peek(self) -> _Token:
        return self.tokens[self.place]

    def skip_ends(self) -> None:
        while self.peek().kind == "end":
            self.place += 1

    def refuse(self, token: _Token, expected: str) -> NoReturn:
        found = {"end": "the line ends here", "done": "the text ends here"}.get(
            token.kind, f"{token.text[:60]!r} cannot stand here"
        )
        raise InputError(found, file=self.file, line=token.line, expected=expected)


def _tokens(text: str, file: str) -> Iterator[_Token]:
    line, place, depth = 1, 0, 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise InputError(
                f"{text[place]!r} cannot stand here", file=file, line=line,
                expected="name = formula or probability",
            )  # fmt: skip
        kind, said = found.lastgroup or "", found[0]
        place = found.end()
        if kind == "mark":
            depth += (said == "(") - (said == ")")
        if kind == "quoted":
            said = found["quoted"]
        if kind != "space" and not (kind == "end" and depth > 0):
            yield _Token(kind, said, line)
        line += found[0].count("\n")
    yield _Token("done", "", line)
    yield _Token("done", "", line)


def _unquoted(token: _Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text) if token.kind == "quoted" else token.text


def write_text(tree: FaultTree) -> str:
    """The tree in the short text form, which reads back to the same tree."""
    lines = [f"top {_written(tree.top)}"] if tree.top else []
    lines += [_gate_line(gate) for gate in tree.gates]
    lines += [
        f"{_written(group.name)} = beta({', '.join([repr(group.beta), *map(_written, group.events)])})"
        for group in tree.common_causes
    ]
    lines += [_event_line(event) for event in tree.events]
    lines += [
        f"{_written(house.name)} = {'true' if house.state else 'false'}{_label(house.label)}"
        for house in tree.houses
    ]
    return "\n".join(lines) + "\n"


def _gate_line(gate: Gate) -> str:
    inputs = ", ".join(map(_written, gate.inputs))
    start = f"{gate.least} of " if gate.kind is GateKind.ATLEAST else gate.kind.value
    return f"{_written(gate.name)} = {start}({inputs}){_label(gate.label)}"


def _event_line(event: BasicEvent) -> str:
    value = f"rate({event.rate!r}, {event.time!r})"
    if event.probability is not None:
        value = repr(event.probability)
    spread = ""
    if event.spread is not None:
        numbers = [event.spread.a]
        if event.spread.kind is not SpreadKind.LOGNORMAL:
            numbers.append(event.spread.b)
        spread = f" ~ {event.spread.kind.value}({', '.join(map(repr, numbers))})"
    return f"{_written(event.name)} = {value}{_label(event.label)}{spread}"


def _label(label: str) -> str:
    return f" {_quoted(label)}" if label else ""


def _written(name: str) -> str:
    return name if NAME.fullmatch(name) and name not in RESERVED else _quoted(name)


def _quoted(text: str) -> str:
    escaped = " ".join(text.splitlines()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
