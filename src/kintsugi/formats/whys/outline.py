"""A why-tree as people type it into one field: an outline that reads back to the same value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kintsugi.core.analysis.five_whys import Confidence, Why, walk
from kintsugi.core.shared.errors import InvalidValue

_MORE = "  "
MOST_LEVELS = 40


@dataclass(slots=True)
class _Open:
    """A why while its lines are read."""

    indent: int
    why: Why
    children: list[_Open] = field(default_factory=list)

    def closed(self) -> Why:
        return replace(self.why, whys=tuple(child.closed() for child in self.children))


_MARKS = {"?": "question", "=": "answer", "@": "evidence", "#": "category", "~": "confidence"}


def whys_written(whys: Sequence[Why]) -> str:
    """A why-tree as an outline: `?` asks, `=` answers, `@` shows, `#` sorts, `~` how sure, `!` to act on, `|` more."""
    lines = []
    for level, why in walk(whys):
        indent = _MORE * (level - 1)
        for mark, name in _MARKS.items():
            value = getattr(why, name)
            text = value.value if isinstance(value, Confidence) else value or ""
            if text or mark == "?":
                first, *more = text.split("\n")
                lines.append(f"{indent}{mark} {first}")
                lines += [f"{indent}| {line}" for line in more]
        if why.is_actionable:
            lines.append(f"{indent}!")
    return "\n".join(lines)


def whys_read(text: str) -> tuple[Why, ...]:
    """The why-tree of an outline. A line without a mark asks when it ends with a question mark, else it answers.

    A question that is indented further than the one before it asks about its answer. Raises
    InvalidValue for a tree that is too deep.
    """
    roots: list[_Open] = []
    stack: list[_Open] = []
    latest = "question"
    for line in text.split("\n"):
        if not line.strip():
            continue
        words = line.lstrip(" \t")
        indent = len(line[: len(line) - len(words)].expandtabs(2))
        mark, said = _marked(words)
        if mark == "?" or not stack:
            while stack and stack[-1].indent >= indent:
                stack.pop()
            if len(stack) >= MOST_LEVELS:
                raise InvalidValue(
                    f"goes more than {MOST_LEVELS} levels deep", expected="a shorter chain"
                )
            opened = _Open(indent, Why("", ""))
            (stack[-1].children if stack else roots).append(opened)
            stack.append(opened)
            latest = "question"
        at = stack[-1]
        if mark == "!":
            at.why = replace(at.why, is_actionable=True)
        elif mark == "|":
            at.why = _with(at.why, latest, getattr(at.why, latest) + "\n" + said)
        else:
            latest = _MARKS.get(mark, "answer")
            before = getattr(at.why, latest) if latest != "confidence" else ""
            at.why = _with(at.why, latest, f"{before}\n{said}" if before else said)
    return tuple(one.closed() for one in roots)


def _with(why: Why, name: str, said: str) -> Why:
    match name:
        case "question":
            return replace(why, question=said)
        case "evidence":
            return replace(why, evidence=said)
        case "category":
            return replace(why, category=said)
        case "confidence":
            return replace(why, confidence=_confidence(said))
        case _:
            return replace(why, answer=said)


def _confidence(said: str) -> Confidence:
    try:
        return Confidence(said.strip().casefold())
    except ValueError:
        known = ", ".join(one.value for one in Confidence)
        raise InvalidValue(f"{said.strip()!r} is no confidence", expected=known) from None


def _marked(words: str) -> tuple[str, str]:
    """The mark of a line and what it says."""
    mark = words[0]
    if words.rstrip() == "!":
        return "!", ""
    if mark in "?=@#~|" and (len(words) == 1 or words[1] == " "):
        return mark, words[2:]
    return ("?" if words.rstrip().endswith("?") else "="), words
