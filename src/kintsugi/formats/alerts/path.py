"""A small language of paths into data: `alert.name || name || 'Nameless'`. Total: it reads, and cannot run away.

    a.b[0].c        the value of keys and positions; [-1] is the last
    a."b.c"         a key that holds a dot or a space
    tags[*].name    of every element, as a list
    @   $   $.a.b   the alert itself; the whole body; from the whole body, where there is a list of alerts
    'text'          a constant
    a + ' on ' + b  joined; nothing as soon as one part is nothing
    a after '] '    what stands behind the first such text; all of it where there is none; so is `before`
    x || y          the first that says something; null, "", [] and places of templates never filled in say nothing

A step into a text that holds JSON goes on inside it. What is not there is nothing, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats.alerts.bodies import load, text_of
from kintsugi.formats.alerts.format import Undecodable
from kintsugi.formats.alerts.limits import is_placeholder

LONGEST = 1000
MOST_STEPS = 20
MOST_ITEMS = 1000
EXPECTED = "a path such as alert.name, tags[0] or a.b || 'constant'"

_TOKEN = re.compile(
    r"""\s*(?:(?P<or>\|\|)|(?P<plus>\+)|(?P<text>'[^']*')|(?P<quoted>"[^"]+")"""
    r"""|(?P<dot>\.)|\[(?P<at>-?\d{1,6}|\*)\]|(?P<name>[^\s.\[\]'"|+]+))\s*"""
)

_CUT = re.compile(r"(?P<how>after|before)\s+'(?P<mark>[^']+)'\s*")

Step = str | int | None
"""A key, a position, or None for every element."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A text that is always the same."""

    text: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The way to a value, from the alert or from the whole body, and what is cut off its text."""

    is_from_root: bool
    steps: tuple[Step, ...]
    cuts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """Parts that are joined. Without the key `head` in the alert it says nothing, which saves a look."""

    parts: tuple[Constant | Steps, ...]
    head: str | None


Expression = tuple[Term, ...]


@dataclass(slots=True)
class Scope:
    """What paths are read in: the alert, the whole body, and the JSON already found in texts."""

    item: Any
    root: Any
    inside: dict[int, Any] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The expression that is written there. Raises InvalidValue, saying where it stops making sense."""
    if len(text) > LONGEST:
        raise InvalidValue(f"a path has at most {LONGEST:,} characters")
    terms: list[Term] = []
    parts: list[Constant | Steps] = []
    at = 0
    while True:
        part, at = _part(text, at)
        parts.append(part)
        if at == len(text):
            return (*terms, _term(parts))
        found = _TOKEN.match(text, at)
        if found is None or not (found["or"] or found["plus"]):
            raise _unread(text, at)
        if found["or"]:
            terms.append(_term(parts))
            parts = []
        at = found.end()


def _term(parts: list[Constant | Steps]) -> Term:
    for part in parts:
        if isinstance(part, Steps):
            first = part.steps[0] if part.steps and not part.is_from_root else None
            return Term(tuple(parts), first if isinstance(first, str) else None)
    return Term(tuple(parts), None)


def _part(text: str, start: int) -> tuple[Constant | Steps, int]:
    """One constant or path, and where what follows it begins."""
    found = _TOKEN.match(text, start)
    if found is None:
        raise _unread(text, start)
    if found["text"] is not None:
        return Constant(found["text"][1:-1]), found.end()
    steps: list[Step] = []
    is_from_root = False
    at, wants_name = start, True
    while at < len(text) and (found := _TOKEN.match(text, at)) is not None:
        if found["name"] or found["quoted"]:
            if not wants_name:
                break
            if found["name"] in ("$", "@") and not steps:
                is_from_root = found["name"] == "$"
            else:
                steps.append(found["name"] or found["quoted"][1:-1])
            wants_name = False
        elif found["at"] is not None and (steps or not wants_name or at == start):
            steps.append(None if found["at"] == "*" else int(found["at"]))
            wants_name = False
        elif found["dot"] and not wants_name:
            wants_name = True
        else:
            break
        at = found.end()
    cuts = []
    while (cut := _CUT.match(text, at)) is not None:
        cuts.append((cut["how"], cut["mark"]))
        at = cut.end()
    if wants_name or len(steps) + len(cuts) > MOST_STEPS:
        raise _unread(text, at)
    return Steps(is_from_root, tuple(steps), tuple(cuts)), at


