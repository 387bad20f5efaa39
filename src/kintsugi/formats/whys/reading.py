"""A why-tree from a Markdown outline, YAML or JSON; each error with its line or field. See docs/reference/whys.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kintsugi.core.analysis.five_whys import Why, depth_of
from kintsugi.core.analysis.why_analysis import WhyAnalysis
from kintsugi.core.shared.errors import InvalidValue
from kintsugi.formats import scalars
from kintsugi.formats.codec import decode
from kintsugi.formats.errors import InputError
from kintsugi.formats.markdown import read_facts
from kintsugi.formats.markdown.unread import Aside
from kintsugi.formats.plain import decode_text, line_of, load_json, load_yaml
from kintsugi.formats.reading import Reading
from kintsugi.formats.spellings import snake

EXPECTED = "an outline in Markdown, or a problem with its whys in YAML or JSON"
TREE_EXPECTED = "a list of whys, each with question, answer and further whys"
LEVEL_EXPECTED = "1 for the first, and at most one more than the level before"
MOST_LEVELS = 50
_KEYS = ("problem", "whys", "analysis", "root_cause", "halve_detection", "halve_mitigation")
_PASSED_OVER = frozenset({"depth", "recommendations"})
"""What the guide's report says besides; it is computed anew."""

_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*$")
_NAMED = re.compile(
    r"^[ \t]*(?:[-*+][ ]+)?\**(?P<name>problem|halve detection|halve mitigation)\**[ \t]*:\**[ \t]*(?P<text>.*)$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>[-*+]|\d{1,9}[.)])[ \t]+\S")


def read_whys(content: bytes, *, file: str = "") -> tuple[WhyAnalysis, tuple[str, ...]]:
    """The analysis in a file, and notes on what was passed over.

    What begins with `{` or `[` is JSON, what begins as a YAML mapping is YAML, anything else a Markdown outline.
    Raises InputError, with the line or the field.
    """
    text = decode_text(content, file=file)
    start = text.lstrip()
    reading = Reading()
    try:
        if start.startswith(("{", "[")):
            made = _of_data(load_json(text, file=file), reading)
        elif re.match(r"(?:---\s|['\"]?[A-Za-z_]+['\"]?:(?:\s|$))", start) and not _is_outline(
            start
        ):
            made = _of_data(load_yaml(text, file=file), reading)
        else:
            made = _of_outline(text, reading)
        _refuse_deep(made)
        _refuse_empty(made)
    except InvalidValue as error:
        line = line_of(text, error.path) if error.path and start.startswith(("{", "[")) else 0
        raise InputError.from_value(error, file=file, line=line) from error
    except RecursionError as error:
        raise InputError("it is nested too deeply", file=file) from error
    return made, tuple(reading.notes)


def _refuse_deep(made: WhyAnalysis) -> None:
    if depth_of(made.whys) > MOST_LEVELS:
        problem = f"the whys go deeper than {MOST_LEVELS}"
        raise InvalidValue(problem, path=("whys",), expected="a shorter chain")


def _refuse_empty(made: WhyAnalysis) -> None:
    if made == WhyAnalysis(""):
        raise InvalidValue("says nothing", expected=EXPECTED)


def _is_outline(start: str) -> bool:
    """Whether a text that begins like YAML is Markdown after all: `Problem: ...`, and then a list without a key."""
    first, _, rest = start.partition("\n")
    following = next((line for line in rest.split("\n") if line.strip()), "")
    return bool(_NAMED.match(first)) and bool(_ITEM.match(following))


def _of_data(data: object, reading: Reading) -> WhyAnalysis:
    if isinstance(data, list):
        data = {"whys": data}
    if not isinstance(data, Mapping):
        raise InvalidValue(f"{scalars.shown(data)} is no analysis", expected=EXPECTED)
    given: dict[str, Any] = {}
    for key, value in data.items():
        name = snake(key)
        if name in _KEYS:
            given[name] = value
        elif name not in _PASSED_OVER:
            reading.notes.append(
                f"{scalars.shown(key)} is not a key of an analysis, and is passed over"
            )
    if given.get("whys") is not None and given.get("analysis") is not None:
        raise InvalidValue("stands beside whys", path=("analysis",), expected="one of the two")
    whys = _tree(given.get("whys"), reading) or _levels(given.get("analysis"), reading)
    whys = _marked(whys, _text(given, "root_cause", reading))
    return WhyAnalysis(
        _text(given, "problem", reading), whys,
        _text(given, "halve_detection", reading), _text(given, "halve_mitigation", reading),
    )  # fmt: skip


