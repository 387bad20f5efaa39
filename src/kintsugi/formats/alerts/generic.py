"""Any JSON by a mapping, and tools whose mapping is shipped: one data file for each in `presets`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from kintsugi.formats.alerts.bodies import load_any
from kintsugi.formats.alerts.format import Decoded, Format, Headers, SourceKind, Verify
from kintsugi.formats.alerts.limits import Notes
from kintsugi.formats.alerts.mapping import apply, check_mapping
from kintsugi.formats.alerts.signatures import check_hex, verify_common
from kintsugi.formats.plain import load_yaml

PRESETS = (
    "datadog",
    "sentry",
    "newrelic",
    "zabbix",
    "pingdom",
    "uptimerobot",
    "azuremonitor",
    "gcpmonitoring",
    "checkly",
)
"""The tools whose mapping is shipped, in the order in which people are offered them."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads by a mapping of its own; what a source's mapping has instead of it comes first."""

    own: Mapping[str, object]

    def __call__(
        self, body: bytes, headers: Headers, mapping: Mapping[str, object] | None
    ) -> Decoded:
        return apply({**self.own, **(mapping or {})}, load_any(body, headers), Notes())


@dataclass(frozen=True, slots=True)
class _HexVerifier:
    """Holds a body against the HMAC-SHA256 that a header carries in hexadecimal."""

    header: str
    prefix: str

    def __call__(self, body: bytes, headers: Headers, secret: str, _now: datetime) -> None:
        check_hex(headers, self.header, secret, body, prefix=self.prefix)


def preset_data(name: str) -> dict[str, Any]:
    """What the data file of a preset says."""
    text = files("kintsugi.formats.alerts").joinpath("presets", f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = load_yaml(text, file=f"{name}.yaml")
    check_mapping(data["mapping"])
    return data


def _preset(name: str) -> Format:
    data = preset_data(name)
    signature: dict[str, str] | None = data.get("signature")
    verify: Verify | None = None
    header = ""
    if signature is not None:
        header = signature["header"]
        verify = _HexVerifier(header, signature.get("prefix", ""))
    return Format(
        name=name,
        title=data["title"],
        help=data["help"],
        kind=SourceKind(data["kind"]),
        reads=_Reader(data["mapping"]),
        verify=verify,
        signature_header=header,
        has_mapping=True,
    )


FORMAT = Format(
    name="generic",
    title="Any other tool",
    help="Any JSON: common names are read as they are, and a mapping says where the others stand.",
    kind=SourceKind.MONITORING,
    reads=_Reader(preset_data("generic")["mapping"]),
    verify=verify_common,
    signature_header="webhook-signature or x-hub-signature-256",
    has_mapping=True,
)
PRESET_FORMATS = tuple(_preset(name) for name in PRESETS)
