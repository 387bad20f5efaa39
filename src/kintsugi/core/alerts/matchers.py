"""Matchers: which labels an alert must have, written and meant as in Alertmanager."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kintsugi.core.shared.errors import InvalidValue

Find = Callable[[str, str], bool]
"""Whether a pattern matches a whole text (pattern, text). Raises InvalidValue for what is no pattern."""

NAME, VALUE, LONGEST = 200, 2_000, 20_000
EXPECTED = (
    'a matcher such as service="checkout", severity!="info", instance=~"db-.*" or job!~"test|dev"'
)

_BARE_NAME = r"""[^\s{}!=~,\\"'`]+"""
_PLAIN_NAME = re.compile(_BARE_NAME)
_NAME = re.compile(
    rf"""\s*(?:(?P<bare>{_BARE_NAME})|"(?P<quoted>(?:[^"\\]|\\.)*)")\s*(?P<how>=~|=|!=|!~)\s*""",
    re.DOTALL,
)
_QUOTED = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_BARE = re.compile(r'(?P<text>(?:[^",\\]|\\.)+)', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Mapping[str, str] = MappingProxyType({"n": "\n", "t": "\t", '"': '"', "\\": "\\"})


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label. A label that is absent has the value ""."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    @property
    def how(self) -> str:
        """The sign between name and value: `=`, `!=`, `=~` or `!~`."""
        if self.is_regex:
            return "=~" if self.is_equal else "!~"
        return "=" if self.is_equal else "!="

    def __str__(self) -> str:
        """As people write it: `instance=~"db-.*"`."""
        name = self.name if _PLAIN_NAME.fullmatch(self.name) else _quoted(self.name)
        return f"{name}{self.how}{_quoted(self.value)}"


def matches(matchers: Iterable[Matcher], labels: Mapping[str, str], find: Find) -> bool:
    """Whether the labels satisfy every matcher (https://prometheus.io/docs/alerting/latest/configuration/#matcher).

    An absent label is an empty one, so `team=""` matches what has no team. A pattern matches the whole value.
    """
    return all(does_match(matcher, labels, find) for matcher in matchers)


def does_match(matcher: Matcher, labels: Mapping[str, str], find: Find) -> bool:
    """Whether the labels satisfy this one matcher."""
    value = labels.get(matcher.name, "")
    found = find(matcher.value, value) if matcher.is_regex else value == matcher.value
    return found is matcher.is_equal


def find_whole(pattern: str, text: str) -> bool:
    """A `Find` by the standard library's patterns, for those somebody wrote themselves.

    It can take very long on a pattern made to do so: the server finds with RE2. Raises InvalidValue for
    what is no pattern.
    """
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error as error:
        raise InvalidValue(f"{pattern[:60]!r} is not a pattern: {error}") from error


def parse_matcher(text: str) -> Matcher:
    """Read one matcher as people write it; quotes may be left out. Raises InvalidValue for anything else."""
    found = parse_matchers(text)
    if len(found) != 1:
        raise InvalidValue(f"{text[:60]!r} is not one matcher", expected=EXPECTED)
    return found[0]


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Read matchers with commas between them, in braces or not: `{service="checkout", env=~"prod|eu"}`.

    As amtool does: quotes may be left out where there is neither quote nor comma; names of any script need none; a
    name with other signs stands in quotes. Raises InvalidValue for anything else.
    """
    if len(text) > LONGEST:
        raise InvalidValue(f"has more than {LONGEST:,} characters")
    rest = text.strip()
    if rest.startswith("{"):
        if not rest.endswith("}"):
            raise InvalidValue("the closing brace is missing", expected=EXPECTED)
        rest = rest[1:-1].strip()
    found: list[Matcher] = []
    at = 0
    while at < len(rest):
        matcher, at = _read(rest, at)
        found.append(matcher)
        if at < len(rest):
            if rest[at] != ",":
                raise InvalidValue(
                    f"{rest[at : at + 20]!r} follows where a comma would", expected=EXPECTED
                )
            at += 1
    return tuple(found)


def written_matchers(matchers: Iterable[Matcher]) -> str:
    """As `parse_matchers` reads them, without braces."""
    return ", ".join(str(matcher) for matcher in matchers)


def _read(text: str, start: int) -> tuple[Matcher, int]:
    """The matcher that begins there, and where what follows begins."""
    head = _NAME.match(text, start)
    if head is None:
        raise InvalidValue(
            f"{text[start : start + 60].strip()!r} is not a matcher", expected=EXPECTED
        )
    name = head["bare"] if head["bare"] is not None else _unquoted(head["quoted"])
    found = _QUOTED.match(text, head.end()) or _BARE.match(text, head.end())
    if found is None or text[found.end() : found.end() + 1] == '"':
        raise InvalidValue(
            f"{name[:60]!r} has no value, or a quote without its partner", expected=EXPECTED
        )
    value = _unquoted(found["text"] if found.re is _QUOTED else found["text"].strip())
    if len(name) > NAME or len(value) > VALUE:
        raise InvalidValue(
            f"a matcher has at most {NAME} characters for its name and {VALUE} for its value"
        )
    how = head["how"]
    return Matcher(name, value, is_regex="~" in how, is_equal=how.startswith("=")), found.end()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), text)