def _text(given: Mapping[str, Any], name: str, reading: Reading) -> str:
    value = given.get(name)
    if value is None:
        return ""
    try:
        return scalars.text(value, reading)
    except InvalidValue as error:
        raise error.under(name) from None


def _tree(listed: object, reading: Reading) -> tuple[Why, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise InvalidValue(
            f"{scalars.shown(listed)} is no list", path=("whys",), expected=TREE_EXPECTED
        )
    try:
        return tuple(_one(item, place, reading) for place, item in enumerate(listed))
    except InvalidValue as error:
        raise error.under("whys") from None


def _one(item: object, place: int, reading: Reading) -> Why:
    if not isinstance(item, Mapping):
        raise InvalidValue(
            f"{scalars.shown(item)} is no why", path=(place,), expected=TREE_EXPECTED
        )
    try:
        made: Why = decode(Why, item, reading)
    except InvalidValue as error:
        raise error.under(place) from None
    return made


def _levels(listed: object, reading: Reading) -> tuple[Why, ...]:
    """The tree of the guide's list of levels: each asks about the answer before it that is a level less deep."""
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise InvalidValue(
            f"{scalars.shown(listed)} is no list", path=("analysis",), expected=TREE_EXPECTED
        )
    found: list[tuple[int, Why]] = []
    for place, item in enumerate(listed):
        try:
            given = dict(item) if isinstance(item, Mapping) else item
            level = given.pop("level", place + 1) if isinstance(given, dict) else 0
            why = _one(given, place, reading)
        except InvalidValue as error:
            raise error.under("analysis") from None
        deepest = found[-1][0] + 1 if found else 1
        if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level <= deepest:
            raise InvalidValue(
                f"{scalars.shown(level)} is no level here", path=("analysis", place, "level"), expected=LEVEL_EXPECTED
            )  # fmt: skip
        found.append((level, why))
    return _grown(found)


def _grown(listed: list[tuple[int, Why]]) -> tuple[Why, ...]:
    """The tree of whys in order with their levels, children hung under their parents from the last to the first."""
    waiting: dict[int, list[Why]] = {}
    for level, why in reversed(listed):
        children = tuple(reversed(waiting.pop(level + 1, [])))
        waiting.setdefault(level, []).append(replace(why, whys=(*why.whys, *children)))
    return tuple(reversed(waiting.get(1, [])))


def _marked(whys: tuple[Why, ...], cause: str) -> tuple[Why, ...]:
    """The tree with the end that somebody named as the root cause marked as actionable."""
    if not cause:
        return whys
    return tuple(
        replace(why, is_actionable=why.is_actionable or why.answer == cause)
        if not why.whys
        else replace(why, whys=_marked(why.whys, cause))
        for why in whys
    )


# --- a Markdown outline -------------------------------------------------------------------------


def _of_outline(text: str, reading: Reading) -> WhyAnalysis:
    named: dict[str, str] = {}
    listed: list[str] = []
    for line in text.split("\n"):
        fact = _NAMED.match(line)
        heading = _HEADING.match(line)
        if fact:
            named.setdefault(fact["name"].casefold().replace(" ", "_"), fact["text"].strip(" \t*"))
        elif heading and not listed and "problem" not in named:
            named["problem"] = heading["text"]
        else:
            listed.append(line)
    aside = Aside()
    whys = read_facts.whys("\n".join(_chained(listed)), aside)
    rest = [line.strip() for line in aside.rest if line.strip()]
    if "problem" not in named and rest:
        named["problem"] = rest.pop(0)
    if not whys:
        raise InvalidValue("has no list of whys", expected=EXPECTED)
    reading.notes.extend(
        f"{scalars.shown(line)} is no why, and is passed over" for line in rest[:20]
    )
    return WhyAnalysis(
        named.get("problem", ""), whys, named.get("halve_detection", ""), named.get("halve_mitigation", "")
    )  # fmt: skip


def _chained(lines: list[str]) -> Iterator[str]:
    """A numbered list without a deeper one is the chain people mean by it: each item asks about the one before."""
    items = [match for line in lines if (match := _ITEM.match(line))]
    is_chain = len(items) > 1 and all(
        item["mark"][0].isdigit() and item["indent"] == items[0]["indent"] for item in items
    )
    depth = -1
    for line in lines:
        if is_chain and _ITEM.match(line):
            depth += 1
            yield "  " * depth + "- " + re.sub(r"^[ \t]*\d+[.)][ \t]+", "", line)
        else:
            yield line
