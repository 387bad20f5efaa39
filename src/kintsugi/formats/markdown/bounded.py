"""The sandbox of templates: what one may call, and how many steps and characters one rendering may take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

STEPS, LONGEST = 200_000, 4_000_000
"""Rounds of loops and calls, and characters put together, in one rendering."""
BUDGET = "budget of this rendering"
"""Its key among the variables: no name that a template can spell."""
_GROWING = frozenset(
    {"center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "replace", "join", "translate"}
)  # fmt: skip
_LEFT_OUT = ("center", "format", "batch", "slice", "sum", "pprint", "xmlattr", "urlize", "wordwrap")


@dataclass(slots=True)
class Budget:
    """What is left of one rendering."""

    steps: int = STEPS
    characters: int = LONGEST

    def step(self) -> None:
        """One round or call. Raises SecurityError when there were too many."""
        self.steps -= 1
        if self.steps < 0:
            raise SecurityError(f"it takes more than {STEPS:,} steps")

    def write(self, count: int) -> None:
        """So many characters. Raises SecurityError when they are too many."""
        self.characters -= count
        if self.characters < 0:
            raise SecurityError(f"it writes more than {LONGEST:,} characters")


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox in which every loop ends, and no text grows without end."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, finalize=_counted)
        for name in _LEFT_OUT:
            del self.filters[name]
        self.filters.update(join=_join, replace=_replace, indent=_indent)
        self.globals.update(_step=lambda: "", _joined=_joined)
        del self.globals["lipsum"]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = _Counting().visit(super()._parse(source, name, filename))
        tree.set_environment(self)
        return tree

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A call, which is a step."""
        _budget(context).step()
        return super().call(context, obj, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Not those of a text that make it longer: filters do that, within bounds."""
        return not (isinstance(obj, str) and attr in _GROWING) and super().is_safe_attribute(
            obj, attr, value
        )

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operation whose result may be large."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("a text is formatted by filters")
        if operator == "**" and not (_is_small(left, 1_000_000) and _is_small(right, 16)):
            raise SecurityError("the power is too large")
        if operator == "*" and not (_is_small(left, 10**18) and _is_small(right, 10**18)):
            raise SecurityError("only numbers are multiplied")
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, str | list | tuple):
            _budget(context).write(len(result))
        return result


class _Counting(NodeTransformer):
    """Makes each round of a loop a step, and each text put together a call."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        step = nodes.Call(nodes.Name("_step", "load"), [], [], None, None)
        node.body.insert(0, nodes.ExprStmt(step).set_lineno(node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Call:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        called = nodes.Call(nodes.Name("_joined", "load"), node.nodes, [], None, None)
        called.set_lineno(node.lineno)
        return called


def _budget(context: Context) -> Budget:
    found = context.parent.get(BUDGET)
    return found if isinstance(found, Budget) else Budget()


def _is_small(value: object, limit: int) -> bool:
    return isinstance(value, int | float) and abs(value) <= limit


def _text(budget: Budget, value: object) -> str:
    """A value as text; what holds others is counted before it is written."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        _measure(budget, value)
    written = str(value)
    budget.write(len(written))
    return written


def _measure(budget: Budget, value: Iterable[object]) -> None:
    members: Iterable[object] = value.values() if isinstance(value, Mapping) else value
    for one in members:
        budget.step()
        if isinstance(one, str):
            budget.write(len(one))
        elif isinstance(one, Mapping | list | tuple | set | frozenset):
            _measure(budget, one)


@jinja2.pass_context
def _counted(context: Context, value: Any) -> Any:
    _text(_budget(context), value)
    return value


@jinja2.pass_context
def _joined(context: Context, *parts: object) -> str:
    return "".join(_text(_budget(context), part) for part in parts)


@jinja2.pass_context
def _join(
    context: Context, value: Iterable[object], d: str = "", attribute: str | None = None
) -> str:
    budget, found = _budget(context), []
    pick: Callable[[object], object] = (
        (lambda one: context.environment.getattr(one, attribute))
        if attribute
        else (lambda one: one)
    )
    for one in value:
        budget.step()
        budget.write(len(d))
        found.append(_text(budget, pick(one)))
    return d.join(found)


@jinja2.pass_context
def _replace(context: Context, s: object, old: str, new: str) -> str:
    budget = _budget(context)
    text = _text(budget, s)
    budget.write(text.count(old) * len(new))
    return text.replace(old, new)


@jinja2.pass_context
def _indent(context: Context, s: object, width: int = 4, first: bool = False) -> str:
    budget, lines = _budget(context), str(s).split("\n")
    budget.write(len(lines) * width)
    pad = " " * width
    return "\n".join(pad + one if one and (first or at) else one for at, one in enumerate(lines))
