"""From bytes to a delivery: now, and again when a body that was kept is read once more."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kintsugi.core.shared.text import clean, shortened
from kintsugi.formats.alerts import FORMATS, Undecodable
from kintsugi.server.alerts.service.delivery import Delivery
from kintsugi.server.alerts.service.echoes import Echoes, name_of
from kintsugi.server.alerts.source import Source

LONGEST_PROBLEM = 1000
_KEPT = frozenset({"content-type", "user-agent", ":method", ":path"})
_KEPT_BEGIN = ("ce-", "x-amz-sns-", "sentry-hook-resource", "sentry-hook-timestamp", "webhook-id")
_LONGEST_KEPT = 1000
_decode = msgspec.json.Decoder(dict[str, str]).decode


def read(
    source: Source, body: bytes, headers: Mapping[str, str], kept: str, echoes: Echoes
) -> Delivery:
    """A request as a delivery; what cannot be decoded has a problem. One that came before is not decoded again."""
    made = Delivery(source, kept, body, name=name_of(source, kept, body))
    made.echo = echoes.get(made.name)
    return made if made.echo else _decoded(made, headers)


def read_again(delivery: Delivery) -> Delivery:
    """A body that was kept, or that came before, with what was kept of its headers."""
    delivery.echo = None
    return _decoded(delivery, _decode(delivery.headers))


def _decoded(made: Delivery, headers: Mapping[str, str]) -> Delivery:
    try:
        found = FORMATS[made.source.format].decode(made.body, headers, made.source.mapping)
    except Undecodable as error:
        made.problem = shortened(clean(str(error)), LONGEST_PROBLEM)
    else:
        made.events, made.changes = found.events, found.changes
        made.confirm_url = found.confirm_url
    return made


def masked(body: bytes, key: str) -> bytes:
    """The body without its source's key, which PagerDuty's clients write into it; as long as it was."""
    return body.replace(key.encode(), _mask(key).encode()) if key else body


def is_kept(name: str) -> bool:
    """Whether a header is kept: those that a decoder may ask for, and none that could be a secret."""
    return name in _KEPT or name.startswith(_KEPT_BEGIN)


def kept_headers(headers: Mapping[str, str], key: str) -> str:
    """What is kept of headers, as JSON: enough to read the body again."""
    kept = {
        name: value[:_LONGEST_KEPT].replace(key, _mask(key)) if key else value[:_LONGEST_KEPT]
        for name, value in headers.items()
        if is_kept(name)
    }
    return msgspec.json.encode(kept).decode()


def _mask(key: str) -> str:
    """As long as the key, so that nothing else moves."""
    return "*" * len(key)
