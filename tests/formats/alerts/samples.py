"""Bodies of every format: our own recordings and fixtures written by hand, with the headers they come with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from kintsugi.formats.alerts import FORMATS, Decoded

FIXTURES = Path(__file__).parents[2] / "fixtures" / "alerts"
HEADERS = {
    "opsgenie/close.json": {
        ":path": "/v2/alerts/backup-billing/close?identifierType=alias",
        ":method": "POST",
    },
    "pagerduty/change.json": {":path": "/v2/change/enqueue"},
}
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Sample(NamedTuple):
    """One body as it would come in."""

    name: str
    format: str
    body: bytes
    headers: dict[str, str]

    def decode(self) -> Decoded:
        return FORMATS[self.format].decode(self.body, self.headers)


def sample(name: str) -> Sample:
    """The fixture of that name, such as `grafana/unified.json`."""
    file = FIXTURES / name
    headers = HEADERS.get(name, FORM if file.suffix == ".form" else {})
    return Sample(name, file.parent.name, file.read_bytes(), headers)


def samples() -> list[Sample]:
    """Every fixture of every format."""
    return [
        sample(f"{file.parent.name}/{file.name}")
        for file in sorted(FIXTURES.rglob("*"))
        if file.is_file() and file.parent.name in FORMATS
    ]


def recordings(folder: str) -> list[Sample]:
    """What real peers sent us, in the order in which it came."""
    found = []
    for file in sorted((FIXTURES / folder).glob("*.json")):
        recorded = json.loads(file.read_text("utf-8"))
        headers = {name.lower(): text for name, text in recorded["headers"].items()}
        body = json.dumps(recorded["body"]).encode()
        found.append(Sample(file.stem, "alertmanager", body, headers))
    return found


def data(name: str) -> Any:  # noqa: ANN401 - any JSON
    """The JSON of a fixture, to be changed by a test."""
    return json.loads((FIXTURES / name).read_text("utf-8"))


def decode(
    name: str, body: object, headers: dict[str, str] | None = None, **mapping: object
) -> Decoded:
    """What the format makes of this body: bytes, or data to be written as JSON."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return FORMATS[name].decode(written, headers or {}, mapping or None)
