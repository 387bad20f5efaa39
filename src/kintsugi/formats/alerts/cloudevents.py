"""CloudEvents 1.0 over HTTP: one in structured or binary form, or a batch.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from kintsugi.formats.alerts.bodies import load, objects, text_of
from kintsugi.formats.alerts.format import Decoded, Format, Headers, SourceKind, Undecodable
from kintsugi.formats.alerts.generic import preset_data
from kintsugi.formats.alerts.limits import Notes
from kintsugi.formats.alerts.mapping import apply
from kintsugi.formats.alerts.signatures import verify_common

REQUIRED = ("id", "source", "specversion", "type")
_MOST_ATTRIBUTES = 100
_PRESET: dict[str, Any] = preset_data("cloudevents")
_OWN: Mapping[str, object] = _PRESET["mapping"]
_WORDS = frozenset(
    str(word).casefold() for words in _PRESET["mapping"]["states"].values() for word in words
)


def decode(body: bytes, headers: Headers, mapping: Mapping[str, object] | None) -> Decoded:
    """An alert or a change for each event. Known by source, subject and kind; by source and id without a subject."""
    is_binary = "ce-specversion" in headers or "ce-id" in headers
    events = [_binary(body, headers)] if is_binary else objects(load(body))
    read = []
    for at, event in enumerate(events):
        for name in REQUIRED:
            if not text_of(event.get(name)).strip():
                raise Undecodable("a CloudEvent needs it", (at, name))
        if not text_of(event["specversion"]).startswith("1."):
            raise Undecodable("only CloudEvents 1.x are read", (at, "specversion"))
        read.append(_opened(event))
    return apply({**_OWN, **(mapping or {})}, read, Notes())


def _binary(body: bytes, headers: Headers) -> dict[str, Any]:
    event: dict[str, Any] = {
        name[3:]: unquote(text)
        for name, text in list(headers.items())[: 2 * _MOST_ATTRIBUTES]
        if name.startswith("ce-")
    }
    event["data"] = _data(body, headers.get("content-type", ""))
    return event


def _data(body: bytes, content_type: str) -> Any:
    is_json = "json" in content_type.lower() or not content_type
    if is_json and body.strip():
        return load(body)
    return body.decode("utf-8", "replace")


def _opened(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its data as data, and its `text` if it is one, and `kind`: the type
    without a last part that only tells the state.
    """
    opened = dict(event)
    coded = event.get("data_base64")
    if isinstance(coded, str) and event.get("data") is None:
        try:
            raw = b64decode(coded, validate=True)
        except ValueError as error:
            raise Undecodable("is not base64", ("data_base64",)) from error
        opened["data"] = _data(raw, text_of(event.get("datacontenttype")))
    if isinstance(opened.get("data"), str):
        opened["text"] = opened["data"]
    kind, _, last = text_of(event["type"]).rpartition(".")
    opened["kind"] = kind if last.casefold() in _WORDS and kind else text_of(event["type"])
    return opened


FORMAT = Format(
    name="cloudevents",
    title="CloudEvents",
    help="CloudEvents 1.0: single, in headers or in the body, or a batch; alerts and changes.",
    kind=SourceKind.MONITORING,
    reads=decode,
    verify=verify_common,
    signature_header="webhook-signature or x-hub-signature-256",
    has_mapping=True,
)