def _unread(text: str, at: int) -> InvalidValue:
    return InvalidValue(
        f"{text[:60]!r} cannot be read from character {at + 1} on", expected=EXPECTED
    )


def value(expression: Expression, scope: Scope) -> Any:
    """The value of the first alternative that says something, None if none does."""
    for found in _said(expression, scope):
        if says_something(found):
            return found
    return None


def plain_text(expression: Expression, scope: Scope) -> str:
    """As `value`, but only texts, numbers, truths and lists of them, as text."""
    return next(plain_texts(expression, scope), "")


def plain_texts(expression: Expression, scope: Scope) -> Iterator[str]:
    """What each alternative says, as `plain_text`, without those that say nothing."""
    for found in _said(expression, scope):
        if is_plain(found) and says_something(found):
            yield text_of(found).strip()


def says_something(found: object) -> bool:
    """Whether it is neither null nor empty nor a place in a template that nobody filled in."""
    if isinstance(found, str):
        text = found.strip()
        return text != "" and not is_placeholder(text)
    return found is not None and found not in ([], {})


def is_plain(found: object) -> bool:
    """Whether it reads as a text: no map, and no list that holds more than texts and numbers."""
    if isinstance(found, list):
        return all(isinstance(one, str | int | float) for one in found[:MOST_ITEMS])
    return not isinstance(found, dict)


def _said(expression: Expression, scope: Scope) -> Iterator[Any]:
    item = scope.item
    if not isinstance(item, dict):
        item = None
    for term in expression:
        if item is None or term.head is None or term.head in item:
            yield _joined(term.parts, scope)


def _joined(parts: tuple[Constant | Steps, ...], scope: Scope) -> Any:
    if len(parts) == 1:
        return _one(parts[0], scope)
    texts = []
    for part in parts:
        found = _one(part, scope)
        if not says_something(found) and not isinstance(part, Constant):
            return None
        texts.append(text_of(found))
    return "".join(texts)


def _one(part: Constant | Steps, scope: Scope) -> Any:
    if isinstance(part, Constant):
        return part.text
    found = _walk(scope.root if part.is_from_root else scope.item, part.steps, scope)
    return _cut(text_of(found), part.cuts) if part.cuts and is_plain(found) else found


def _cut(text: str, cuts: tuple[tuple[str, str], ...]) -> str:
    for how, mark in cuts:
        before, found, after = text.partition(mark)
        if found:
            text = before if how == "before" else after
    return text


def _walk(data: Any, steps: tuple[Step, ...], scope: Scope) -> Any:
    for place, step in enumerate(steps):
        if isinstance(data, str):
            data = inside(data, scope)
        if step is None:
            rest = steps[place + 1 :]
            items = data[:MOST_ITEMS] if isinstance(data, list) else []
            found = [_walk(one, rest, scope) for one in items]
            return _flat([one for one in found if says_something(one)])
        if isinstance(step, int):
            if not isinstance(data, list) or not -len(data) <= step < len(data):
                return None
            data = data[step]
        elif isinstance(data, dict):
            data = data.get(step)
        else:
            return None
    return data


def _flat(found: list[Any]) -> list[Any]:
    """Lists within lists, as two `[*]` make them, become one of a bounded length."""
    if not any(isinstance(one, list) for one in found):
        return found
    flat: list[Any] = []
    for one in found:
        flat.extend(one if isinstance(one, list) else [one])
    return flat[:MOST_ITEMS]


def inside(text: str, scope: Scope) -> Any:
    """The JSON that a text holds, read once; None if it holds none."""
    known = id(text)
    if known not in scope.inside:
        try:
            scope.inside[known] = (
                (text, load(text.encode("utf-8", "replace")))
                if text.lstrip()[:1] in ("{", "[")
                else (text, None)
            )
        except Undecodable:
            scope.inside[known] = (text, None)
    return scope.inside[known][1]
