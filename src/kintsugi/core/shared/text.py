"""Small questions about text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_FORBIDDEN = {code: "\ufffd" for code in range(32) if code not in (9, 10)}
_FORBIDDEN.update({code: "\ufffd" for code in range(0x7F, 0xA0) if code != 0x85})
_FORBIDDEN.update(dict.fromkeys(range(55296, 57344), "�"))
_FORBIDDEN.update(
    {0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0xFEFF: "", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
)
_SUSPECT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"\w[\w'’-]*")


def clean(text: str) -> str:
    """Text that every format and database can hold: Unix line ends, controls made visible as U+FFFD.

    NUL, other control characters and lone surrogates have no meaning in prose and break PostgreSQL,
    YAML and PDF; they are replaced one for one, so that nothing else in the text moves.
    """
    if not _SUSPECT.search(text):
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_FORBIDDEN)


def one_line(text: str) -> str:
    """The text on one line: every run of white space becomes one space."""
    return " ".join(text.split())


def word_count(text: str) -> int:
    """How many words a reader would count."""
    return len(_WORD.findall(text))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, an ellipsis in place of the rest."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def joined(words: list[str] | tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def either(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`: what a field may be."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def spoken(name: str) -> str:
    """A name of the code as words begin a sentence: `user_impact` and `userImpact` as `User impact`."""
    words = _HUMP.sub(" ", name).replace("_", " ").strip().lower()
    return words[:1].upper() + words[1:]


def sentence(text: str) -> str:
    """The text with a capital in front and a full stop behind, unless it ends a sentence already."""
    ending = "" if text.endswith((".", "!", "?")) else "."
    return f"{text[:1].upper()}{text[1:]}{ending}"


def plural(count: int, noun: str) -> str:
    """`1 action`, `3 actions`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def slug(text: str, limit: int = 60) -> str:
    """A name for files and addresses: lower case ASCII words joined by hyphens; `untitled` if none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    made = "-".join(words)[:limit].strip("-")
    return made or "untitled"
