"""A request's head, read as far as somebody asks: which header says what, and which of them are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from kintsugi.server.alerts.service.reading import is_kept, kept_headers

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_MOST_REMEMBERED = 1000
_kept_names: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
_kept_texts: dict[tuple[object, ...], str] = {}
"""Senders send the same headers again and again, so what is kept of them is made once, within these bounds."""


class Head(Mapping[str, str]):
    """The headers of a request as decoders want them: names in lower case, and `:method` and `:path`."""

    __slots__ = ("_raw", "method", "path")

    def __init__(
        self, raw: Sequence[tuple[bytes, bytes]], method: str = "POST", path: str = ""
    ) -> None:
        self._raw = dict(raw)
        self.method = method
        self.path = path

    def __getitem__(self, name: str) -> str:
        if name == ":method":
            return self.method
        if name == ":path":
            return self.path
        return self._raw[name.encode("latin-1", "replace")].decode("latin-1")

    def __iter__(self) -> Iterator[str]:
        yield from (":method", ":path")
        yield from (name.decode("latin-1") for name in self._raw)

    def __len__(self) -> int:
        return len(self._raw) + 2

    def raw(self, name: bytes) -> bytes:
        """A header as it was sent; empty if it was not."""
        return self._raw.get(name, b"")

    def kept(self, key: str) -> str:
        """What is kept of it with the body, as JSON; `key` is masked where it stands."""
        raw = self._raw
        names = tuple(raw)
        wanted = _kept_names.get(names)
        if wanted is None:
            wanted = tuple(name for name in names if is_kept(name.decode("latin-1")))
            _remember(_kept_names, names, wanted)
        said = (self.method, self.path, key, wanted, *[raw[name] for name in wanted])
        text = _kept_texts.get(said)
        if text is None:
            text = kept_headers(self, key)
            _remember(_kept_texts, said, text)
        return text


def _remember(where: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(where) >= _MOST_REMEMBERED:
        where.clear()
    where[key] = value
